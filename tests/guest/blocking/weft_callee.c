// The peer of the tests of weft_block_on, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_blocking_peer_stream_u8, uint8_t);
WEFT_FUTURE(number, exports_weft_blocking_peer_future_u32, uint32_t);

uint64_t exports_weft_blocking_peer_probe(void)
{
    return probe();
}

static void block_on(weft_coro *co, weft_step *run)
{
    if (weft_block_on(co, run) != WEFT_DONE)
        __builtin_trap();
}

// Calls on the machine stack.

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t ticket, result;
} hold;

static weft_stepped hold_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_wait_calls(uint32_t first, uint32_t second)
{
    hold one = {.ticket = first};
    block_on(&one.co, hold_run);
    uint32_t sum = one.result;
    // The same frame again.
    one.ticket = second;
    block_on(&one.co, hold_run);
    return sum + one.result;
}

typedef struct {
    weft_coro co;
    weft_subtask calls[2];
    uint32_t tickets[2], results[2];
    weft_op *ops[2];
    weft_any any;
} any;

static weft_stepped any_run(weft_coro *co)
{
    any *self = weft_frame(co, any);
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++) {
        self->ops[i] = &self->calls[i].op;
        weft_subtask_start(co, &self->calls[i], weft_calls_peer_hold(self->tickets[i], &self->results[i]));
    }
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    WEFT_FINALLY;
    weft_stop_blocking(&self->calls[0]);
    weft_stop_blocking(&self->calls[1]);
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_wait_any(uint32_t first, uint32_t second)
{
    any it = {.tickets = {first, second}};
    block_on(&it.co, any_run);
    return it.results[it.any.index];
}

typedef struct {
    weft_coro co;
    bytes_reader in;
    uint8_t items[3];
    uint32_t sum;
} sum_up;

WEFT_ASYNC(sum_up)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(bytes_read(co, &self->in, self->items, sizeof self->items));
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
    }
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_wait_stream(exports_weft_blocking_peer_stream_u8_t end)
{
    sum_up it = {.in = bytes_reader_of(end)};
    block_on(&it.co, sum_up__step);
    return it.sum;
}

static weft_stepped spin_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result));
    while (weft_in_flight(&self->call))
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_wait_yielding(uint32_t ticket)
{
    hold it = {.ticket = ticket};
    block_on(&it.co, spin_run);
    return it.result;
}

// Tasks.

static weft_stepped relay_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    WEFT_RETURN(co, exports_weft_blocking_peer_relay, self->result);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_blocking_peer_relay, hold, relay_run, (uint32_t ticket),
                 self->ticket = ticket);

static weft_stepped add_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_blocking_peer_add, self->result);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_blocking_peer_add, hold, add_run, (uint32_t a, uint32_t b),
                 self->result = a + b);

typedef struct {
    weft_coro co;
    number_writer out;
    uint32_t value, turns;
} promise;

WEFT_ASYNC(promise)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_blocking_peer_promise, number_new(&self->out, 0));
    for (; self->turns; self->turns--)
        WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(number_write(co, &self->out, self->value));
    WEFT_FINALLY;
    number_close_writer(co, &self->out);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_blocking_peer_promise, promise, promise__step,
                 (uint32_t value, uint32_t turns), (self->value = value, self->turns = turns));

// In functions whose type is not async.

typedef struct {
    weft_coro co;
    number_reader in;
    uint32_t result;
} promised;

WEFT_ASYNC(promised)
{
    WEFT_BEGIN;
    WEFT_AWAIT(number_read(co, &self->in, &self->result));
    WEFT_FINALLY;
    number_close_reader(&self->in);
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_promised(exports_weft_blocking_peer_future_u32_t number)
{
    promised it = {.in = number_reader_of(number)};
    block_on(&it.co, promised__step);
    return it.result;
}

static weft_stepped turns_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    while (self->result < self->ticket) {
        WEFT_AWAIT(weft_yield(co));
        self->result++;
    }
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_turns(uint32_t count)
{
    hold it = {.ticket = count};
    block_on(&it.co, turns_run);
    return it.result;
}

static weft_stepped call_ready_run(weft_coro *co)
{
    any *self = weft_frame(co, any);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[0],
                                 weft_calls_peer_add(self->tickets[0], self->tickets[1], &self->results[0])));
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_call_ready(uint32_t a, uint32_t b)
{
    any it = {.tickets = {a, b}};
    block_on(&it.co, call_ready_run);
    return it.results[0];
}

static weft_stepped call_cancelled_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result));
    weft_stop_blocking(&self->call);
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_blocking_peer_call_cancelled(uint32_t ticket)
{
    hold it = {.ticket = ticket};
    block_on(&it.co, call_cancelled_run);
    return weft_subtask_state_of(&it.call);
}

uint32_t exports_weft_blocking_peer_call_pending(uint32_t ticket)
{
    hold it = {.ticket = ticket};
    block_on(&it.co, hold_run);
    return it.result;
}
