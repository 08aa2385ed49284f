// Structured concurrency: a scope owns the coroutines that are spawned into it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_spawn(co, &self->scope, &self->left, &self->left_frame.co, left_run);
//     weft_spawn(co, &self->scope, &self->right, &self->right_frame.co, right_run);
//     WEFT_AWAIT(weft_join_all(co, &self->scope));
//     ...
//     WEFT_FINALLY;
//     WEFT_AWAIT(weft_scope_close(co, &self->scope));
//
// Laws:
// - A scope is cancelled by weft_scope_cancel, by weft_scope_close and, with WEFT_END_SIBLINGS, by a failure.
//   It stays so until its last child has ended: a child that is spawned meanwhile is cancelled before its first
//   step. Then the scope is as new, and the next failure counts as the first did.
// - A child runs in the task of its spawner, from the spawner's next wait on. All children of a scope are of
//   one task; who waits for them may be of another.
// - A scope with a limit has at most so many children at a time: WEFT_AWAIT_ROOM stands before each spawn.
// - A scope is closed before its memory goes, normally in the finaliser of the coroutine whose frame it is in.
//   The close cancels what still runs and waits for it. So no child outlives its scope, whatever ends the
//   owner.
// - Frames and handles are the spawner's. The frame stays until the child has ended. The handle stays until the
//   scope is closed or weft_next_ended has returned it; that of a detached child, until the child has ended.
// - With weft_spawn_new they are the library's, and stay until the scope is closed or weft_detach gives them
//   up. So a child that has ended keeps its memory, and the limit does not count it. Where children come and go
//   for long, detach each that nobody asks for, right after it was spawned.
#ifndef WEFT_SCOPE_H
#define WEFT_SCOPE_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a child that fails (WEFT_FAIL) does to the others.
typedef enum weft_policy {
    WEFT_END_SIBLINGS, // they are cancelled
    WEFT_TELL_PARENT,  // nothing; but weft_join_all comes back: see weft_scope_acknowledge
    WEFT_GO_ON         // nothing
} weft_policy;

// A handle of a spawned coroutine. Zero-initialised is valid. Read-only: co, its coroutine.
struct weft_child {
    weft_coro *co;
    struct weft_scope *scope;
    weft_child *next; // in the scope's list of those that run, or of those that have ended
    weft_child **at;  // what points to it there
    weft_coro *joiners;
    weft_local *locals;  // that it inherits
    uint32_t block_size; // bytes, if it and the frame are of weft_alloc; else 0
    bool detached;
    WEFT__TRACE_CHILD_FIELDS
} __attribute__((aligned(16))); // as the frame that may follow it has to be

// Zero-initialised is an open, empty scope. Set policy and limit before the first spawn. Read-only: the rest of
// the first part.
typedef struct weft_scope {
    weft_policy policy;
    uint32_t limit;  // children at a time; 0: any number
    bool failed;     // a child has, since the last close or weft_scope_acknowledge
    int32_t failure; // the code of the first that did
    uint32_t count;  // children that have not ended

    bool cancelled; // and has children that have not ended
    bool closing;
    weft_task *task; // of the children that run
    weft_child *running;
    weft_child *ended;      // for weft_next_ended
    weft_child **ended_end; // where the next of those goes; NULL: to `ended`, which is empty
    weft_coro *all;         // queue: wait for all
    weft_coro *any;         // queue: wait for one
    weft_coro *room;        // queue: wait for room
} weft_scope;

// Spawns `run` with the caller's frame, whose parameters are set. See the laws for how long the frame and
// `child` stay. Misuse if either is in use, if the scope has children of another task, or as many as its limit.
void weft_spawn(weft_coro *co, weft_scope *scope, weft_child *child, weft_coro *frame, weft_step *run);

// Spawns `run` with a zeroed frame of `size` bytes from weft_alloc. Returns the frame: set its parameters
// before the next wait. NULL, and nothing done, if there is no memory. weft_child_of(frame) is the handle.
void *weft_spawn_new(weft_coro *co, weft_scope *scope, size_t size, weft_step *run);

// The handle of a child whose frame is of weft_spawn_new or weft_task_spawn.
static inline weft_child *weft_child_of(void *frame)
{
    return (weft_child *)frame - 1;
}

// WEFT_AWAIT_ROOM(scope); waits, in a body, until `scope` has fewer children than its limit. Without a limit it
// does nothing. A spawn has room if no wait comes between. No room is reserved, so a cancel leaves nothing
// behind. `scope` is evaluated several times.
#define WEFT_AWAIT_ROOM(scope)                                                                                 \
    while (weft_scope_is_full(scope))                                                                          \
    WEFT_AWAIT(weft_scope_room(co, (scope)))

// True if it has as many children as its limit.
static inline bool weft_scope_is_full(const weft_scope *scope)
{
    return scope->limit && scope->count >= scope->limit;
}

// If the scope is full, waits until a child has ended. It is the wait of that macro, for a select. The scope
// may be full again then, if others spawn into it, too. A cancel ends the wait.
weft_poll weft_scope_room(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// Nobody asks for the child any more: weft_next_ended skips it, and if its memory is the library's, that is
// freed when the child has ended. The scope waits for it as before.
void weft_detach(weft_child *child);

// Waits until `child` has ended; weft_outcome_of(child->co) tells how. Any number may wait. A cancel of the
// waiter does not reach the child. If the child's memory is the library's, nobody may look at it after the
// scope is closed. Misuse if it was never spawned.
weft_poll weft_join(weft_coro *co, weft_child *child) __attribute__((warn_unused_result));

// Waits until no child of `scope` runs; or, with WEFT_TELL_PARENT, until one has failed. A cancel of the waiter
// does not reach the children.
weft_poll weft_join_all(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// Clears failed and failure, as if no child had failed so far. So weft_join_all waits for the rest, or for the
// next that fails. weft_next_ended tells which child it was.
static inline void weft_scope_acknowledge(weft_scope *scope)
{
    scope->failed = false;
    scope->failure = 0;
}

// Waits until a child has ended that weft_next_ended has not returned, or no child runs. For a race: join any,
// see who won, close. A cancel of the waiter does not reach the children.
weft_poll weft_join_any(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// The first child that has ended, in the order of their ends; each is returned once. NULL if there is none. If
// its memory is the library's, it is yours now: weft_detach frees it.
weft_child *weft_next_ended(weft_scope *scope);

// Cancels all children that run, as weft_cancel does, and those that are spawned until the last has ended. An
// empty scope stays as it is.
void weft_scope_cancel(weft_scope *scope);

// Cancels all children, as weft_cancel does, waits until they have ended, and frees the library's memory. The
// scope can be used again. An empty scope is closed at once.
weft_poll weft_scope_close(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// What becomes of a coroutine of the task's own scope when the host cancels the call.
typedef enum weft_on_cancel { WEFT_CANCEL_TOO, WEFT_OUTLIVE_CANCEL } weft_on_cancel;

// Spawns into the scope of the task of `co`, for work that goes on after the root: the task lives until all in
// it have ended. As weft_spawn_new, detached. The first one allocates the scope, too. With WEFT_CANCEL_TOO, it
// is cancelled before its first step if the host has cancelled the call.
void *weft_task_spawn(weft_coro *co, size_t size, weft_step *run, weft_on_cancel on_cancel);

#ifdef __cplusplus
}
#endif

#endif
