// The peer of the calls' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include <stdlib.h>

uint64_t exports_weft_calls_peer_probe(void)
{
    return probe();
}

callee_callback_code_t exports_weft_calls_peer_add(uint32_t a, uint32_t b)
{
    exports_weft_calls_peer_add_return(a + b);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_calls_peer_add_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_calls_peer_add_later(uint32_t a, uint32_t b)
{
    uint32_t *sum = malloc(sizeof *sum);
    *sum = a + b;
    callee_context_set_0(sum);
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_calls_peer_add_later_callback(callee_event_t *event)
{
    if (event->event != CALLEE_EVENT_NONE)
        __builtin_trap();
    uint32_t *sum = callee_context_get_0();
    exports_weft_calls_peer_add_later_return(*sum);
    free(sum);
    return CALLEE_CALLBACK_CODE_EXIT;
}
