// <setjmp.h> with FIBERS asyncify, which comes before libc's: that one asks the host for exceptions, and
// wasm-opt has no asyncify for code with exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// - It works in fibers alone. Where nothing waits, too: WEFT_BLOCK_ON runs a fiber wherever that is.
// - A longjmp stays in its fiber. A jmp_buf is known by its address: it is not to be copied.
// - A local variable that is not volatile, and has changed since the setjmp, may have its old value after the
//   longjmp.
// - A setjmp saves the fiber, up to its own function, on the fiber's stack. That goes at the next setjmp or
//   longjmp further up, when the function has returned.
#ifndef _SETJMP_H
#define _SETJMP_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    char weft__address;
} jmp_buf[1], sigjmp_buf[1];

int weft__setjmp(const void *env) __attribute__((returns_twice));
void weft__longjmp(const void *env, int value);

#define setjmp(env) weft__setjmp(env)
#define longjmp(env, value) (weft__longjmp((env), (value)), __builtin_unreachable())
#define _setjmp(env) setjmp(env)
#define _longjmp(env, value) longjmp(env, value)
#define sigsetjmp(env, signals) ((void)(signals), setjmp(env))
#define siglongjmp(env, value) longjmp(env, value)

#ifdef __cplusplus
}
#endif

#endif
