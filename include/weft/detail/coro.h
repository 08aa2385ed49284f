// A coroutine's header, and what is inline of it. Included by coro.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_CORO_H
#define WEFT_DETAIL_CORO_H

enum weft__coro_state {
    WEFT__IDLE, // zeroed: never started
    WEFT__ENDED,
    WEFT__READY,
    WEFT__TAKES, // ready, to take the result of on.op, a weft_subtask_owned; a cancel comes before that
    WEFT__RUNNING,
    WEFT__ON_OP,
    WEFT__ON_START,
    WEFT__ON_ANY,
    WEFT__ON_SELECT, // its cases wait in its place: see select.c
    WEFT__ON_CHILD,
    WEFT__ON_YIELD,
    WEFT__ON_SCOPE,         // in a queue of waiters, to be woken by a coroutine of its own task
    WEFT__ON_ANY_TASK = 16, // the same, by a coroutine of any task; these have this bit
    WEFT__ON_TICKET,        // the same, with on.ticket
    WEFT__ON_TIMER          // on a virtual clock, with on.timer; woken by a coroutine of any task
};

enum {
    WEFT__CANCEL = 1,  // a cancel was asked for
    WEFT__CASE = 2,    // no coroutine, but a case of a select, which waits in its owner's place
    WEFT__FINALLY = 4, // it waits, or has waited, in its finaliser
    WEFT__FAIL = 8,
    WEFT__SHIELD = 16,
    WEFT__BINDS = 32,  // it has bindings of its own (local.h)
    WEFT__SPAWNS = 64, // it has spawned, or one that it called has; with WEFT_TRACE only
    WEFT__UNWIND = 128 // the cancel was delivered. Each body looks for it, and a sign bit is the cheapest
};

// The values of a weft_poll that is not ready.
enum {
    WEFT__PENDING = 0x200,
    WEFT__PENDING_FLAGGED = 0x300, // the coroutine has flags, so a cancel may be due
    WEFT__PENDING_ALONE = 0x600    // its operation is the only one in flight in its task: see op.c
};

// A weft_stepped is one of two. A step that waits returns such a value, with this added. A step that ends
// returns the coroutine's weft__state_and_flags. One compare finds the usual one of each.
enum { WEFT__AT_AWAIT = 0x10000 };

// Zero-initialised is valid.
struct weft_coro {
    uint16_t line; // of the last await; 0 before that
    uint8_t state;
    uint8_t flags;
    int32_t code; // of WEFT_FAIL
    weft_step *run;
    uintptr_t resume; // the label to go on at; 0: at the top, before the first step and to unwind
    uintptr_t up;     // the parent that awaits its end; or, if it was spawned, its handle + 1; or, if it has
                      // bindings, the last of these + 2, which keeps what was here: see local.h
    weft_coro *next;  // the next in the queue that it is in; for the last of waiters, see src/internal.h
    weft_task *task;
    union {
        weft_op *op;
        weft_any *any;
        weft_coro *child;
        weft_coro *back; // link of the queue of waiters that it is in
        weft_ticket *ticket;
        weft_timer *timer;
        weft_case *cases;
    } on;
    WEFT__TRACE_CORO_FIELDS
};

static inline void weft_shield(weft_coro *co)
{
    co->flags |= WEFT__SHIELD;
}

static inline void weft_unshield(weft_coro *co)
{
    co->flags &= (uint8_t)~WEFT__SHIELD;
}

static inline bool weft_shielded(const weft_coro *co)
{
    return co->flags & WEFT__SHIELD;
}

static inline bool weft_cancelled(const weft_coro *co)
{
    return co->flags & WEFT__CANCEL;
}

static inline weft_outcome weft_outcome_of(const weft_coro *co)
{
    if (co->state != WEFT__ENDED)
        return WEFT_UNFINISHED;
    return co->flags & WEFT__FAIL ? WEFT_FAILED : co->flags & WEFT__UNWIND ? WEFT_CANCELLED : WEFT_DONE;
}

static inline int32_t weft_failure(const weft_coro *co)
{
    return co->flags & WEFT__FAIL ? co->code : 0;
}

static inline weft_poll weft__ready(void)
{
    weft_poll poll = {0};
    return poll;
}

// How many waits may still be ready at once before one of them yields. The host's turn renews it.
extern uint32_t weft__breath;
weft_poll weft__nap(weft_coro *co) __attribute__((warn_unused_result));

static inline weft_poll weft_breathe(weft_coro *co)
{
    return __builtin_expect(--weft__breath != 0, 1) ? weft__ready() : weft__nap(co);
}

static inline weft_stepped weft__stepped(uint32_t how)
{
    weft_stepped stepped = {how};
    return stepped;
}

// The state, and the flags above it, in one load. If that is WEFT__RUNNING, the coroutine runs and has no flag.
static inline uint32_t weft__state_and_flags(const weft_coro *co)
{
    uint16_t both;
    __builtin_memcpy(&both, (const char *)co + offsetof(weft_coro, state), sizeof both);
    return both;
}

static inline weft_stepped weft__end(const weft_coro *co)
{
    return weft__stepped(weft__state_and_flags(co));
}

static inline void weft__fail(weft_coro *co, int32_t code)
{
    co->flags |= WEFT__FAIL;
    co->code = code;
}

// Resets what a new run of `co` must not see of the last one.
static inline void weft__begin(weft_coro *co, enum weft__coro_state state)
{
    co->line = 0;
    co->state = (uint8_t)state;
    co->flags = 0;
}

#endif
