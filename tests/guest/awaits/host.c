// The sweep over what waits for the host: calls, streams, futures, several at once, on the machine stack.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "sweep.h"

static void drop_name(runner_string_t *name, bool moved);

WEFT_STREAM(numbers, weft_flow_peer_stream_u32, uint32_t);
WEFT_STREAM_OWNED(names, weft_flow_peer_stream_string, runner_string_t, drop_name);
WEFT_FUTURE(number, weft_futures_peer_future_u32, uint32_t);

static int live_names, dropped_tokens, blocks;

static void drop_name(runner_string_t *name, bool moved)
{
    (void)moved;
    free(name->ptr);
    live_names--;
}

static void block(void)
{
    weft_calls_peer_block();
    blocks++;
}

// A finaliser needs no flags.
static void unblock(void)
{
    for (; blocks; blocks--)
        weft_calls_peer_unblock();
}

static uint64_t peer_probe(void)
{
    weft_futures_peer_sort(300);
    return weft_calls_peer_probe() + weft_flow_peer_probe() + weft_futures_peer_probe();
}

static void expect_clean(void)
{
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(weft_calls_peer_tokens(), 0);
    EXPECT(live_names, 0);
    EXPECT(blocks, 0);
    dropped_tokens = 0;
}

// A call that is over, as a finaliser sees it.
static void expect_over(const weft_subtask *call, bool was_made)
{
    EXPECT(weft_in_flight(call), false);
    if (was_made && !weft_subtask_state_of(call))
        EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED);
}

// Calls that return at once, a turn later, when told so.
typedef struct {
    FRAME
    weft_subtask calls[3];
    uint32_t results[3];
    cleanup cleanup;
} call;

static weft_stepped call_run(weft_coro *co)
{
    call *self = weft_frame(co, call);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[0], weft_calls_peer_add(1, 2, &self->results[0])));
    EXPECT(self->results[0], 3);
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[1], weft_calls_peer_add_later(1, 3, &self->results[1])));
    EXPECT(self->results[1], 4);
    weft_subtask_start(co, &self->calls[2], weft_calls_peer_hold(5, &self->results[2]));
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->calls[2]));
    EXPECT(self->results[2], 16);
    FINALLY;
    weft_stop_blocking(&self->calls[2]);
    for (int i = 0; i < 3; i++)
        expect_over(&self->calls[i], self->calls[i].op.status);
    if (weft_subtask_state_of(&self->calls[2]) == WEFT_SUBTASK_RETURNED_CANCELLED)
        EXPECT(self->results[2], 0);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(call)

// A call that answers a cancel with a value.
typedef struct {
    FRAME
    weft_subtask call;
    uint32_t result;
    cleanup cleanup;
} insist;

static weft_stepped insist_run(weft_coro *co)
{
    insist *self = weft_frame(co, insist);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_calls_peer_insist(6, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(6);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 19);
    FINALLY;
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result == 19 || (weft_cancelled(co) && self->result == 20), true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(insist)

// A child that only waits to take the backpressure away.
typedef struct {
    FRAME
    bool *free;
} unblocker;

static weft_stepped unblocker_run(weft_coro *co)
{
    unblocker *self = weft_frame(co, unblocker);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    unblock();
    FINALLY;
    WEFT_END;
}

// A call that cannot start yet, with a resource among its arguments: while it is STARTING that is the caller's.
typedef struct {
    FRAME
    weft_subtask_owned owned;
    weft_scope scope;
    weft_child child;
    unblocker unblocker;
    weft_calls_peer_own_token_t token;
    uint32_t result;
    cleanup cleanup;
} starting;

static void drop_token(void *arguments)
{
    starting *self = arguments;
    weft_calls_peer_token_drop_own(self->token);
    dropped_tokens++;
}

static weft_stepped starting_run(weft_coro *co)
{
    starting *self = weft_frame(co, starting);
    WEFT_BEGIN;
    self->token = weft_calls_peer_constructor_token(7);
    block();
    weft_subtask_start_owned(co, &self->owned, weft_calls_peer_keep_token(7, self->token, &self->result),
                             drop_token, NULL, self);
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_STARTING);
    weft_spawn(co, &self->scope, &self->child, &self->unblocker.co, unblocker_run);
    WEFT_AWAIT(weft_subtask_await_started(co, &self->owned.call));
    EXPECT(weft_subtask_state_of(&self->owned.call), WEFT_SUBTASK_STARTED);
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(7);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    EXPECT(self->result, 7);
    FINALLY;
    weft_stop_blocking(&self->owned.call);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    unblock();
    EXPECT(dropped_tokens, weft_subtask_state_of(&self->owned.call) == WEFT_SUBTASK_STARTED_CANCELLED);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(starting)

// Reads to the end, a few at a time.
typedef struct {
    FRAME
    weft_subtask call;
    weft_flow_peer_stream_u32_t end;
    numbers_reader in;
    uint32_t items[5], sum, got;
    cleanup cleanup;
} reads;

static weft_stepped reads_run(weft_coro *co)
{
    reads *self = weft_frame(co, reads);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_numbers(40, 3, &self->end)));
    self->in = numbers_reader_of(self->end);
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(numbers_read(co, &self->in, self->items, 5));
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
        self->got += (uint32_t)self->in.count;
    }
    EXPECT(self->sum, 39 * 40 / 2);
    FINALLY;
    if (weft_copy_cancelled(&self->in)) // what had come is here
        for (size_t i = 0; i < self->in.count; i++)
            EXPECT(self->items[i], self->got + i);
    numbers_close_reader(&self->in);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(reads)

// Writes all, in as many copies as the reader wants.
typedef struct {
    FRAME
    weft_subtask call;
    numbers_writer out;
    uint32_t items[50];
    uint64_t result;
    bool made;
    cleanup cleanup;
} writes;

static weft_stepped writes_run(weft_coro *co)
{
    writes *self = weft_frame(co, writes);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < 50; i++)
        self->items[i] = i;
    weft_subtask_start(co, &self->call, weft_flow_peer_sum(numbers_new(&self->out), 1000, &self->result));
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 50));
    EXPECT(self->out.count, 50);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(numbers_write(co, &self->out, self->items + 1, 1));
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 51ull << 32 | (49 * 50 / 2 + 1));
    FINALLY;
    numbers_close_writer(&self->out);
    if (weft_in_flight(&self->call)) // it has its end of the stream, and ends by itself
        WEFT_AWAIT(weft_await(co, &self->call));
    if (weft_subtask_state_of(&self->call) == WEFT_SUBTASK_RETURNED)
        EXPECT(self->result >> 32 <= 51, true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(writes)

// Items that own memory: each is dropped once, whoever has it then.
typedef struct {
    FRAME
    weft_subtask call;
    names_writer out;
    runner_string_t items[4];
    uint64_t result;
    cleanup cleanup;
} writes_owned;

static weft_stepped writes_owned_run(weft_coro *co)
{
    writes_owned *self = weft_frame(co, writes_owned);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_flow_peer_measure(names_new(&self->out), 100, &self->result));
    for (int i = 0; i < 4; i++) {
        runner_string_dup(&self->items[i], "name");
        live_names++;
    }
    WEFT_AWAIT(names_write_all(co, &self->out, self->items, 4));
    EXPECT(live_names, 0);
    names_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 4ull << 32 | 16);
    FINALLY;
    EXPECT(live_names, 0);
    names_close_writer(&self->out);
    if (weft_in_flight(&self->call))
        WEFT_AWAIT(weft_await(co, &self->call));
    CLEAN_UP;
    WEFT_END;
}

SWEEP(writes_owned)

// Two futures there and two back; one is written, the other left to its default.
typedef struct {
    FRAME
    weft_subtask call;
    number_writer out[2];
    number_reader in[2];
    weft_futures_peer_future_u32_t ends[2];
    weft_futures_peer_list_future_u32_t arguments, result;
    uint32_t values[2];
    bool taken;
    cleanup cleanup;
} future;

static void take_results(future *self)
{
    if (self->taken || weft_subtask_state_of(&self->call) != WEFT_SUBTASK_RETURNED || !self->result.ptr)
        return;
    self->taken = true;
    EXPECT(self->result.len, 2);
    for (int i = 0; i < 2; i++)
        self->in[i] = number_reader_of(self->result.ptr[i]);
    free(self->result.ptr);
}

static weft_stepped future_run(weft_coro *co)
{
    future *self = weft_frame(co, future);
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++)
        self->ends[i] = number_new(&self->out[i], 100);
    self->arguments.ptr = self->ends;
    self->arguments.len = 2;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_futures_peer_relay(self->arguments, &self->result)));
    take_results(self);
    number_start_read(co, &self->in[1], &self->values[1]);
    WEFT_AWAIT(number_write(co, &self->out[0], 4));
    if (!number_close_writer_blocking(co, &self->out[1]))
        WEFT_FAIL(NO_MEMORY);
    WEFT_AWAIT(number_read(co, &self->in[0], &self->values[0]));
    EXPECT(self->values[0], 8);
    WEFT_AWAIT(weft_await(co, &self->in[1]));
    EXPECT(self->values[1], 200);
    FINALLY;
    take_results(self);
    fail_at = 0;
    for (int i = 0; i < 2; i++) {
        number_close_reader_blocking(&self->in[i]);
        EXPECT(number_close_writer_blocking(co, &self->out[i]), true);
    }
    CLEAN_UP;
    WEFT_END;
}

SWEEP(future)

// A read, a write and a call at once, whichever is complete first.
typedef struct {
    FRAME
    weft_subtask source, sink, call;
    weft_flow_peer_stream_u32_t end;
    numbers_reader in;
    numbers_writer out;
    weft_op *ops[3];
    weft_any any;
    uint32_t items[4], more[50], result, i;
    uint64_t sum;
    bool done[3];
    cleanup cleanup;
} any;

static weft_stepped any_run(weft_coro *co)
{
    any *self = weft_frame(co, any);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->source, weft_flow_peer_numbers(4, 4, &self->end)));
    self->in = numbers_reader_of(self->end);
    weft_subtask_start(co, &self->sink, weft_flow_peer_sum(numbers_new(&self->out), 1000, &self->sum));
    numbers_start_read(co, &self->in, self->items, 4);
    numbers_start_write_all(co, &self->out, self->more, 50);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(8, &self->result));
    self->ops[0] = &self->in.op;
    self->ops[1] = &self->out.op;
    self->ops[2] = &self->call.op;
    // at each turn those that are left
    for (self->i = 3; self->i; self->i--) {
        if (self->i == 1)
            weft_calls_peer_open(8);
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, self->i));
        self->ops[self->any.index] = self->ops[self->i - 1];
    }
    EXPECT(self->in.count, 4);
    EXPECT(self->out.count, 50);
    EXPECT(self->result, 25);
    FINALLY;
    weft_stop_blocking(&self->call);
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    weft_stop_blocking(&self->sink);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(any)

// On the machine stack, from within a coroutine.
typedef struct {
    FRAME
    reads reads;
    cleanup cleanup;
} blocks_on;

static weft_stepped blocks_on_run(weft_coro *co)
{
    blocks_on *self = weft_frame(co, blocks_on);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    if (weft_block_on(&self->reads.co, reads_run) == WEFT_UNFINISHED)
        WEFT_FAIL(NO_MEMORY);
    EXPECT(weft_outcome_of(&self->reads.co), WEFT_DONE);
    EXPECT(self->reads.sum, 39 * 40 / 2);
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    EXPECT(self->reads.finalised, self->reads.co.run != NULL);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(blocks_on)

// There, beside one that yields while a read is in flight, after one that the host was waited for.
typedef struct noisy noisy;

typedef struct {
    FRAME
    noisy *reader;
} yields;

struct noisy {
    FRAME
    weft_subtask call;
    weft_flow_peer_stream_u32_t end;
    numbers_reader in;
    uint32_t items[5], sum, copies;
    weft_event came;
    weft_scope scope;
    weft_child child;
    yields beside;
};

static weft_stepped yields_run(weft_coro *co)
{
    yields *self = weft_frame(co, yields);
    WEFT_BEGIN;
    while (!weft_dropped(&self->reader->in)) {
        WEFT_AWAIT(weft_event_wait(co, &self->reader->came));
        weft_event_clear(&self->reader->came);
        WEFT_AWAIT(weft_yield(co));
    }
    FINALLY;
    WEFT_END;
}

static weft_stepped noisy_run(weft_coro *co)
{
    noisy *self = weft_frame(co, noisy);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_numbers(30, 3, &self->end)));
    self->in = numbers_reader_of(self->end);
    self->beside.reader = self;
    weft_spawn(co, &self->scope, &self->child, &self->beside.co, yields_run);
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(numbers_read(co, &self->in, self->items, 5));
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
        if (self->copies++ % 2)
            weft_event_set(&self->came);
    }
    EXPECT(self->sum, 29 * 30 / 2);
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    numbers_close_reader(&self->in);
    WEFT_END;
}

typedef struct {
    FRAME
    noisy noisy;
    cleanup cleanup;
} blocks_on_noisy;

static weft_stepped blocks_on_noisy_run(weft_coro *co)
{
    blocks_on_noisy *self = weft_frame(co, blocks_on_noisy);
    WEFT_BEGIN;
    if (weft_block_on(&self->noisy.co, noisy_run) == WEFT_UNFINISHED)
        WEFT_FAIL(NO_MEMORY);
    EXPECT(weft_outcome_of(&self->noisy.co), WEFT_DONE);
    FINALLY;
    CLEAN_UP;
    WEFT_END;
}

SWEEP(blocks_on_noisy)

// What is in flight is stopped in the finaliser, in the middle of other waits.
typedef struct {
    FRAME
    weft_subtask source, call, later;
    weft_flow_peer_stream_u32_t end;
    numbers_reader in;
    uint32_t items[4], results[2];
    cleanup cleanup;
} stops;

static weft_stepped stops_run(weft_coro *co)
{
    stops *self = weft_frame(co, stops);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->source, weft_flow_peer_numbers(1000, 4, &self->end)));
    self->in = numbers_reader_of(self->end);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(9, &self->results[0]));
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    WEFT_AWAIT(weft_subtask_call(co, &self->later, weft_calls_peer_add_later(1, 2, &self->results[1])));
    EXPECT(self->results[1], 3);
    weft_stop_blocking(&self->in);
    EXPECT(weft_in_flight(&self->in), false);
    numbers_close_reader(&self->in);
    weft_stop_blocking(&self->call);
    if (self->call.op.status)
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(stops)

// Five calls deep; each waits before, during and after the next, and in its finaliser.
typedef struct nested {
    FRAME
    int depth;
    struct nested *child;
    weft_subtask call;
    uint32_t result;
    cleanup cleanup;
} nested;

static struct nested levels[4];

static weft_stepped nested_run(weft_coro *co)
{
    nested *self = weft_frame(co, nested);
    WEFT_BEGIN;
    if (self->depth == 0)
        memset(levels, 0, sizeof levels);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result)));
    if (self->depth < 4) {
        self->child = &levels[self->depth];
        self->child->depth = self->depth + 1;
        WEFT_AWAIT(weft_call(co, &self->child->co, nested_run));
        EXPECT(weft_outcome_of(&self->child->co), WEFT_DONE);
    }
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    if (self->child)
        EXPECT(self->child->finalised, 1);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(nested)

#define TESTS                                                                                                  \
    SWEPT(call)                                                                                                \
    SWEPT(insist)                                                                                              \
    SWEPT(starting)                                                                                            \
    SWEPT(reads)                                                                                               \
    SWEPT(writes)                                                                                              \
    SWEPT(writes_owned)                                                                                        \
    SWEPT(future)                                                                                              \
    SWEPT(any)                                                                                                 \
    SWEPT(blocks_on)                                                                                           \
    SWEPT(blocks_on_noisy)                                                                                     \
    SWEPT(stops)                                                                                               \
    SWEPT(nested)
#include "weft_runner.h"
