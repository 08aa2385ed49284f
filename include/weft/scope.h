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
// - weft_scope_cancel, weft_scope_close and, with WEFT_END_SIBLINGS, a failure cancel a scope until its last
//   child has ended: who is spawned into it meanwhile is cancelled before its first step. Then it is as new:
//   each failure counts as the first did.
// - A child runs in the task of its spawner, from the next time that the spawner waits. All children of a scope
//   are of one task; who waits for them may be of another.
// - A scope with a limit has at most so many children at a time: WEFT_AWAIT_ROOM stands before each spawn.
// - A scope is closed before its memory goes, normally in the finaliser of the coroutine whose frame it is in:
//   that cancels what still runs and waits for it. So a coroutine never outlives its scope, nor a cancel of
//   the owner leave a child behind.
// - Frames and handles are the spawner's, or the library's (weft_spawn_new): those stay until the scope is
//   closed or weft_detach gives them up. The spawner's frame stays until the child has ended; the handle until
//   the scope is closed, or weft_next_ended has told it, or weft_detach has given it up.
// - So a child by weft_spawn_new that has ended keeps its memory until then, and a limit does not count it.
// Where
//   children come and go for long, detach each that nobody asks for, right after it was spawned.
#ifndef WEFT_SCOPE_H
#define WEFT_SCOPE_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a child that fails (WEFT_FAIL) does to the others.
typedef enum weft_policy {
    WEFT_END_SIBLINGS, // they are cancelled
    WEFT_TELL_PARENT,  // nothing, but weft_join_all comes back at once: see weft_scope_acknowledge
    WEFT_GO_ON         // nothing
} weft_policy;

// A handle of a spawned coroutine. Zero-initialised is valid. Read-only: co, its coroutine.
struct weft_child {
    weft_coro *co;
    struct weft_scope *scope;
    weft_child *next; // in the list of the children that run, or that have ended and were not told
    weft_child **at;  // what points to it there
    weft_coro *joiners;
    weft_local *locals;  // that it inherits
    uint32_t block_size; // bytes, if the memory is the library's
    bool detached;
    WEFT__TRACE_CHILD_FIELDS
} __attribute__((aligned(16)));

// Zero-initialised is an open, empty scope. Set policy and limit before the first spawn. Read-only: the rest of
// the first part.
typedef struct weft_scope {
    weft_policy policy;
    uint32_t limit;  // children at a time; 0: any number
    bool failed;     // a child has, since the scope was closed or the last failure acknowledged
    int32_t failure; // the code of the first that did
    uint32_t count;  // children that have not ended

    bool cancelled; // it is being
    bool closing;
    weft_task *task; // of the children that run
    weft_child *running;
    weft_child *ended;      // to be told by weft_next_ended
    weft_child **ended_end; // where the next of those goes; NULL: to `ended`, which is empty
    weft_coro *all;         // queue: wait for all
    weft_coro *any;         // queue: wait for one
    weft_coro *room;        // queue: wait for room
} weft_scope;

// Spawns `run` with the caller's frame, whose parameters are set and whose memory stays until it has ended, as
// does `child`. Misuse if either is in use, if the scope has children of another task, or as many as its limit.
void weft_spawn(weft_coro *co, weft_scope *scope, weft_child *child, weft_coro *frame, weft_step *run);

// Spawns `run` with a frame of `size` bytes from weft_alloc, zeroed; returns it, for its parameters to be set
// before the caller's next wait. NULL, and nothing done, if there is no memory. weft_child_of(frame) is the
// handle.
void *weft_spawn_new(weft_coro *co, weft_scope *scope, size_t size, weft_step *run);

static inline weft_child *weft_child_of(void *frame)
{
    return (weft_child *)frame - 1;
}

// WEFT_AWAIT_ROOM(scope); waits, in a body, until `scope` has fewer children than its limit, and does nothing
// if it has none. A spawn that follows without a wait between has room. Nothing is taken: a cancel leaves
// nothing behind. `scope` is evaluated several times.
#define WEFT_AWAIT_ROOM(scope)                                                                                 \
    while (weft_scope_is_full(scope))                                                                          \
    WEFT_AWAIT(weft_scope_room(co, (scope)))

static inline bool weft_scope_is_full(const weft_scope *scope)
{
    return scope->limit && scope->count >= scope->limit;
}

// Waits until a child has ended, if the scope is full: the wait of that macro, for a select. If others spawn
// into the scope too, one of them may have been first: it is full again then.
weft_poll weft_scope_room(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// Nobody asks for the child any more: weft_next_ended skips it, and if its memory is the library's, it goes,
// when the child has ended. The scope waits for it as before.
void weft_detach(weft_child *child);

// Waits until `child` has ended; weft_outcome_of(child->co) tells how. Any number may wait. A cancel of the
// waiter does not reach the child. Who is not of the scope must not look at a child of the library's memory
// after the scope is closed.
weft_poll weft_join(weft_coro *co, weft_child *child) __attribute__((warn_unused_result));

// Waits until no child of `scope` runs; with WEFT_TELL_PARENT, or until one has failed.
weft_poll weft_join_all(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// Takes note of the failures so far: failed and failure are as if there had been none, so that weft_join_all
// waits for the rest, or for the next that fails. Who it was, weft_next_ended tells.
static inline void weft_scope_acknowledge(weft_scope *scope)
{
    scope->failed = false;
    scope->failure = 0;
}

// Waits until a child has ended that weft_next_ended has not told, or no child runs. For a race: join any, see
// who won, close.
weft_poll weft_join_any(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// The first that has ended and was not told before, in the order of their ends; NULL if there is none. If its
// memory is the library's, it is yours now: weft_detach gives it back.
weft_child *weft_next_ended(weft_scope *scope);

// Cancels all children that run, and those that are spawned until the last has ended. An empty scope stays as
// it is.
void weft_scope_cancel(weft_scope *scope);

// Cancels all children, waits until they have ended, and gives back the library's memory. The scope can be used
// again. An empty scope is closed at once.
weft_poll weft_scope_close(weft_coro *co, weft_scope *scope) __attribute__((warn_unused_result));

// What becomes of a coroutine of the task's own scope when the host cancels the call.
typedef enum weft_on_cancel { WEFT_CANCEL_TOO, WEFT_OUTLIVE_CANCEL } weft_on_cancel;

// Spawns into the scope of the task of `co`, which lives until all in it have ended: for work that goes on
// after the root. As weft_spawn_new, detached. With WEFT_CANCEL_TOO, cancelled before its first step if the
// host has cancelled the call.
void *weft_task_spawn(weft_coro *co, size_t size, weft_step *run, weft_on_cancel on_cancel);

#ifdef __cplusplus
}
#endif

#endif
