// Misuse of Weft: the component that runs one of the tests of broken.h and not_broken.h, by its name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "broken.h"
#include "broken_memory.h"
#include "not_broken.h"

#define TESTS                                                                                                  \
    TEST(closed_read)                                                                                          \
    TEST(closed_write)                                                                                         \
    TEST(closed_write_all)                                                                                     \
    TEST(closed_read_handed_on)                                                                                \
    TEST(closed_hand_on)                                                                                       \
    TEST(closed_future_read)                                                                                   \
    TEST(closed_future_write)                                                                                  \
    TEST(closed_future_hand_on)                                                                                \
    TEST(busy_read)                                                                                            \
    TEST(busy_read_complete)                                                                                   \
    TEST(busy_write)                                                                                           \
    TEST(busy_write_all)                                                                                       \
    TEST(busy_hand_on)                                                                                         \
    TEST(busy_close_reader)                                                                                    \
    TEST(busy_close_writer)                                                                                    \
    TEST(busy_future_read)                                                                                     \
    TEST(busy_future_write)                                                                                    \
    TEST(busy_future_hand_on)                                                                                  \
    TEST(busy_future_close_reader)                                                                             \
    TEST(busy_future_close_writer)                                                                             \
    TEST(future_done_read)                                                                                     \
    TEST(future_done_write)                                                                                    \
    TEST(future_done_hand_on)                                                                                  \
    TEST(other_gone_hand_on)                                                                                   \
    TEST(call_busy_call)                                                                                       \
    TEST(awaited_in_any)                                                                                       \
    TEST(awaited_by_another)                                                                                   \
    TEST(stopping_stop)                                                                                        \
    TEST(stopping_await)                                                                                       \
    TEST(stopping_any)                                                                                         \
    TEST(stopping_cancel)                                                                                      \
    TEST(not_running_yield)                                                                                    \
    TEST(not_running_call)                                                                                     \
    TEST(not_running_await)                                                                                    \
    TEST(not_running_any)                                                                                      \
    TEST(not_running_end)                                                                                      \
    TEST(not_running_other)                                                                                    \
    TEST(not_running_spawn)                                                                                    \
    TEST(not_running_bind)                                                                                     \
    TEST(child_busy_itself)                                                                                    \
    TEST(child_busy_block_on)                                                                                  \
    TEST(child_busy_spawn)                                                                                     \
    TEST(child_busy_handle)                                                                                    \
    TEST(child_busy_typed)                                                                                     \
    TEST(child_busy_typed_spawn)                                                                               \
    TEST(child_busy_typed_handle)                                                                              \
    TEST(other_task_spawn)                                                                                     \
    TEST(scope_full_spawn)                                                                                     \
    TEST(stray_return_ready)                                                                                   \
    TEST(stray_return_pending)                                                                                 \
    TEST(stray_return_parked)                                                                                  \
    TEST(stray_return_alone)                                                                                   \
    TEST(stray_return_again)                                                                                   \
    TEST(stray_return_await)                                                                                   \
    TEST(not_started_cancel)                                                                                   \
    TEST(not_started_join)                                                                                     \
    TEST(local_in_use_twice)                                                                                   \
    TEST(local_in_use_covered)                                                                                 \
    TEST(local_in_use_inherited)                                                                               \
    TEST(still_bound_end)                                                                                      \
    TEST(no_result_exit)                                                                                       \
    TEST(failed_result_exit)                                                                                   \
    TEST(second_result_return)                                                                                 \
    TEST(wrong_export_return)                                                                                  \
    TEST(wrong_export_block_on)                                                                                \
    TEST(abandoned_read)                                                                                       \
    TEST(abandoned_call)                                                                                       \
    TEST(abandoned_block_on)                                                                                   \
    TEST(held_acquire)                                                                                         \
    TEST(not_held_wait)                                                                                        \
    TEST(not_held_done)                                                                                        \
    TEST(copied_permit)                                                                                        \
    TEST(limit_changed_raise)                                                                                  \
    TEST(limit_changed_lower)                                                                                  \
    TEST(settled_complete)                                                                                     \
    TEST(settled_fail)                                                                                         \
    TEST(slot_busy_receive)                                                                                    \
    TEST(slot_busy_send)                                                                                       \
    TEST(slot_busy_acquire)                                                                                    \
    TEST(slot_busy_subscriber)                                                                                 \
    TEST(slot_busy_subscribe)                                                                                  \
    TEST(slot_busy_condition)                                                                                  \
    TEST(slot_busy_select)                                                                                     \
    TEST(not_running_select)                                                                                   \
    TEST(no_case_call)                                                                                         \
    TEST(no_case_yield)                                                                                        \
    TEST(no_case_itself)                                                                                       \
    TEST(no_case_never)                                                                                        \
    TEST(own_case_ends)                                                                                        \
    TEST(child_busy_exactly)                                                                                   \
    TEST(child_busy_to_end)                                                                                    \
    TEST(child_busy_forward)                                                                                   \
    TEST(still_in_scope_spawn)                                                                                 \
    TEST(left_in_flight_child)                                                                                 \
    TEST(open_scope_root)                                                                                      \
    TEST(open_scope_child)                                                                                     \
    TEST(on_stack_read)                                                                                        \
    TEST(on_stack_start_read)                                                                                  \
    TEST(on_stack_write)                                                                                       \
    TEST(on_stack_write_all)                                                                                   \
    TEST(on_stack_future_read)                                                                                 \
    TEST(on_stack_call)                                                                                        \
    TEST(on_stack_frame)                                                                                       \
    TEST(on_stack_slot)                                                                                        \
    TEST(on_stack_spawn)                                                                                       \
    TEST(no_room_to_read_forward)                                                                              \
    TEST(overtaken_poke)                                                                                       \
    TEST(deadlock_any)                                                                                         \
    TEST(no_memory_export)                                                                                     \
    TEST(bad_event_callback)                                                                                   \
    TEST(bad_event_alone_read)                                                                                 \
    TEST(bad_event_alone_write)                                                                                \
    TEST(bad_event_alone_call)                                                                                 \
    TEST(bad_event_alone_future)                                                                               \
    TEST(bad_event_other_kind)                                                                                 \
    TEST(bad_event_code)                                                                                       \
    TEST(lost_task_callback)                                                                                   \
    TEST(busy_register)                                                                                        \
    TEST(no_room_register)                                                                                     \
    TEST(rust_spawn)                                                                                           \
    TEST(task_over_register)                                                                                   \
    TEST(no_task_poll)                                                                                         \
    TEST(host_both_ends_of_texts)                                                                              \
    TEST(host_out_of_bounds)                                                                                   \
    TEST(host_backpressure_underflow)                                                                          \
    TEST(host_backpressure_overflow)                                                                           \
    TEST(host_stale_handle)                                                                                    \
    TEST(host_block_in_sync)                                                                                   \
    TEST(fine_cancel_across)                                                                                   \
    TEST(fine_stop_across)                                                                                     \
    TEST(fine_close_twice)                                                                                     \
    TEST(fine_close_in_flight)                                                                                 \
    TEST(fine_close_unseen)                                                                                    \
    TEST(fine_close_under_reader)                                                                              \
    TEST(fine_close_under_writer)                                                                              \
    TEST(fine_close_under_future)                                                                              \
    TEST(fine_block_on)                                                                                        \
    TEST(fine_own_stack)                                                                                       \
    TEST(fine_stack_is_spoilt)                                                                                 \
    TEST(fine_stop_idle)                                                                                       \
    TEST(fine_stop_twice)                                                                                      \
    TEST(fine_copy_after_dropped)                                                                              \
    TEST(fine_release_from_set)                                                                                \
    TEST(fine_overtaken)                                                                                       \
    TEST(fine_cancelled)

typedef struct {
    const char *name;
    weft_step *run;
} test_case;

#define TEST(name) {#name, name},
static const test_case cases[] = {TESTS};
#undef TEST

static const test_case *chosen;

static bool named(const char *name)
{
    return !strcmp(chosen->name, name);
}

bool exports_weft_rules_subject_prepare(middle_string_t *name)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strlen(cases[i].name) == name->len && !memcmp(cases[i].name, name->ptr, name->len))
            chosen = &cases[i];
    if (!chosen)
        __builtin_trap();
    middle_string_free(name);
    if (named("no_memory_export")) {
        extern weft_export exports_weft_rules_subject_run__weft;
        weft_task_new(&exports_weft_rules_subject_run__weft,
                      exports_weft_rules_subject_run__weft.first); // the one that needs no memory
        fail_at = 1;
    }
    return named("fine_cancelled");
}

// The root: runs the test, and returns, if the test does not see to that.
typedef struct {
    weft_coro co;
    test test;
} root;

static weft_stepped root_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->test.co, chosen->run));
    if (named("failed_result_exit"))
        WEFT_FAIL(7);
    if (!named("no_result_exit"))
        WEFT_RETURN_VOID(co, EXPORT);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(middle, exports_weft_rules_subject_run, root, root_run, (middle_string_t * name),
                 middle_string_free(name));

void exports_weft_rules_subject_poke(middle_string_t *name)
{
    middle_string_free(name);
    static test frame;
    if (named("fine_cancel_across"))
        weft_cancel(&first->co);
    else if (named("fine_stop_across"))
        weft_stop_blocking(&first->in);
    else if (named("awaited_by_another"))
        weft_block_on(&frame.co, awaits_first_run);
    else if (named("stopping_stop") || named("stopping_cancel"))
        weft_stop_blocking(&first->call);
    else if (named("stopping_await") || named("stopping_any"))
        weft_block_on(&frame.co, awaits_stopping_run);
    else if (named("overtaken_poke") || named("fine_overtaken"))
        waits_for_first(&frame);
    else if (named("host_block_in_sync"))
        weft_block_on(&frame.co, reads_for_ever_run);
}

static weft_stepped other_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_rules_subject_other, 1);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(middle, exports_weft_rules_subject_other, root, other_run, (void), );
