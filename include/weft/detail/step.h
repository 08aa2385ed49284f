// What is inline of steps. Included by step.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_STEP_H
#define WEFT_DETAIL_STEP_H

// Before its first wait: for what is told of it until then.
static inline void weft__step_begins(weft_coro *co, const weft_place *at)
{
    WEFT__TRACE_AT(co, at);
    WEFT__TRACE_CORO(co, START);
    co->line = (uint16_t)(at->line % 0x10000 ? at->line : 1);
}

// line: that of `at`, in 16 bits, and not 0.
static inline weft_stepped weft__step_waits(weft_coro *co, weft_poll poll, const weft_place *at, uint32_t line)
{
    WEFT__TRACE_BEGIN(co);
    WEFT__TRACE_AT(co, at);
    (void)at;
    co->line = (uint16_t)line;
    return weft__stepped(poll.pending + WEFT__AT_AWAIT);
}

static inline weft_stepped weft_step_wait(weft_coro *co, weft_poll poll, const weft_place *at)
{
    static const weft_place nowhere = {"?", "a step", 1};
    at = at ? at : &nowhere;
    return weft__step_waits(co, poll, at, at->line % 0x10000 ? at->line : 1);
}

static inline bool weft_step_ended(weft_stepped stepped)
{
    return stepped.how < WEFT__AT_AWAIT;
}

static inline weft_stepped weft_step_end(weft_coro *co)
{
    WEFT__TRACE_BEGIN(co);
    return weft__end(co);
}

static inline void weft_step_fail(weft_coro *co, int32_t code)
{
    weft__fail(co, code);
}

static inline bool weft_step_unwinds(const weft_coro *co)
{
    return co->flags & WEFT__UNWIND;
}

static inline void weft_step_finalise(weft_coro *co)
{
    co->flags |= WEFT__FINALLY;
}

static inline const weft_local *weft_step_local(const weft_coro *co)
{
    return co->flags & WEFT__BINDS ? (const weft_local *)(co->up - 2) : NULL;
}

#endif
