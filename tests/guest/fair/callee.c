// What keeps a task busy for ever, if nobody stops it: nothing of it ever waits for the host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/wasip3_task.h>
#include <weft/weft.h>

WEFT_OFFER_TASK;
WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);
WEFT_STREAM_UNIT(units, exports_weft_fair_peer_stream_void);
WEFT_STREAM(bytes, exports_weft_fair_peer_stream_u8, uint8_t);
WEFT_LINES(bytes);
WEFT_CHANNEL(numbers, uint32_t, 0);

enum { DEADLINE = 20000000 /* ns */, MANY = 1 << 20 };

static bool stopped;
static uint8_t newlines[MANY];
#define BEGIN (stopped = false, memset(newlines, '\n', sizeof newlines))

// Two coroutines that hand a number to and fro, or a mutex to each other.
typedef struct {
    weft_coro co;
    numbers *in, *out;
    weft_mutex *mutex;
    numbers_slot slot;
    weft_permit permit;
} player;

static weft_stepped player_run(weft_coro *co)
{
    player *self = weft_frame(co, player);
    WEFT_BEGIN;
    while (!stopped) {
        if (self->mutex) {
            WEFT_AWAIT(weft_acquire(co, self->mutex, &self->permit));
            WEFT_AWAIT(weft_breathe(co)); // so that the other asks for it
            weft_release(&self->permit);
        } else {
            WEFT_AWAIT(numbers_send(co, self->out, &self->slot, 1));
            WEFT_AWAIT(numbers_receive(co, self->in, &self->slot));
        }
    }
    WEFT_FINALLY;
    weft_release(&self->permit);
    if (!self->mutex) {
        numbers_close(self->in);
        numbers_close(self->out);
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    bool lock;
    numbers there, back;
    weft_mutex mutex;
    weft_scope scope;
    weft_child children[2];
    player players[2];
} game;

// Sends what it receives: the other begins.
static weft_stepped echo_run(weft_coro *co)
{
    player *self = weft_frame(co, player);
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(numbers_receive(co, self->in, &self->slot));
        WEFT_AWAIT(numbers_send(co, self->out, &self->slot, self->slot.item));
    } while (weft_served(&self->slot));
    WEFT_FINALLY;
    numbers_close(self->out);
    WEFT_END;
}

WEFT_ASYNC(game)
{
    WEFT_BEGIN;
    self->players[0] =
        (player){.in = &self->back, .out = &self->there, .mutex = self->lock ? &self->mutex : NULL};
    self->players[1] = (player){.in = &self->there, .out = &self->back, .mutex = self->players[0].mutex};
    weft_spawn(co, &self->scope, &self->children[0], &self->players[0].co, player_run);
    weft_spawn(co, &self->scope, &self->children[1], &self->players[1].co, self->lock ? player_run : echo_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

static weft_stepped child_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    exports_weft_fair_peer_work_t what;
    game game;
    weft_coro child;
    weft_event event;
    weft_subtask call;
    weft_timer timer;
    weft_virtual_clock clock;
    units_reader units_in;
    units_writer units_out;
    bytes_reader in;
    bytes_writer out;
    weft_scope scope;
    weft_child feeder;
    weft_lines lines;
    uint8_t buffer[64];
    weft_foreign foreign;
    weft_embedded embedded;
    weft_waker *waker;
    bool begun;
    weft_event over;
} work;

static bool wake_itself(void *foreign, weft_waker *waker)
{
    (void)foreign;
    weft_waker_wake(waker);
    return stopped;
}

static void wake(void *data)
{
    weft_waker_wake(((work *)data)->waker);
}

static bool poll_embedded(void *data, weft_waker *waker)
{
    work *self = data;
    if (!self->begun) {
        self->begun = true;
        self->waker = weft_waker_clone(waker);
        WEFT_EMBEDDED_START(game, &self->game, &self->embedded);
    }
    return weft_embedded_poll(&self->embedded, wake, self);
}

static void over(void *data)
{
    weft_event_set(&((work *)data)->over);
}

static weft_stepped feeder_run(weft_coro *co)
{
    work *self = (work *)(void *)((char *)co - offsetof(work, child));
    WEFT_BEGIN;
    while (!weft_dropped(&self->out))
        WEFT_AWAIT(bytes_write_all(co, &self->out, newlines, sizeof newlines));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped work_run(weft_coro *co)
{
    work *self = weft_frame(co, work);
    weft_clock *clock = &host_clock;
    WEFT_BEGIN;
    switch (self->what) {
    case EXPORTS_WEFT_FAIR_PEER_WORK_CHANNELS:
    case EXPORTS_WEFT_FAIR_PEER_WORK_MUTEX:
        WEFT_CALL(game, &self->game, .lock = self->what == EXPORTS_WEFT_FAIR_PEER_WORK_MUTEX);
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_READS:
        self->units_in = units_reader_of(units_new(&self->units_out));
        while (!stopped) {
            if (!weft_in_flight(&self->units_out))
                units_start_write(co, &self->units_out, MANY);
            WEFT_AWAIT(units_read(co, &self->units_in, 1));
        }
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_WRITES:
        self->units_in = units_reader_of(units_new(&self->units_out));
        while (!stopped) {
            if (!weft_in_flight(&self->units_in))
                units_start_read(co, &self->units_in, MANY);
            WEFT_AWAIT(units_write_all(co, &self->units_out, 1));
        }
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_CALLS:
        while (!stopped)
            WEFT_AWAIT(weft_subtask_call(co, &self->call, wasi_clocks_monotonic_clock_wait_until(0)));
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_EVENT:
        weft_event_set(&self->event);
        while (!stopped)
            WEFT_AWAIT(weft_event_wait(co, &self->event));
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_CHILDREN:
        while (!stopped)
            WEFT_AWAIT(weft_call(co, &self->child, child_run));
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_VIRTUAL_NAPS:
    case EXPORTS_WEFT_FAIR_PEER_WORK_VIRTUAL_TICKS:
        weft_virtual_clock_init(&self->clock);
        weft_virtual_clock_advance(&self->clock, UINT64_MAX);
        __attribute__((fallthrough));
    case EXPORTS_WEFT_FAIR_PEER_WORK_NAPS:
    case EXPORTS_WEFT_FAIR_PEER_WORK_TICKS:
        while (!stopped) {
            if (self->clock.time)
                clock = &self->clock.clock;
            if (self->what == EXPORTS_WEFT_FAIR_PEER_WORK_NAPS ||
                self->what == EXPORTS_WEFT_FAIR_PEER_WORK_VIRTUAL_NAPS)
                WEFT_AWAIT(weft_sleep(co, clock, &self->timer, 0));
            else
                WEFT_AWAIT(weft_sleep_until(co, clock, &self->timer, 0));
        }
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_LINES:
        self->in = bytes_reader_of(bytes_new(&self->out));
        bytes_lines(&self->lines, &self->in, self->buffer, sizeof self->buffer, WEFT_LINES_SPLIT);
        weft_spawn(co, &self->scope, &self->feeder, &self->child, feeder_run);
        while (!stopped)
            WEFT_AWAIT(weft_line_next(co, &self->lines));
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_YIELDS:
        while (!stopped)
            WEFT_AWAIT(weft_yield(co));
        break;
    case EXPORTS_WEFT_FAIR_PEER_WORK_FOREIGN:
        WEFT_AWAIT(weft_foreign_await(co, &self->foreign, wake_itself, self));
        break;
    default:
        WEFT_AWAIT(weft_foreign_await(co, &self->foreign, poll_embedded, self));
        weft_waker_drop(self->waker);
        self->begun = false;
    }
    WEFT_FINALLY;
    if (self->begun) {
        if (!weft_embedded_drop(&self->embedded, over, self))
            WEFT_AWAIT(weft_event_wait(co, &self->over));
        weft_waker_drop(self->waker);
    }
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    units_close_reader(&self->units_in);
    units_close_writer(&self->units_out);
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);
    weft_stop_blocking(&self->call);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t yields;
} yielder;

WEFT_ASYNC(yielder)
{
    WEFT_BEGIN;
    for (; self->yields < 3; self->yields++)
        WEFT_AWAIT(weft_yield(co));
    stopped = true;
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    work work;
    weft_scope scope;
    weft_child child;
    yielder yielder;
    weft_deadline deadline;
} root;

static weft_stepped yielded_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN;
    WEFT_SPAWN(yielder, &self->yielder, &self->scope, &self->child);
    WEFT_AWAIT(weft_call(co, &self->work.co, work_run));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Expires, or is a bug that the caller sees.
static weft_stepped deadline_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &host_clock, DEADLINE, &self->work.co, work_run));
    if (!self->deadline.expired)
        __builtin_trap();
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    root root;
} caller;

static weft_stepped until_yielded_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->root.co, yielded_run));
    WEFT_RETURN_VOID(co, exports_weft_fair_peer_until_yielded);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_deadline_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->root.co, deadline_run));
    WEFT_RETURN_VOID(co, exports_weft_fair_peer_until_deadline);
    WEFT_FINALLY;
    WEFT_END;
}

static void block_on(weft_step *run, exports_weft_fair_peer_work_t what)
{
    root frame = {.work.what = what};
    BEGIN;
    weft_block_on(&frame.co, run);
}

void exports_weft_fair_peer_until_yielded_blocking(exports_weft_fair_peer_work_t what)
{
    block_on(yielded_run, what);
}

void exports_weft_fair_peer_until_deadline_blocking(exports_weft_fair_peer_work_t what)
{
    block_on(deadline_run, what);
}

static weft_stepped until_cancelled_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->work.co, work_run));
    __builtin_trap();
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_stopped_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->work.co, work_run));
    WEFT_RETURN_VOID(co, exports_weft_fair_peer_until_stopped);
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
} stop;

WEFT_ASYNC(stop)
{
    WEFT_BEGIN;
    stopped = true;
    WEFT_RETURN_VOID(co, exports_weft_fair_peer_stop);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_fair_peer_until_yielded, caller, until_yielded_run,
                 (exports_weft_fair_peer_work_t what), BEGIN, self->root.work.what = what);
WEFT_EXPORT_STEP(callee, exports_weft_fair_peer_until_deadline, caller, until_deadline_run,
                 (exports_weft_fair_peer_work_t what), BEGIN, self->root.work.what = what);
WEFT_EXPORT_STEP(callee, exports_weft_fair_peer_until_cancelled, root, until_cancelled_run,
                 (exports_weft_fair_peer_work_t what), BEGIN, self->work.what = what);
WEFT_EXPORT_STEP(callee, exports_weft_fair_peer_until_stopped, root, until_stopped_run,
                 (exports_weft_fair_peer_work_t what), BEGIN, self->work.what = what);
WEFT_EXPORT(callee, exports_weft_fair_peer_stop, stop, (void));

void exports_weft_fair_peer_types(exports_weft_fair_peer_stream_void_t units,
                                  exports_weft_fair_peer_stream_u8_t bytes)
{
    units_reader one = units_reader_of(units);
    bytes_reader other = bytes_reader_of(bytes);
    units_close_reader(&one);
    bytes_close_reader(&other);
}

uint64_t exports_weft_fair_peer_probe(void)
{
    weft_trim();
    return probe();
}
