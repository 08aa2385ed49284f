// Fibers: plain C that waits from any depth of calls, on a stack of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct { weft_coro co; weft_fiber fiber; bytes_reader in; int lines; } count;
//
//     static bool get(bytes_reader *in, char *to) // called from wherever
//     {
//         return WEFT_FIBER_AWAIT(bytes_read(weft_fiber_co(), in, to, 1)) && in->count;
//     }
//
//     WEFT_FIBER(count)
//     {
//         for (char c; get(&self->in, &c);)
//             self->lines += c == '\n';
//     }
//
// A fiber is a coroutine with another kind of body. All that starts a coroutine starts a fiber, too (async.h):
// WEFT_CALL(count, &self->count, .in = ...), WEFT_SPAWN, WEFT_SPAWN_NEW, WEFT_BLOCK_ON; so do scopes,
// deadlines, selects and joins take it as any other. A component with fibers is built by
// weft_add_component(... FIBERS threads) or FIBERS asyncify; docs/fibers.md says which is for whom.
//
// Laws:
// - Locals live across waits. Other coroutines run while a fiber waits; nothing runs between two of its waits.
// - A fiber ends when its body returns: as failed after weft_step_fail(co, code) (step.h), else as cancelled
//   if a cancel was delivered, else as done.
// - A cancel is delivered in a WEFT_FIBER_AWAIT that waits. The operation is cancelled, its outcome is kept,
//   and the macro is false. From then on each WEFT_FIBER_AWAIT is false at once, and its operation is not
//   begun. The body is to clean up, by WEFT_FIBER_CLEANUP where that waits, and to return. Nothing can end a
//   body that goes on for ever; one whose waits are refused again and again is reported (weft_report), with its
//   name and line.
// - A fiber that is cancelled before its first step does not run its body. Nor does one that has no memory for
//   its stack: it fails with WEFT_ENOMEM, and in a component with FIBERS none, with WEFT_ENOTSUP. So the root
//   of an export is better a coroutine that calls the fiber, and can answer for it.
// - All code on its stack may wait. What the host calls on top of it may not: cabi_realloc, and destructors. In
//   what weft_block_on runs on a fiber's stack, no fiber runs.
// - Nothing of the stack may be in use when the body returns: no operation in flight, no open scope.
#ifndef WEFT_FIBER_H
#define WEFT_FIBER_H

#include "async.h"
#include "step.h"

#ifdef __cplusplus
extern "C" {
#endif

// Bytes of a stack if nothing is said. On asyncify it also keeps, in a fiber that waits, the locals that
// WebAssembly has elsewhere.
enum { WEFT_FIBER_STACK = 64 * 1024, WEFT_FIBER_STACK_LEAST = 1024 };

// A member of a fiber's frame, `fiber`, in its first kilobyte.
typedef struct weft_fiber {
    // Set by who starts it, if at all:
    void *stack;       // memory of the caller's until the fiber has ended; NULL: the library takes some, by
                       // weft_alloc, and keeps up to a megabyte of it for the next fibers (see weft_trim)
    size_t stack_size; // bytes, at least WEFT_FIBER_STACK_LEAST; 0: WEFT_FIBER_STACK
    // The rest is private.
    const struct weft_fiber_type *type;
    weft_coro *co;
    void *base; // of the stack that it runs on
    size_t size;
    const weft_place *at; // of its last wait
    weft_poll wait;
    uint32_t blocked;         // how many calls blocked on the machine stack when it was entered
    uint32_t thread, resumer; // of the back end `threads`
    uint16_t refused;         // waits, since its cancel
    uint8_t has_ended;
} weft_fiber;

// WEFT_FIBER(T) { ... } is the body of the fiber T, which only its file can use. T is the name of its frame's
// type, whose first member is `weft_coro co`, and which has a member `weft_fiber fiber`. In the body, `co` is
// the header, which waits take, and `self` is the frame. WEFT_ASYNC_DECLARE(T) declares it before. The fiber
// fails with WEFT_ENOMEM, and its body does not run, if there is no memory for its stack.

// WEFT_FIBER_AWAIT(wait) waits for `wait`, a weft_poll. It is an expression: true if the wait is over; false if
// a cancel has ended it, or was delivered before, and then `wait` is not evaluated. Misuse outside of a fiber.

// WEFT_FIBER_CLEANUP(wait) waits for `wait` though the fiber was cancelled, and no cancel ends it. It has no
// value.

// The running fiber's header, for waits and for all that takes a coroutine; NULL outside of a fiber.
weft_coro *weft_fiber_co(void);

#include "detail/fiber.h"

#ifdef __cplusplus
}
#endif

#endif
