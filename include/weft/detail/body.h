// The macros of a body; coro.h says what each does. Included by coro.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A step begins at WEFT_BEGIN, which goes to the label in co->resume, if there is one. It returns in a
// WEFT_AWAIT that waits, or in WEFT_END. A label that a body lacks has a name that says what is missing, and a
// compiler's message has that name. Each `if (0) goto` only names the label, so that it has to be there.
#ifndef WEFT_DETAIL_BODY_H
#define WEFT_DETAIL_BODY_H

#pragma GCC system_header // the user is not warned of what stands here

// The macros look at these two. WEFT_FINALLY declares them anew, for what stands behind it in its function.
enum { weft__has_finaliser = 0, weft__finaliser = 0 };

// The status of an async import is no weft_poll: the parameter's name is the message.
static inline uint32_t weft__pending(weft_poll take_a_wait_such_as_weft_subtask_call)
{
    return take_a_wait_such_as_weft_subtask_call.pending;
}

#define WEFT_BEGIN                                                                                             \
    do {                                                                                                       \
        if (co->resume)                                                                                        \
            WEFT__GOTO(co->resume);                                                                            \
        WEFT__TRACE_BEGIN(co);                                                                                 \
        if (__builtin_expect(co->flags & WEFT__UNWIND, 0)) {                                                   \
            co->resume = WEFT__LABEL(weft__nowhere);                                                           \
            goto WEFT_END_is_missing;                                                                          \
        }                                                                                                      \
        if (0) {                                                                                               \
        WEFT_BEGIN_is_missing_or_this_is_no_async_function:                                                    \
            __attribute__((unused));                                                                           \
        }                                                                                                      \
    } while (0)

// Each await has a label of its own. clang warns of __COUNTER__ with -Wpedantic, and gcc of a declared label.
#ifdef __clang__
#define WEFT__DECLARE_LABEL(label) __label__ label;
#define WEFT_AWAIT(wait_) WEFT__AWAIT_AT(wait_, weft__here)
#else
#define WEFT__DECLARE_LABEL(label)
#define WEFT_AWAIT(wait_) WEFT__AWAIT_COUNTED(wait_, __COUNTER__)
#define WEFT__AWAIT_COUNTED(wait_, number) WEFT__AWAIT_NUMBERED(wait_, number)
#define WEFT__AWAIT_NUMBERED(wait_, number) WEFT__AWAIT_AT(wait_, weft__here_##number)
#endif

#define WEFT__AWAIT_AT(wait_, here)                                                                            \
    do {                                                                                                       \
        WEFT__DECLARE_LABEL(here)                                                                              \
        uint32_t weft__wait; /* set below: C++ lets no jump pass an initialisation */                          \
        weft__wait = weft__pending(wait_);                                                                     \
        if (__builtin_expect(weft__wait, 0)) {                                                                 \
            co->line = WEFT__LINE;                                                                             \
            WEFT__TRACE_PLACE(co);                                                                             \
            co->resume = WEFT__LABEL(here);                                                                    \
            if (weft__has_finaliser)                                                                           \
                co->flags |= WEFT__FINALLY;                                                                    \
            if (0)                                                                                             \
                goto WEFT_BEGIN_is_missing_or_this_is_no_async_function;                                       \
            return weft__stepped(weft__wait + WEFT__AT_AWAIT);                                                 \
        here:;                                                                                                 \
        }                                                                                                      \
    } while (0)

#define WEFT_FINISH                                                                                            \
    do {                                                                                                       \
        WEFT__STATIC_ASSERT(!weft__has_finaliser, "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY");      \
        goto WEFT_END_is_missing;                                                                              \
    } while (0)

#define WEFT_FAIL(code_)                                                                                       \
    do {                                                                                                       \
        weft__fail(co, (code_));                                                                               \
        WEFT_FINISH;                                                                                           \
    } while (0)

// WEFT_FINALLY opens no brace, so a missing one makes no other errors.
#define WEFT_FINALLY                                                                                           \
    weft__finally:                                                                                             \
    __attribute__((unused));                                                                                   \
    static void *const weft__finaliser = __extension__ && weft__finally;                                       \
    enum { weft__has_finaliser = 1 };                                                                          \
    if (0)                                                                                                     \
    goto WEFT_BEGIN_is_missing_or_this_is_no_async_function

// WEFT_FINISH and a cancel come by the first label, and go on to the finaliser, if there is one.
#define WEFT_END                                                                                               \
    return weft__end(co);                                                                                      \
    WEFT_END_is_missing:                                                                                       \
    __attribute__((unused));                                                                                   \
    if (weft__has_finaliser)                                                                                   \
        WEFT__GOTO(weft__finaliser);                                                                           \
    if (0)                                                                                                     \
        goto WEFT_BEGIN_is_missing_or_this_is_no_async_function;                                               \
    return weft__end(co);                                                                                      \
    weft__nowhere:                                                                                             \
    __attribute__((unused));                                                                                   \
    co->resume = WEFT__LABEL(WEFT_END_is_missing);                                                             \
    __builtin_trap()

// The line of an await, as a coroutine keeps it: never 0.
#define WEFT__LINE ((uint16_t)(__LINE__ % 0x10000 ? __LINE__ : 1))

// Labels as values work in every compiler that targets wasm, inside any statement of the user's. LLVM fails
// where only one is left ("WebAssembly hasn't implemented computed gotos"). So WEFT_BEGIN and WEFT_END take the
// value of one each that nothing goes to. They are kept as integers, because gcc's -Wdangling-pointer takes a
// label for a local variable.
#define WEFT__LABEL(label) ((uintptr_t)__extension__ && label)
#define WEFT__GOTO(label) __extension__({ goto *(void *)(label); })

// A declaration in a body. The pragma is for gcc, which warns of one whose name the user gave.
#if defined __GNUC__ && !defined __clang__ && !defined __cplusplus
#define WEFT__NESTED_EXTERN(...)                                                                               \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wnested-externs\"") extern __VA_ARGS__;  \
    _Pragma("GCC diagnostic pop")
#else
#define WEFT__NESTED_EXTERN(...) extern __VA_ARGS__;
#endif

#endif
