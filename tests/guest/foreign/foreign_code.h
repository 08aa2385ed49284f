// Foreign code, by hand: a future over one waitable that registers with the current wasip3_task as the Rust
// runtime does, in its versions 1 to 3; and an executor that offers such a task.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef FOREIGN_CODE_H
#define FOREIGN_CODE_H

#include "callee.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <weft/wasip3_task.h>

// Codes that were delivered, as decimal digits.
static uint32_t foreign_codes;

// A future: a call of hold(ticket).
typedef struct future {
    uint32_t version; // of wasip3_task that it knows
    uint32_t ticket, result;
    uint32_t waitable; // 0: not started, or done
    bool done, has_code;
    uint32_t code;
    void *clone; // of the task it is registered with, from version 2 on
    const wasip3_task_vtable *vtable;
    weft_waker *waker;
    struct future *next; // of all that exist
} future;

static future *futures;

static void must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static wasip3_task *current_task(void)
{
    wasip3_task *task = wasip3_task_set(NULL);
    wasip3_task_set(task);
    return task;
}

static void future_called(void *it, uint32_t code)
{
    future *self = it;
    foreign_codes = foreign_codes * 10 + code;
    self->code = code;
    self->has_code = true;
    weft_waker_wake(self->waker);
    weft_waker_drop(self->waker);
    self->waker = NULL;
}

static void future_register(future *self, weft_waker *waker)
{
    wasip3_task *task = current_task();
    must(task && task->version == 3);
    if (self->waker)
        weft_waker_drop(self->waker);
    self->waker = weft_waker_clone(waker);
    if (self->version > 1) {
        const wasip3_task_vtable *vtable = ((wasip3_task_v2 *)task)->vtable;
        must(vtable->rust_spawn);
        if (self->clone != task->ptr) {
            if (self->clone)
                self->vtable->drop(self->clone);
            self->clone = vtable->clone(task->ptr);
            self->vtable = vtable;
            must(self->clone == task->ptr);
        }
    }
    void *before = task->waitable_register(task->ptr, self->waitable, future_called, self);
    must(!before || before == self);
}

static bool future_advance(future *self, uint32_t state)
{
    if (state <= WEFT_SUBTASK_STARTED)
        return false;
    if (self->waitable)
        callee_subtask_drop(self->waitable);
    self->waitable = 0;
    self->done = true;
    return true;
}

static bool future_poll(void *it, weft_waker *waker)
{
    future *self = it;
    if (self->done)
        return true;
    uint32_t state;
    if (!self->waitable) {
        uint32_t status = weft_calls_peer_hold(self->ticket, &self->result);
        self->waitable = CALLEE_SUBTASK_HANDLE(status);
        state = CALLEE_SUBTASK_STATE(status);
    } else if (self->has_code) {
        self->has_code = false;
        state = self->code;
    } else {
        state = WEFT_SUBTASK_STARTING;
    }
    if (future_advance(self, state))
        return true;
    future_register(self, waker);
    return false;
}

static future *future_new(uint32_t version, uint32_t ticket)
{
    future *self = calloc(1, sizeof *self);
    self->version = version;
    self->ticket = ticket;
    self->next = futures;
    futures = self;
    return self;
}

// Ends what is in flight, from wherever it is called if the version allows; the memory stays.
static void future_stop(future *self)
{
    if (self->waitable) {
        void *was;
        if (self->clone) {
            was = self->vtable->waitable_unregister(self->clone, self->waitable);
        } else {
            wasip3_task *task = current_task();
            was = task->waitable_unregister(task->ptr, self->waitable);
        }
        must(!was || was == self);
        future_advance(self, callee_subtask_cancel(self->waitable));
    }
    self->done = true;
    if (self->waker) {
        weft_waker_wake(self->waker);
        weft_waker_drop(self->waker);
        self->waker = NULL;
    }
    if (self->clone)
        self->vtable->drop(self->clone);
    self->clone = NULL;
}

static void future_free(future *self)
{
    if (!self)
        return;
    future_stop(self);
    future **link = &futures;
    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    free(self);
}

static future *future_of(uint32_t ticket)
{
    future *it = futures;
    while (it && it->ticket != ticket)
        it = it->next;
    return it;
}

// An executor of one future, which is a Weft coroutine.
typedef struct executor {
    wasip3_task_v2 offered;
    uint32_t count; // of references: its own and the clones
    uint32_t set;
    struct {
        uint32_t waitable;
        void (*callback)(void *callback_ptr, uint32_t code);
        void *callback_ptr;
    } registered[8];
    uint32_t registrations;
    bool woken, done, dropped;
    void *future;
} executor;

static void executor_forget(void *ptr)
{
    executor *self = ptr;
    if (--self->count)
        return;
    if (self->set)
        callee_waitable_set_drop(self->set);
    free(self);
}

static void *executor_clone(void *ptr)
{
    ((executor *)ptr)->count++;
    return ptr;
}

static void *executor_remove(executor *self, uint32_t waitable,
                             void (**callback)(void *callback_ptr, uint32_t code))
{
    for (uint32_t i = 0; i < 8; i++) {
        if (self->registered[i].waitable != waitable)
            continue;
        self->registered[i].waitable = 0;
        self->registrations--;
        if (callback)
            *callback = self->registered[i].callback;
        return self->registered[i].callback_ptr;
    }
    return NULL;
}

static void *executor_unregister(void *ptr, uint32_t waitable)
{
    callee_waitable_join(waitable, 0);
    return executor_remove(ptr, waitable, NULL);
}

static void *executor_register(void *ptr, uint32_t waitable,
                               void (*callback)(void *callback_ptr, uint32_t code), void *callback_ptr)
{
    executor *self = ptr;
    if (!self->set)
        self->set = callee_waitable_set_new();
    callee_waitable_join(waitable, self->set);
    void *before = executor_remove(self, waitable, NULL);
    for (uint32_t i = 0;; i++) {
        must(i < 8);
        if (self->registered[i].waitable)
            continue;
        self->registered[i].waitable = waitable;
        self->registered[i].callback = callback;
        self->registered[i].callback_ptr = callback_ptr;
        self->registrations++;
        return before;
    }
}

static const wasip3_task_vtable executor_vtable = {executor_register, executor_unregister, executor_clone,
                                                   executor_forget, NULL};

static executor *executor_new(uint32_t version, void *it)
{
    executor *self = calloc(1, sizeof *self);
    self->offered = (wasip3_task_v2){{version, self, executor_register, executor_unregister},
                                     version > 1 ? &executor_vtable : NULL};
    self->count = 1;
    self->future = it;
    self->woken = true;
    return self;
}

static void executor_wake(void *it)
{
    ((executor *)it)->woken = true;
}

// One turn: the event, then `poll` for as long as it is woken and not done. The callback's answer.
static uint32_t executor_turn(executor *self, const callee_event_t *event, bool (*poll)(executor *self),
                              void (*drop)(executor *self))
{
    wasip3_task *before = wasip3_task_set(&self->offered.v1);
    if (event && event->event == CALLEE_EVENT_CANCEL) {
        must(!self->dropped);
        if (!self->done)
            drop(self);
        self->dropped = true;
    } else if (event && event->event != CALLEE_EVENT_NONE) {
        void (*callback)(void *callback_ptr, uint32_t code) = NULL;
        callee_waitable_join(event->waitable, 0);
        void *callback_ptr = executor_remove(self, event->waitable, &callback);
        must(callback_ptr); // the Rust runtime stops here, too
        callback(callback_ptr, event->code);
    }
    if (!self->done && !self->dropped && self->woken) {
        self->woken = false;
        self->done = poll(self);
    }
    must(current_task() == &self->offered.v1);
    wasip3_task_set(before);
    if (self->registrations && !(self->woken && !self->done && !self->dropped))
        return CALLEE_CALLBACK_CODE_WAIT(self->set);
    if (!self->done && !self->dropped)
        return CALLEE_CALLBACK_CODE_YIELD;
    executor_forget(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

#endif
