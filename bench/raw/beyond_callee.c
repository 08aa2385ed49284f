// beyond, the callee by hand: a waitable set for each number and each side, which stay; and bells, each a
// stream without payload, one for as many as are rung at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "beyond_callee.h"
#include <stdlib.h>

// Only the numbers of the built-ins: the bindings have no stream that belongs to no function.
__attribute__((__import_module__("$root"), __import_name__("[stream-new-unit]"))) extern uint64_t
stream_new(void);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-read-unit]"))) extern uint32_t
stream_read(uint32_t reader, void *items, size_t length);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-write-unit]"))) extern uint32_t
stream_write(uint32_t writer, const void *items, size_t length);

typedef struct bell {
    uint32_t reader, writer;
    struct bell *next;
} bell;

static void bell_init(bell *it)
{
    uint64_t ends = stream_new();
    it->reader = (uint32_t)ends;
    it->writer = (uint32_t)(ends >> 32);
}

// Makes an event in the set that the reader has joined.
static void ring(const bell *it)
{
    stream_read(it->reader, NULL, 1);
    stream_write(it->writer, NULL, 1);
}

// Calls that are held by a number, one at a time each
// ----------------------------------------------------------------------------------------------

typedef struct {
    beyond_callee_waitable_set_t set; // of the calls of this number; 0 before the first
    bool held;
    bell *rung; // until its event has come
} gate;

static gate gates[1 << 16];
static bell *idle;

beyond_callee_callback_code_t exports_bench_beyond_many_hold(uint32_t x)
{
    gate *it = &gates[x & 0xffff];
    if (!it->set)
        it->set = beyond_callee_waitable_set_new();
    it->held = true;
    beyond_callee_context_set_0(it);
    return BEYOND_CALLEE_CALLBACK_CODE_WAIT(it->set);
}

beyond_callee_callback_code_t exports_bench_beyond_many_hold_callback(beyond_callee_event_t *event)
{
    gate *it = beyond_callee_context_get_0();
    if (event->event == BEYOND_CALLEE_EVENT_CANCEL) {
        it->held = false;
        beyond_callee_task_cancel();
        return BEYOND_CALLEE_CALLBACK_CODE_EXIT;
    }
    it->rung->next = idle;
    idle = it->rung;
    it->rung = NULL;
    if (it->held) // the bell was for one before, which was cancelled
        return BEYOND_CALLEE_CALLBACK_CODE_WAIT(it->set);
    exports_bench_beyond_many_hold_return((uint32_t)(it - gates));
    return BEYOND_CALLEE_CALLBACK_CODE_EXIT;
}

beyond_callee_callback_code_t exports_bench_beyond_many_let_go(uint32_t x)
{
    gate *it = &gates[x & 0xffff];
    if (it->held && !it->rung) {
        bell *mine = idle;
        if (mine) {
            idle = mine->next;
        } else {
            mine = malloc(sizeof *mine);
            if (!mine)
                __builtin_trap();
            bell_init(mine);
        }
        beyond_callee_waitable_join(mine->reader, it->set);
        ring(mine);
        it->rung = mine;
    }
    it->held = false;
    exports_bench_beyond_many_let_go_return();
    return BEYOND_CALLEE_CALLBACK_CODE_EXIT;
}

beyond_callee_callback_code_t exports_bench_beyond_many_let_go_callback(beyond_callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

// Two calls that play
// ----------------------------------------------------------------------------------------------

typedef struct side {
    struct side *other;
    beyond_callee_waitable_set_t set; // 0 before the first call of this side
    bell bell;
    uint32_t ball, rounds, i;
    bool full; // the channel to this side, of one ball
    bool waiting;
} side;

static side sides[2] = {{.other = &sides[1]}, {.other = &sides[0]}};

static void throw_ball(side *to, uint32_t ball)
{
    to->ball = ball;
    to->full = true;
    if (to->waiting) {
        to->waiting = false;
        ring(&to->bell);
    }
}

static beyond_callee_callback_code_t rounds(side *self)
{
    while (self->i < self->rounds) {
        if (!self->full) {
            self->waiting = true;
            return BEYOND_CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        self->full = false;
        self->i++;
        if (self == &sides[1])
            throw_ball(self->other, self->ball);
        else if (self->i < self->rounds)
            throw_ball(self->other, self->i);
    }
    exports_bench_beyond_many_play_return(self->i);
    return BEYOND_CALLEE_CALLBACK_CODE_EXIT;
}

beyond_callee_callback_code_t exports_bench_beyond_many_play(uint32_t which, uint32_t n)
{
    side *self = &sides[which != 0];
    if (!self->set) {
        self->set = beyond_callee_waitable_set_new();
        bell_init(&self->bell);
        beyond_callee_waitable_join(self->bell.reader, self->set);
    }
    self->i = 0;
    self->rounds = n;
    beyond_callee_context_set_0(self);
    if (self == &sides[0] && n)
        throw_ball(self->other, 0);
    return rounds(self);
}

beyond_callee_callback_code_t exports_bench_beyond_many_play_callback(beyond_callee_event_t *event)
{
    side *self = beyond_callee_context_get_0();
    if (event->event == BEYOND_CALLEE_EVENT_CANCEL) {
        self->waiting = false;
        beyond_callee_task_cancel();
        return BEYOND_CALLEE_CALLBACK_CODE_EXIT;
    }
    return rounds(self);
}
