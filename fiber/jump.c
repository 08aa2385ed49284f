// What the compiler's setjmp and longjmp call, on exceptions of WebAssembly: not every libc has it where one
// links. LLVM, WebAssemblyLowerEmscriptenEHSjLj.cpp, has the contract.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>

// In the first bytes of a jmp_buf.
typedef struct {
    void *invocation; // of the function that called setjmp
    uint32_t label;   // of the call in it
    struct {
        void *env;
        int value;
    } thrown;
} jump;

enum { TAG = 1 }; // the compiler's number for the exception of longjmp

__asm__(".globl __c_longjmp\n.tagtype __c_longjmp i32\n__c_longjmp:\n");

void __wasm_setjmp(jump *env, uint32_t label, void *invocation);
void __wasm_setjmp(jump *env, uint32_t label, void *invocation)
{
    env->invocation = invocation;
    env->label = label;
}

// Where the jump goes to in this call of the function; 0: not into it.
uint32_t __wasm_setjmp_test(const jump *env, void *invocation);
uint32_t __wasm_setjmp_test(const jump *env, void *invocation)
{
    return env->invocation == invocation ? env->label : 0;
}

_Noreturn void __wasm_longjmp(jump *env, int value);
_Noreturn void __wasm_longjmp(jump *env, int value)
{
    env->thrown.env = env;
    env->thrown.value = value ? value : 1;
    __builtin_wasm_throw(TAG, &env->thrown);
}
