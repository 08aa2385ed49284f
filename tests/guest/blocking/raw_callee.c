// The peer of the tests of weft_block_on, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include <stdlib.h>

uint64_t exports_weft_blocking_peer_probe(void)
{
    return probe();
}

// Calls on the machine stack.

// Waits for the only waitable of a new set; returns the event's code.
static uint32_t wait(uint32_t waitable)
{
    callee_waitable_set_t set = callee_waitable_set_new();
    callee_waitable_join(waitable, set);
    callee_event_t event;
    callee_waitable_set_wait(set, &event);
    callee_waitable_join(waitable, 0);
    callee_waitable_set_drop(set);
    return event.code;
}

static uint32_t hold(uint32_t ticket)
{
    uint32_t result;
    callee_subtask_t subtask = CALLEE_SUBTASK_HANDLE(weft_calls_peer_hold(ticket, &result));
    if (wait(subtask) != CALLEE_SUBTASK_RETURNED)
        __builtin_trap();
    callee_subtask_drop(subtask);
    return result;
}

uint32_t exports_weft_blocking_peer_wait_calls(uint32_t first, uint32_t second)
{
    uint32_t sum = hold(first);
    return sum + hold(second);
}

uint32_t exports_weft_blocking_peer_wait_any(uint32_t first, uint32_t second)
{
    callee_waitable_set_t set = callee_waitable_set_new();
    uint32_t tickets[2] = {first, second}, results[2], result = 0;
    callee_subtask_t subtasks[2];
    for (int i = 0; i < 2; i++) {
        subtasks[i] = CALLEE_SUBTASK_HANDLE(weft_calls_peer_hold(tickets[i], &results[i]));
        callee_waitable_join(subtasks[i], set);
    }
    callee_event_t event;
    callee_waitable_set_wait(set, &event);
    for (int i = 0; i < 2; i++) {
        callee_waitable_join(subtasks[i], 0);
        if (subtasks[i] == event.waitable)
            result = results[i];
        else
            callee_subtask_cancel(subtasks[i]);
        callee_subtask_drop(subtasks[i]);
    }
    callee_waitable_set_drop(set);
    return result;
}

uint32_t exports_weft_blocking_peer_wait_stream(exports_weft_blocking_peer_stream_u8_t end)
{
    uint8_t items[3];
    uint32_t sum = 0, status;
    do {
        status = exports_weft_blocking_peer_stream_u8_read(end, items, sizeof items);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            status = wait(end);
        for (uint32_t i = 0; i < CALLEE_WAITABLE_COUNT(status); i++)
            sum += items[i];
    } while (CALLEE_WAITABLE_STATE(status) == CALLEE_WAITABLE_COMPLETED);
    exports_weft_blocking_peer_stream_u8_drop_readable(end);
    return sum;
}

uint32_t exports_weft_blocking_peer_wait_yielding(uint32_t ticket)
{
    uint32_t result;
    callee_subtask_t subtask = CALLEE_SUBTASK_HANDLE(weft_calls_peer_hold(ticket, &result));
    callee_waitable_set_t set = callee_waitable_set_new();
    callee_waitable_join(subtask, set);
    callee_event_t event;
    do {
        callee_thread_yield();
        callee_waitable_set_poll(set, &event);
    } while (event.event == CALLEE_EVENT_NONE);
    callee_subtask_drop(subtask);
    callee_waitable_set_drop(set);
    return result;
}

// Tasks.

typedef struct {
    callee_waitable_set_t set;
    callee_subtask_t subtask;
    uint32_t result;
} relay;

callee_callback_code_t exports_weft_blocking_peer_relay(uint32_t ticket)
{
    relay *self = malloc(sizeof *self);
    callee_context_set_0(self);
    self->subtask = CALLEE_SUBTASK_HANDLE(weft_calls_peer_hold(ticket, &self->result));
    self->set = callee_waitable_set_new();
    callee_waitable_join(self->subtask, self->set);
    return CALLEE_CALLBACK_CODE_WAIT(self->set);
}

callee_callback_code_t exports_weft_blocking_peer_relay_callback(callee_event_t *event)
{
    relay *self = callee_context_get_0();
    if (event->waitable != self->subtask || event->code != CALLEE_SUBTASK_RETURNED)
        __builtin_trap();
    callee_subtask_drop(self->subtask);
    callee_waitable_set_drop(self->set);
    exports_weft_blocking_peer_relay_return(self->result);
    free(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_blocking_peer_add(uint32_t a, uint32_t b)
{
    exports_weft_blocking_peer_add_return(a + b);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_blocking_peer_add_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

typedef struct {
    exports_weft_blocking_peer_future_u32_writer_t out;
    uint32_t value, turns;
    callee_waitable_set_t set;
} promise;

static callee_callback_code_t promise_ends(promise *self)
{
    exports_weft_blocking_peer_future_u32_drop_writable(self->out);
    free(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

static callee_callback_code_t promise_goes_on(promise *self)
{
    if (self->turns) {
        self->turns--;
        return CALLEE_CALLBACK_CODE_YIELD;
    }
    if (exports_weft_blocking_peer_future_u32_write(self->out, &self->value) != CALLEE_WAITABLE_STATUS_BLOCKED)
        return promise_ends(self);
    self->set = callee_waitable_set_new();
    callee_waitable_join(self->out, self->set);
    return CALLEE_CALLBACK_CODE_WAIT(self->set);
}

callee_callback_code_t exports_weft_blocking_peer_promise(uint32_t value, uint32_t turns)
{
    promise *self = malloc(sizeof *self);
    *self = (promise){.value = value, .turns = turns};
    callee_context_set_0(self);
    exports_weft_blocking_peer_promise_return(exports_weft_blocking_peer_future_u32_new(&self->out));
    return promise_goes_on(self);
}

callee_callback_code_t exports_weft_blocking_peer_promise_callback(callee_event_t *event)
{
    promise *self = callee_context_get_0();
    if (event->event == CALLEE_EVENT_NONE)
        return promise_goes_on(self);
    callee_waitable_join(self->out, 0);
    callee_waitable_set_drop(self->set);
    return promise_ends(self);
}

// In functions whose type is not async.

uint32_t exports_weft_blocking_peer_promised(exports_weft_blocking_peer_future_u32_t number)
{
    uint32_t value;
    uint32_t status = exports_weft_blocking_peer_future_u32_read(number, &value);
    if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
        status = wait(number);
    if (status != CALLEE_WAITABLE_COMPLETED)
        __builtin_trap();
    exports_weft_blocking_peer_future_u32_drop_readable(number);
    return value;
}

uint32_t exports_weft_blocking_peer_turns(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        callee_thread_yield();
    return count;
}

uint32_t exports_weft_blocking_peer_call_ready(uint32_t a, uint32_t b)
{
    uint32_t sum;
    if (weft_calls_peer_add(a, b, &sum) != CALLEE_SUBTASK_RETURNED)
        __builtin_trap();
    return sum;
}

uint32_t exports_weft_blocking_peer_call_cancelled(uint32_t ticket)
{
    uint32_t result;
    callee_subtask_t subtask = CALLEE_SUBTASK_HANDLE(weft_calls_peer_hold(ticket, &result));
    uint32_t state = callee_subtask_cancel(subtask);
    callee_subtask_drop(subtask);
    return state;
}

uint32_t exports_weft_blocking_peer_call_pending(uint32_t ticket)
{
    return hold(ticket);
}
