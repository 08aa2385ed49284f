// The peer of the futures' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#define PEER(x) exports_weft_futures_peer_##x
#include "scripts/raw_script.h"
// After the script's functions.
#include "kinds.h"
#include "scripts/peer.h"

PEER_EXPORTS(narrow);
PEER_EXPORTS(wide);
PEER_EXPORTS(unit);
PEER_EXPORTS(mixed);

callee_callback_code_t exports_weft_futures_peer_pass(uint32_t end, bool try)
{
    uint32_t value;
    if (try) {
        EXPECT(PEER(future_u32_read)(end, &value), WEFT_BLOCKED);
        EXPECT(PEER(future_u32_cancel_read)(end), WEFT_COPY_CANCELLED);
    }
    exports_weft_futures_peer_pass_return(end);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_futures_peer_pass_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

typedef struct {
    uint32_t in, out, value;
} link;

typedef struct {
    uint32_t set;
    size_t count, open; // links
    link links[];
} relay;

static link *link_of(relay *self, uint32_t handle)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->links[i].in == handle || self->links[i].out == handle)
            return &self->links[i];
    __builtin_trap();
}

// The value of `it` has come: writes twice of it on.
static void relay_write(relay *self, link *it)
{
    PEER(future_u32_drop_readable)(it->in);
    it->in = 0;
    it->value *= 2;
    if (PEER(future_u32_write)(it->out, &it->value) == WEFT_BLOCKED) {
        __waitable_join(it->out, self->set);
        return;
    }
    PEER(future_u32_drop_writable)(it->out);
    self->open--;
}

static callee_callback_code_t relay_answer(relay *self)
{
    if (self->open)
        return WEFT_CALLBACK_WAIT | self->set << 4;
    __waitable_set_drop(self->set);
    free(self);
    return WEFT_CALLBACK_EXIT;
}

callee_callback_code_t exports_weft_futures_peer_relay(PEER(list_future_u32_t) * ends)
{
    relay *self = calloc(1, sizeof *self + ends->len * sizeof *self->links);
    self->set = __waitable_set_new();
    self->count = self->open = ends->len;
    callee_context_set_0(self);
    for (size_t i = 0; i < ends->len; i++) {
        link *it = &self->links[i];
        it->in = ends->ptr[i];
        EXPECT(PEER(future_u32_read)(it->in, &it->value), WEFT_BLOCKED);
        __waitable_join(it->in, self->set);
        ends->ptr[i] = PEER(future_u32_new)(&it->out);
    }
    PEER(relay_return)(*ends);
    payload_free(ends->ptr);
    return relay_answer(self);
}

callee_callback_code_t exports_weft_futures_peer_relay_callback(callee_event_t *event)
{
    relay *self = callee_context_get_0();
    EXPECT(event->code, WEFT_COPY_COMPLETED);
    link *it = link_of(self, event->waitable);
    __waitable_join(event->waitable, 0);
    if (event->event == CALLEE_EVENT_FUTURE_READ) {
        relay_write(self, it);
    } else {
        PEER(future_u32_drop_writable)(it->out);
        it->out = 0;
        self->open--;
    }
    return relay_answer(self);
}

static callee_callback_code_t wait_answer(void)
{
    if (!peer_gates)
        return CALLEE_CALLBACK_CODE_YIELD;
    peer_gates--;
    exports_weft_futures_peer_wait_return();
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_futures_peer_wait(void)
{
    return wait_answer();
}

callee_callback_code_t exports_weft_futures_peer_wait_callback(callee_event_t *event)
{
    EXPECT(event->event, CALLEE_EVENT_NONE);
    return wait_answer();
}
