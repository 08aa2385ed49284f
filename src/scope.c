// Scopes: spawn, join, and what the end of a child does to the others.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/async.h>
#include <weft/local.h>
#include <weft/scope.h>
#include "internal.h"

_Static_assert(WEFT_TRACE || sizeof(void *) != 4 || sizeof(weft_child) == 32,
               "every spawned coroutine has one: keep it small");

// The scopes of a task, by what a cancel of the task does to them.
struct weft__task_scopes {
    weft_scope of[2];
};

// The default if local.c is not linked.
WEFT__WEAK weft_local *weft__local_inherit(weft_coro *co)
{
    (void)co;
    return NULL;
}

static void push(weft_child **list, weft_child *child)
{
    weft_child *next = *list;
    if (next)
        next->at = &child->next;
    child->next = next;
    child->at = list;
    *list = child;
}

static void push_ended(weft_scope *scope, weft_child *child)
{
    weft_child **at = scope->ended_end ? scope->ended_end : &scope->ended;
    *at = child;
    child->at = at;
    child->next = NULL;
    scope->ended_end = &child->next;
}

// Takes `child` out of the list that it is in.
static void take_out(weft_child *child)
{
    *child->at = child->next;
    if (child->next)
        child->next->at = child->at;
}

static void take_ended(weft_scope *scope, weft_child *child)
{
    take_out(child);
    if (!child->next)
        scope->ended_end = scope->ended ? child->at : NULL;
    child->scope = NULL;
}

weft_child *weft_next_ended(weft_scope *scope)
{
    weft_child *first = scope->ended;
    if (first)
        take_ended(scope, first);
    return first;
}

static void disinherit(weft_child *child)
{
    if (child->locals)
        weft__local_drop(child->locals);
    child->locals = NULL;
}

static void free_block(weft_child *child)
{
    if (child->block_size)
        weft__free(child, child->block_size);
}

static void free_ended(weft_scope *scope)
{
    weft_child *child = scope->ended;
    scope->ended = NULL;
    scope->ended_end = NULL;
    for (weft_child *next; child; child = next) {
        next = child->next;
        child->scope = NULL;
        free_block(child);
    }
    weft_scope_acknowledge(scope);
}

void weft__handle_in_use(const weft_child *child)
{
    (void)child;
    WEFT__CHECK(child->co->state > WEFT__ENDED, child_busy, "weft_spawn", 0);
    weft_misuse_still_in_scope("weft_spawn", 0);
}

// Not inlined: LLVM computes the address of each field anew where `child` is one of an array.
__attribute__((noinline)) void weft_spawn(weft_coro *co, weft_scope *scope, weft_child *child, weft_coro *frame,
                                          weft_step *run)
{
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "weft_spawn", 0);
    WEFT__CHECK(frame->state > WEFT__ENDED, child_busy, "weft_spawn", 0);
    if (WEFT_CHECKS && child->scope)
        weft__handle_in_use(child);
    WEFT__TRACE_STAYS(scope, "weft_spawn");
    WEFT__TRACE_STAYS(child, "weft_spawn");
    WEFT__TRACE_STAYS(frame, "weft_spawn");
    WEFT__TRACE_SPAWNS(co);
    weft_task *task = co->task;
    if (scope->count) {
        WEFT__CHECK(scope->task != task, other_task, "weft_spawn", 0);
        WEFT__CHECK(scope->count == scope->limit, scope_full, "weft_spawn", 0);
    } else {
        scope->task = task;
        task->flags |= WEFT__HAD_MORE;
    }
    weft__start(frame, run, task, (uintptr_t)child + 1);
    child->co = frame;
    child->scope = scope;
    child->joiners = NULL;
    child->locals = weft__local_inherit(co);
    child->block_size = 0;
    child->detached = false;
    push(&scope->running, child);
    scope->count++;
    task->children++;
    WEFT__TRACE_SPAWNED(child);
    weft__queue_push_back(&task->ready, frame);
    if (scope->cancelled)
        weft_cancel(frame);
}

void *weft__spawn_new(weft_coro *co, weft_scope *scope, size_t size, size_t zeroed, weft_step *run)
{
    weft_child *child = size > UINT32_MAX - sizeof *child ? NULL : weft__alloc(sizeof *child + size);
    if (!child)
        return NULL;
    child->scope = NULL;
    weft_coro *frame = (weft_coro *)(child + 1);
    __builtin_memset(frame, 0, zeroed);
    weft_spawn(co, scope, child, frame, run);
    child->block_size = (uint32_t)(sizeof *child + size);
    return frame;
}

void *weft_spawn_new(weft_coro *co, weft_scope *scope, size_t size, weft_step *run)
{
    return weft__spawn_new(co, scope, size, size, run);
}

void weft_detach(weft_child *child)
{
    if (child->co->state != WEFT__ENDED) {
        child->detached = true;
        return;
    }
    if (child->scope)
        take_ended(child->scope, child);
    free_block(child);
}

// Stores a failure. True if it ends the wait for all.
static bool failed(weft_scope *scope, const weft_coro *co)
{
    if (!scope->failed) {
        scope->failed = true;
        scope->failure = weft_failure(co);
    }
    if (scope->policy == WEFT_END_SIBLINGS)
        weft_scope_cancel(scope);
    return scope->policy == WEFT_TELL_PARENT && !scope->closing;
}

// A child has ended: wakes who waits for room, for one, and, if it was the last, for all.
static void wake_waiters(weft_scope *scope)
{
    weft__wake_all(&scope->room);
    if (scope->count == 0) {
        scope->cancelled = false;
        weft__wake_all(&scope->all);
    }
    if (scope->count == 0 || scope->ended)
        weft__wake_all(&scope->any);
    if (scope->count == 0 && scope->closing) {
        scope->closing = false;
        free_ended(scope);
    }
}

// The end of a `child` that somebody waits for, that has failed, or that has inherited.
static __attribute__((noinline)) void ended_otherwise(weft_scope *scope, weft_child *child)
{
    if (child->locals)
        disinherit(child);
    weft__wake_all(&child->joiners);
    if (child->co->flags & WEFT__FAIL && failed(scope, child->co))
        weft__wake_all(&scope->all);
}

void weft__child_ended(weft_task *task, const weft_coro *co)
{
    weft_child *child = weft__handle_of(co);
    weft_scope *scope = child->scope;
    task->children--;
    WEFT__TRACE_ENDED(child);
    WEFT__TRACE_FRAME_ENDS(co, child->block_size ? child->block_size - sizeof *child : 0);
    scope->count--;
    take_out(child);
    bool detached = child->detached;
    if (detached)
        child->scope = NULL;
    else
        push_ended(scope, child); // before failed() cancels the others, which may block
    if ((uintptr_t)child->locals | (uintptr_t)child->joiners | (co->flags & WEFT__FAIL))
        ended_otherwise(scope, child);
    if (detached)
        free_block(child);
    if (scope->count == 0 || (uintptr_t)scope->any | (uintptr_t)scope->room)
        wake_waiters(scope);
}

// `co` waits for the end of a coroutine of `task`, or of several.
static weft_poll wait_for(weft_coro *co, const weft_task *task, weft_coro **queue, const char *function)
{
    return weft__park_in(co, queue, task == co->task ? WEFT__ON_SCOPE : WEFT__ON_ANY_TASK, function);
}

weft_poll weft_join(weft_coro *co, weft_child *child)
{
    WEFT__CHECK(!child->co, not_started, "weft_join", 0);
    if (child->co->state == WEFT__ENDED)
        return weft__ready();
    return wait_for(co, child->co->task, &child->joiners, "weft_join");
}

weft_poll weft_join_all(weft_coro *co, weft_scope *scope)
{
    if (scope->count == 0 || (scope->failed && scope->policy == WEFT_TELL_PARENT))
        return weft__ready();
    return wait_for(co, scope->task, &scope->all, "weft_join_all");
}

weft_poll weft_join_any(weft_coro *co, weft_scope *scope)
{
    if (scope->count == 0 || scope->ended)
        return weft__ready();
    return wait_for(co, scope->task, &scope->any, "weft_join_any");
}

weft_poll weft_scope_room(weft_coro *co, weft_scope *scope)
{
    if (!weft_scope_is_full(scope)) // not covered: WEFT_AWAIT_ROOM looks before
        return weft__ready();
    return wait_for(co, scope->task, &scope->room, "weft_scope_room");
}

// Cancels in the order of the spawns, so it takes all to another list first. While a cancel blocks, children of
// another task may end, and leave the list that they are in.
void weft_scope_cancel(weft_scope *scope)
{
    if (scope->cancelled)
        return;
    scope->cancelled = scope->count;
    weft_child *rest = NULL;
    for (weft_child *last = scope->running, *next; last; last = next) {
        next = last->next;
        push(&rest, last);
    }
    scope->running = NULL;
    for (weft_child *first; (first = rest);) {
        take_out(first);
        push(&scope->running, first);
        weft_cancel(first->co);
    }
}

weft_poll weft_scope_close(weft_coro *co, weft_scope *scope)
{
    if (scope->count == 0) {
        free_ended(scope);
        return weft__ready();
    }
    scope->closing = true;
    weft_scope_cancel(scope);
    if (scope->count == 0)    // they were of another task, and went on while a cancel blocked
        return weft__ready(); // not covered: takes a host that runs the other task inside of the last cancel
    return wait_for(co, scope->task, &scope->all, "weft_scope_close");
}

void *weft__task_spawn(weft_coro *co, size_t size, size_t zeroed, weft_step *run, weft_on_cancel on_cancel)
{
    struct weft__task_scopes *scopes = co->task->scopes;
    if (!scopes) {
        scopes = weft__alloc(sizeof *scopes);
        if (!scopes)
            return NULL;
        *scopes = (struct weft__task_scopes){0};
        scopes->of[WEFT_CANCEL_TOO].policy = WEFT_GO_ON;
        scopes->of[WEFT_OUTLIVE_CANCEL].policy = WEFT_GO_ON;
        co->task->scopes = scopes;
        co->task->flags |= WEFT__HAD_MORE;
    }
    void *frame = weft__spawn_new(co, &scopes->of[on_cancel], size, zeroed, run);
    if (frame) {
        disinherit(weft_child_of(frame)); // it may outlive the coroutine that binds
        weft_detach(weft_child_of(frame));
        if (on_cancel == WEFT_CANCEL_TOO && co->task->flags & WEFT__TASK_CANCELLED)
            weft_cancel(frame);
    }
    return frame;
}

void *weft_task_spawn(weft_coro *co, size_t size, weft_step *run, weft_on_cancel on_cancel)
{
    return weft__task_spawn(co, size, size, run, on_cancel);
}

void weft__task_scopes_cancel(weft_task *task)
{
    weft_scope_cancel(&task->scopes->of[WEFT_CANCEL_TOO]);
}

void weft__task_scopes_free(weft_task *task)
{
    weft__free(task->scopes, sizeof *task->scopes);
    task->scopes = NULL;
}
