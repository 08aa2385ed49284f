// The native host's asynchronous paths, by raw calls: states of calls, partial copies, cancels, backpressure,
// locks, events that nothing asked for, deadlocks, replay, and all schedules of a small case. Usage: host-paths
// <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_world.h"

static int failures;

static void check(const char *expression, uint64_t is, uint64_t expected, int line)
{
    if (is != expected) {
        fprintf(stderr, "line %d: %s is %llu, expected %llu\n", line, expression, (unsigned long long)is,
                (unsigned long long)expected);
        failures++;
    }
}
#define CHECK(is, expected) check(#is, (uint64_t)(is), (uint64_t)(expected), __LINE__)

static void check_text(const char *text, const char *part, int line)
{
    if (!strstr(text, part)) {
        fprintf(stderr, "line %d: expected \"%s\" in\n%s", line, part, text);
        failures++;
    }
}
#define CHECK_TEXT(text, part) check_text(text, part, __LINE__)

// ---- The guest's own state, and what it saw ----

static uint32_t reader, writer, set, subtask, result, status;
static uint8_t bytes[16];
static uint32_t events[16][3], event_count;

static void saw(uint32_t event, uint32_t waitable, uint32_t code)
{
    events[event_count][0] = event;
    events[event_count][1] = waitable;
    events[event_count++][2] = code;
}

#define SAW(at, event, code)                                                                                   \
    do {                                                                                                       \
        CHECK(events[at][0], event);                                                                           \
        CHECK(events[at][2], code);                                                                            \
    } while (0)

// Returns when `until` events have come.
static uint32_t until;

static uint32_t wait_for_all(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    if (event_count < until)
        return WAIT(set);
    guest_return(event_count);
    return EXIT;
}

static uint32_t watch(uint32_t waitable)
{
    if (!set)
        set = weft_sim_waitable_set_new(guest);
    weft_sim_waitable_join(guest, waitable, set);
    return WAIT(set);
}

// ---- Runs ----

static weft_sim *sim;
static weft_sim_options options;
static weft_sim_schedule schedule;

static weft_sim_outcome play(weft_sim_script script, bool alone)
{
    if (!sim)
        sim = make_host(&options, &schedule, alone);
    guest_callback = guest_callback ? guest_callback : wait_for_all;
    weft_sim_outcome outcome = weft_sim_run(sim, script, NULL);
    if (outcome != WEFT_SIM_DONE)
        fprintf(stderr, "%s", weft_sim_report(sim));
    return outcome;
}

static weft_sim_call *start_run(void)
{
    return weft_sim_call_export(guest, NULL, "run", NULL);
}

static uint32_t finish(weft_sim_call *call)
{
    CHECK(weft_sim_call_wait(call), WEFT_SIM_RETURNED);
    uint32_t value = (uint32_t)weft_sim_call_result(call)->number;
    weft_sim_call_free(call);
    return value;
}

static void only_run(weft_sim *host, void *data)
{
    (void)host;
    (void)data;
    finish(start_run());
}

// ---- Calls ----

static uint32_t calls_work(const uint32_t *args)
{
    (void)args;
    status = call_import(WORK, 20, &result);
    subtask = status >> 4;
    return watch(subtask);
}

static void answers_slowly(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    CHECK(status & 0xf, STARTING);
    weft_sim_call *call = weft_sim_accept(host, "peer", "work");
    weft_sim_value *args = weft_sim_call_start(call);
    CHECK(args[0].number, 20);
    weft_sim_settle(host);
    CHECK(event_count, 1);
    CHECK(result, 0);
    weft_sim_call_return(call, &(weft_sim_value){.number = 40});
    CHECK(finish(run), 2);
}

static void subtask_states(void)
{
    guest_run = calls_work;
    until = 2;
    // Only the import is held: the task has started by the first choice, the import takes the second.
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(answers_slowly, true), WEFT_SIM_DONE);
    SAW(0, SUBTASK, STARTED);
    SAW(1, SUBTASK, RETURNED);
    CHECK(result, 40);
}

static void answers_in_one_go(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    weft_sim_call *call = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(call);
    weft_sim_call_return(call, &(weft_sim_value){.number = 7});
    CHECK(finish(run), 1);
}

static void started_is_skipped(void)
{
    guest_run = calls_work;
    until = 1;
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(answers_in_one_go, true), WEFT_SIM_DONE);
    CHECK(status & 0xf, STARTING);
    SAW(0, SUBTASK, RETURNED);
    CHECK(result, 7);
}

static uint32_t works_at_once(const uint32_t *args)
{
    weft_sim_core value = {.i32 = 2 * args[0]};
    weft_sim_task_return(other, &other_exports[WORK].func, &value);
    return EXIT;
}

static uint32_t calls_and_returns(const uint32_t *args)
{
    (void)args;
    status = call_import(WORK, 20, &result);
    guest_return(result);
    return EXIT;
}

static void returns_at_once(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_and_returns;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, RETURNED);
    CHECK(result, 40);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static void told_late(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_work;
    until = 1;
    options.late = 1000;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status & 0xf, STARTED);
    SAW(0, SUBTASK, RETURNED);
}

static void answers_now(weft_sim_call *call, void *data)
{
    weft_sim_value value = {.number = weft_sim_call_start(call)[0].number + *(uint32_t *)data};
    weft_sim_call_return(call, &value);
}

static void handler_answers(void)
{
    uint32_t more = 3;
    guest_run = calls_and_returns;
    sim = make_host(&options, &schedule, true);
    weft_sim_answer(sim, "peer", "work", answers_now, &more);
    CHECK(play(only_run, true), WEFT_SIM_DONE);
    CHECK(result, 23);
}

// ---- Cancels ----

static uint32_t cancels_work(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    status = weft_sim_subtask_cancel(guest, subtask, false);
    weft_sim_subtask_drop(guest, subtask);
    guest_return(status);
    return EXIT;
}

static void cancel_before_start(void)
{
    guest_run = cancels_work;
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(only_run, true), WEFT_SIM_DONE);
    CHECK(status, STARTED_CANCELLED);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// By hand, so that the script sees the call before it is cancelled.
static uint32_t cancels_later(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    status = weft_sim_subtask_cancel(guest, subtask, false);
    weft_sim_subtask_drop(guest, subtask);
    guest_return(status);
    return EXIT;
}

static uint32_t calls_then_yields(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    return YIELD;
}

static void obeys(weft_sim *host, void *data)
{
    bool *value_wins = data;
    weft_sim_call *call = weft_sim_accept(host, "peer", "work");
    weft_sim_call_start(call);
    CHECK(weft_sim_call_wait_cancel(call), true);
    if (*value_wins)
        weft_sim_call_return(call, &(weft_sim_value){.number = 1});
    else
        weft_sim_call_cancelled(call);
}

static bool value_wins;

static void run_beside_obeying(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_spawn(host, obeys, &value_wins);
    finish(start_run());
}

static void cancel_after_start(void)
{
    guest_run = calls_then_yields;
    guest_callback = cancels_later;
    CHECK(play(run_beside_obeying, true), WEFT_SIM_DONE);
    CHECK(status, RETURNED_CANCELLED);
    CHECK(result, 0);
}

static void cancel_loses(void)
{
    value_wins = true;
    guest_run = calls_then_yields;
    guest_callback = cancels_later;
    CHECK(play(run_beside_obeying, true), WEFT_SIM_DONE);
    CHECK(status, RETURNED);
    CHECK(result, 1);
}

static uint32_t other_set, cancels_seen;

static uint32_t stays(const uint32_t *args)
{
    (void)args;
    return WAIT(other_set = weft_sim_waitable_set_new(other));
}

static uint32_t gives_in(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    (void)code;
    CHECK(event, CANCEL);
    weft_sim_waitable_set_drop(other, other_set);
    weft_sim_task_cancel(other);
    return EXIT;
}

static void callee_runs_inside_cancel(void)
{
    other_does[WORK] = stays;
    other_callback[WORK] = gives_in;
    guest_run = cancels_work;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, RETURNED_CANCELLED);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static uint32_t counts_cancels(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    (void)code;
    cancels_seen += event == CANCEL;
    if (cancels_seen < 2)
        return WAIT(other_set);
    weft_sim_waitable_set_drop(other, other_set);
    weft_sim_task_cancel(other);
    return EXIT;
}

static uint32_t cancels_twice(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    CHECK(weft_sim_subtask_cancel(guest, subtask, true), BLOCKED);
    status = weft_sim_subtask_cancel(guest, subtask, true);
    guest_return(status);
    return EXIT;
}

static void second_cancel(void)
{
    options.cancel_again = true;
    other_does[WORK] = stays;
    other_callback[WORK] = counts_cancels;
    guest_run = cancels_twice;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(cancels_seen, 2);
    CHECK(status, RETURNED_CANCELLED);
}

static uint32_t cancels_in_the_background(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    status = weft_sim_subtask_cancel(guest, subtask, true);
    return watch(subtask);
}

static void slow_cancel(void)
{
    options.slow_cancel = 1000;
    until = 1;
    other_does[WORK] = stays;
    other_callback[WORK] = gives_in;
    guest_run = cancels_in_the_background;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, BLOCKED);
    SAW(0, SUBTASK, RETURNED_CANCELLED);
}

// The task waits for `second` to let go of the lock; CANCEL comes as soon as it has, with no other event.
static uint32_t just_waits(const uint32_t *args)
{
    (void)args;
    return WAIT(set = weft_sim_waitable_set_new(guest));
}

static uint32_t blocks_on_call(const uint32_t *args)
{
    (void)args;
    uint32_t event[2];
    uint32_t own = weft_sim_waitable_set_new(guest);
    weft_sim_waitable_join(guest, call_import(WORK, 1, &result) >> 4, own);
    CHECK(weft_sim_waitable_set_wait(guest, own, event), SUBTASK);
    CHECK(event[1], RETURNED);
    weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    return EXIT;
}

static uint32_t ends_by_cancel(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_task_cancel(guest);
    return EXIT;
}

static void cancels_while_locked(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    weft_sim_call *second = weft_sim_call_export(guest, NULL, "second", NULL);
    weft_sim_call_cancel(run);
    weft_sim_settle(host);
    CHECK(event_count, 0);
    weft_sim_call *work = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(work);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(weft_sim_call_wait(run), WEFT_SIM_RETURNED_CANCELLED);
    CHECK(weft_sim_call_wait(second), WEFT_SIM_RETURNED);
    weft_sim_call_free(run);
    weft_sim_call_free(second);
}

static void cancel_waits_for_the_lock(void)
{
    guest_run = just_waits;
    guest_callback = ends_by_cancel;
    guest_second = blocks_on_call;
    CHECK(play(cancels_while_locked, true), WEFT_SIM_DONE);
    SAW(0, CANCEL, 0);
}

// ---- Streams and futures ----

static uint32_t statuses[4];

static uint32_t takes_and_reads(const uint32_t *args)
{
    (void)args;
    uint64_t both = weft_sim_stream_new(guest, &bytes_stream);
    writer = (uint32_t)(both >> 32);
    status = call_import(TAKE_BYTES, (uint32_t)both, NULL);
    return YIELD;
}

static uint32_t then_writes(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    if (event == NONE) {
        memcpy(bytes, "abcdefgh", 8);
        statuses[0] = weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 8, true);
        return watch(writer);
    }
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    guest_return(code);
    return EXIT;
}

static weft_sim_end *accept_end(weft_sim *host, const char *name)
{
    weft_sim_call *call = weft_sim_accept(host, "peer", name);
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    return end;
}

// Two reads before the writer hears of the first: its event counts both.
static void reads_in_parts(weft_sim *host, void *data)
{
    (void)data;
    char taken[8] = {0};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_settle(host);
    CHECK(statuses[0], BLOCKED);
    weft_sim_end_start(end, taken, 3);
    CHECK(weft_sim_end_done(end), true);
    CHECK(weft_sim_end_wait(end), 3 << 4 | COMPLETED);
    CHECK(weft_sim_end_copy(end, taken + 3, 2), 2 << 4 | COMPLETED);
    CHECK(strcmp(taken, "abcde"), 0);
    finish(run);
    CHECK(weft_sim_end_copy(end, taken, 2), DROPPED);
    weft_sim_end_drop(end);
}

static void partial_copies(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(reads_in_parts, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 5 << 4 | COMPLETED);
}

static void drops_after_a_part(weft_sim *host, void *data)
{
    (void)data;
    char taken[8] = {0};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_settle(host);
    weft_sim_end_copy(end, taken, 3);
    weft_sim_end_drop(end);
    finish(run);
}

static void dropped_with_a_count(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(drops_after_a_part, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 3 << 4 | DROPPED);
}

static uint32_t own_ends(const uint32_t *args)
{
    (void)args;
    new_stream(&bytes_stream, &reader, &writer);
    // A cancel of nothing moved, and the end is usable again.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 4, true), BLOCKED);
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), CANCELLED);
    // A write of nothing completes beside a read; the read stays.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 4, true), BLOCKED);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 0, true), COMPLETED);
    // Numbers may be copied within one component.
    memcpy(bytes + 8, "xyz", 3);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 3, true), 3 << 4 | COMPLETED);
    CHECK(memcmp(bytes, "xyz", 3), 0);
    // What has moved is a cancel's answer.
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), 3 << 4 | COMPLETED);
    // A read of nothing ends when a write comes, which waits then.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 0, true), BLOCKED);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 3, true), BLOCKED);
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), COMPLETED);
    // With a writer pending, a read of nothing completes at once.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 0, true), COMPLETED);
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 2, true), 2 << 4 | COMPLETED);
    weft_sim_stream_drop_readable(guest, &bytes_stream, reader);
    CHECK(weft_sim_stream_cancel_write(guest, &bytes_stream, writer, false), 2 << 4 | DROPPED);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);

    uint32_t value = 5, got = 0;
    new_stream(&number_future, &reader, &writer);
    CHECK(weft_sim_future_read(guest, &number_future, reader, &got, true), BLOCKED);
    CHECK(weft_sim_future_cancel_read(guest, &number_future, reader, false), CANCELLED);
    CHECK(weft_sim_future_write(guest, &number_future, writer, &value, true), BLOCKED);
    CHECK(weft_sim_future_read(guest, &number_future, reader, &got, true), COMPLETED);
    CHECK(got, 5);
    CHECK(weft_sim_future_cancel_write(guest, &number_future, writer, false), COMPLETED);
    weft_sim_future_drop_readable(guest, &number_future, reader);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    new_stream(&number_future, &reader, &writer);
    weft_sim_future_drop_readable(guest, &number_future, reader);
    CHECK(weft_sim_future_write(guest, &number_future, writer, &value, true), DROPPED);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    guest_return(0);
    return EXIT;
}

static void ends_of_one_component(void)
{
    guest_run = own_ends;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// Texts move from the guest to the host: those that were accepted are the host's copies.
static uint32_t gives_texts(const uint32_t *args)
{
    (void)args;
    uint64_t both = weft_sim_stream_new(guest, &text_stream);
    writer = (uint32_t)(both >> 32);
    call_import(TAKE_TEXTS, (uint32_t)both, NULL);
    static struct {
        const char *bytes;
        uint32_t length;
    } texts[] = {{"one", 3}, {"two", 3}, {"", 0}};
    statuses[0] = weft_sim_stream_write(guest, &text_stream, writer, texts, 3, true);
    return watch(writer);
}

static uint32_t sees_write(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &text_stream, writer);
    guest_return(0);
    return EXIT;
}

static void reads_texts(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_value taken[3] = {{{0}}};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-texts");
    CHECK(weft_sim_end_copy(end, taken, 2), 2 << 4 | COMPLETED);
    CHECK(taken[0].count, 3);
    CHECK(memcmp(taken[1].bytes, "two", 3), 0);
    weft_sim_value_free(&text, &taken[0]);
    weft_sim_value_free(&text, &taken[1]);
    weft_sim_end_drop(end);
    finish(run);
}

static void texts_move(void)
{
    guest_run = gives_texts;
    guest_callback = sees_write;
    CHECK(play(reads_texts, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 2 << 4 | DROPPED);
}

static uint32_t watches_reader(const uint32_t *args)
{
    (void)args;
    new_stream(&bytes_stream, &reader, &writer);
    watch(reader);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    return WAIT(set);
}

static uint32_t ignores_it(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    // It was no answer: the end is not done.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 1, true), DROPPED);
    guest_return(0);
    return EXIT;
}

static void event_unasked(void)
{
    options.unasked = 1000;
    guest_run = watches_reader;
    guest_callback = ignores_it;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    SAW(0, STREAM_READ, DROPPED);
}

static bool reading;

static uint32_t writes_when_read(uint32_t event, uint32_t waitable, uint32_t code)
{
    if (event == NONE) {
        if (!reading)
            return YIELD;
        CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 3, true), BLOCKED);
        return watch(writer);
    }
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    guest_return(0);
    return EXIT;
}

static void reads_first(weft_sim *host, void *data)
{
    (void)data;
    char taken[3];
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_end_start(end, taken, 3);
    reading = true;
    CHECK(weft_sim_end_wait(end), 3 << 4 | DROPPED); // by now the writer has gone, too
    finish(run);
    weft_sim_end_drop(end);
}

// The reader was there first, and yet the writer is told by an event.
static void copies_told_late(void)
{
    options.late = 1000;
    guest_run = takes_and_reads;
    guest_callback = writes_when_read;
    CHECK(play(reads_first, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 3 << 4 | COMPLETED);
}

// ---- Backpressure, the lock, barge-in, context ----

static uint32_t pressure(const uint32_t *args)
{
    (void)args;
    static bool up;
    up = !up;
    if (up)
        weft_sim_backpressure_inc(guest);
    else
        weft_sim_backpressure_dec(guest);
    return 0;
}

static uint32_t returns_one(const uint32_t *args)
{
    (void)args;
    guest_return(1);
    return EXIT;
}

static void under_pressure(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "sync", NULL));
    weft_sim_call *run = start_run(), *cancelled = start_run();
    weft_sim_settle(host);
    CHECK(weft_sim_call_status(run), WEFT_SIM_STARTING);
    weft_sim_call_cancel(cancelled);
    CHECK(weft_sim_call_status(cancelled), WEFT_SIM_STARTED_CANCELLED);
    weft_sim_call_free(cancelled);
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "sync", NULL));
    CHECK(finish(run), 1);
}

static void backpressure(void)
{
    guest_run = returns_one;
    guest_sync = pressure;
    CHECK(play(under_pressure, true), WEFT_SIM_DONE);
}

static uint32_t barges_in(const uint32_t *args)
{
    (void)args;
    CHECK(weft_sim_context_get(guest, 0), 0);
    weft_sim_context_set(guest, 0, 99);
    weft_sim_thread_yield(guest);
    return 5;
}

static uint32_t blocks_with_context(const uint32_t *args)
{
    weft_sim_context_set(guest, 0, 11);
    blocks_on_call(args);
    CHECK(weft_sim_context_get(guest, 0), 11);
    return EXIT;
}

static void calls_beside_a_blocked_task(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *second = weft_sim_call_export(guest, NULL, "second", NULL);
    weft_sim_call *run = start_run();
    weft_sim_settle(host);
    CHECK(weft_sim_call_status(run), WEFT_SIM_STARTING);
    weft_sim_call *sync = weft_sim_call_export(guest, NULL, "sync", NULL);
    CHECK(weft_sim_call_result(sync)->number, 5);
    weft_sim_call_free(sync);
    weft_sim_call *work = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(work);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(finish(run), 1);
    CHECK(weft_sim_call_wait(second), WEFT_SIM_RETURNED);
    weft_sim_call_free(second);
}

static void barge_in(void)
{
    guest_run = returns_one;
    guest_second = blocks_with_context;
    guest_sync = barges_in;
    CHECK(play(calls_beside_a_blocked_task, true), WEFT_SIM_DONE);
}

// ---- Resources and error contexts ----

static uint32_t makes_thing(const uint32_t *args)
{
    return weft_sim_resource_new(other, &exported_thing, args[0]);
}

static uint32_t lent_rep;

static uint32_t is_lent(const uint32_t *args)
{
    lent_rep = args[0];
    weft_sim_task_return(other, &other_exports[LEND].func, NULL);
    return EXIT;
}

static uint32_t is_given(const uint32_t *args)
{
    CHECK(weft_sim_resource_rep(other, &exported_thing, args[0]), 6);
    weft_sim_resource_drop(other, &exported_thing, args[0]);
    return 0;
}

static char *heard;

static uint32_t takes_error(const uint32_t *args)
{
    uint32_t message[2];
    weft_sim_error_context_debug_message(other, args[0], message);
    heard = (char *)(uintptr_t)message[0];
    CHECK(message[1], 4);
    weft_sim_error_context_drop(other, args[0]);
    return 0;
}

static uint32_t uses_things(const uint32_t *args)
{
    (void)args;
    uint32_t first = call_import(MAKE, 5, NULL), second = call_import(MAKE, 6, NULL);
    CHECK(call_import(LEND, first, NULL), RETURNED);
    CHECK(lent_rep, 5);
    weft_sim_resource_drop(guest, &imported_thing, first);
    CHECK(destroyed, 5);
    call_import(GIVE, second, NULL);
    CHECK(destroyed, 11);
    uint32_t error = weft_sim_error_context_new(guest, "oops", 4);
    call_import(TAKE_ERROR, error, NULL);
    CHECK(memcmp(heard, "oops", 4), 0);
    free(heard);
    weft_sim_error_context_drop(guest, error);
    guest_return(0);
    return EXIT;
}

static void resources_and_errors(void)
{
    other_does[MAKE] = makes_thing;
    other_does[LEND] = is_lent;
    other_does[GIVE] = is_given;
    other_does[TAKE_ERROR] = takes_error;
    guest_run = uses_things;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// ---- Ends of runs ----

static void deadlock(void)
{
    other_does[WORK] = stays;
    guest_run = calls_work;
    sim = make_host(&options, &schedule, false);
    CHECK(weft_sim_run(sim, only_run, NULL), WEFT_SIM_DEADLOCK);
    const char *report = weft_sim_report(sim);
    CHECK_TEXT(report, "deadlock: nothing can go on\n");
    CHECK_TEXT(report, "the script: waits: waits for a call's result\n");
    CHECK_TEXT(report, "instance 1 (guest), task 1 (run): waits for set 2\n"
                       "    subtask 1 of work, STARTED, in task 2\n");
    CHECK_TEXT(report, "instance 2 (other), task 2 (work): waits for set 1, which is empty\n");
    CHECK_TEXT(weft_sim_leftovers(sim), "instance 1 (guest): subtask 1 of work, STARTED, in task 2\n");
}

static uint32_t yields_again(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    return YIELD;
}

static uint32_t yields(const uint32_t *args)
{
    (void)args;
    return YIELD;
}

static void endless(void)
{
    guest_run = yields;
    guest_callback = yields_again;
    sim = make_host(&options, &schedule, false);
    weft_sim_step_limit(sim, 1000);
    CHECK(weft_sim_run(sim, only_run, NULL), WEFT_SIM_ENDLESS);
    CHECK_TEXT(weft_sim_report(sim), "endless: still running after 1000 steps\n");
}

static void memory_fails(void)
{
    options.no_memory = 500;
    schedule.seed = 3;
    sim = make_host(&options, &schedule, false);
    int failed = 0;
    for (int i = 0; i < 1000; i++)
        failed += weft_sim_allocation_fails(guest);
    CHECK(failed > 400 && failed < 600, true);
}

// ---- Schedules ----

// Three calls whose answers a host may give in any order.
static uint32_t orders[3], answered;

static uint32_t calls_three(const uint32_t *args)
{
    (void)args;
    static uint32_t results[3];
    for (uint32_t i = 0; i < 3; i++)
        orders[i] = call_import(WORK, i, &results[i]) >> 4;
    for (uint32_t i = 0; i < 3; i++)
        watch(orders[i]);
    return WAIT(set);
}

static uint32_t drops_each(uint32_t event, uint32_t waitable, uint32_t code)
{
    CHECK(code, RETURNED);
    saw(event, waitable, code);
    weft_sim_subtask_drop(guest, waitable);
    if (event_count < 3)
        return WAIT(set);
    weft_sim_waitable_set_drop(guest, set);
    set = 0;
    guest_return(0);
    return EXIT;
}

static void answers_one(weft_sim *host, void *data)
{
    weft_sim_call *call = data;
    (void)host;
    weft_sim_call_return(call, &(weft_sim_value){.number = 1});
    answered++;
}

static void answers_three(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    for (int i = 0; i < 3; i++) {
        weft_sim_call *call = weft_sim_accept(host, NULL, NULL);
        weft_sim_call_start(call);
        weft_sim_spawn(host, answers_one, call);
    }
    finish(run);
}

static void run_three(void)
{
    event_count = set = 0;
    guest_run = calls_three;
    guest_callback = drops_each;
    weft_sim_free(sim);
    sim = NULL;
    CHECK(play(answers_three, true), WEFT_SIM_DONE);
    CHECK(event_count, 3);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static void all_schedules(void)
{
    bool seen[6] = {0};
    uint32_t runs = 0, kinds = 0;
    do {
        run_three();
        uint32_t first = events[0][1], second = events[1][1];
        uint32_t order = (first - orders[0]) * 2 + (second > first ? second - 1 : second) - orders[0];
        kinds += !seen[order];
        seen[order] = true;
        runs++;
    } while (!failures && runs < 100000 && weft_sim_schedule_next(&schedule));
    CHECK(kinds, 6);
    CHECK(runs < 100000, true);
    fprintf(stderr, "%u schedules\n", (unsigned)runs);
}

static void replay(void)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        options = weft_sim_options_swarm(seed);
        options.hold = options.unasked = options.no_memory = 0;
        schedule = (weft_sim_schedule){.seed = seed};
        run_three();
        uint64_t hash = weft_sim_transcript_hash(sim);
        char *transcript = malloc(strlen(weft_sim_transcript(sim)) + 1);
        strcpy(transcript, weft_sim_transcript(sim));
        weft_sim_schedule_replay(&schedule);
        run_three();
        CHECK(weft_sim_transcript_hash(sim), hash);
        CHECK(strcmp(transcript, weft_sim_transcript(sim)), 0);
        free(transcript);
        // Without the list, from the seed alone.
        weft_sim_free(sim);
        sim = NULL;
        weft_sim_schedule_free(&schedule);
        schedule = (weft_sim_schedule){.seed = seed};
        run_three();
        CHECK(weft_sim_transcript_hash(sim), hash);
        weft_sim_free(sim);
        sim = NULL;
        weft_sim_schedule_free(&schedule);
    }
}

static void transcript(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_and_returns;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strcmp(weft_sim_transcript(sim), "host calls run (1)\n"
                                           "1.1 task starts run\n"
                                           "1.1 call work\n"
                                           "2.2 task starts work\n"
                                           "2.2 task.return work\n"
                                           "2.2 task ends work\n"
                                           "1.1 call answers work -> 2\n"
                                           "1.1 task.return run\n"
                                           "1.1 task ends run\n"),
          0);
    if (failures)
        fputs(weft_sim_transcript(sim), stderr);
}

static const struct test {
    const char *name;
    void (*run)(void);
} tests[] = {
#define TEST(name) {#name, name}
    TEST(subtask_states),
    TEST(started_is_skipped),
    TEST(returns_at_once),
    TEST(told_late),
    TEST(handler_answers),
    TEST(cancel_before_start),
    TEST(cancel_after_start),
    TEST(cancel_loses),
    TEST(callee_runs_inside_cancel),
    TEST(second_cancel),
    TEST(slow_cancel),
    TEST(cancel_waits_for_the_lock),
    TEST(partial_copies),
    TEST(dropped_with_a_count),
    TEST(ends_of_one_component),
    TEST(texts_move),
    TEST(event_unasked),
    TEST(copies_told_late),
    TEST(backpressure),
    TEST(barge_in),
    TEST(resources_and_errors),
    TEST(deadlock),
    TEST(endless),
    TEST(memory_fails),
    TEST(all_schedules),
    TEST(replay),
    TEST(transcript),
};

int main(int count, char **arguments)
{
    const struct test *test = NULL;
    for (size_t i = 0; count == 2 && i < sizeof tests / sizeof tests[0]; i++)
        if (!strcmp(tests[i].name, arguments[1]))
            test = &tests[i];
    if (!test) {
        fprintf(stderr, "usage: host-paths <test>\n");
        return 1;
    }
    test->run();
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return failures != 0;
}
