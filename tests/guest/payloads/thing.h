// The resource `thing` of the callees: a number.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef THING_H
#define THING_H

struct exports_weft_payloads_peer_thing_t {
    uint32_t number;
};

exports_weft_payloads_peer_own_thing_t exports_weft_payloads_peer_constructor_thing(uint32_t number)
{
    exports_weft_payloads_peer_thing_t *rep = payload_alloc(sizeof *rep);
    rep->number = number;
    return exports_weft_payloads_peer_thing_new(rep);
}

uint32_t exports_weft_payloads_peer_method_thing_value(exports_weft_payloads_peer_borrow_thing_t self)
{
    return self->number;
}

void exports_weft_payloads_peer_thing_destructor(exports_weft_payloads_peer_thing_t *rep)
{
    payload_free(rep);
}

static uint32_t thing_value(exports_weft_payloads_peer_own_thing_t it)
{
    return exports_weft_payloads_peer_thing_rep(it)->number;
}

#endif
