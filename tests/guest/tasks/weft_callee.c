// The peer of the tasks' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include "notes.h"
#include <weft/weft.h>

uint64_t exports_weft_tasks_peer_probe(void)
{
    return probe();
}

static void note_state(const weft_subtask *call)
{
    note((char)('0' + weft_subtask_state_of(call)));
}

typedef struct {
    weft_coro co;
    uint32_t seed, tickets[3], i, sum, result;
    weft_subtask call;
} mix;

WEFT_ASYNC(mix)
{
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++) {
        weft_subtask_start(co, &self->call, weft_calls_peer_hold(self->tickets[self->i], &self->result));
        WEFT_AWAIT(weft_await(co, &self->call));
        self->sum = 31 * self->sum + self->result;
        note((char)('A' + self->seed));
    }
    WEFT_RETURN(co, exports_weft_tasks_peer_mix, self->sum);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_tasks_peer_mix, mix,
            (uint32_t seed, uint32_t first, uint32_t second, uint32_t third), .seed = self->sum = seed,
            .tickets[0] = first, .tickets[1] = second, .tickets[2] = third);

// Frames with one ticket, one call and a counter.
typedef struct {
    weft_coro co;
    uint32_t ticket, i, result;
    weft_subtask call;
} one;

static weft_stepped early_run(weft_coro *co)
{
    one *self = weft_frame(co, one);
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_tasks_peer_early, self->ticket);
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_AWAIT(weft_yield(co));
        note('y');
    }
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    note('h');
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_tasks_peer_early, one, early_run, (uint32_t ticket),
                 self->ticket = ticket);

static weft_stepped turns_run(weft_coro *co)
{
    one *self = weft_frame(co, one);
    WEFT_BEGIN;
    while (self->i < self->ticket) {
        WEFT_AWAIT(weft_yield(co));
        self->i++;
        note('t');
    }
    WEFT_RETURN(co, exports_weft_tasks_peer_turns, self->i);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_tasks_peer_turns, one, turns_run, (uint32_t count), self->ticket = count);

static weft_stepped spin_run(weft_coro *co)
{
    one *self = weft_frame(co, one);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result));
    while (weft_in_flight(&self->call))
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_tasks_peer_spin, self->result);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_tasks_peer_spin, one, spin_run, (uint32_t ticket), self->ticket = ticket);

static bool flag;

void exports_weft_tasks_peer_raise_flag(void)
{
    flag = true;
}

static weft_stepped stand_run(weft_coro *co)
{
    WEFT_BEGIN;
    while (!flag)
        weft_yield_blocking();
    flag = false;
    WEFT_RETURN_VOID(co, exports_weft_tasks_peer_stand);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_tasks_peer_stand, one, stand_run, (void), );

static weft_stepped busy_run(weft_coro *co)
{
    one *self = weft_frame(co, one);
    WEFT_BEGIN;
    weft_backpressure_inc();
    note('B');
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    note('b');
    WEFT_RETURN(co, exports_weft_tasks_peer_busy, self->result);
    WEFT_FINALLY;
    weft_backpressure_dec();
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_tasks_peer_busy, one, busy_run, (uint32_t ticket), self->ticket = ticket);

// The innermost of three, which holds a ticket.
static weft_stepped third_run(weft_coro *co)
{
    one *self = weft_frame(co, one);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    WEFT_FINALLY;
    note_state(&self->call);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_nothing_later()));
    note('c');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    one third;
} second;

WEFT_ASYNC(second)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->third.co, third_run));
    WEFT_FINALLY;
    note('b');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    second second;
} first;

WEFT_ASYNC(first)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->second.co, second__step));
    WEFT_FINALLY;
    note('a');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    exports_weft_tasks_peer_place_t at;
    uint32_t ticket, slow, last;
    bool insists;
    first first;
    weft_subtask calls[3], call;
    uint32_t results[3], result;
    weft_op *ops[3];
    weft_any any;
    int count; // calls made
} waits;

WEFT_ASYNC(waits)
{
    WEFT_BEGIN;
    switch (self->at) {
    case EXPORTS_WEFT_TASKS_PEER_PLACE_CALL:
        self->count = 1;
        weft_subtask_start(co, &self->calls[0], weft_calls_peer_hold(self->ticket, &self->result));
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        break;
    case EXPORTS_WEFT_TASKS_PEER_PLACE_START:
        self->count = 1;
        weft_calls_peer_block();
        weft_subtask_start(co, &self->calls[0], weft_calls_peer_hold(self->ticket, &self->result));
        WEFT_AWAIT(weft_subtask_await_started(co, &self->calls[0]));
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        break;
    case EXPORTS_WEFT_TASKS_PEER_PLACE_CHILD:
        self->first.second.third.ticket = self->ticket;
        WEFT_AWAIT(weft_call(co, &self->first.co, first__step));
        self->result = self->first.second.third.result;
        break;
    case EXPORTS_WEFT_TASKS_PEER_PLACE_ANY:
        self->count = 3;
        for (uint32_t i = 0; i < 3; i++) {
            self->ops[i] = &self->calls[i].op;
            weft_subtask_start(co, &self->calls[i], weft_calls_peer_hold(self->ticket + i, &self->results[i]));
        }
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 3));
        self->result = self->results[self->any.index];
        for (uint32_t i = 0; i < 3; i++)
            weft_stop_blocking(&self->calls[i]);
        break;
    case EXPORTS_WEFT_TASKS_PEER_PLACE_YIELD:
        for (;;)
            WEFT_AWAIT(weft_yield(co));
    default:
        break;
    }
    WEFT_FINALLY;
    if (self->at == EXPORTS_WEFT_TASKS_PEER_PLACE_START && weft_cancelled(co))
        weft_calls_peer_unblock();
    for (int i = 0; i < self->count; i++)
        note_state(&self->calls[i]);
    note('f');
    for (; self->slow > 0; self->slow--) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_nothing_later()));
        note(weft_subtask_state_of(&self->call) == WEFT_SUBTASK_RETURNED ? 's' : '?');
    }
    if (self->last) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->last, &self->results[0])));
        note_state(&self->call);
    }
    if (!weft_cancelled(co))
        WEFT_RETURN(co, exports_weft_tasks_peer_waits, self->result);
    else if (self->insists)
        WEFT_RETURN(co, exports_weft_tasks_peer_waits, 1000);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_tasks_peer_waits, waits,
            (exports_weft_tasks_peer_place_t at, uint32_t ticket, bool insists, uint32_t slow, uint32_t last),
            .at = at, .ticket = ticket, .insists = insists, .slow = slow, .last = last);
