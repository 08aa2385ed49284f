// What the two languages of these tests know of each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TESTS_H
#define TESTS_H

#include <weft/cxx.h>
#include <weft/fiber.h>
#include <weft/weft.h>

// The tests, of tests.cpp; those that are swept, and those that run once.
#define SWEPT_TESTS(TEST)                                                                                      \
    TEST(calls)                                                                                                \
    TEST(streams)                                                                                              \
    TEST(children)                                                                                             \
    TEST(cleanups)                                                                                             \
    TEST(leaves)                                                                                               \
    TEST(others)
#define PLAIN_TESTS(TEST)                                                                                      \
    TEST(values)                                                                                               \
    TEST(fails)                                                                                                \
    TEST(order)                                                                                                \
    TEST(unbegun)                                                                                              \
    TEST(unlinked)                                                                                             \
    TEST(shields)                                                                                              \
    TEST(locals)                                                                                               \
    TEST(deadlines)                                                                                            \
    TEST(rooms)                                                                                                \
    TEST(dropped)                                                                                              \
    TEST(races)                                                                                                \
    TEST(many)

#define DECLARE(name)                                                                                          \
    typedef struct {                                                                                           \
        weft_coro co;                                                                                          \
        weft_cxx cxx;                                                                                          \
    } name;                                                                                                    \
    WEFT_ASYNC_DECLARE_EXTERN(name);

SWEPT_TESTS(DECLARE)
PLAIN_TESTS(DECLARE)

// An async function of C: the sum, two yields later. Fails by WEFT_ELIMIT beyond 100.
typedef struct {
    weft_coro co;
    uint32_t a, b, sum;
} add;

WEFT_ASYNC_DECLARE_EXTERN(add);

// The same of C++.
typedef struct {
    weft_coro co;
    weft_cxx cxx;
    uint32_t a, b, sum;
} add_in_cxx;

WEFT_ASYNC_DECLARE_EXTERN(add_in_cxx);

// One of C that calls that.
typedef struct {
    weft_coro co;
    uint32_t n;
    add_in_cxx child;
} twice;

WEFT_ASYNC_DECLARE_EXTERN(twice);

// A fiber that awaits that, and waits in functions of C++.
typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t n;
} in_fiber;

#ifdef __cplusplus
extern "C" {
#endif

extern int alive;    // objects of the tests that live
uint32_t live(void); // bytes of weft_alloc
weft_stepped in_fiber_step(weft_coro *co);
uint32_t after_pauses(uint32_t n); // n, some waits of a fiber's later
void expect_(int line, const char *what, uint64_t actual, uint64_t expected);
void say_(char what);
void expect_said(int line, const char *expected);

#ifdef __cplusplus
}
#endif

#endif
