// Breaks one rule of the canonical ABI a test, on the raw bindings: what the host says is what Weft spares its
// user.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "middle.h"
#include <stdlib.h>
#include <string.h>

#define numbers(function) weft_rules_peer_stream_u32_##function
#define number(function) weft_rules_peer_future_u32_##function
#define texts(function) weft_rules_peer_stream_string_##function

static uint32_t in, out; // the ends of a stream or future
static uint32_t items[4], more[4];
static middle_waitable_set_t set;

// Stops with a trap of another kind than the host's words, if a test's own steps go wrong.
static void must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void open_numbers(void)
{
    in = numbers(new)(&out);
}

static void open_number(void)
{
    in = number(new)(&out);
}

static void join(uint32_t waitable)
{
    set = middle_waitable_set_new();
    middle_waitable_join(waitable, set);
}

static void wait(void)
{
    middle_event_t event;
    middle_waitable_set_wait(set, &event);
}

static middle_subtask_t pending(void)
{
    middle_subtask_status_t status = weft_rules_peer_never();
    must(MIDDLE_SUBTASK_STATE(status) == MIDDLE_SUBTASK_STARTED);
    return MIDDLE_SUBTASK_HANDLE(status);
}

static void subtask_drop_unresolved(void)
{
    middle_subtask_drop(pending());
}

static void subtask_cancel_in_set(void)
{
    middle_subtask_t call = pending();
    join(call);
    middle_subtask_cancel(call);
}

static void subtask_cancel_resolved(void)
{
    middle_subtask_t call = pending();
    must(middle_subtask_cancel(call) == MIDDLE_SUBTASK_RETURNED_CANCELLED);
    middle_subtask_cancel(call);
}

static void stream_cancel_read_in_set(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    join(in);
    numbers(cancel_read)(in);
}

static void stream_cancel_write_in_set(void)
{
    open_numbers();
    must(numbers(write)(out, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    join(out);
    numbers(cancel_write)(out);
}

static void future_cancel_read_in_set(void)
{
    open_number();
    must(number(read)(in, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    join(in);
    number(cancel_read)(in);
}

static void future_cancel_write_in_set(void)
{
    open_number();
    must(number(write)(out, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    join(out);
    number(cancel_write)(out);
}

static void stream_drop_reading(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    numbers(drop_readable)(in);
}

// The read is over, but its event has not been delivered.
static void stream_drop_read_undelivered(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    must(numbers(write)(out, more, 4) == 4 << 4);
    numbers(drop_readable)(in);
}

static void stream_transfer_reading(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    weft_rules_peer_take_numbers(in);
}

static void future_drop_reading(void)
{
    open_number();
    must(number(read)(in, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    number(drop_readable)(in);
}

static void future_transfer_reading(void)
{
    open_number();
    must(number(read)(in, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    weft_rules_peer_take_number(in);
}

static void stream_drop_writing(void)
{
    open_numbers();
    must(numbers(write)(out, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    numbers(drop_writable)(out);
}

static void future_drop_writing(void)
{
    open_number();
    must(number(write)(out, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    number(drop_writable)(out);
}

static void future_drop_unwritten(void)
{
    open_number();
    number(drop_writable)(out);
}

static void stream_read_twice(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    numbers(read)(in, more, 4);
}

static void stream_write_twice(void)
{
    open_numbers();
    must(numbers(write)(out, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    numbers(write)(out, more, 4);
}

static void stream_read_undelivered(void)
{
    open_numbers();
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    must(numbers(write)(out, more, 4) == 4 << 4);
    numbers(read)(in, items, 4);
}

static void future_read_twice(void)
{
    open_number();
    must(number(read)(in, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    number(read)(in, more);
}

static void stream_cancel_read_idle(void)
{
    open_numbers();
    numbers(cancel_read)(in);
}

static void stream_cancel_write_idle(void)
{
    open_numbers();
    numbers(cancel_write)(out);
}

static void future_cancel_read_idle(void)
{
    open_number();
    number(cancel_read)(in);
}

static void stream_read_after_dropped(void)
{
    open_numbers();
    numbers(drop_writable)(out);
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_DROPPED);
    numbers(read)(in, items, 4);
}

static void stream_write_after_dropped(void)
{
    open_numbers();
    numbers(drop_readable)(in);
    must(numbers(write)(out, items, 4) == MIDDLE_WAITABLE_DROPPED);
    numbers(write)(out, items, 4);
}

static void future_read_again(void)
{
    open_number();
    must(number(write)(out, more) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    must(number(read)(in, items) == MIDDLE_WAITABLE_COMPLETED);
    number(read)(in, items);
}

static void future_write_again(void)
{
    open_number();
    must(number(read)(in, items) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    must(number(write)(out, more) == MIDDLE_WAITABLE_COMPLETED);
    number(write)(out, more);
}

static void future_write_after_dropped(void)
{
    open_number();
    number(drop_readable)(in);
    must(number(write)(out, more) == MIDDLE_WAITABLE_DROPPED);
    number(write)(out, more);
}

static void stream_transfer_in_set(void)
{
    open_numbers();
    join(in);
    weft_rules_peer_take_numbers(in);
}

static void stream_transfer_done(void)
{
    open_numbers();
    numbers(drop_writable)(out);
    must(numbers(read)(in, items, 4) == MIDDLE_WAITABLE_DROPPED);
    weft_rules_peer_take_numbers(in);
}

static void future_transfer_done(void)
{
    open_number();
    must(number(write)(out, more) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    must(number(read)(in, items) == MIDDLE_WAITABLE_COMPLETED);
    weft_rules_peer_take_number(in);
}

static void stream_read_too_long(void)
{
    open_numbers();
    numbers(read)(in, items, 1 << 28);
}

static void stream_write_too_long(void)
{
    open_numbers();
    numbers(write)(out, items, 1 << 28);
}

static void stream_read_out_of_bounds(void)
{
    open_numbers();
    numbers(read)(in, (uint32_t *)0xfffffff0, 8);
}

static void stream_read_misaligned(void)
{
    open_numbers();
    uintptr_t odd = (uintptr_t)items + 1;
    must(numbers(write)(out, more, 1) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    numbers(read)(in, (uint32_t *)odd, 1);
}

static void both_ends_of_texts(void)
{
    middle_string_t text = {(uint8_t *)"a", 1}, copy;
    in = texts(new)(&out);
    must(texts(write)(out, &text, 1) == MIDDLE_WAITABLE_STATUS_BLOCKED);
    texts(read)(in, &copy, 1);
}

static void set_drop_with_members(void)
{
    join(pending());
    middle_waitable_set_drop(set);
}

static void return_twice(void)
{
    exports_weft_rules_subject_run_return();
}

static void wrong_return(void)
{
    exports_weft_rules_subject_other_return(1);
}

static void cancel_unasked(void)
{
    middle_task_cancel();
}

static void backpressure_underflow(void)
{
    middle_backpressure_dec();
}

static void backpressure_overflow(void)
{
    for (uint32_t i = 0; i < 65536; i++)
        middle_backpressure_inc();
}

static void stale_handle(void)
{
    open_numbers();
    numbers(drop_readable)(in);
    numbers(read)(in, items, 4);
}

static void zero_handle(void)
{
    numbers(read)(0, items, 4);
}

static void wrong_kind(void)
{
    set = middle_waitable_set_new();
    middle_waitable_join(set, set);
}

static void handles_used_up(void)
{
    for (uint32_t i = 0; i < 200000; i++)
        middle_waitable_set_new();
}

// The driver's `prepare` and `poke` belong to these.
static void set_drop_waited_on(void)
{
    set = middle_waitable_set_new();
}

static void return_after_cancel(void)
{
    set = middle_waitable_set_new();
}

static void block_in_sync(void)
{
    set = middle_waitable_set_new();
}

static void exit_with_neither(void)
{
}

static void unknown_code(void)
{
}

static void nothing_wrong(void)
{
}

enum after { RETURN, EXIT, WAIT, CODE };

typedef struct {
    const char *name;
    void (*run)(void);
    enum after after;
} test_case;

#define TEST(name, after) {#name, name, after}
static const test_case cases[] = {
    TEST(nothing_wrong, RETURN),
    TEST(subtask_drop_unresolved, RETURN),
    TEST(subtask_cancel_in_set, RETURN),
    TEST(subtask_cancel_resolved, RETURN),
    TEST(stream_cancel_read_in_set, RETURN),
    TEST(stream_cancel_write_in_set, RETURN),
    TEST(future_cancel_read_in_set, RETURN),
    TEST(future_cancel_write_in_set, RETURN),
    TEST(stream_drop_reading, RETURN),
    TEST(stream_drop_read_undelivered, RETURN),
    TEST(stream_transfer_reading, RETURN),
    TEST(future_drop_reading, RETURN),
    TEST(future_transfer_reading, RETURN),
    TEST(stream_drop_writing, RETURN),
    TEST(future_drop_writing, RETURN),
    TEST(future_drop_unwritten, RETURN),
    TEST(stream_read_twice, RETURN),
    TEST(stream_write_twice, RETURN),
    TEST(stream_read_undelivered, RETURN),
    TEST(future_read_twice, RETURN),
    TEST(stream_cancel_read_idle, RETURN),
    TEST(stream_cancel_write_idle, RETURN),
    TEST(future_cancel_read_idle, RETURN),
    TEST(stream_read_after_dropped, RETURN),
    TEST(stream_write_after_dropped, RETURN),
    TEST(future_read_again, RETURN),
    TEST(future_write_again, RETURN),
    TEST(future_write_after_dropped, RETURN),
    TEST(stream_transfer_in_set, RETURN),
    TEST(stream_transfer_done, RETURN),
    TEST(future_transfer_done, RETURN),
    TEST(stream_read_too_long, RETURN),
    TEST(stream_write_too_long, RETURN),
    TEST(stream_read_out_of_bounds, RETURN),
    TEST(stream_read_misaligned, RETURN),
    TEST(both_ends_of_texts, RETURN),
    TEST(set_drop_with_members, RETURN),
    TEST(set_drop_waited_on, WAIT),
    TEST(return_twice, RETURN),
    TEST(return_after_cancel, WAIT),
    TEST(exit_with_neither, EXIT),
    TEST(wrong_return, EXIT),
    TEST(cancel_unasked, EXIT),
    TEST(block_in_sync, WAIT),
    TEST(backpressure_underflow, RETURN),
    TEST(backpressure_overflow, RETURN),
    TEST(unknown_code, CODE),
    TEST(stale_handle, RETURN),
    TEST(zero_handle, RETURN),
    TEST(wrong_kind, RETURN),
    TEST(handles_used_up, RETURN),
};

static const test_case *test;

static bool named(const char *name)
{
    return !strcmp(test->name, name);
}

bool exports_weft_rules_subject_prepare(middle_string_t *name)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strlen(cases[i].name) == name->len && !memcmp(cases[i].name, name->ptr, name->len))
            test = &cases[i];
    must(test);
    middle_string_free(name);
    return named("return_after_cancel");
}

middle_callback_code_t exports_weft_rules_subject_run(middle_string_t *name)
{
    middle_string_free(name);
    test->run();
    switch (test->after) {
    case WAIT:
        return MIDDLE_CALLBACK_CODE_WAIT(set);
    case CODE:
        return 7;
    case RETURN:
        exports_weft_rules_subject_run_return();
        __attribute__((fallthrough));
    default:
        return MIDDLE_CALLBACK_CODE_EXIT;
    }
}

middle_callback_code_t exports_weft_rules_subject_run_callback(middle_event_t *event)
{
    must(event->event == MIDDLE_EVENT_CANCEL);
    middle_task_cancel();
    exports_weft_rules_subject_run_return();
    return MIDDLE_CALLBACK_CODE_EXIT;
}

void exports_weft_rules_subject_poke(middle_string_t *name)
{
    middle_string_free(name);
    if (named("set_drop_waited_on"))
        middle_waitable_set_drop(set);
    else if (named("block_in_sync"))
        wait();
}

middle_callback_code_t exports_weft_rules_subject_other(void)
{
    __builtin_trap();
}

middle_callback_code_t exports_weft_rules_subject_other_callback(middle_event_t *event)
{
    (void)event;
    __builtin_trap();
}
