// The command around main(), which runs in a fiber; or with FIBERS none, on the component's own stack. Linked
// by weft_add_component(... LIBC).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <weft/fiber.h>

int __main_void(void);
void __wasm_call_dtors(void);
WEFT__WEAK bool weft__libc_has_threads(void); // pthread.c

static void run_main(void)
{
    int code = __main_void();
    weft__lock_take(&weft__ending, true);
    __wasm_call_dtors(); // what atexit was told, and what stdio holds
    if (code || (weft__libc_has_threads && weft__libc_has_threads()))
        weft_exit((uint8_t)code);
}

#ifdef WEFT__LIBC_NO_FIBER
typedef struct {
    weft_coro co;
} weft__libc_main;

WEFT_ASYNC(weft__libc_main)
{
    WEFT_BEGIN;
    run_main();
    WEFT_END;
}
#else
typedef struct {
    weft_coro co;
    weft_fiber fiber;
} program;

WEFT_FIBER(program)
{
    run_main();
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
#endif

WEFT_COMMAND(weft__libc_main);
