// Every trap of the native host, provoked once by raw calls, with its exact message.
// Usage: host-traps <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_poor.h"
#include "host_world.h"

static uint32_t reader, writer, set, subtask, result_word;
static uint8_t bytes[8];
static uint32_t words[4];

// ---- Scripts: how the guest is called ----

static void only_run(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    weft_sim_call_export(guest, NULL, "run", NULL);
}

// `run` first, until it waits; then `sync` in the midst of it.
static void run_then_sync(weft_sim *sim, void *data)
{
    (void)data;
    weft_sim_call_export(guest, NULL, "run", NULL);
    weft_sim_settle(sim);
    weft_sim_call_export(guest, NULL, "sync", NULL);
}

static void sync_only(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    weft_sim_call_export(guest, NULL, "sync", NULL);
}

static void no_guest(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    weft_sim_waitable_set_new(guest);
}

// ---- What other does ----

// Waits for ever, deaf to a cancel.
static uint32_t stays(const uint32_t *args)
{
    (void)args;
    return WAIT(weft_sim_waitable_set_new(other));
}

static uint32_t deaf(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    return WAIT(weft_sim_waitable_set_new(other));
}

static uint32_t returns_at_once(const uint32_t *args)
{
    (void)args;
    weft_sim_core one = {.i32 = 1};
    weft_sim_task_return(other, &other_exports[WORK].func, &one);
    return EXIT;
}

static uint32_t calls_back(const uint32_t *args)
{
    (void)args;
    weft_sim_core none[1] = {{0}};
    weft_sim_import_call(other, &other_imports[0], none);
    return EXIT;
}

static uint32_t makes_thing(const uint32_t *args)
{
    return weft_sim_resource_new(other, &exported_thing, args[0]);
}

static void leaves_from_realloc(void)
{
    on_realloc = NULL;
    weft_sim_waitable_set_new(guest);
}

static void leaves_from_post_return(void)
{
    weft_sim_thread_yield(guest);
}

// ---- The breaches ----

#define RUN(name) static uint32_t name(const uint32_t *args)
#define UNUSED (void)args

RUN(stale)
{
    UNUSED;
    weft_sim_waitable_join(guest, 7, 0);
    return EXIT;
}

RUN(set_as_subtask)
{
    UNUSED;
    weft_sim_subtask_drop(guest, weft_sim_waitable_set_new(guest));
    return EXIT;
}

RUN(set_as_waitable)
{
    UNUSED;
    weft_sim_waitable_join(guest, weft_sim_waitable_set_new(guest), 0);
    return EXIT;
}

RUN(other_stream)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_drop_readable(guest, &words_stream, reader);
    return EXIT;
}

RUN(too_many)
{
    UNUSED;
    for (int i = 0; i < 3; i++)
        weft_sim_waitable_set_new(guest);
    return EXIT;
}

// A task has a handle, too.
RUN(too_many_calls)
{
    UNUSED;
    weft_sim_waitable_set_new(guest);
    call_import(WORK, 1, &result_word);
    return EXIT;
}

RUN(leave_from_realloc)
{
    UNUSED;
    on_realloc = leaves_from_realloc;
    uint32_t error = weft_sim_error_context_new(guest, "x", 1);
    weft_sim_error_context_debug_message(guest, error, words);
    return EXIT;
}

RUN(leave_from_post_return)
{
    UNUSED;
    on_post_return = leaves_from_post_return;
    return 1;
}

RUN(enter_again)
{
    UNUSED;
    other_does[WORK] = calls_back;
    call_import(WORK, 1, &result_word);
    return EXIT;
}

RUN(drop_unresolved)
{
    UNUSED;
    other_does[WORK] = stays;
    weft_sim_subtask_drop(guest, call_import(WORK, 1, &result_word) >> 4);
    return EXIT;
}

static uint32_t answers_cancel(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    weft_sim_task_cancel(other);
    return EXIT;
}

RUN(cancel_after_status)
{
    UNUSED;
    other_does[WORK] = stays;
    other_callback[WORK] = answers_cancel;
    subtask = call_import(WORK, 1, &result_word) >> 4;
    weft_sim_subtask_cancel(guest, subtask, false);
    weft_sim_subtask_cancel(guest, subtask, false);
    return EXIT;
}

RUN(cancel_twice)
{
    UNUSED;
    other_does[WORK] = stays;
    other_callback[WORK] = deaf;
    subtask = call_import(WORK, 1, &result_word) >> 4;
    weft_sim_subtask_cancel(guest, subtask, true);
    weft_sim_subtask_cancel(guest, subtask, true);
    return EXIT;
}

// Nobody has accepted it.
RUN(cancel_of_host_twice)
{
    UNUSED;
    subtask = call_import(WORK, 1, &result_word) >> 4;
    if (weft_sim_subtask_cancel(guest, subtask, true) == BLOCKED)
        weft_sim_subtask_cancel(guest, subtask, true);
    return EXIT;
}

RUN(cancel_of_host_in_sync)
{
    UNUSED;
    weft_sim_subtask_cancel(guest, call_import(WORK, 1, &result_word) >> 4, false);
    return 0;
}

RUN(cancel_in_set)
{
    UNUSED;
    other_does[WORK] = stays;
    subtask = call_import(WORK, 1, &result_word) >> 4;
    weft_sim_waitable_join(guest, subtask, weft_sim_waitable_set_new(guest));
    weft_sim_subtask_cancel(guest, subtask, true);
    return EXIT;
}

#include "host_traps_ends.h"

RUN(drop_full_set)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    set = weft_sim_waitable_set_new(guest);
    weft_sim_waitable_join(guest, reader, set);
    weft_sim_waitable_set_drop(guest, set);
    return EXIT;
}

RUN(waits)
{
    UNUSED;
    set = weft_sim_waitable_set_new(guest);
    return WAIT(set);
}

RUN(drops_set)
{
    UNUSED;
    weft_sim_waitable_set_drop(guest, set);
    return 0;
}

RUN(return_twice)
{
    UNUSED;
    guest_return(1);
    guest_return(2);
    return EXIT;
}

RUN(return_of_other)
{
    UNUSED;
    weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    return EXIT;
}

RUN(return_in_sync)
{
    UNUSED;
    weft_sim_core one = {.i32 = 1};
    weft_sim_task_return(guest, &guest_exports[SYNC].func, &one);
    return 0;
}

RUN(no_result)
{
    UNUSED;
    return EXIT;
}

RUN(cancel_unasked)
{
    UNUSED;
    weft_sim_task_cancel(guest);
    return EXIT;
}

RUN(block_in_sync)
{
    UNUSED;
    weft_sim_waitable_set_wait(guest, weft_sim_waitable_set_new(guest), words);
    return 0;
}

RUN(cancel_in_sync)
{
    UNUSED;
    other_does[WORK] = stays;
    other_callback[WORK] = deaf;
    subtask = call_import(WORK, 1, &result_word) >> 4;
    weft_sim_subtask_cancel(guest, subtask, false);
    return 0;
}

RUN(pressure_below)
{
    UNUSED;
    weft_sim_backpressure_dec(guest);
    return EXIT;
}

RUN(pressure_above)
{
    UNUSED;
    for (int i = 0; i < 65536; i++)
        weft_sim_backpressure_inc(guest);
    return EXIT;
}

RUN(unknown_code)
{
    UNUSED;
    guest_return(1);
    return 5;
}

RUN(wait_for_nothing)
{
    UNUSED;
    guest_return(1);
    return WAIT(99);
}

#include "host_traps_values.h"

static void breaks_realloc(void)
{
    weft_sim_unreachable(guest, "out of memory");
}

RUN(stops_itself)
{
    UNUSED;
    on_realloc = breaks_realloc;
    uint32_t error = weft_sim_error_context_new(guest, "x", 1);
    weft_sim_error_context_debug_message(guest, error, words);
    return EXIT;
}

static const struct test {
    const char *name;
    weft_sim_trap trap;
    const char *said; // between the trap's name and its rule
    entry run, sync;
    weft_sim_script script;
    bool alone, like_wasmtime;
} tests[] = {
#define TEST(name_, trap_, said_, ...)                                                                         \
    {.name = #name_, .trap = WEFT_SIM_TRAP_##trap_, .said = said_, __VA_ARGS__}
    TEST(stale, HANDLE_UNKNOWN, "waitable.join(7): handle 7", .run = stale),
    TEST(set_as_subtask, HANDLE_KIND, "subtask.drop(1): handle 1 is a waitable set, not a subtask",
         .run = set_as_subtask),
    TEST(set_as_waitable, HANDLE_KIND, "waitable.join(1): handle 1 is a waitable set, not a waitable",
         .run = set_as_waitable),
    TEST(other_stream, HANDLE_TYPE,
         "stream.drop-readable(1): handle 1 is of a stream<u8>, not of a stream<u32>", .run = other_stream),
    TEST(other_resource, HANDLE_TYPE, "give: handle 1 is a guest/thing, not a peer/thing",
         .run = other_resource),
    TEST(too_many, HANDLES_FULL, "waitable-set.new: 2 handles are in use", .run = too_many),
    TEST(too_many_calls, HANDLES_FULL, "work: 2 handles are in use", .run = too_many_calls),
    TEST(leave_from_realloc, CANNOT_LEAVE, "waitable-set.new", .run = leave_from_realloc),
    TEST(leave_from_post_return, CANNOT_LEAVE, "thread.yield", .sync = leave_from_post_return,
         .script = sync_only),
    TEST(enter_again, CANNOT_ENTER, "sync: instance 1 (guest)", .run = enter_again),
    TEST(no_task, NO_TASK, "waitable-set.new", .script = no_guest),
    TEST(drop_unresolved, SUBTASK_DROP, "subtask.drop(1): work", .run = drop_unresolved),
    TEST(cancel_after_status, SUBTASK_CANCEL_DONE, "subtask.cancel(1): work", .run = cancel_after_status),
    TEST(cancel_twice, SUBTASK_CANCEL_TWICE, "subtask.cancel async(1): work", .run = cancel_twice),
    TEST(cancel_of_host_twice, SUBTASK_CANCEL_TWICE, "subtask.cancel async(1): work",
         .run = cancel_of_host_twice, .alone = true, .like_wasmtime = true),
    TEST(cancel_of_host_in_sync, SYNC_BLOCKED, "subtask.cancel(1)", .sync = cancel_of_host_in_sync,
         .script = sync_only, .alone = true, .like_wasmtime = true),
    TEST(cancel_in_set, SYNC_IN_SET, "subtask.cancel async(1): subtask of work, in set 2",
         .run = cancel_in_set),
    TEST(sync_read_in_set, SYNC_IN_SET, "stream.read(1): stream<u8>, in set 3", .run = sync_read_in_set),
    TEST(sync_cancel_in_set, SYNC_IN_SET, "stream.cancel-read(1): stream<u8>, in set 3",
         .run = sync_cancel_in_set),
    TEST(join_waited_for, SYNC_WAITER, "waitable.join(1)", .run = blocks_on_read, .sync = joins_reader,
         .script = run_then_sync),
    TEST(read_twice, END_CONCURRENT, "stream.read(1): stream<u8>", .run = read_twice),
    TEST(drop_busy, END_DROP_BUSY, "stream.drop-writable(2): stream<u8>", .run = drop_busy),
    TEST(cancel_idle, END_CANCEL_IDLE, "stream.cancel-write(2): stream<u8>", .run = cancel_idle),
    TEST(read_on, READ_AFTER_DROPPED, "stream.read(1): stream<u8>", .run = read_on),
    TEST(write_on, WRITE_AFTER_DROPPED, "stream.write(2): stream<u8>", .run = write_on),
    TEST(future_read_twice, FUTURE_READ_TWICE, "future.read(1): future<u32>", .run = future_read_twice),
    TEST(future_write_twice, FUTURE_WRITE_TWICE, "future.write(2): future<u32>", .run = future_write_twice),
    TEST(future_unwritten, FUTURE_UNWRITTEN, "future.drop-writable(2): future<u32>", .run = future_unwritten),
    TEST(give_busy, TRANSFER_BUSY, "take-bytes: handle 1, a stream<u8>", .run = give_busy),
    TEST(give_done, TRANSFER_DONE, "take-bytes: handle 1, a stream<u8>", .run = give_done),
    TEST(give_in_set, TRANSFER_IN_SET, "take-bytes: handle 1, a stream<u8>, in set 3", .run = give_in_set),
    TEST(too_long, COUNT_TOO_LARGE, "stream.read(1): count 268435456", .run = too_long),
    TEST(null_buffer, BUFFER_BOUNDS, "stream.read(1): 4 bytes at (nil)", .run = null_buffer),
    TEST(misaligned_buffer, BUFFER_ALIGNMENT, NULL, .run = misaligned_buffer),
    TEST(both_ends, INTRA_COMPONENT, "stream.write(2): stream<string>", .run = both_ends),
    TEST(drop_full_set, SET_MEMBERS, "waitable-set.drop(3): 1 in it, first the stream reader 1",
         .run = drop_full_set),
    TEST(drop_waited_set, SET_WAITERS, "waitable-set.drop(1): 1 wait", .run = waits, .sync = drops_set,
         .script = run_then_sync),
    TEST(return_twice, RETURN_TWICE, "task.return: run", .run = return_twice),
    TEST(return_of_other, RETURN_WRONG, "task.return: this is that of second, and the task is in run",
         .run = return_of_other),
    TEST(return_in_sync, RETURN_WRONG, "task.return: this is that of sync, and the task is in sync",
         .sync = return_in_sync, .script = sync_only),
    TEST(no_result, NO_RESULT, "EXIT: run", .run = no_result),
    TEST(cancel_unasked, CANCEL_UNASKED, "task.cancel: run", .run = cancel_unasked),
    TEST(block_in_sync, SYNC_BLOCKED, "waitable-set.wait(1)", .sync = block_in_sync, .script = sync_only),
    TEST(cancel_in_sync, SYNC_BLOCKED, "subtask.cancel(1)", .sync = cancel_in_sync, .script = sync_only),
    TEST(pressure_below, BACKPRESSURE, "backpressure.dec: it is 0", .run = pressure_below),
    TEST(pressure_above, BACKPRESSURE, "backpressure.inc: it is 65535", .run = pressure_above),
    TEST(unknown_code, CALLBACK_CODE, "callback's answer: 5", .run = unknown_code),
    TEST(wait_for_nothing, HANDLE_UNKNOWN, "WAIT(99): handle 99", .run = wait_for_nothing),
    TEST(keep_borrow, BORROWS_REMAIN, "keep: keep holds 1", .script = lend_to_keep),
    TEST(drop_lent, RESOURCE_LENT, "resource.drop(1): handle 1, a thing", .run = drop_lent),
    TEST(give_lent, RESOURCE_LENT, "give: handle 1, a thing", .run = give_lent),
    TEST(give_borrowed, RESOURCE_NOT_OWNED, "give: handle 1, a thing", .script = lend_to_give_away),
    TEST(no_such_slot, CONTEXT_SLOT, "context.set(2): slot 2", .run = no_such_slot),
    TEST(result_nowhere, VALUE_BOUNDS, NULL, .run = result_nowhere),
    TEST(text_at_null, TEXT_BOUNDS, NULL, .run = text_at_null),
    TEST(list_at_null, LIST_BOUNDS, NULL, .run = list_at_null),
    TEST(text_not_utf8, VALUE_UTF8, NULL, .run = text_not_utf8),
    TEST(list_misaligned, VALUE_ALIGNMENT, NULL, .run = list_misaligned),
    TEST(letter_surrogate, VALUE_CHAR, NULL, .run = letter_surrogate),
    TEST(no_such_case, VALUE_CASE, NULL, .run = no_such_case),
    TEST(no_memory, REALLOC, "error-context.debug-message(1): 1 bytes, got (nil)", .script = no_memory),
    TEST(stops_itself, UNREACHABLE, "error-context.debug-message(1): out of memory", .run = stops_itself),
};

int main(int count, char **arguments)
{
    const struct test *test = NULL;
    for (size_t i = 0; count == 2 && i < sizeof tests / sizeof tests[0]; i++)
        if (!strcmp(tests[i].name, arguments[1]))
            test = &tests[i];
    if (!test) {
        fprintf(stderr, "usage: host-traps <test>\n");
        return 1;
    }

    weft_sim_options options = {.max_handles = !strncmp(test->name, "too_many", 8) ? 2 : 0};
    if (test->like_wasmtime)
        options = weft_sim_options_wasmtime();
    weft_sim_schedule schedule = {0};
    weft_sim *sim = make_host(&options, &schedule, test->alone);
    weft_sim_instantiate(sim, &borrower_component);
    weft_sim_instantiate(sim, &poor_component);
    weft_sim_link(borrower, other);
    other_does[MAKE] = makes_thing;
    guest_run = test->run;
    guest_sync = test->sync;
    weft_sim_outcome outcome = weft_sim_run(sim, test->script ? test->script : only_run, NULL);
    const char *report = weft_sim_report(sim);
    int failed = 0;
    if (outcome != WEFT_SIM_TRAPPED || weft_sim_trapped(sim) != test->trap) {
        fprintf(stderr, "%s: expected trap %s, got outcome %d:\n%s", test->name, weft_sim_trap_name(test->trap),
                outcome, report);
        failed = 1;
    } else if (test->said) {
        char expected[512];
        snprintf(expected, sizeof expected, "trap %s: %s: %s\n", weft_sim_trap_name(test->trap), test->said,
                 weft_sim_trap_rule(test->trap));
        if (strncmp(report, expected, strlen(expected)) != 0) {
            fprintf(stderr, "%s: expected\n%sgot\n%s", test->name, expected, report);
            failed = 1;
        }
    }
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return failed;
}
