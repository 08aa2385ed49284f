// A Weft task as the wasip3_task of foreign code that runs inside of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/op.h>
#include <weft/wasip3_task.h>
#include "internal.h"

// Weak: several runtimes may define it, and one is linked.
WEFT__WEAK wasip3_task *wasip3_task_set(wasip3_task *task)
{
    static wasip3_task *current;
    wasip3_task *before = current;
    current = task;
    return before;
}

// A waitable of foreign code that one of our tasks waits for.
typedef struct {
    weft__background base;
    void (*callback)(void *callback_ptr, uint32_t code);
    void *callback_ptr;
} registration;

struct weft_waker {
    uint32_t count;
    weft_foreign *wait; // NULL when that has ended
};

// Both come and go with each wait of foreign code, so their blocks are kept for the next.
typedef union block {
    union block *next;
    registration registration;
    weft_waker waker;
} block;

static block *unused;

static void *take_block(const char *function, uint32_t waitable)
{
    block *it = unused;
    if (it)
        unused = it->next;
    else
        it = weft__alloc(sizeof *it);
    if (!it) // foreign code has no way to learn it
        weft_misuse_no_room(function, waitable);
    return it;
}

static void give_block(void *memory)
{
    block *it = memory;
    it->next = unused;
    unused = it;
}

void weft__task_offer_trim(void)
{
    for (block *it; (it = unused);) {
        unused = it->next;
        weft__free(it, sizeof *it);
    }
}

// Calls the callback last: it may register again, or drop the task's last clone.
static void completed(weft__background *base, weft_task *task, uint32_t code)
{
    registration it = *(registration *)base;
    task->children--;
    weft__op_leave_set(&base->op);
    give_block(base);
    it.callback(it.callback_ptr, code);
}

static registration *find(uint32_t waitable)
{
    weft_op *op = weft__op_find(waitable);
    if (!op)
        return NULL;
    weft__background *it = (weft__background *)op;
    WEFT__CHECK(op->cancel || it->completed != completed, busy, "waitable_register", waitable);
    return (registration *)it;
}

static void forget(registration *it)
{
    WEFT__TRACE_OP(&it->base.op, END, WEFT_COPY_CANCELLED);
    it->base.op.task->in_flight--;
    it->base.op.task->children--;
    weft__op_leave(&it->base.op); // this rouses the task, which may have waited for nothing else
    give_block(it);
}

static void *waitable_register(void *ptr, uint32_t waitable,
                               void (*callback)(void *callback_ptr, uint32_t code), void *callback_ptr)
{
    weft_task *task = ptr;
    WEFT__CHECK(task->flags & WEFT__OVER, task_over, "waitable_register", waitable);
    weft__op_enlist(task);
    registration *it = find(waitable);
    void *before = NULL;
    if (it && it->base.op.task == task) {
        before = it->callback_ptr;
    } else {
        if (it)
            forget(it);
        it = take_block("waitable_register", waitable);
        *it = (registration){.base = {.op = {.handle = waitable}, .completed = completed}};
        task->children++;
        weft__op_track(task, &it->base.op, WEFT_EVENT_NONE, NULL);
    }
    it->callback = callback;
    it->callback_ptr = callback_ptr;
    return before;
}

// Does not look at `ptr`: a waitable is registered with one of our tasks at most.
static void *waitable_unregister(void *ptr, uint32_t waitable)
{
    (void)ptr;
    registration *it = find(waitable);
    if (!it)
        return NULL;
    void *callback_ptr = it->callback_ptr;
    forget(it);
    return callback_ptr;
}

// A clone counts as a member of the set, so the block of a task that has ended stays for it.
static void *clone(void *ptr)
{
    ((weft_task *)ptr)->members++;
    return ptr;
}

static void drop(void *ptr)
{
    weft__task_leave(ptr);
}

static void rust_spawn(void *ptr, void *future, const void *future_vtable)
{
    (void)ptr, (void)future, (void)future_vtable;
    weft_misuse_rust_spawn("spawn_local", 0);
}

static const wasip3_task_vtable vtable = {waitable_register, waitable_unregister, clone, drop, rust_spawn};

uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code,
                                weft_step *run)
{
    wasip3_task_v2 offered = {{3, task, waitable_register, waitable_unregister}, &vtable};
    wasip3_task *before = wasip3_task_set(&offered.v1);
    uint32_t answer = weft__task_run(task, event, waitable, code, run);
    wasip3_task_set(before);
    return answer;
}

uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run, bool first)
{
    wasip3_task_v2 offered = {{3, task, waitable_register, waitable_unregister}, &vtable};
    wasip3_task *before = wasip3_task_set(&offered.v1);
    uint32_t answer = weft__task_begin(task, from, run, first);
    wasip3_task_set(before);
    return answer;
}

extern const char weft__task_offered; // what links this file
const char weft__task_offered = 0;

weft_waker *weft_waker_clone(weft_waker *waker)
{
    waker->count++;
    return waker;
}

void weft_waker_drop(weft_waker *waker)
{
    if (--waker->count == 0)
        give_block(waker);
}

void weft_waker_wake(weft_waker *waker)
{
    if (waker->wait)
        weft_event_set(&waker->wait->woken);
}

static weft_stepped foreign_run(weft_coro *co)
{
    weft_foreign *self = weft_frame(co, weft_foreign);
    WEFT_BEGIN;
    self->waker = take_block("weft_foreign_await", 0);
    *self->waker = (weft_waker){1, self};
    for (;;) {
        weft_event_clear(&self->woken);
        if (self->poll(self->foreign, self->waker))
            break;
        if (self->woken.is_set)
            WEFT_AWAIT(weft_yield(co));
        else
            WEFT_AWAIT(weft_event_wait(co, &self->woken));
    }
    WEFT_FINALLY;
    if (self->waker) {
        self->waker->wait = NULL;
        weft_waker_drop(self->waker);
        self->waker = NULL;
    }
    WEFT_END;
}

weft_poll weft_foreign_await(weft_coro *co, weft_foreign *wait, weft_foreign_step *poll, void *foreign)
{
    WEFT__CHECK(wait->co.state > WEFT__ENDED, child_busy, "weft_foreign_await", 0);
    wait->poll = poll;
    wait->foreign = foreign;
    wait->waker = NULL; // so the finaliser finds none if a cancel comes before the first step
    return weft_call(co, &wait->co, foreign_run);
}
