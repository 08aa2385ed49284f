// beyond, the callee: calls that are held by a number, and calls that meet over channels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "beyond_callee.h"
#include <weft/weft.h>

static weft_event gates[1 << 16];

typedef struct {
    weft_coro co;
    uint32_t x;
} hold;

static weft_stepped hold_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &gates[self->x]));
    WEFT_RETURN(co, exports_bench_beyond_many_hold, self->x);
    WEFT_END;
}

WEFT_EXPORT_STEP(beyond_callee, exports_bench_beyond_many_hold, hold, hold_run, (uint32_t x),
                 self->x = x & 0xffff);

static weft_stepped let_go_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    weft_event_set(&gates[self->x]);
    weft_event_clear(&gates[self->x]);
    WEFT_RETURN_VOID(co, exports_bench_beyond_many_let_go);
    WEFT_END;
}

WEFT_EXPORT_STEP(beyond_callee, exports_bench_beyond_many_let_go, hold, let_go_run, (uint32_t x),
                 self->x = x & 0xffff);

WEFT_CHANNEL(lane, uint32_t, 1);

static lane lanes[2]; // one a direction

typedef struct {
    weft_coro co;
    uint32_t side, rounds, i;
    lane_slot sent, received;
} play;

WEFT_ASYNC(play)
{
    WEFT_BEGIN;
    for (; self->i < self->rounds; self->i++) {
        if (self->side == 0)
            WEFT_AWAIT(lane_send(co, &lanes[0], &self->sent, self->i));
        WEFT_AWAIT(lane_receive(co, &lanes[!self->side], &self->received));
        if (self->side == 1)
            WEFT_AWAIT(lane_send(co, &lanes[1], &self->sent, self->received.item));
    }
    WEFT_RETURN(co, exports_bench_beyond_many_play, self->i);
    WEFT_END;
}

WEFT_EXPORT(beyond_callee, exports_bench_beyond_many_play, play, (uint32_t side, uint32_t rounds),
            .side = side != 0, .rounds = rounds);
