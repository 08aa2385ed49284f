// Beside other runtimes in one component: the C ABI `wasip3_task`, from both of its sides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A runtime makes the component task whose code it runs the current one, by wasip3_task_set. Code that then
// waits for something of the host registers the wait with the current task, whatever language either is in.
//
// - A Weft task offers itself so (version 3) while its coroutines run, if the program uses weft_foreign_await
//   or has WEFT_OFFER_TASK. So Rust futures, say, of crate wit-bindgen, can be awaited in it.
// - A Weft coroutine can run inside of a foreign task (versions 1 and up): see weft_embedded.
//
// Spec: there is none but the Rust runtime's own text, wit-bindgen's rt/async_support/cabi.rs.
#ifndef WEFT_WASIP3_TASK_H
#define WEFT_WASIP3_TASK_H

#include "op.h"
#include "sync.h"
#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Version 1. ptr is the task's own, to be given to the functions.
typedef struct wasip3_task {
    uint32_t version;
    void *ptr;
    // The waitable joins the task's set. When it has an event, it leaves the set, and `callback` gets the
    // event's code. Returns the callback_ptr that was registered with the task before, or NULL. The task lives
    // on.
    void *(*waitable_register)(void *ptr, uint32_t waitable,
                               void (*callback)(void *callback_ptr, uint32_t code), void *callback_ptr);
    // The waitable leaves the set. Returns the callback_ptr; NULL if it was not registered, or was called.
    void *(*waitable_unregister)(void *ptr, uint32_t waitable);
} wasip3_task;

// From version 2 on. A clone is the same pointer with one more reference, which `drop` gives back. With it a
// waitable may be unregistered later and from anywhere.
typedef struct wasip3_task_vtable {
    void *(*waitable_register)(void *ptr, uint32_t waitable,
                               void (*callback)(void *callback_ptr, uint32_t code), void *callback_ptr);
    void *(*waitable_unregister)(void *ptr, uint32_t waitable);
    void *(*clone)(void *ptr);
    void (*drop)(void *ptr);
    // From version 3 on: takes over a Box<dyn Future>, in Rust's calling convention. NULL from most languages.
    // That of a Weft task stops with a message, since only Rust can poll a future. With NULL, spawn_local of
    // crate wit-bindgen would blame a clash of its versions.
    void (*rust_spawn)(void *ptr, void *future, const void *vtable);
} wasip3_task_vtable;

// A task of version 2 or 3.
typedef struct wasip3_task_v2 {
    wasip3_task v1;
    const wasip3_task_vtable *vtable;
} wasip3_task_v2;

// Makes `task` the current task and returns the one before. To read it: set NULL, and set the result again.
// Weak: any runtime's definition serves all.
wasip3_task *wasip3_task_set(wasip3_task *task);

// WEFT_OFFER_TASK; in one file, outside of functions: Weft tasks offer themselves to foreign code.
#define WEFT_OFFER_TASK                                                                                        \
    extern const char weft__task_offered;                                                                      \
    __attribute__((used)) static const char *const weft__offers_task = &weft__task_offered

// How foreign code wakes the coroutine that awaits it. A waker is counted. It may be kept longer than either of
// them, and then wakes nobody. A wake may come from any task of the component, and any number of times.
typedef struct weft_waker weft_waker;
void weft_waker_wake(weft_waker *waker);
weft_waker *weft_waker_clone(weft_waker *waker);
void weft_waker_drop(weft_waker *waker);

// Polls foreign code once: true when it is done. If it is not, it keeps a clone of the waker, and wakes the
// coroutine when another poll is worth it. If it does so during the poll, the coroutine yields before the next.
typedef bool weft_foreign_step(void *foreign, weft_waker *waker);

// An await of foreign code. Zero-initialised is valid; all fields are private.
typedef struct weft_foreign {
    weft_coro co;
    weft_foreign_step *poll;
    void *foreign;
    weft_waker *waker;
    weft_event woken;
} weft_foreign;

// Waits until poll(foreign, ...) says that it is done, which may be at once. `wait` and what `foreign` points
// to are the caller's, and stay until then. A cancel ends the wait, but not the foreign code: the caller's
// finaliser drops what it has not got the result of.
weft_poll weft_foreign_await(weft_coro *co, weft_foreign *wait, weft_foreign_step *poll, void *foreign)
    __attribute__((warn_unused_result));

// A Weft coroutine inside of a foreign task, such as the future of a Rust executor. It has no waitable set and
// needs no context slot. Its operations are registered with the task that is current when it is polled. All
// fields are private.
//
//     weft_embedded_start(&it->embedded, &it->frame.co, frame_run);
//     if (weft_embedded_poll(&it->embedded, wake, data)) ...it is done: read its results from the frame
//     ...when wake(data) was called, poll again
//     if (weft_embedded_drop(&it->embedded, give_back, it)) ...free it; else give_back(it) is called
//
// The coroutine, and all that it calls and spawns, may do what they can in a task of Weft's, save for
// WEFT_RETURN.
typedef struct weft_embedded {
    weft_task task;
    weft_coro *root;
    void (*wake)(void *data);
    void *data;
    wasip3_task_v2 host; // the foreign task; from version 2 on, ptr is a clone
    void (*over)(void *data);
    void *over_data;
    bool dropped;
    bool reading; // its own stream: see the source
    uint32_t reader, writer;
    weft__op_table lent;
} weft_embedded;

// Readies `root` to run at the first poll. `it` and the frame, whose parameters are set, are the caller's. They
// must not move until the coroutine has ended. Does not need a current task. Misuse if `root` has not ended.
void weft_embedded_start(weft_embedded *it, weft_coro *root, weft_step *run);

// Runs what can run. True when the coroutine has ended, and all that it spawned and left in the background.
// Then it must not be polled again, and its memory is the caller's. False if it waits: `wake` is called with
// `data` when another poll is worth it. That may be during the poll, from other tasks, and for nothing. Both
// stay valid until the next poll or drop. If it waits for the host, the current task has it registered, and so
// is kept alive. If it waits for something of this component only, such as a weft_event, the foreign side has
// to keep the task alive.
//
// A poll in another task than the one before moves all registrations there. Misuse: a wait without a current
// task.
bool weft_embedded_poll(weft_embedded *it, void (*wake)(void *data), void *data);

// Cancels the coroutine, if it has not ended, and runs its finaliser. True if it has ended by now: its memory
// is the caller's. False if the finaliser waits. Nobody polls it any more then: the foreign task, which is kept
// alive, runs it by its events to its end. Then over(data) is called, the last that touches its memory, usually
// to free it. `wake` is not called any more. To be called in the foreign task's run, as a poll is; with version
// 2 and up, in any task's.
bool weft_embedded_drop(weft_embedded *it, void (*over)(void *data), void *data);

#ifdef __cplusplus
}
#endif

#endif
