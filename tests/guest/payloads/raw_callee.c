// The peer of the payloads' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#define PEER(x) exports_weft_payloads_peer_##x
#define WORLD(x) callee_##x
#define SCRIPT_LOGS_DROPS
#include "scripts/raw_script.h"
// After the script's functions.
#include "payloads/thing.h"
// After thing.h.
#include "kinds.h"
#include "scripts/peer.h"

#define EXPORTS(name) PEER_EXPORTS(name);
STREAMS(EXPORTS)
FUTURES(EXPORTS)

// What concat waits for.
enum { ON_RESULT, ON_PART, ON_BYTES, ON_WRITE };

typedef struct {
    uint32_t set, parts, result, joined, part, in, out, state;
    bool part_ended;
    size_t count, written;
    uint8_t buffer[7];
} concat;

// Starts what the state stands for.
static uint32_t concat_start(concat *self)
{
    switch (self->state) {
    case ON_RESULT:
        return PEER(future_stream_u8_write)(self->result, &self->joined);
    case ON_PART:
        return PEER(stream_stream_u8_read)(self->parts, &self->part, 1);
    case ON_BYTES:
        return PEER(stream_u8_read)(self->in, self->buffer, sizeof self->buffer);
    default:
        return PEER(stream_u8_write)(self->out, self->buffer + self->written, self->count - self->written);
    }
}

static callee_callback_code_t concat_end(concat *self)
{
    PEER(stream_u8_drop_writable)(self->out);
    PEER(stream_stream_u8_drop_readable)(self->parts);
    PEER(future_stream_u8_drop_writable)(self->result);
    __waitable_set_drop(self->set);
    free(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

// Goes on from the outcome of what the state stands for.
static callee_callback_code_t concat_go(concat *self, uint32_t status)
{
    for (;;) {
        if (status == WEFT_BLOCKED) {
            uint32_t on[] = {self->result, self->parts, self->in, self->out};
            __waitable_join(on[self->state], self->set);
            return CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        size_t count = WEFT_STATUS_COUNT(status);
        bool dropped = WEFT_STATUS_STATE(status) == WEFT_COPY_DROPPED;
        if (self->state == ON_PART && count == 0)
            return concat_end(self);
        if (self->state == ON_RESULT) {
            self->state = ON_PART;
        } else if (self->state == ON_PART) {
            self->in = self->part;
            self->state = ON_BYTES;
        } else if (self->state == ON_BYTES) {
            self->part_ended = dropped;
            self->count = count;
            self->written = 0;
            self->state = count ? ON_WRITE : ON_PART;
        } else {
            self->written += count;
            if (self->written == self->count)
                self->state = self->part_ended ? ON_PART : ON_BYTES;
        }
        if (self->state == ON_PART && self->in) {
            PEER(stream_u8_drop_readable)(self->in);
            self->in = 0;
        }
        status = concat_start(self);
    }
}

callee_callback_code_t exports_weft_payloads_peer_concat(uint32_t parts)
{
    concat *self = calloc(1, sizeof *self);
    callee_context_set_0(self);
    self->set = __waitable_set_new();
    self->parts = parts;
    self->joined = PEER(stream_u8_new)(&self->out);
    PEER(concat_return)(PEER(future_stream_u8_new)(&self->result));
    return concat_go(self, concat_start(self));
}

callee_callback_code_t exports_weft_payloads_peer_concat_callback(callee_event_t *event)
{
    __waitable_join(event->waitable, 0);
    return concat_go(callee_context_get_0(), event->code);
}
