// The peer of the futures' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#define PEER(x) exports_weft_futures_peer_##x
#include "scripts/weft_script.h"
// After check.h.
#include "counting_hooks.h"
#include "kinds.h"
#include "scripts/peer.h"

PEER_EXPORTS(narrow);
PEER_EXPORTS(wide);
PEER_EXPORTS(unit);
PEER_EXPORTS(mixed);

WEFT_FUTURE(plain, exports_weft_futures_peer_future_u32, uint32_t);

typedef struct {
    weft_coro co;
    plain_reader in;
    bool try;
    uint32_t value;
} pass;

WEFT_ASYNC(pass)
{
    WEFT_BEGIN;
    if (self->try) {
        plain_start_read(co, &self->in, &self->value);
        weft_stop_blocking(&self->in);
        EXPECT(weft_copy_cancelled(&self->in), true);
    }
    WEFT_RETURN(co, exports_weft_futures_peer_pass, plain_hand_on(&self->in));
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_futures_peer_pass, pass, (uint32_t end, bool try), .in = plain_reader_of(end),
            .try = try);

typedef struct {
    plain_reader in;
    plain_writer out;
    uint32_t value;
} link;

typedef struct {
    weft_coro co;
    PEER(list_future_u32_t) ends;
    link *links;
    size_t i;
} relay;

WEFT_ASYNC(relay)
{
    WEFT_BEGIN;
    self->links = calloc(self->ends.len, sizeof *self->links);
    for (size_t i = 0; i < self->ends.len; i++) {
        self->links[i].in = plain_reader_of(self->ends.ptr[i]);
        plain_start_read(co, &self->links[i].in, &self->links[i].value);
        self->ends.ptr[i] = plain_new(&self->links[i].out, 0);
    }
    WEFT_RETURN(co, exports_weft_futures_peer_relay, self->ends);
    for (self->i = 0; self->i < self->ends.len; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->links[self->i].in));
        plain_close_reader(&self->links[self->i].in);
        plain_start_write(co, &self->links[self->i].out, 2 * self->links[self->i].value);
    }
    for (self->i = 0; self->i < self->ends.len; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->links[self->i].out));
        EXPECT(plain_close_writer(co, &self->links[self->i].out), true);
    }
    WEFT_FINALLY;
    payload_free(self->ends.ptr);
    free(self->links);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_futures_peer_relay, relay, (PEER(list_future_u32_t) * ends), .ends = *ends);

typedef struct {
    weft_coro co;
} wait;

WEFT_ASYNC(wait)
{
    WEFT_BEGIN;
    while (!peer_gates)
        WEFT_AWAIT(weft_yield(co));
    peer_gates--;
    WEFT_RETURN_VOID(co, exports_weft_futures_peer_wait);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_futures_peer_wait, wait, (void));
