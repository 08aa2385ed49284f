// The tests of cancels that do not block the component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include "sweep.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, weft_cancel_peer_stream_u8, uint8_t);
WEFT_STREAM_CANCEL(bytes, "weft:cancel/peer", "take", 0);
WEFT_FUTURE(number, weft_cancel_peer_future_u32, uint32_t);
WEFT_FUTURE_CANCEL(number, "weft:cancel/peer", "drop-one", 0);

// What goes on meanwhile.
typedef struct {
    weft_coro co;
    uint32_t turns;
    bool *stop;
} ticker;

static weft_stepped ticker_run(weft_coro *co)
{
    ticker *self = weft_frame(co, ticker);
    WEFT_BEGIN;
    for (; !*self->stop; self->turns++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    struct common *of;
} reading;

typedef struct common {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    ticker ticker;
    reading reading;
    weft_event event;
    weft_case cases[2];
    weft_subtask_owned owned;
    uint32_t in, result;
    int dropped;
    bool done, held;
    bytes_reader reader;
    bytes_writer writer;
    number_reader one;
    number_writer of_one;
    uint32_t number;
    weft_op *ops[2];
    weft_any any;
    uint8_t buffer[8];
    settle settle;
} common;

static weft_poll close_common(weft_coro *co, common *self)
{
    self->done = true;
    weft_stop_blocking(&self->owned.call);
    bytes_close_reader_blocking(&self->reader);
    bytes_close_writer_blocking(&self->writer);
    number_close_reader_blocking(&self->one);
    number_close_writer_blocking(co, &self->of_one);
    if (self->held)
        weft_cancel_peer_release();
    self->held = false;
    return weft_scope_close(co, &self->scope);
}

static void start_shielded(weft_coro *co, common *self, bool insists)
{
    weft_cancel_peer_turns();
    weft_subtask_start(co, &self->owned.call, weft_cancel_peer_shielded(5, insists, &self->result));
    self->ticker.stop = &self->done;
    weft_spawn(co, &self->scope, &self->children[0], &self->ticker.co, ticker_run);
}

// The callee takes its time; others of this component go on.
typedef common call_takes_time;
static weft_stepped call_takes_time_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    start_shielded(co, self, false);
    weft_subtask_cancel(&self->owned.call);
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_STARTED);
    EXPECT(weft_in_flight(&self->owned.call), true);
    weft_subtask_cancel(&self->owned.call);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_cancel_peer_turns(), 5);
    EXPECT(self->ticker.turns > 1, true);
    EXPECT(self->result, 0);
    weft_subtask_cancel(&self->owned.call);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Its value comes all the same.
typedef common call_insists;
static weft_stepped call_insists_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    start_shielded(co, self, true);
    WEFT_AWAIT(weft_yield(co));
    weft_subtask_cancel(&self->owned.call);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Whoever is impatient stops it: that waits on the machine stack, and asks the host for no second cancel.
typedef common call_stopped;
static weft_stepped call_stopped_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    start_shielded(co, self, false);
    weft_subtask_cancel(&self->owned.call);
    EXPECT(weft_in_flight(&self->owned.call), true);
    weft_stop_blocking(&self->owned.call);
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_cancel_peer_turns(), 5);
    EXPECT(self->ticker.turns, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Whoever stops it and waits lets others go on, too.
typedef common call_stops;
static weft_stepped call_stops_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    weft_cancel_without_blocking();
    start_shielded(co, self, false);
    WEFT_AWAIT(weft_stop(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_cancel_peer_turns(), 5);
    EXPECT(self->ticker.turns > 1, true);
    WEFT_AWAIT(weft_stop(co, &self->owned.call));
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// A result that comes all the same is nobody's: who stops the call takes none. Asked for before, or not.
static void drop_result(void *data)
{
    common *self = data;
    self->dropped++;
}

static weft_stepped stops_insisting(weft_coro *co, bool asks_before)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    weft_cancel_without_blocking();
    weft_subtask_start_owned(co, &self->owned, weft_cancel_peer_shielded(5, true, &self->result), NULL,
                             drop_result, self);
    if (asks_before)
        weft_subtask_cancel(&self->owned.call);
    WEFT_AWAIT(weft_stop(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(self->result, 7);
    EXPECT(self->dropped, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, &self->owned.call));
    EXPECT(self->dropped, self->result / 7);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

typedef common stop_gives_up;
static weft_stepped stop_gives_up_run(weft_coro *co)
{
    return stops_insisting(co, false);
}

typedef common stop_gives_up_asked;
static weft_stepped stop_gives_up_asked_run(weft_coro *co)
{
    return stops_insisting(co, true);
}

static void drop_arguments(void *arguments)
{
    common *self = arguments;
    self->dropped++;
    weft_cancel_peer_stream_u8_drop_readable(self->in);
}

// One that has not started ends at once, and gives its arguments back.
typedef common call_starting;
static weft_stepped call_starting_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    weft_cancel_peer_hold();
    self->held = true;
    self->in = bytes_new(&self->writer);
    weft_subtask_start_owned(co, &self->owned, weft_cancel_peer_take(self->in, &self->result), drop_arguments,
                             NULL, self);
    WEFT_AWAIT(weft_yield(co));
    weft_subtask_cancel(&self->owned.call);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_STARTED_CANCELLED);
    EXPECT(self->dropped, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    EXPECT(self->dropped, weft_subtask_state_of(&self->owned.call) == WEFT_SUBTASK_STARTED_CANCELLED);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// A coroutine that is cancelled while it awaits what a cancel comes to.
typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t result;
} canceller;

static weft_stepped canceller_run(weft_coro *co)
{
    canceller *self = weft_frame(co, canceller);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_cancel_peer_shielded(5, false, &self->result));
    weft_subtask_cancel(&self->call);
    WEFT_AWAIT(weft_await(co, &self->call));
    WEFT_FINALLY;
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    canceller canceller;
    settle settle;
} awaiter_cancelled;

static weft_stepped awaiter_cancelled_run(weft_coro *co)
{
    awaiter_cancelled *self = weft_frame(co, awaiter_cancelled);
    WEFT_BEGIN;
    weft_cancel_peer_turns();
    weft_spawn(co, &self->scope, &self->child, &self->canceller.co, canceller_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->canceller.co);
    EXPECT(weft_outcome_of(&self->canceller.co), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_outcome_of(&self->canceller.co), WEFT_CANCELLED);
    EXPECT(weft_cancel_peer_turns(), 5);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// The same by the cancel of a coroutine: it waits for its call, and others go on.
typedef struct {
    weft_coro co;
    weft_subtask_owned owned;
    weft_subtask second;
    weft_op *ops[2];
    weft_any any;
    uint32_t result, more, in;
    bytes_writer out;
    int dropped, kind;
} caller;

enum { AWAIT, AWAIT_STARTED, AWAIT_ANY };

static void drop_in(void *arguments)
{
    caller *self = arguments;
    self->dropped++;
    weft_cancel_peer_stream_u8_drop_readable(self->in);
}

static weft_stepped caller_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN;
    if (self->kind == AWAIT_STARTED) {
        self->in = bytes_new(&self->out);
        weft_subtask_start_owned(co, &self->owned, weft_cancel_peer_take(self->in, &self->result), drop_in,
                                 NULL, self);
        WEFT_AWAIT(weft_subtask_await_started(co, &self->owned.call));
    } else {
        weft_subtask_start(co, &self->owned.call, weft_cancel_peer_shielded(5, false, &self->result));
    }
    if (self->kind == AWAIT_ANY) {
        weft_subtask_start(co, &self->second, weft_cancel_peer_shielded(2, false, &self->more));
        self->ops[0] = &self->owned.call.op;
        self->ops[1] = &self->second.op;
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    }
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    WEFT_FINALLY;
    if (self->kind == AWAIT_ANY)
        EXPECT(!weft_in_flight(&self->owned.call) || !weft_in_flight(&self->second), true);
    else
        EXPECT(weft_in_flight(&self->owned.call), false);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    WEFT_AWAIT(weft_await(co, &self->second));
    EXPECT(self->dropped, weft_subtask_state_of(&self->owned.call) == WEFT_SUBTASK_STARTED_CANCELLED);
    bytes_close_writer(&self->out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    ticker ticker;
    caller caller;
    bool done, held;
    settle settle;
} unwound;

static weft_stepped unwound_run(weft_coro *co)
{
    unwound *self = weft_frame(co, unwound);
    WEFT_BEGIN;
    weft_cancel_without_blocking();
    weft_cancel_peer_turns();
    self->ticker.stop = &self->done;
    weft_spawn(co, &self->scope, &self->children[0], &self->caller.co, caller_run);
    weft_spawn(co, &self->scope, &self->children[1], &self->ticker.co, ticker_run);
    WEFT_AWAIT(weft_yield(co));
    self->ticker.turns = 0;
    weft_cancel(&self->caller.co);
    EXPECT(weft_in_flight(&self->caller.owned.call), true);
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->children[0]));
    EXPECT(weft_outcome_of(&self->caller.co), WEFT_CANCELLED);
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_cancel_peer_turns(), self->caller.kind == AWAIT_ANY ? 7 : 5);
    EXPECT(self->ticker.turns > 1, true);
    WEFT_FINALLY;
    self->done = true;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

typedef unwound unwound_any;
static weft_stepped unwound_any_run(weft_coro *co)
{
    weft_frame(co, unwound)->caller.kind = AWAIT_ANY;
    return unwound_run(co);
}

// It waits for the start: before it, and as it comes.
typedef unwound unwound_starting;
static weft_stepped unwound_starting_run(weft_coro *co)
{
    unwound *self = weft_frame(co, unwound);
    WEFT_BEGIN;
    weft_cancel_without_blocking();
    self->caller.kind = AWAIT_STARTED;
    weft_cancel_peer_hold();
    self->held = true;
    weft_spawn(co, &self->scope, &self->children[0], &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->children[0]));
    EXPECT(self->caller.dropped, 1);
    self->caller = (caller){.kind = AWAIT_STARTED};
    weft_spawn(co, &self->scope, &self->children[1], &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel_peer_release();
    self->held = false;
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->children[1]));
    WEFT_FINALLY;
    if (self->held)
        weft_cancel_peer_release();
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

typedef common streams;
static weft_stepped streams_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    self->reader = bytes_reader_of(bytes_new(&self->writer));
    bytes_start_read(co, &self->reader, self->buffer, 8);
    bytes_cancel_read(&self->reader);
    bytes_cancel_read(&self->reader);
    WEFT_AWAIT(weft_await(co, &self->reader));
    EXPECT(weft_copy_cancelled(&self->reader), true);
    EXPECT(self->reader.count, 0);
    bytes_start_write_all(co, &self->writer, (const uint8_t *)"abcdef", 6); // the end is as usable as before
    WEFT_AWAIT(bytes_read(co, &self->reader, self->buffer, 4));
    EXPECT(self->reader.count, 4);
    bytes_cancel_write(&self->writer); // the first copy is whole or cut short: the rest does not go
    WEFT_AWAIT(weft_await(co, &self->writer));
    EXPECT(weft_copy_cancelled(&self->writer), true);
    EXPECT(self->writer.count, 4);
    bytes_start_write(co, &self->writer, (const uint8_t *)"x", 1);
    bytes_cancel_write(&self->writer);
    WEFT_AWAIT(weft_stop(co, &self->writer));
    EXPECT(self->writer.count, 0);
    bytes_start_write(co, &self->writer, (const uint8_t *)"x", 1);
    WEFT_AWAIT(weft_stop(co, &self->writer)); // nobody has asked: it blocks
    EXPECT(weft_copy_cancelled(&self->writer), true);
    bytes_start_read(co, &self->reader, self->buffer, 8);
    bytes_close_writer(&self->writer);
    bytes_cancel_read(&self->reader);
    WEFT_AWAIT(weft_await(co, &self->reader));
    EXPECT(weft_dropped(&self->reader), true);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

static weft_stepped reads_run(weft_coro *co)
{
    common *self = weft_frame(co, reading)->of;
    WEFT_BEGIN;
    WEFT_AWAIT(bytes_read(co, &self->reader, self->buffer, 8));
    WEFT_END;
}

// A wait for the writer to go that is cancelled when the writer has a copy of its own: the host is asked to
// cancel the read behind it, too.
typedef common gone;
static weft_stepped gone_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    self->reader = bytes_reader_of(bytes_new(&self->writer));
    weft_event_set(&self->event);
    WEFT_AWAIT(weft_select(co, self->cases, bytes_writer_dropped(of, &self->reader),
                           weft_event_wait(of, &self->event)));
    EXPECT(weft_in_flight(&self->reader), true);
    bytes_start_write(co, &self->writer, (const uint8_t *)"x", 1);
    bytes_cancel_read(&self->reader);
    EXPECT(weft_in_flight(&self->reader), false);
    WEFT_AWAIT(bytes_read(co, &self->reader, self->buffer, 8));
    EXPECT(self->reader.count, 1);
    WEFT_AWAIT(weft_await(co, &self->writer));
    self->reading.of = self;
    weft_spawn(co, &self->scope, &self->children[0], &self->reading.co, reads_run);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->reader), true);
    weft_cancel(&self->reading.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_copy_cancelled(&self->reader), true);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

typedef common futures;
static weft_stepped futures_run(weft_coro *co)
{
    common *self = weft_frame(co, common);
    WEFT_BEGIN;
    self->one = number_reader_of(number_new(&self->of_one, 1));
    number_start_read(co, &self->one, &self->number);
    number_cancel_read(&self->one);
    WEFT_AWAIT(weft_await(co, &self->one));
    EXPECT(weft_resolved(&self->one), false);
    number_start_write(co, &self->of_one, 2);
    number_cancel_write(&self->of_one);
    WEFT_AWAIT(weft_await(co, &self->of_one));
    EXPECT(weft_resolved(&self->of_one), false);
    number_start_write(co, &self->of_one, 3);
    WEFT_AWAIT(number_read(co, &self->one, &self->number));
    number_cancel_write(&self->of_one); // too late
    WEFT_AWAIT(weft_await(co, &self->of_one));
    EXPECT(weft_resolved(&self->of_one), true);
    EXPECT(self->number, 3);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

SWEEP(call_takes_time)
SWEEP(call_insists)
SWEEP(call_stops)
SWEEP(stop_gives_up)
SWEEP(stop_gives_up_asked)
SWEEP(call_starting)
SWEEP(awaiter_cancelled)
SWEEP(unwound)
SWEEP(unwound_any)
SWEEP(unwound_starting)
SWEEP(streams)
SWEEP(gone)
SWEEP(futures)

static uint64_t peer_probe(void)
{
    return weft_cancel_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(call_takes_time)                                                                                      \
    TEST(call_insists)                                                                                         \
    TEST(call_stopped)                                                                                         \
    TEST(call_stops)                                                                                           \
    TEST(stop_gives_up)                                                                                        \
    TEST(stop_gives_up_asked)                                                                                  \
    TEST(call_starting)                                                                                        \
    TEST(awaiter_cancelled)                                                                                    \
    TEST(unwound)                                                                                              \
    TEST(unwound_any)                                                                                          \
    TEST(unwound_starting)                                                                                     \
    TEST(streams)                                                                                              \
    TEST(gone)                                                                                                 \
    TEST(futures)                                                                                              \
    TEST(sweep_call_takes_time)                                                                                \
    TEST(sweep_call_insists)                                                                                   \
    TEST(sweep_call_stops)                                                                                     \
    TEST(sweep_stop_gives_up)                                                                                  \
    TEST(sweep_stop_gives_up_asked)                                                                            \
    TEST(sweep_call_starting)                                                                                  \
    TEST(sweep_awaiter_cancelled)                                                                              \
    TEST(sweep_unwound)                                                                                        \
    TEST(sweep_unwound_any)                                                                                    \
    TEST(sweep_unwound_starting)                                                                               \
    TEST(sweep_streams)                                                                                        \
    TEST(sweep_gone)                                                                                           \
    TEST(sweep_futures)
#include "weft_runner.h"
