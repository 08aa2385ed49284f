// The peer of the tests of cancellation, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include <stdlib.h>

uint64_t exports_weft_cancel_peer_probe(void)
{
    return probe();
}

void exports_weft_cancel_peer_hold(void)
{
    callee_backpressure_inc();
}

void exports_weft_cancel_peer_release(void)
{
    callee_backpressure_dec();
}

void exports_weft_cancel_peer_drop_one(exports_weft_cancel_peer_future_u32_t one)
{
    exports_weft_cancel_peer_future_u32_drop_readable(one);
}

static uint32_t turns;

uint32_t exports_weft_cancel_peer_turns(void)
{
    uint32_t taken = turns;
    turns = 0;
    return taken;
}

typedef struct {
    uint32_t in, set, count;
    uint8_t buffer[8];
} take;

static callee_callback_code_t end(take *it)
{
    exports_weft_cancel_peer_stream_u8_drop_readable(it->in);
    if (it->set)
        callee_waitable_set_drop(it->set);
    free(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

static callee_callback_code_t go_on(take *it, callee_waitable_status_t status)
{
    while (status != CALLEE_WAITABLE_STATUS_BLOCKED) {
        it->count += CALLEE_WAITABLE_COUNT(status);
        if (CALLEE_WAITABLE_STATE(status) != CALLEE_WAITABLE_COMPLETED) {
            exports_weft_cancel_peer_take_return(it->count);
            return end(it);
        }
        status = exports_weft_cancel_peer_stream_u8_read(it->in, it->buffer, sizeof it->buffer);
    }
    if (!it->set)
        it->set = callee_waitable_set_new();
    callee_waitable_join(it->in, it->set);
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_WAIT(it->set);
}

callee_callback_code_t exports_weft_cancel_peer_take(exports_weft_cancel_peer_stream_u8_t bytes)
{
    take *it = calloc(1, sizeof *it);
    it->in = bytes;
    return go_on(it, exports_weft_cancel_peer_stream_u8_read(bytes, it->buffer, sizeof it->buffer));
}

callee_callback_code_t exports_weft_cancel_peer_take_callback(callee_event_t *event)
{
    take *it = callee_context_get_0();
    if (event->event != CALLEE_EVENT_CANCEL)
        return go_on(it, event->code);
    callee_waitable_join(it->in, 0);
    exports_weft_cancel_peer_stream_u8_cancel_read(it->in);
    callee_task_cancel();
    return end(it);
}

typedef struct {
    uint32_t left;
    bool insists, cancelled, last;
} shielded;

static callee_callback_code_t turn(shielded *it)
{
    callee_context_set_0(it);
    if (it->left) {
        it->left--;
        turns++;
        return CALLEE_CALLBACK_CODE_YIELD;
    }
    if (!it->cancelled && !it->last) {
        it->last = true;
        return CALLEE_CALLBACK_CODE_YIELD;
    }
    if (it->cancelled && !it->insists)
        callee_task_cancel();
    else
        exports_weft_cancel_peer_shielded_return(7);
    free(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_cancel_peer_shielded(uint32_t turns, bool insists)
{
    shielded *it = calloc(1, sizeof *it);
    it->left = turns;
    it->insists = insists;
    return turn(it);
}

callee_callback_code_t exports_weft_cancel_peer_shielded_callback(callee_event_t *event)
{
    shielded *it = callee_context_get_0();
    if (event->event == CALLEE_EVENT_CANCEL)
        it->cancelled = true;
    return turn(it);
}
