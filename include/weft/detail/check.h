// The checks of misuse, and what a build leaves out or does otherwise. Included by hooks.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_CHECK_H
#define WEFT_DETAIL_CHECK_H

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT__RULE(name, object, text)                                                                         \
    __attribute__((noreturn, noinline)) void weft_misuse_##name(const char *function, uint32_t handle);
WEFT_RULES(WEFT__RULE)
#undef WEFT__RULE

#ifdef __cplusplus
}
#endif

// Stops with rule if broken holds. function: a string literal; handle: 0 if the object has none.
#if WEFT_CHECKS
#define WEFT__CHECK(broken, rule, function, handle)                                                            \
    do {                                                                                                       \
        if (__builtin_expect(!!(broken), 0))                                                                   \
            weft_misuse_##rule(function, handle);                                                              \
    } while (0)
#else // what only a check looks at is unused then: hence `(void)it;` behind some
#define WEFT__CHECK(broken, rule, function, handle) ((void)0)
#endif

// Whether the library has short ways beside the general one, for what is most frequent. Not if built for size.
#ifndef WEFT__SHORT
#ifdef __OPTIMIZE_SIZE__
#define WEFT__SHORT 0
#else
#define WEFT__SHORT 1
#endif
#endif

// So many waits that are ready at once go by before one yields, and a turn has at most twice as many steps.
#ifndef WEFT__BREATH
#define WEFT__BREATH 1024
#endif

// What the hostile build of Weft's own tests replaces: see tests/hostile/hostile.h.
#ifndef WEFT__HOSTILE
#define WEFT__HOSTILE 0
#define WEFT__STEPS WEFT__BREATH
#define WEFT__NEXT(queue) weft__queue_pop(queue)
#define WEFT__NAPS(task) false
#define WEFT__KEEP_FRAME(frame, size) ((void)0)
#define WEFT__REUSE_FRAME(frame, size) ((void)0)
#endif

#endif
