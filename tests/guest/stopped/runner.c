// The tests of whole tasks that the host cancels, by hand on the raw bindings: after each number of rounds.
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
    for (int i = 0; i < 12; i++)
        runner_thread_yield();
}

typedef struct {
    runner_subtask_status_t call, by;
    uint32_t out, in, result, by_result;
} work;

// One round of what the callee's peer does; the last ones do nothing.
static void round_of(work *it, uint32_t i, bool reads)
{
    uint8_t item = (uint8_t)i, got[3];
    uint32_t status;
    if (i < 4) {
        status = weft_stopped_peer_stream_u8_write(it->out, &item, 1);
        if (status == RUNNER_WAITABLE_STATUS_BLOCKED)
            status = wait_for(it->out);
        EXPECT(status, 1 << 4);
        if (reads) {
            status = weft_stopped_peer_stream_u8_read(it->in, got, 3);
            if (status == RUNNER_WAITABLE_STATUS_BLOCKED)
                status = wait_for(it->in);
            EXPECT(RUNNER_WAITABLE_STATE(status), RUNNER_WAITABLE_COMPLETED);
        }
    } else if (i == 4) {
        weft_stopped_peer_go();
    } else if (i == 6) {
        weft_stopped_peer_stream_u8_drop_writable(it->out);
        it->out = 0;
    } else if (i == 8) {
        weft_stopped_peer_stream_u8_drop_readable(it->in);
        it->in = 0;
    }
    if (i)
        runner_thread_yield();
}

static bool returned(uint32_t set)
{
    runner_event_t event;
    runner_waitable_set_poll(set, &event);
    return event.event == RUNNER_EVENT_SUBTASK && event.code == RUNNER_SUBTASK_RETURNED;
}

// Cancelled after `rounds`; true if it had returned before.
static bool stop_after(uint32_t rounds, bool reads, bool bystander)
{
    work it = {0};
    uint32_t in = weft_stopped_peer_stream_u8_new(&it.out);
    it.call = weft_stopped_peer_work(in, &it.result);
    EXPECT(RUNNER_SUBTASK_STATE(it.call), RUNNER_SUBTASK_STARTED);
    uint32_t call = RUNNER_SUBTASK_HANDLE(it.call), set = runner_waitable_set_new();
    it.in = weft_stopped_peer_output();
    if (bystander) {
        it.by = weft_stopped_peer_bystander(&it.by_result);
        EXPECT(RUNNER_SUBTASK_STATE(it.by), RUNNER_SUBTASK_STARTED);
    }
    runner_waitable_join(call, set);
    bool done = false;
    for (uint32_t i = 0; i < rounds && !done; i++) {
        round_of(&it, i, reads);
        done = returned(set);
    }
    runner_waitable_join(call, 0);
    runner_waitable_set_drop(set);
    uint32_t state = done ? RUNNER_SUBTASK_RETURNED : runner_subtask_cancel(call);
    if (state == RUNNER_SUBTASK_RETURNED)
        EXPECT(it.result, 0 + 1 + 2 + 3);
    else
        EXPECT(state, RUNNER_SUBTASK_RETURNED_CANCELLED);
    if (!done && rounds <= 6)
        EXPECT(state, RUNNER_SUBTASK_RETURNED_CANCELLED);
    runner_subtask_drop(call);

    uint8_t item = 0;
    if (it.out) {
        EXPECT(weft_stopped_peer_stream_u8_write(it.out, &item, 1), RUNNER_WAITABLE_DROPPED);
        weft_stopped_peer_stream_u8_drop_writable(it.out);
    }
    if (it.in) {
        EXPECT(weft_stopped_peer_stream_u8_read(it.in, &item, 1), RUNNER_WAITABLE_DROPPED);
        weft_stopped_peer_stream_u8_drop_readable(it.in);
    }
    if (bystander) {
        EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(it.by)), RUNNER_SUBTASK_RETURNED);
        EXPECT(it.by_result, 1);
        runner_subtask_drop(RUNNER_SUBTASK_HANDLE(it.by));
    }
    settle();
    runner_tuple3_u32_u32_u32_t tally;
    weft_stopped_peer_tally(&tally);
    EXPECT(tally.f1, tally.f0);
    EXPECT(tally.f2, 0);
    return done;
}

static void stop_at_each(bool reads, bool bystander)
{
    for (uint32_t rounds = 0; !check_text[0]; rounds++) {
        EXPECT(rounds < 50, true);
        bool done = stop_after(rounds, reads, bystander);
        if (check_text[0]) {
            check_add(" (after round ");
            check_add_number(rounds);
            check_add(")");
        }
        if (done)
            break;
    }
}

static void both_streams(void)
{
    stop_at_each(true, false);
}

// The write of the callee stays in flight.
static void idle_output(void)
{
    stop_at_each(false, false);
}

// Another task waits for the lock behind the one that is cancelled.
static void with_bystander(void)
{
    stop_at_each(true, true);
}

// What the finaliser of a cancelled export writes gets to its reader, whole, after each number of rounds.
static void last_words(void)
{
    size_t shortest = 999, longest = 0;
    for (uint32_t rounds = 0; rounds < 20; rounds++) {
        runner_string_t text = {0};
        uint32_t call = RUNNER_SUBTASK_HANDLE(weft_stopped_peer_journal());
        runner_subtask_status_t reader = weft_stopped_peer_read(weft_stopped_peer_output(), &text);
        for (uint32_t i = 0; i < rounds; i++)
            runner_thread_yield();
        EXPECT(runner_subtask_cancel(call), RUNNER_SUBTASK_RETURNED_CANCELLED);
        runner_subtask_drop(call);
        EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(reader)), RUNNER_SUBTASK_RETURNED);
        runner_subtask_drop(RUNNER_SUBTASK_HANDLE(reader));
        const char *words = (const char *)text.ptr;
        EXPECT(text.len >= 4 && memcmp(words + text.len - 4, "end.", 4) == 0, true);
        if (text.len > 4) // the cancel may have taken what was not read of a word
            EXPECT(memcmp(words, "begin, ", text.len - 4 < 7 ? text.len - 4 : 7), 0);
        shortest = text.len < shortest ? text.len : shortest;
        longest = text.len > longest ? text.len : longest;
        if (text.len)
            free(text.ptr);
    }
    EXPECT(shortest <= 11, true);
    EXPECT(longest > 20, true);
    settle();
}

static uint64_t peer_probe(void)
{
    return weft_stopped_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(both_streams)                                                                                         \
    TEST(idle_output)                                                                                          \
    TEST(with_bystander)                                                                                       \
    TEST(last_words)
#include "raw_runner.h"
