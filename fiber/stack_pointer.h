// The machine stack's pointer on WebAssembly, a global that C has no name for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_FIBER_STACK_POINTER_H
#define WEFT_FIBER_STACK_POINTER_H

#ifdef __wasm_libcall_thread_context__
#error                                                                                                         \
    "this libc keeps the stack pointer and thread-locals of each thread at the host, where fibers do not look"
#endif

static inline __attribute__((always_inline)) void *weft__stack_pointer(void)
{
    void *pointer;
    __asm__ volatile(".globaltype __stack_pointer, i32\n"
                     "global.get __stack_pointer\n"
                     "local.set %0"
                     : "=r"(pointer));
    return pointer;
}

static inline __attribute__((always_inline)) void weft__set_stack_pointer(void *pointer)
{
    __asm__ volatile(".globaltype __stack_pointer, i32\n"
                     "local.get %0\n"
                     "global.set __stack_pointer"
                     :
                     : "r"(pointer));
}

#endif
