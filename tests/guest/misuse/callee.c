// The subject's peer: drops each end that it gets; `never` and `slow` return only when they are cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"

void exports_weft_rules_peer_take_numbers(exports_weft_rules_peer_stream_u32_t numbers)
{
    exports_weft_rules_peer_stream_u32_drop_readable(numbers);
}

void exports_weft_rules_peer_take_number(exports_weft_rules_peer_future_u32_t number)
{
    exports_weft_rules_peer_future_u32_drop_readable(number);
}

void exports_weft_rules_peer_take_texts(exports_weft_rules_peer_stream_string_t texts)
{
    exports_weft_rules_peer_stream_string_drop_readable(texts);
}

callee_callback_code_t exports_weft_rules_peer_never(void)
{
    return CALLEE_CALLBACK_CODE_WAIT(callee_waitable_set_new());
}

callee_callback_code_t exports_weft_rules_peer_never_callback(callee_event_t *event)
{
    if (event->event != CALLEE_EVENT_CANCEL)
        __builtin_trap();
    callee_task_cancel();
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_rules_peer_slow(void)
{
    return CALLEE_CALLBACK_CODE_WAIT(callee_waitable_set_new());
}

callee_callback_code_t exports_weft_rules_peer_slow_callback(callee_event_t *event)
{
    static int turns;
    if (event->event == CALLEE_EVENT_CANCEL)
        turns = 3;
    if (turns-- > 0)
        return CALLEE_CALLBACK_CODE_YIELD;
    callee_task_cancel();
    return CALLEE_CALLBACK_CODE_EXIT;
}
