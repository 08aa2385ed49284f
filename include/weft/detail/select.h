// What is inline of selects. Included by select.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_SELECT_H
#define WEFT_DETAIL_SELECT_H

static inline int weft_chosen(const weft_case *cases)
{
    return (int)cases->co.resume - 1;
}

void weft__select_begin(weft_coro *owner, weft_case *cases);
// Begins the next case; returns its `of`.
weft_coro *weft__case_begin(weft_case *cases);
// The last case has been tried. True if one has been served, so that no more are tried.
bool weft__case_tried(weft_case *cases, uint32_t pending);
weft_poll weft__select_wait(weft_case *cases) __attribute__((warn_unused_result));

#define WEFT__SELECT(co, cases, ...)                                                                           \
    (WEFT__SELECT_BEGIN(co, cases, WEFT__CASES(__VA_ARGS__)),                                                  \
     (void)(WEFT__JOIN(WEFT__CASES_, WEFT__CASES(__VA_ARGS__))(cases, __VA_ARGS__)), weft__select_wait(cases))

#define WEFT__SELECT_BEGIN(co, cases, count)                                                                   \
    __extension__({                                                                                            \
        WEFT__STATIC_ASSERT((count) <= sizeof(cases) / sizeof *(cases),                                        \
                            "`cases` is an array, with one for each wait of the select");                      \
        weft__select_begin((co), (cases));                                                                     \
    })

#define WEFT__CASE_OF(cases, wait)                                                                             \
    __extension__({                                                                                            \
        weft_coro *const of __attribute__((unused)) = weft__case_begin(cases);                                 \
        weft__case_tried((cases), weft__pending(wait));                                                        \
    })

// How many cases there are: they push the list of numbers to the right by so many.
#define WEFT__CASES(...) WEFT__COUNT(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define WEFT__COUNT(a, b, c, d, e, f, g, h, count, ...) count
#define WEFT__JOIN(a, b) WEFT__JOIN_(a, b)
#define WEFT__JOIN_(a, b) a##b
// Tries so many cases; by `||`, none behind one that has been served.
#define WEFT__CASES_1(cases, wait) WEFT__CASE_OF(cases, wait)
#define WEFT__CASES_2(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_1(cases, __VA_ARGS__)
#define WEFT__CASES_3(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_2(cases, __VA_ARGS__)
#define WEFT__CASES_4(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_3(cases, __VA_ARGS__)
#define WEFT__CASES_5(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_4(cases, __VA_ARGS__)
#define WEFT__CASES_6(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_5(cases, __VA_ARGS__)
#define WEFT__CASES_7(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_6(cases, __VA_ARGS__)
#define WEFT__CASES_8(cases, wait, ...) WEFT__CASE_OF(cases, wait) || WEFT__CASES_7(cases, __VA_ARGS__)

#endif
