// The tests of tasks that are asleep in the host, by hand on the raw bindings: each call of a function whose
// type is not async barges into the callee at that very moment, before the host delivers anything more.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>

static uint32_t wait_for(uint32_t handle)
{
    uint32_t set = runner_waitable_set_new();
    runner_event_t event;
    runner_waitable_join(handle, set);
    runner_waitable_set_wait(set, &event);
    EXPECT(event.waitable, handle);
    runner_waitable_join(handle, 0);
    runner_waitable_set_drop(set);
    return event.code;
}

static void settle(void)
{
    for (int i = 0; i < 10; i++)
        runner_thread_yield();
}

static void expect_said(int line, const char *expected)
{
    runner_string_t said;
    weft_asleep_peer_said(&said);
    size_t length = strlen(expected);
    if (said.len != length || memcmp(said.ptr, expected, length)) {
        check(false, __FILE__, line, "the length of the log", said.len, length);
        check_add(": expected ");
        check_add(expected);
    }
    runner_string_free(&said);
}

#define EXPECT_SAID(expected) expect_said(__LINE__, expected)

// A hold, and the ends that it is given.
static uint32_t out, done;
static runner_subtask_status_t call;
static uint8_t held;

typedef runner_subtask_status_t hold(uint32_t bytes, uint32_t done, bool reading, uint8_t *result);

// The callee has read its first byte, and sleeps.
static void start(hold *hold, bool reading)
{
    held = 0;
    uint32_t bytes = weft_asleep_peer_stream_u8_new(&out);
    call = hold(bytes, weft_asleep_peer_future_u8_new(&done), reading, &held);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    uint32_t status = weft_asleep_peer_stream_u8_write(out, (const uint8_t *)"a", 1);
    if (status == RUNNER_WAITABLE_STATUS_BLOCKED)
        status = wait_for(out);
    EXPECT(status, 1 << 4);
    settle();
    EXPECT_SAID("a");
}

static void returned(void)
{
    EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
}

// The callee goes on, undisturbed by what happened to its reader.
static void finish(void)
{
    settle();
    EXPECT(held, 0);
    uint32_t status = weft_asleep_peer_future_u8_write(done, &(uint8_t){42});
    if (status == RUNNER_WAITABLE_STATUS_BLOCKED)
        status = wait_for(done);
    EXPECT(status, RUNNER_WAITABLE_COMPLETED);
    returned();
    EXPECT(held, 42);
    weft_asleep_peer_future_u8_drop_writable(done);
    settle();
}

// The event: of a reader at rest, that its writer is gone; of one that reads, that a byte has come.
static void make_event(bool reading)
{
    if (reading)
        EXPECT(weft_asleep_peer_stream_u8_write(out, (const uint8_t *)"b", 1), 1 << 4);
    weft_asleep_peer_stream_u8_drop_writable(out);
}

static void closes(hold *hold, bool reading)
{
    start(hold, reading);
    make_event(reading);
    weft_asleep_peer_close();
    finish();
}

static void close_at_rest(void)
{
    closes(weft_asleep_peer_hold, false);
}

static void close_reading(void)
{
    closes(weft_asleep_peer_hold, true);
}

static void close_at_rest_blocking(void)
{
    closes(weft_asleep_peer_hold_blocking, false);
}

static void close_reading_blocking(void)
{
    closes(weft_asleep_peer_hold_blocking, true);
}

static void stops(hold *hold)
{
    start(hold, true);
    make_event(true);
    EXPECT(weft_asleep_peer_stop(), 1);
    EXPECT(weft_asleep_peer_stop(), 1);
    finish();
}

static void stop_reading(void)
{
    stops(weft_asleep_peer_hold);
}

static void stop_reading_blocking(void)
{
    stops(weft_asleep_peer_hold_blocking);
}

// The reader of a writer that is gone is handed on, and tells its new owner so.
static void releases(hold *hold)
{
    start(hold, false);
    make_event(false);
    uint32_t in = weft_asleep_peer_release();
    uint8_t item;
    EXPECT(weft_asleep_peer_stream_u8_read(in, &item, 1), RUNNER_WAITABLE_DROPPED);
    weft_asleep_peer_stream_u8_drop_readable(in);
    finish();
}

static void release_at_rest(void)
{
    releases(weft_asleep_peer_hold);
}

static void release_at_rest_blocking(void)
{
    releases(weft_asleep_peer_hold_blocking);
}

// Another task takes the read over, with its event.
static void adopt(void)
{
    uint8_t item = 0;
    start(weft_asleep_peer_hold, true);
    make_event(true);
    runner_subtask_status_t adopter = weft_asleep_peer_adopt(&item);
    EXPECT(RUNNER_SUBTASK_STATE(adopter), RUNNER_SUBTASK_STARTED);
    EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(adopter)), RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(adopter));
    EXPECT(item, 'b');
    finish();
}

// It takes it over before there is one.
static void adopt_pending(void)
{
    uint8_t item = 0;
    start(weft_asleep_peer_hold, true);
    runner_subtask_status_t adopter = weft_asleep_peer_adopt(&item);
    EXPECT(RUNNER_SUBTASK_STATE(adopter), RUNNER_SUBTASK_STARTED);
    settle();
    make_event(true);
    EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(adopter)), RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(adopter));
    EXPECT(item, 'b');
    finish();
}

// What a sleeper on the machine stack waits for is taken away or given to it.

static void start_read(uint32_t *result)
{
    uint32_t bytes = weft_asleep_peer_stream_u8_new(&out);
    call = weft_asleep_peer_read_blocking(bytes, result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    settle();
}

static void stopped_blocking(void)
{
    uint32_t result = 0;
    start_read(&result);
    EXPECT(weft_asleep_peer_stop(), 0);
    returned();
    EXPECT(result, 100);
    EXPECT(weft_asleep_peer_stream_u8_write(out, (const uint8_t *)"b", 1), RUNNER_WAITABLE_DROPPED);
    weft_asleep_peer_stream_u8_drop_writable(out);
    settle();
}

// The byte has come, but not its event.
static void stopped_complete_blocking(void)
{
    uint32_t result = 0;
    start_read(&result);
    make_event(true);
    EXPECT(weft_asleep_peer_stop(), 1);
    returned();
    EXPECT(result % 100, 1);
    settle();
}

static void set_blocking(void)
{
    uint32_t result = 0;
    call = weft_asleep_peer_wait_blocking(3, &result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    for (int i = 0; i < 3; i++) {
        EXPECT_SAID(i ? "w" : "");
        EXPECT(result, 0);
        weft_asleep_peer_set();
        weft_asleep_peer_set(); // changes nothing
        if (i < 2)
            settle();
    }
    returned();
    EXPECT(result, 3);
    EXPECT_SAID("w");
    settle();
}

// A yield on the machine stack on top of another does nothing: the one below is not overtaken.
static void yields_nest(void (*turn)(void))
{
    uint8_t result = 0;
    call = weft_asleep_peer_nested(weft_asleep_peer_future_u8_new(&done), &result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    settle();
    EXPECT(weft_asleep_peer_future_u8_write(done, &(uint8_t){42}), RUNNER_WAITABLE_COMPLETED);
    turn(); // its yield lets the host call the other back, which yields 20 times
    EXPECT_SAID("a()z");
    returned();
    EXPECT(result, 42);
    weft_asleep_peer_future_u8_drop_writable(done);
    settle();
}

static void yield_in_yield(void)
{
    yields_nest(weft_asleep_peer_turn);
}

static void yield_in_block_on(void)
{
    yields_nest(weft_asleep_peer_turn_blocking);
}

// Nor does one while a weft_block_on sleeps, and it goes on sleeping.
static void yield_in_sleep(void)
{
    start(weft_asleep_peer_hold_blocking, false);
    weft_asleep_peer_turn();
    EXPECT_SAID("az");
    weft_asleep_peer_turn_blocking();
    EXPECT_SAID("az");
    weft_asleep_peer_stream_u8_drop_writable(out);
    finish();
}

static uint64_t peer_probe(void)
{
    return weft_asleep_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(close_at_rest)                                                                                        \
    TEST(close_reading)                                                                                        \
    TEST(close_at_rest_blocking)                                                                               \
    TEST(close_reading_blocking)                                                                               \
    TEST(stop_reading)                                                                                         \
    TEST(stop_reading_blocking)                                                                                \
    TEST(release_at_rest)                                                                                      \
    TEST(release_at_rest_blocking)                                                                             \
    TEST(adopt)                                                                                                \
    TEST(adopt_pending)                                                                                        \
    TEST(stopped_blocking)                                                                                     \
    TEST(stopped_complete_blocking)                                                                            \
    TEST(set_blocking)                                                                                         \
    TEST(yield_in_yield)                                                                                       \
    TEST(yield_in_block_on)                                                                                    \
    TEST(yield_in_sleep)
#include "raw_runner.h"
