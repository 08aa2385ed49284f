// Values that no type has, memory that there is not, and allocations that go wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

static uint32_t values(runner_string_t text, uint32_t letter, runner_list_u64_t list)
{
    return peer(values)(&text, letter, &list);
}

static const runner_string_t no_text;
static const runner_list_u64_t no_list;
static uint8_t *const nowhere = (uint8_t *)0xfffffff0;

static runner_string_t text_of(const char *text, uint32_t length)
{
    return (runner_string_t){(uint8_t *)text, length};
}

PROBE(value_plain)
{
    static uint64_t list[3];
    TELL(values(text_of("abc", 3), 'x', (runner_list_u64_t){list, 3}));
}

PROBE(value_char_too_high)
{
    values(no_text, 0x110000, no_list);
}

PROBE(value_char_surrogate)
{
    values(no_text, 0xd800, no_list);
}

PROBE(value_text_not_utf8)
{
    values(text_of("\xff", 1), 'x', no_list);
}

PROBE(value_text_cut)
{
    values(text_of("\xe2\x82", 2), 'x', no_list);
}

PROBE(value_text_out_of_bounds)
{
    values((runner_string_t){nowhere, 100}, 'x', no_list);
}

PROBE(value_text_wraps)
{
    values((runner_string_t){nowhere, 0x0fffffff}, 'x', no_list);
}

PROBE(value_text_empty_out_of_bounds)
{
    TELL(values((runner_string_t){nowhere, 0}, 'x', no_list));
}

PROBE(value_list_out_of_bounds)
{
    values(no_text, 'x', (runner_list_u64_t){(uint64_t *)nowhere, 100});
}

PROBE(value_list_misaligned)
{
    values(no_text, 'x', (runner_list_u64_t){(uint64_t *)((uintptr_t)items + 1), 1});
}

PROBE(value_list_empty_out_of_bounds)
{
    TELL(values(no_text, 'x', (runner_list_u64_t){(uint64_t *)nowhere, 0}));
}

PROBE(value_list_empty_misaligned)
{
    TELL(values(no_text, 'x', (runner_list_u64_t){(uint64_t *)((uintptr_t)items + 1), 0}));
}

PROBE(value_no_such_case)
{
    peer(does)(200, 0, &result);
}

PROBE(value_result_out_of_bounds)
{
    peer(at_once)(4, (uint32_t *)nowhere);
}

PROBE(value_arguments_misaligned)
{
    peer(all)((peer(all_args_t) *)((uintptr_t)items + 1), &text_result);
}

PROBE(value_arguments_out_of_bounds)
{
    peer(all)((peer(all_args_t) *)nowhere, &text_result);
}

// ---- To the host itself ----

ANSWER(returned_text_not_utf8)
{
    exports_runner_run_return(text_of("\xff", 1));
    return RUNNER_CALLBACK_CODE_EXIT;
}

ANSWER(returned_text_out_of_bounds)
{
    exports_runner_run_return((runner_string_t){nowhere, 100});
    return RUNNER_CALLBACK_CODE_EXIT;
}

ANSWER(returned_text_empty_out_of_bounds)
{
    exports_runner_run_return((runner_string_t){nowhere, 0});
    return RUNNER_CALLBACK_CODE_EXIT;
}

PROBE(value_text_empty)
{
    tell_log();
    peer(log)(&text_result);
    TELL(text_result.len);
}

// ---- Where the component may not call ----

static void take_text(enum allocation how)
{
    allocation = how;
    peer(text)(WEFT_PROBES_PEER_AFTERWARDS_NOTHING, &text_result);
    allocation = HONEST;
    TELL(text_result.len);
}

static void take_longs(enum allocation how)
{
    runner_list_u64_t list;
    allocation = how;
    peer(longs)(&list);
    allocation = HONEST;
    TELL(list.len);
}

PROBE(allocation_honest)
{
    take_text(HONEST);
}

PROBE(allocation_makes_set)
{
    take_text(MAKES_SET);
}

PROBE(allocation_moves_backpressure)
{
    take_text(MOVES_BACKPRESSURE);
}

// It is not the task's.
PROBE(allocation_has_context)
{
    runner_context_set_0(&result);
    take_text(HAS_CONTEXT);
    TELL(runner_context_get_0() == &result);
}

PROBE(allocation_out_of_bounds)
{
    take_text(OUT_OF_BOUNDS);
}

PROBE(allocation_misaligned)
{
    take_longs(MISALIGNED);
}

PROBE(allocation_of_list_out_of_bounds)
{
    take_longs(OUT_OF_BOUNDS);
}

PROBE(post_return_makes_set)
{
    peer(text)(WEFT_PROBES_PEER_AFTERWARDS_MAKES_SET, &text_result);
    TELL(text_result.len);
}

PROBE(post_return_moves_backpressure)
{
    peer(text)(WEFT_PROBES_PEER_AFTERWARDS_MOVES_BACKPRESSURE, &text_result);
    TELL(text_result.len);
}
