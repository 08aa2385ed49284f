// The peer of the calls' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "crowd.h"
#include <stdlib.h>

typedef exports_weft_calls_peer_stream_u8_t reader;
typedef exports_weft_calls_peer_stream_u8_writer_t writer;

uint64_t exports_weft_calls_peer_probe(void)
{
    return probe();
}

uint32_t exports_weft_calls_peer_pages(void)
{
    return (uint32_t)__builtin_wasm_memory_size(0);
}

void exports_weft_calls_peer_settle(void)
{
    settle_handles();
}

void exports_weft_calls_peer_block(void)
{
    callee_backpressure_inc();
}

void exports_weft_calls_peer_unblock(void)
{
    callee_backpressure_dec();
}

// Calls that answer by themselves.

callee_callback_code_t exports_weft_calls_peer_add(uint32_t a, uint32_t b)
{
    exports_weft_calls_peer_add_return(a + b);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_add_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_calls_peer_add_later(uint32_t a, uint32_t b)
{
    uint32_t *sum = malloc(sizeof *sum);
    *sum = a + b;
    callee_context_set_0(sum);
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_calls_peer_add_later_callback(callee_event_t *event)
{
    uint32_t *sum = callee_context_get_0();
    if (event->event == CALLEE_EVENT_CANCEL)
        callee_task_cancel();
    else
        exports_weft_calls_peer_add_later_return(*sum);
    free(sum);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_nothing(void)
{
    exports_weft_calls_peer_nothing_return();
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_nothing_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_calls_peer_nothing_later(void)
{
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_calls_peer_nothing_later_callback(callee_event_t *event)
{
    if (event->event != CALLEE_EVENT_NONE)
        __builtin_trap();
    exports_weft_calls_peer_nothing_later_return();
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_weigh(uint8_t a, uint64_t b, uint16_t c, uint32_t d, uint64_t e)
{
    exports_weft_calls_peer_weigh_return(a + 2 * b + 3ull * c + 4ull * d + 5 * e);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_weigh_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

// Calls that wait for their ticket: a read of a stream that this component drops the other end of.

typedef struct {
    uint32_t ticket;
    uint8_t byte;
    callee_waitable_set_t set;
    reader in;
    writer out;
    bool open;
    // What the call keeps.
    exports_weft_calls_peer_texts_t texts;
    reader end;
    exports_weft_calls_peer_own_token_t token;
} task;

static task *tasks[TICKETS];
static uint32_t held;

static task *task_new(uint32_t ticket)
{
    if (ticket >= TICKETS || tasks[ticket])
        __builtin_trap();
    task *self = calloc(1, sizeof *self);
    self->ticket = ticket;
    tasks[ticket] = self;
    held++;
    callee_context_set_0(self);
    return self;
}

static callee_callback_code_t park(task *self)
{
    self->set = callee_waitable_set_new();
    self->in = exports_weft_calls_peer_stream_u8_new(&self->out);
    if (exports_weft_calls_peer_stream_u8_read(self->in, &self->byte, 1) != CALLEE_WAITABLE_STATUS_BLOCKED)
        __builtin_trap();
    callee_waitable_join(self->in, self->set);
    return CALLEE_CALLBACK_CODE_WAIT(self->set);
}

void exports_weft_calls_peer_open(uint32_t ticket)
{
    exports_weft_calls_peer_stream_u8_drop_writable(tasks[ticket]->out);
    tasks[ticket]->open = true;
}

uint32_t exports_weft_calls_peer_held(void)
{
    return held;
}

bool exports_weft_calls_peer_waits(uint32_t ticket)
{
    return tasks[ticket];
}

// Takes the gate of the current task down after `event`. True if it is a cancel.
static bool unpark(task *self, const callee_event_t *event)
{
    bool cancel = event->event == CALLEE_EVENT_CANCEL;
    callee_waitable_join(self->in, 0);
    if (cancel)
        exports_weft_calls_peer_stream_u8_cancel_read(self->in);
    else if (event->event != CALLEE_EVENT_STREAM_READ || event->waitable != self->in ||
             event->code != CALLEE_WAITABLE_DROPPED)
        __builtin_trap();
    exports_weft_calls_peer_stream_u8_drop_readable(self->in);
    if (!self->open)
        exports_weft_calls_peer_stream_u8_drop_writable(self->out);
    tasks[self->ticket] = NULL;
    held--;
    return cancel;
}

static callee_callback_code_t task_end(task *self)
{
    callee_waitable_set_drop(self->set);
    free(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_hold(uint32_t ticket)
{
    return park(task_new(ticket));
}

callee_callback_code_t exports_weft_calls_peer_hold_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (unpark(self, event))
        callee_task_cancel();
    else
        exports_weft_calls_peer_hold_return(3 * self->ticket + 1);
    return task_end(self);
}

callee_callback_code_t exports_weft_calls_peer_insist(uint32_t ticket)
{
    return park(task_new(ticket));
}

callee_callback_code_t exports_weft_calls_peer_insist_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    exports_weft_calls_peer_insist_return(3 * self->ticket + (unpark(self, event) ? 2 : 1));
    return task_end(self);
}

static void reverse_string(callee_string_t *text)
{
    for (size_t i = 0; i < text->len / 2; i++) {
        uint8_t byte = text->ptr[i];
        text->ptr[i] = text->ptr[text->len - 1 - i];
        text->ptr[text->len - 1 - i] = byte;
    }
}

callee_callback_code_t exports_weft_calls_peer_reverse(uint32_t ticket, callee_string_t *whole,
                                                       callee_list_string_t *parts)
{
    task *self = task_new(ticket);
    self->texts.whole = *whole;
    self->texts.parts = *parts;
    return park(self);
}

callee_callback_code_t exports_weft_calls_peer_reverse_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (unpark(self, event)) {
        callee_task_cancel();
    } else {
        reverse_string(&self->texts.whole);
        callee_list_string_t *parts = &self->texts.parts;
        for (size_t i = 0; i < parts->len; i++)
            reverse_string(&parts->ptr[i]);
        for (size_t i = 0; i < parts->len / 2; i++) {
            callee_string_t part = parts->ptr[i];
            parts->ptr[i] = parts->ptr[parts->len - 1 - i];
            parts->ptr[parts->len - 1 - i] = part;
        }
        exports_weft_calls_peer_reverse_return(self->texts);
    }
    exports_weft_calls_peer_texts_free(&self->texts);
    return task_end(self);
}

callee_callback_code_t exports_weft_calls_peer_keep_end(uint32_t ticket,
                                                        exports_weft_calls_peer_stream_u8_t end)
{
    task *self = task_new(ticket);
    self->end = end;
    return park(self);
}

callee_callback_code_t exports_weft_calls_peer_keep_end_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (event->event == CALLEE_EVENT_STREAM_READ && event->waitable == self->end) {
        callee_waitable_join(self->end, 0);
        exports_weft_calls_peer_keep_end_return(self->byte);
    } else if (unpark(self, event)) {
        callee_task_cancel();
    } else {
        uint32_t status = exports_weft_calls_peer_stream_u8_read(self->end, &self->byte, 1);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED) {
            callee_waitable_join(self->end, self->set);
            return CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        exports_weft_calls_peer_keep_end_return(self->byte);
    }
    exports_weft_calls_peer_stream_u8_drop_readable(self->end);
    return task_end(self);
}

struct exports_weft_calls_peer_token_t {
    uint32_t id;
};

static uint32_t tokens;

exports_weft_calls_peer_own_token_t exports_weft_calls_peer_constructor_token(uint32_t id)
{
    exports_weft_calls_peer_token_t *it = malloc(sizeof *it);
    it->id = id;
    tokens++;
    return exports_weft_calls_peer_token_new(it);
}

void exports_weft_calls_peer_token_destructor(exports_weft_calls_peer_token_t *it)
{
    tokens--;
    free(it);
}

uint32_t exports_weft_calls_peer_tokens(void)
{
    return tokens;
}

callee_callback_code_t exports_weft_calls_peer_keep_token(uint32_t ticket,
                                                          exports_weft_calls_peer_own_token_t it)
{
    task *self = task_new(ticket);
    self->token = it;
    return park(self);
}

callee_callback_code_t exports_weft_calls_peer_keep_token_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (unpark(self, event))
        callee_task_cancel();
    else
        exports_weft_calls_peer_keep_token_return(exports_weft_calls_peer_token_rep(self->token)->id);
    exports_weft_calls_peer_token_drop_own(self->token);
    return task_end(self);
}
