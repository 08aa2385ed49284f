// The command around main(), which runs in a fiber. Linked by weft_add_component(... LIBC).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <weft/fiber.h>

int __main_void(void);
void __wasm_call_dtors(void);
WEFT__WEAK bool weft__libc_has_threads(void); // pthread.c

typedef struct {
    weft_coro co;
    weft_fiber fiber;
} program;

WEFT_FIBER(program)
{
    int code = __main_void();
    weft__lock_take(&weft__ending, true);
    __wasm_call_dtors(); // what atexit was told, and what stdio holds
    if (code || (weft__libc_has_threads && weft__libc_has_threads()))
        weft_exit((uint8_t)code);
}

enum { STACK = 1024 * 1024 }; // as much as a component has elsewhere

typedef struct {
    weft_coro co;
    program program;
} weft__libc_main;

WEFT_ASYNC(weft__libc_main)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(program, &self->program, .fiber.stack_size = STACK);
    WEFT_END;
}

WEFT_COMMAND(weft__libc_main);
