// The macros of async.h, which says what each does. Included by async.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_ASYNC_H
#define WEFT_DETAIL_ASYNC_H

#include "../coro.h"
#include "../scope.h"

#pragma GCC system_header // the user is not warned of what stands here

#ifdef __cplusplus
extern "C" {
#endif

// weft_spawn_new and weft_task_spawn with the first `zeroed` bytes of the frame zeroed.
void *weft__spawn_new(weft_coro *co, weft_scope *scope, size_t size, size_t zeroed, weft_step *run);
void *weft__task_spawn(weft_coro *co, size_t size, size_t zeroed, weft_step *run, weft_on_cancel on_cancel);

// Stops: the handle has a scope, so its child runs, or has ended and weft_next_ended has not returned it.
__attribute__((noreturn)) void weft__handle_in_use(const weft_child *child);

// Zeroes what follows a frame's header, so that `zeroed` bytes of the frame are set.
__attribute__((unused)) static inline void weft__zero_frame(weft_coro *co, size_t zeroed)
{
    __builtin_memset(co + 1, 0, zeroed - sizeof *co);
}

#ifdef __cplusplus
}
#endif

// WEFT__ZEROED(T): how many bytes of a T are zeroed. WEFT__ZEROED_ALL(T) stands before it, any number of times.
// In C that declares a number, which is 0 unless WEFT_UNZEROED defines it. In C++, WEFT_UNZEROED is an overload
// that is a better match than the template. By the header among the arguments it is found from any namespace.
#ifdef __cplusplus
extern "C++" {
template <typename T> static constexpr size_t weft__zeroed(const T *, const weft_coro *, long)
{
    return sizeof(T);
}
}
#define WEFT_UNZEROED(T, member)                                                                               \
    __attribute__((unused)) static constexpr size_t weft__zeroed(const T *, const weft_coro *, int)            \
    {                                                                                                          \
        return offsetof(T, member);                                                                            \
    }                                                                                                          \
    WEFT__SEMICOLON
#define WEFT__ZEROED_ALL(T) WEFT__SEMICOLON
#define WEFT__ZEROED(T)                                                                                        \
    weft__zeroed(static_cast<const T *>(nullptr), static_cast<const weft_coro *>(nullptr), 0)
#else
#define WEFT_UNZEROED(T, member) static const size_t T##__zeroed __attribute__((unused)) = offsetof(T, member)
#define WEFT__ZEROED_ALL(T) static const size_t T##__zeroed __attribute__((unused))
#define WEFT__ZEROED(T) (T##__zeroed ? T##__zeroed : sizeof(T))
#endif

#define WEFT__ASYNC_DECLARED(T, LINKAGE)                                                                       \
    WEFT__ZEROED_ALL(T);                                                                                       \
    typedef T T##__WEFT_ASYNC_is_missing_above; /* without this, a compiler's message has the name */          \
    LINKAGE weft_stepped T##__step(weft_coro *co)
#define WEFT__STATIC __attribute__((unused)) static
#define WEFT_ASYNC_DECLARE(T) WEFT__ASYNC_DECLARED(T, WEFT__STATIC)
#define WEFT_ASYNC_DECLARE_EXTERN(T) WEFT__ASYNC_DECLARED(T, WEFT__EXTERN_C)

#define WEFT_ASYNC(T) WEFT__ASYNC_OF(T, WEFT__STATIC, co, weft_coro)
#define WEFT_ASYNC_EXTERN(T) WEFT__ASYNC_OF(T, WEFT__EXTERN_C, co, weft_coro)
#define WEFT__ASYNC_OF(T, LINKAGE, first, FIRST)                                                               \
    WEFT__FRAME(T, first, FIRST)                                                                               \
    WEFT__ASYNC_DECLARED(T, LINKAGE);                                                                          \
    static weft_stepped T##__body(weft_coro *co, T *self);                                                     \
    LINKAGE weft_stepped T##__step(weft_coro *co)                                                              \
    {                                                                                                          \
        return T##__body(co, weft_frame(co, T));                                                               \
    }                                                                                                          \
    static weft_stepped T##__body(__attribute__((unused)) weft_coro *co, __attribute__((unused)) T *self)

#define WEFT__FRAME(T, first, FIRST)                                                                           \
    WEFT__STATIC_ASSERT(offsetof(T, first) == 0 && WEFT__IS(&((T *)0)->first, FIRST *),                        \
                        "the first member of a frame is `" #FIRST " " #first "`");                             \
    WEFT__STATIC_ASSERT(WEFT__ALIGNOF(T) <= 16,                                                                \
                        "the alignment of a frame is at most 16: point to what needs more");                   \
    WEFT__STATIC_ASSERT(WEFT__IS_PLAIN(T),                                                                     \
                        "a frame is plain data, as nobody constructs its members: point to other data");

// Sets the fields of *it. Behind `(*it)`, `.field = value` is an assignment, and an empty argument is nothing.
// The empty arguments behind stand for those that are not given; `more` is one of them, so its text has one
// byte, the zero.
#define WEFT__SET(it, ...) WEFT__SET_16(it, __VA_ARGS__, , , , , , , , , , , , , , , , , )
#define WEFT__SET_16(it, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, more, ...)     \
    WEFT__STATIC_ASSERT(sizeof #more == 1, "more than 16 fields are to be set: set the rest by yourself");     \
    WEFT__SET_4(it, f1, f2, f3, f4)                                                                            \
    WEFT__SET_4(it, f5, f6, f7, f8)                                                                            \
    WEFT__SET_4(it, f9, f10, f11, f12)                                                                         \
    WEFT__SET_4(it, f13, f14, f15, f16)
#define WEFT__SET_4(it, f1, f2, f3, f4)                                                                        \
    (void)((*it)f1);                                                                                           \
    (void)((*it)f2);                                                                                           \
    (void)((*it)f3);                                                                                           \
    (void)((*it)f4);

// Readies the frame, and starts it by the expression `start` of weft__frame, which is the value. That checks
// that the frame has ended, by the header, which zeroing leaves. A handle may be in the frame, so `check` comes
// first. `&*` has the type of a pointer also where `frame` is an array.
#define WEFT__START(T, frame, start, ...) WEFT__START_IF(T, frame, (void)0, start, __VA_ARGS__)
#define WEFT__START_IF(T, frame, check, start, ...)                                                            \
    __extension__({                                                                                            \
        WEFT__STATIC_ASSERT(WEFT__IS(&*(frame), T *), "the frame is no " #T ": give a pointer to one");        \
        T##__WEFT_ASYNC_is_missing_above *const weft__frame = (frame);                                         \
        check;                                                                                                 \
        weft__zero_frame((weft_coro *)(void *)weft__frame, WEFT__ZEROED(T));                                   \
        WEFT__SET(weft__frame, __VA_ARGS__)                                                                    \
        start;                                                                                                 \
    })

// A frame of the library's, which the expression `start` makes; or NULL.
#define WEFT__NEW(T, start, ...)                                                                               \
    __extension__({                                                                                            \
        T##__WEFT_ASYNC_is_missing_above *const weft__frame = (T *)start;                                      \
        if (weft__frame) {                                                                                     \
            WEFT__SET(weft__frame, __VA_ARGS__)                                                                \
        }                                                                                                      \
        weft__frame;                                                                                           \
    })

#define WEFT__CALL(T, frame, ...)                                                                              \
    WEFT_AWAIT(WEFT__START(T, frame, weft_call(co, &weft__frame->co, T##__step), __VA_ARGS__))
#define WEFT__CALL_BY(call, T, frame, deadline, clock, time, ...)                                              \
    WEFT_AWAIT(WEFT__START(T, frame, call(co, (deadline), (clock), (time), &weft__frame->co, T##__step),       \
                           __VA_ARGS__))
#define WEFT__ONCE(wait_by, T, frame, attempt, once, ...)                                                      \
    wait_by((attempt), __extension__({                                                                         \
                weft_once *const weft__once = (once);                                                          \
                weft_attempt *const weft__attempt = (attempt);                                                 \
                weft__attempt->error = 0;                                                                      \
                weft__once->done                                                                               \
                    ? weft_breathe(co)                                                                         \
                    : WEFT__START(T, frame,                                                                    \
                                  weft_once_call(co, weft__attempt, weft__once, &weft__frame->co, T##__step),  \
                                  __VA_ARGS__);                                                                \
            }))
// WEFT_AWAIT with the parameters of WEFT__TRY.
#define WEFT__AWAIT_IT(it, wait_) WEFT_AWAIT(wait_)
#define WEFT__TRY_CALL(T, frame, ...)                                                                          \
    do {                                                                                                       \
        WEFT__CALL(T, frame, __VA_ARGS__);                                                                     \
        if (__builtin_expect(weft_outcome_of(&(frame)->co) == WEFT_FAILED, 0))                                 \
            WEFT_FAIL(weft_failure(&(frame)->co));                                                             \
    } while (0)

#define WEFT__TRY(it, wait_)                                                                                   \
    do {                                                                                                       \
        WEFT_AWAIT(wait_);                                                                                     \
        const int32_t weft__error = (it)->error;                                                               \
        if (__builtin_expect(weft__error != 0, 0))                                                             \
            WEFT_FAIL(weft__error);                                                                            \
    } while (0)

#define WEFT__SPAWN(T, frame, scope, handle, ...)                                                              \
    WEFT__START_IF(T, frame, WEFT__CHECK_HANDLE(handle),                                                       \
                   weft_spawn(co, (scope), weft__handle, &weft__frame->co, T##__step), __VA_ARGS__)
#define WEFT__CHECK_HANDLE(handle)                                                                             \
    weft_child *const weft__handle = (handle);                                                                 \
    if (WEFT_CHECKS && __builtin_expect(weft__handle->scope != NULL, 0))                                       \
    weft__handle_in_use(weft__handle)
#define WEFT__SPAWN_NEW(T, scope, ...)                                                                         \
    WEFT__NEW(T, weft__spawn_new(co, (scope), sizeof(T), WEFT__ZEROED(T), T##__step), __VA_ARGS__)
#define WEFT__TASK_SPAWN(T, on_cancel, ...)                                                                    \
    WEFT__NEW(T, weft__task_spawn(co, sizeof(T), WEFT__ZEROED(T), T##__step, (on_cancel)), __VA_ARGS__)

#define WEFT__FEEDS(name, T)                                                                                   \
    WEFT__STATIC_ASSERT(WEFT__IS(&((T *)0)->feed, name##_feed *),                                              \
                        #T " is no feed of " #name ": define it by WEFT_ASYNC_FEED(" #name ", " #T ")")
#define WEFT__FEED_SPAWN(name, T, frame, scope, handle, ...)                                                   \
    WEFT__START_IF(T, frame, WEFT__FEEDS(name, T);                                                             \
                   WEFT__CHECK_HANDLE(handle),                                                                 \
                   name##_feed_spawn(co, (scope), weft__handle, &weft__frame->feed, T##__step), __VA_ARGS__)
#define WEFT__FEED_NEW(name, T, scope, handle, ...)                                                            \
    __extension__({                                                                                            \
        WEFT__FEEDS(name, T);                                                                                  \
        WEFT__NEW(T, name##__feed_new(co, (scope), sizeof(T), WEFT__ZEROED(T), T##__step, (handle)),           \
                  __VA_ARGS__);                                                                                \
    })

#define WEFT__BLOCK_ON(T, frame, ...)                                                                          \
    WEFT__START(T, frame, weft_block_on(&weft__frame->co, T##__step), __VA_ARGS__)
#define WEFT__EMBEDDED_START(T, frame, embedded, ...)                                                          \
    WEFT__START(T, frame, weft_embedded_start((embedded), &weft__frame->co, T##__step), __VA_ARGS__)

// The assertion is never false: it looks up the name, which tells what is missing.
#define WEFT__EXPORT_ASYNC(world, export, T, otherwise, parameters, ...)                                       \
    WEFT__EXPORT_ASYNC_OR(world, export, T, parameters, otherwise, __VA_ARGS__)
#define WEFT__EXPORT_ASYNC_OR(world, export, T, parameters, otherwise, ...)                                    \
    WEFT__STATIC_ASSERT(sizeof(T##__WEFT_ASYNC_is_missing_above), "");                                         \
    WEFT_EXPORT_STEP_OR(world, export, T, T##__step, parameters, otherwise, WEFT__SET(self, __VA_ARGS__))

#define WEFT__RETURN(co, export, ...)                                                                          \
    do {                                                                                                       \
        WEFT__NESTED_EXTERN(weft_export export##__weft)                                                        \
        weft__task_return((co)->task, &export##__weft);                                                        \
        export##_return(__VA_ARGS__);                                                                          \
    } while (0)

// The empty argument behind stands for the fields, if there are none.
#define WEFT_CALL(T, ...) WEFT__CALL(T, __VA_ARGS__, )
#define WEFT_TRY_CALL(T, ...) WEFT__TRY_CALL(T, __VA_ARGS__, )
#define WEFT_TRY(it, wait) WEFT__TRY(it, wait)
#define WEFT_CALL_WITHIN(T, ...) WEFT__CALL_BY(weft_call_within, T, __VA_ARGS__, )
#define WEFT_CALL_UNTIL(T, ...) WEFT__CALL_BY(weft_call_until, T, __VA_ARGS__, )
#define WEFT_ONCE(T, ...) WEFT__ONCE(WEFT__AWAIT_IT, T, __VA_ARGS__, )
#define WEFT_TRY_ONCE(T, ...) WEFT__ONCE(WEFT__TRY, T, __VA_ARGS__, )
#define WEFT_SPAWN(T, ...) WEFT__SPAWN(T, __VA_ARGS__, )
#define WEFT_SPAWN_NEW(T, ...) WEFT__SPAWN_NEW(T, __VA_ARGS__, )
#define WEFT_TASK_SPAWN(T, ...) WEFT__TASK_SPAWN(T, __VA_ARGS__, )
#define WEFT_BLOCK_ON(T, ...) WEFT__BLOCK_ON(T, __VA_ARGS__, )
#define WEFT_EMBEDDED_START(T, ...) WEFT__EMBEDDED_START(T, __VA_ARGS__, )

#endif
