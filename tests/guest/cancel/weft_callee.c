// The peer of the tests of cancellation, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_cancel_peer_stream_u8, uint8_t);

uint64_t exports_weft_cancel_peer_probe(void)
{
    return probe();
}

void exports_weft_cancel_peer_hold(void)
{
    weft_backpressure_inc();
}

void exports_weft_cancel_peer_release(void)
{
    weft_backpressure_dec();
}

void exports_weft_cancel_peer_drop_one(exports_weft_cancel_peer_future_u32_t one)
{
    exports_weft_cancel_peer_future_u32_drop_readable(one);
}

static uint32_t turns;

uint32_t exports_weft_cancel_peer_turns(void)
{
    uint32_t taken = turns;
    turns = 0;
    return taken;
}

typedef struct {
    weft_coro co;
    bytes_reader in;
    uint32_t count;
    uint8_t buffer[8];
} take;

WEFT_ASYNC(take)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
        self->count += (uint32_t)self->in.count;
    }
    WEFT_RETURN(co, exports_weft_cancel_peer_take, self->count);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_cancel_peer_take, take, (uint32_t in), .in = bytes_reader_of(in));

// The turns are taken two coroutines down, by one that is not shielded itself.
typedef struct {
    weft_coro co;
    uint32_t left;
} turner;

WEFT_ASYNC(turner)
{
    WEFT_BEGIN;
    for (; self->left; self->left--) {
        turns++;
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    turner turner;
} section;

WEFT_ASYNC(section)
{
    WEFT_BEGIN;
    weft_shield(co);
    WEFT_AWAIT(weft_call(co, &self->turner.co, turner__step));
    weft_unshield(co);
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    section section;
    bool insists;
} shielded;

WEFT_ASYNC(shielded)
{
    WEFT_BEGIN;
    if (self->insists)
        weft_shield(co);
    WEFT_AWAIT(weft_call(co, &self->section.co, section__step));
    if (!weft_cancelled(co))
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_cancel_peer_shielded, 7);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_cancel_peer_shielded, shielded, (uint32_t turns, bool insists),
            .section.turner.left = turns, .insists = insists);
