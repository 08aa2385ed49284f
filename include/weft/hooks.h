// What Weft asks of its surroundings: memory, and a place for the message of a misuse. Define a hook in your
// program to replace it, and weft_alloc and weft_free only together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_HOOKS_H
#define WEFT_HOOKS_H

#include <stddef.h>
#include <stdint.h>

#include "detail/language.h"

#ifdef __cplusplus
extern "C" {
#endif

// Memory for `size` bytes (never 0), aligned to 16; NULL if there is none. Default: malloc.
void *weft_alloc(size_t size);

// Takes back what weft_alloc gave for the same `size`. Default: free.
void weft_free(void *memory, size_t size);

// Shows `length` bytes of text (one line, with its newline) to whoever watches. Default: nothing on wasm,
// standard error natively. The library weft_stderr shows it on a component's standard error.
void weft_report(const char *text, size_t length);

// Misuse is a bug, not an error. It reports "weft: <function>: the <object> <handle> <rule>" and traps in a
// function named weft_misuse_<rule>, which a backtrace shows even where no message can be. With WEFT_TRACE=1
// the message also tells the coroutine that ran, with the line of its last await. WEFT_CHECKS=0, for the
// smallest build, leaves out the checks, and the text of the rules that still stop a program.
#ifndef WEFT_CHECKS
#define WEFT_CHECKS 1
#endif

// RULE(name, object, text) for each rule of use. weft_misuse_<name> is where a program that breaks it stops.
#define WEFT_RULES(RULE)                                                                                       \
    RULE(closed, "end", "is closed, handed on, or never opened: use one that is open")                         \
    RULE(busy, "end", "has an operation in flight: await or stop that first")                                  \
    RULE(future_done, "future", "was read or written already: make one for each value")                        \
    RULE(other_gone, "end", "has seen its other end go: it can only be closed")                                \
    RULE(call_busy, "subtask", "is still in flight: await or stop it before reuse")                            \
    RULE(awaited, "operation", "has a waiter already: let others wait for a weft_event")                       \
    RULE(stopping, "operation", "is being stopped already: leave it to who does so")                           \
    RULE(not_running, "coroutine", "is not running: is WEFT_AWAIT missing, or is it not yours to suspend?")    \
    RULE(child_busy, "child", "has not ended: wait for its end, or use another frame")                         \
    RULE(stray_return, "coroutine", "ended by return, past its finaliser: use WEFT_FINISH")                    \
    RULE(held, "permit", "is held already: release it first")                                                  \
    RULE(not_held, "permit", "is not held: acquire it first")                                                  \
    RULE(copied, "permit", "is a copy: release the one that was acquired")                                     \
    RULE(limit_changed, "semaphore",                                                                           \
         "has another limit than when its permits were taken: change it while none is taken")                  \
    RULE(settled, "value", "has come, or failed, already: look at settled.is_set before")                      \
    RULE(slot_busy, "slot", "is waited with already: give each wait its own")                                  \
    RULE(no_case, "case",                                                                                      \
         "has not waited itself: give it `of`; for a call, a yield or a select, join a spawned child")         \
    RULE(own_case, "case", "is served by another of its select: have one end of a channel in it, not both")    \
    RULE(still_in_scope, "child", "has ended and is in its scope still: close the scope, or detach the child") \
    RULE(left_in_flight, "child", "ended with an operation in flight in its frame: await or stop that first")  \
    RULE(open_scope, "coroutine", "ended with an open scope in its frame: close it in the finaliser")          \
    RULE(on_stack, "memory", "is on the stack, which goes while the host uses it: keep it in the frame")       \
    RULE(no_room_to_read, "buffer", "has a length of 0, so nothing can be read into it: give it at least 1")   \
    RULE(local_in_use, "binding",                                                                              \
         "is bound already, covered, or seen by a child: let the child end, and unbind last to first")         \
    RULE(still_bound, "coroutine",                                                                             \
         "ended with a binding: unbind it in the finaliser; in C++ it is a weft::local")                       \
    RULE(scope_full, "scope", "has as many children as its limit: WEFT_AWAIT_ROOM(&scope) before a spawn")     \
    RULE(other_task, "scope", "has children of another task: use a scope for each")                            \
    RULE(not_started, "coroutine", "has not been started: call or spawn it first")                             \
    RULE(no_result, "export", "ended without WEFT_RETURN: return a value on each way out")                     \
    RULE(failed_result, "failure", "ended the export without WEFT_RETURN: return a value that tells it")       \
    RULE(second_result, "export", "has returned already: ask weft_returned first")                             \
    RULE(not_begun, "reply", "has not begun: call weft_http_begin first")                                      \
    RULE(wrong_export, "export", "is not the one whose call runs here: return in a coroutine of its call")     \
    RULE(abandoned, "export", "ended with an operation in flight: await or stop it first")                     \
    RULE(overtaken, "call",                                                                                    \
         "is done, but one on top of its stack still blocks: make its export async, or see cancel.h")          \
    RULE(deadlock, "export", "waits, and nothing in flight could wake it: start that first")                   \
    RULE(no_memory, "export", "has no memory to start with: limit its calls, or use WEFT_EXPORT_OR")           \
    RULE(no_room, "waitable", "cannot be registered, as there is no memory: wait for fewer at a time")         \
    RULE(no_task, "waitable",                                                                                  \
         "is to be waited for, but no task is current: poll where wasip3_task_set has set one")                \
    RULE(rust_spawn, "future", "is Rust's, which no Weft task polls: weft_foreign_await it in a coroutine")    \
    RULE(task_over, "waitable", "was registered with a task that has ended: register it with the current one") \
    RULE(lost_task, "callback", "finds no task in its context slot: leave that slot to Weft")                  \
    RULE(task_begun, "task",                                                                                   \
         "is awaited or started already, or has no frame: await it once, and look at it before")               \
    RULE(task_runs, "task", "is moved or destroyed while it runs: await it, or close its scope, before")       \
    RULE(scope_runs, "scope",                                                                                  \
         "is destroyed while children run: co_await weft_scope_close before, and let no exception pass it")    \
    RULE(room_taken, "room", "is destroyed before the task in it: let it outlive that")                        \
    RULE(no_code, "failure", "has the code 0: fail by a weft_error, or a code above 0")                        \
    RULE(no_fiber, "wait", "is of a fiber, and none runs here: use WEFT_AWAIT in a coroutine")                 \
    RULE(small_stack, "fiber", "has a stack of less than WEFT_FIBER_STACK_LEAST bytes: give it more")          \
    RULE(stack_overflow, "fiber", "has gone beyond its stack: start it with a larger stack_size")              \
    RULE(jump_outside, "jump",                                                                                 \
         "needs a fiber: run what uses setjmp in one, by WEFT_BLOCK_ON if nothing else does")                  \
    RULE(jump_lost, "jump", "has no setjmp to go to: jump to one of the same fiber, while its function runs")  \
    RULE(bad_event, "export", "was sent an event of an unknown or wrong kind: update Weft or the host")

#ifdef __cplusplus
}
#endif

#include "detail/check.h"

#endif
