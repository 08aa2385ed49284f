// Error contexts: an opaque handle to a message that helps to find out what went wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hosts gate them: a component that uses a function of this header loads on wasmtime only with `-W
// component-model-error-context`. One that uses none imports nothing. A message is for people: a host may cut
// it short or forget it, so a program must not depend on it.
//
// An error context can be passed between components, but wit-bindgen c panics on a WIT that has the type.
// Declare a function with one in its type by hand, the handle an int32_t, and add its world with `wasm-tools
// component embed`, as tests/guest/error_context does. The receiver gets a handle of its own; the sender's
// stays, and is still to be dropped. Spec: canon error-context.{new,debug-message,drop}.
#ifndef WEFT_ERROR_CONTEXT_H
#define WEFT_ERROR_CONTEXT_H

#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// 0 is none.
typedef uint32_t weft_error_context;

// A new one, with `length` bytes of text, which the host copies. The host traps if they are not UTF-8.
static inline weft_error_context weft_error_context_new(const char *text, size_t length)
{
    return __error_context_new_utf8(text, length);
}

// Its message: `*length` bytes of UTF-8 without a terminator. They are the caller's, to be given to free() if
// `*length` is above 0. The memory comes from cabi_realloc, which the generated bindings define.
static inline char *weft_error_context_message(weft_error_context it, size_t *length)
{
    struct {
        char *text;
        size_t length;
    } message = {NULL, 0};
    __error_context_debug_message_utf8(it, &message);
    *length = message.length;
    return message.text;
}

// Gives the handle up, which is 0 afterwards; 0 is fine.
static inline void weft_error_context_drop(weft_error_context *it)
{
    if (*it)
        __error_context_drop(*it);
    *it = 0;
}

#ifdef __cplusplus
}
#endif

#endif
