// The peer of the payloads' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#define PEER(x) exports_weft_payloads_peer_##x
#define WORLD(x) callee_##x
#define SCRIPT_LOGS_DROPS
#include "scripts/weft_script.h"
// After check.h.
#include "counting_hooks.h"
#include "payloads/thing.h"
// After thing.h.
#include "kinds.h"
#include "scripts/peer.h"

#define EXPORTS(name) PEER_EXPORTS(name);
STREAMS(EXPORTS)
FUTURES(EXPORTS)

// An inner stream is an item, and, bound without a hook, one to copy.
WEFT_STREAM(octets, exports_weft_payloads_peer_stream_u8, uint8_t);

typedef struct {
    weft_coro co;
    bytes_stream_reader parts;
    bytes_future_writer result;
    bytes part;
    octets_reader in;
    octets_writer out;
    uint8_t buffer[7];
} concat;

WEFT_ASYNC(concat)
{
    WEFT_BEGIN;
    octets_writer none;
    bytes otherwise = octets_new(&none);
    octets_close_writer(&none);
    WEFT_RETURN(co, exports_weft_payloads_peer_concat, bytes_future_new(&self->result, otherwise));
    bytes joined = octets_new(&self->out);
    WEFT_AWAIT(bytes_future_write(co, &self->result, joined));
    while (!weft_dropped(&self->parts)) {
        WEFT_AWAIT(bytes_stream_read(co, &self->parts, &self->part, 1));
        if (self->parts.count == 0)
            continue;
        self->in = octets_reader_of(self->part);
        do {
            WEFT_AWAIT(octets_read(co, &self->in, self->buffer, sizeof self->buffer));
            WEFT_AWAIT(octets_write_all(co, &self->out, self->buffer, self->in.count));
        } while (!weft_dropped(&self->in));
        octets_close_reader(&self->in);
    }
    WEFT_FINALLY;
    octets_close_reader(&self->in);
    octets_close_writer(&self->out);
    bytes_stream_close_reader(&self->parts);
    EXPECT(bytes_future_close_writer(co, &self->result), true);
    script_log[0] = 0; // of the hooks of the default
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_payloads_peer_concat, concat, (uint32_t parts),
            .parts = bytes_stream_reader_of(parts));
