// The macros of fiber.h, which says what each does. Included by fiber.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_FIBER_H
#define WEFT_DETAIL_FIBER_H

#pragma GCC system_header // the user is not warned of what stands here

typedef struct weft_fiber_type {
    const char *name;
    void (*body)(weft_coro *co);
    uint32_t offset;  // of the weft_fiber in its frame
    weft_place place; // of the body
} weft_fiber_type;

// Starts the fiber, or goes on with it.
weft_stepped weft__fiber_step(weft_coro *co, const weft_fiber_type *type);

extern weft_fiber *weft__fiber_running; // NULL: none
extern uint32_t weft__blocked;          // calls that block on the machine stack
// The same, but NULL in what the host runs on top of a fiber that blocks.
static inline weft_fiber *weft__fiber_here(void)
{
    weft_fiber *fiber = weft__fiber_running;
    return fiber && fiber->blocked == weft__blocked ? fiber : NULL;
}
// False. Counts a wait that is refused because a cancel was delivered.
bool weft__fiber_refuse(const weft_place *at);
static inline bool weft__fiber_may_wait(const weft_place *at)
{
    const weft_fiber *fiber = weft__fiber_here();
    return __builtin_expect(fiber && !weft_step_unwinds(fiber->co), 1) || weft__fiber_refuse(at);
}
// Waits for `poll`, which is pending. False if a cancel was delivered meanwhile.
bool weft__fiber_suspend(weft_poll poll, const weft_place *at);
static inline bool weft__fiber_wait(weft_poll poll, const weft_place *at)
{
    return !weft_pending(poll) || weft__fiber_suspend(poll, at);
}
// Calls run(of), which the second ends from any depth, as if it returned. That is called on the same fiber's
// stack, and gives nothing back that is there.
void weft__fiber_until_end(void (*run)(void *of), void *of);
void weft__fiber_end(void);
// Waits in spite of a cancel.
void weft__fiber_wait_shielded(weft_poll poll, const weft_place *at);

#define WEFT__FIBER_HERE                                                                                       \
    __extension__({                                                                                            \
        static const weft_place weft__place = {__FILE__, __func__, __LINE__ % 0x10000 ? __LINE__ : 1};         \
        &weft__place;                                                                                          \
    })
#define WEFT_FIBER_AWAIT(wait_)                                                                                \
    __extension__({                                                                                            \
        const weft_place *const weft__at = WEFT__FIBER_HERE;                                                   \
        weft__fiber_may_wait(weft__at) && weft__fiber_wait((wait_), weft__at);                                 \
    })
#define WEFT_FIBER_CLEANUP(wait_) weft__fiber_wait_shielded((wait_), WEFT__FIBER_HERE)

#define WEFT_FIBER(T)                                                                                          \
    WEFT__FRAME(T, co, weft_coro)                                                                              \
    WEFT__STATIC_ASSERT(offsetof(T, fiber) < 1024 && WEFT__IS(&((T *)0)->fiber, weft_fiber *),                 \
                        "the frame of a fiber has a member `weft_fiber fiber` in its first kilobyte");         \
    WEFT__ASYNC_DECLARED(T, WEFT__STATIC);                                                                     \
    static void T##__fiber_body(weft_coro *co, T *self);                                                       \
    static void T##__fiber_main(weft_coro *co)                                                                 \
    {                                                                                                          \
        T##__fiber_body(co, weft_frame(co, T));                                                                \
    }                                                                                                          \
    WEFT__STATIC weft_stepped T##__step(weft_coro *co)                                                         \
    {                                                                                                          \
        static const weft_fiber_type type = {                                                                  \
            #T, T##__fiber_main, offsetof(T, fiber), {__FILE__, #T, __LINE__}};                                \
        return weft__fiber_step(co, &type);                                                                    \
    }                                                                                                          \
    static void T##__fiber_body(__attribute__((unused)) weft_coro *co, __attribute__((unused)) T *self)

#endif
