// What a back end is: how a fiber's stack is entered and left. One of threads.c, asyncify.c and native.c is
// linked.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_FIBER_BACKEND_H
#define WEFT_FIBER_BACKEND_H

#include <weft/fiber.h>

// Bytes at fiber->base, which are fiber.c's. A frame may leave bytes as they are, so the more there are, the
// more is found.
enum { WEFT__FIBER_CANARY = WEFT_TRACE ? 256 : 16 };

// Readies fiber->base, of fiber->size bytes and aligned to 16, to be entered for the first time.
void weft__fiber_prepare(weft_fiber *fiber);

// Goes on where the fiber was left, at first in weft__fiber_main. Returns when it is left, or has ended. May be
// called on another fiber's stack.
void weft__fiber_enter(weft_fiber *fiber);

// On the fiber's own stack: goes back to who entered it. Returns when it is entered again. Where it has become
// part of weft__fiber_suspend, asyncify runs that to its end when it leaves, and anew, with arguments that say
// nothing, when it is back.
void weft__fiber_leave(weft_fiber *fiber);

// On the fiber's stack: runs its body, and tells that it has ended. A back end that runs the body by itself
// calls the second. A back end also has weft__fiber_until_end and weft__fiber_end of
// weft/detail/fiber.h.
void weft__fiber_main(weft_fiber *fiber);
void weft__fiber_ended(weft_fiber *fiber);

// The ends of the room for its machine stack. What a back end needs itself is beyond them; while the fiber
// waits, that may have taken some of the room.
char *weft__fiber_low(const weft_fiber *fiber);
char *weft__fiber_top(const weft_fiber *fiber);

// Whether a fiber runs on memory of its caller's. If not, weft__fiber_stack_make is asked for each.
extern const bool weft__fiber_takes_memory;

// Memory for a stack of at least *size bytes, which becomes its true size; NULL if there is none. And back.
// With WEFT_TRACE, the memory is zero.
void *weft__fiber_stack_make(size_t *size);
void weft__fiber_stack_free(void *base, size_t size);

#endif
