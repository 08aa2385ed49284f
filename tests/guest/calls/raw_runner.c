// The calls' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "crowd.h"
#include <stdlib.h>

#define UNTOUCHED 0xababababu

// A call in flight, alone in a set.
typedef struct {
    runner_subtask_t subtask;
    runner_waitable_set_t set;
} call;

// Takes over an import's status, which must be `state`.
static call call_of(runner_subtask_status_t status, runner_subtask_state_t state)
{
    EXPECT(RUNNER_SUBTASK_STATE(status), state);
    call it = {.subtask = RUNNER_SUBTASK_HANDLE(status), .set = runner_waitable_set_new()};
    runner_waitable_join(it.subtask, it.set);
    return it;
}

// Waits for the next event of the call and returns its state.
static uint32_t next(const call *it)
{
    runner_event_t event;
    runner_waitable_set_wait(it->set, &event);
    EXPECT(event.event, RUNNER_EVENT_SUBTASK);
    EXPECT(event.waitable, it->subtask);
    return event.code;
}

// True if an event is there without waiting.
static bool has_event(const call *it)
{
    runner_event_t event;
    runner_waitable_set_poll(it->set, &event);
    return event.event != RUNNER_EVENT_NONE;
}

static void call_drop(const call *it)
{
    runner_subtask_drop(it->subtask);
    runner_waitable_set_drop(it->set);
}

static void until_returned(const call *it)
{
    EXPECT(next(it), RUNNER_SUBTASK_RETURNED);
    call_drop(it);
}

// Cancels the call and returns the state in which it ended.
static uint32_t cancel(const call *it)
{
    runner_waitable_join(it->subtask, 0);
    uint32_t state = runner_subtask_cancel(it->subtask);
    call_drop(it);
    return state;
}

static void turns(void)
{
    for (int i = 0; i < 3; i++)
        runner_thread_yield();
}

static void until_held(uint32_t count)
{
    while (weft_calls_peer_held() != count)
        runner_thread_yield();
}

// The words of tests.h.
typedef struct {
    call it;
    uint32_t result, state;
    uint64_t sum;
    weft_calls_peer_weigh_args_t weights;
    int i;
} test;

static void starts(test *self, runner_subtask_status_t status, uint32_t state)
{
    self->state = state;
    if (state == RUNNER_SUBTASK_RETURNED)
        EXPECT(status, state);
    else
        self->it = call_of(status, state);
}

static uint32_t known(test *self)
{
    return self->state;
}

#define CASE(name) static void name(void)
#define BEGIN_CASE                                                                                             \
    test frame = {.result = UNTOUCHED};                                                                        \
    test *self = &frame
#define END_CASE
#define STARTS(import, state) starts(self, import, state)
#define TURNS() turns()
#define STAYS(known)                                                                                           \
    do {                                                                                                       \
        turns();                                                                                               \
        EXPECT(has_event(&self->it), false);                                                                   \
        EXPECT(self->state, known);                                                                            \
    } while (0)
#define IS_STARTED() EXPECT(self->state = next(&self->it), RUNNER_SUBTASK_STARTED)
#define RETURNS() until_returned(&self->it)
#define CANCELS(state) EXPECT(cancel(&self->it), state)
#include "tests.h"

static void arguments_read_late(void)
{
    weft_calls_peer_weigh_args_t weights = {1, 1, 1, 1, 1};
    uint64_t sum = 0;
    weft_calls_peer_block();
    call it = call_of(weft_calls_peer_weigh(&weights, &sum), RUNNER_SUBTASK_STARTING);
    weights.c = 1001;
    weft_calls_peer_unblock();
    until_returned(&it);
    EXPECT(sum, 15 + 3 * 1000);
}

static bool equal(runner_string_t it, const char *to)
{
    return it.len == strlen(to) && !memcmp(it.ptr, to, it.len);
}

static void arguments_reused_after_start(void)
{
    char whole[] = "stressed", first[] = "drawer", second[] = "tap";
    runner_string_t parts[2];
    weft_calls_peer_reverse_args_t args = {.ticket = 1, .parts = {parts, 2}};
    weft_calls_peer_texts_t texts;
    memset(&texts, 0xab, sizeof texts);
    runner_string_set(&args.whole, whole);
    runner_string_set(&parts[0], first);
    runner_string_set(&parts[1], second);
    weft_calls_peer_block();
    call it = call_of(weft_calls_peer_reverse(&args, &texts), RUNNER_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    EXPECT(next(&it), RUNNER_SUBTASK_STARTED);
    memset(whole, 'z', sizeof whole);
    memset(first, 'z', sizeof first);
    memset(second, 'z', sizeof second);
    memset(parts, 0xff, sizeof parts);
    memset(&args, 0xff, sizeof args);
    EXPECT(texts.whole.len, UNTOUCHED);
    weft_calls_peer_open(1);
    until_returned(&it);
    EXPECT(equal(texts.whole, "desserts"), true);
    EXPECT(texts.parts.len, 2);
    EXPECT(equal(texts.parts.ptr[0], "pat"), true);
    EXPECT(equal(texts.parts.ptr[1], "reward"), true);
    weft_calls_peer_texts_free(&texts);
}

static void empty_texts(void)
{
    weft_calls_peer_reverse_args_t args = {.ticket = 1};
    weft_calls_peer_texts_t texts;
    memset(&texts, 0xab, sizeof texts);
    call it = call_of(weft_calls_peer_reverse(&args, &texts), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    until_returned(&it);
    EXPECT(texts.whole.len, 0);
    EXPECT(texts.parts.len, 0);
    weft_calls_peer_texts_free(&texts);
    runner_string_t parts[3] = {{0}};
    args.parts.ptr = parts;
    args.parts.len = 3;
    it = call_of(weft_calls_peer_reverse(&args, &texts), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    until_returned(&it);
    EXPECT(texts.parts.len, 3);
    EXPECT(texts.parts.ptr[1].len, 0);
    weft_calls_peer_texts_free(&texts);
}

static void texts_do_not_leak(void)
{
    enum { LENGTH = 1 << 16 };
    size_t mine = 0;
    uint32_t peers = 0;
    weft_calls_peer_reverse_args_t args = {.ticket = 1, .whole = {malloc(LENGTH), LENGTH}};
    memset(args.whole.ptr, 'x', LENGTH);
    args.whole.ptr[7] = 'y';
    for (int i = 0; i < 200; i++) {
        weft_calls_peer_texts_t texts;
        call it = call_of(weft_calls_peer_reverse(&args, &texts), RUNNER_SUBTASK_STARTED);
        if (i % 3 == 2) {
            EXPECT(cancel(&it), RUNNER_SUBTASK_RETURNED_CANCELLED);
        } else {
            weft_calls_peer_open(1);
            until_returned(&it);
            EXPECT(texts.whole.len, LENGTH);
            EXPECT(texts.whole.ptr[LENGTH - 8], 'y');
            weft_calls_peer_texts_free(&texts);
        }
        if (i == 10) {
            mine = __builtin_wasm_memory_size(0);
            peers = weft_calls_peer_pages();
        }
    }
    EXPECT(__builtin_wasm_memory_size(0), mine);
    EXPECT(weft_calls_peer_pages(), peers);
    free(args.whole.ptr);
}

// Writes a byte to an end that nobody has written to; true if the reader took it.
static bool write_byte(weft_calls_peer_stream_u8_writer_t out, uint8_t byte)
{
    uint32_t status = weft_calls_peer_stream_u8_write(out, &byte, 1);
    if (status == RUNNER_WAITABLE_STATUS_BLOCKED) {
        runner_waitable_set_t set = runner_waitable_set_new();
        runner_waitable_join(out, set);
        runner_event_t event;
        runner_waitable_set_wait(set, &event);
        EXPECT(event.event, RUNNER_EVENT_STREAM_WRITE);
        EXPECT(event.waitable, out);
        status = event.code;
        runner_waitable_join(out, 0);
        runner_waitable_set_drop(set);
    }
    return RUNNER_WAITABLE_COUNT(status) == 1;
}

static void end_moves(void)
{
    weft_calls_peer_stream_u8_writer_t out;
    weft_calls_peer_stream_u8_t end = weft_calls_peer_stream_u8_new(&out);
    uint32_t result = UNTOUCHED;
    call it = call_of(weft_calls_peer_keep_end(1, end, &result), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    EXPECT(write_byte(out, 77), true);
    until_returned(&it);
    EXPECT(result, 77);
    weft_calls_peer_stream_u8_drop_writable(out);
}

static void end_stays(void)
{
    weft_calls_peer_stream_u8_writer_t out;
    weft_calls_peer_stream_u8_t end = weft_calls_peer_stream_u8_new(&out);
    uint32_t result = UNTOUCHED;
    uint8_t sent = 78, got = 0;
    weft_calls_peer_block();
    call it = call_of(weft_calls_peer_keep_end(1, end, &result), RUNNER_SUBTASK_STARTING);
    EXPECT(cancel(&it), RUNNER_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    EXPECT(weft_calls_peer_stream_u8_write(out, &sent, 1), RUNNER_WAITABLE_STATUS_BLOCKED);
    EXPECT(weft_calls_peer_stream_u8_read(end, &got, 1), 1 << 4 | RUNNER_WAITABLE_COMPLETED);
    EXPECT(got, 78);
    EXPECT(RUNNER_WAITABLE_COUNT(weft_calls_peer_stream_u8_cancel_write(out)), 1);
    it = call_of(weft_calls_peer_keep_end(1, end, &result), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    EXPECT(write_byte(out, 78), true);
    until_returned(&it);
    EXPECT(result, 78);
    weft_calls_peer_stream_u8_drop_writable(out);
    weft_calls_peer_block();
    end = weft_calls_peer_stream_u8_new(&out);
    it = call_of(weft_calls_peer_keep_end(1, end, &result), RUNNER_SUBTASK_STARTING);
    EXPECT(cancel(&it), RUNNER_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_stream_u8_drop_readable(end);
    weft_calls_peer_unblock();
    weft_calls_peer_stream_u8_drop_writable(out);
}

static void end_gone_on_cancel(void)
{
    weft_calls_peer_stream_u8_writer_t out;
    weft_calls_peer_stream_u8_t end = weft_calls_peer_stream_u8_new(&out);
    uint32_t result = UNTOUCHED;
    uint8_t sent = 79;
    call it = call_of(weft_calls_peer_keep_end(1, end, &result), RUNNER_SUBTASK_STARTED);
    EXPECT(cancel(&it), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_stream_u8_write(out, &sent, 1), RUNNER_WAITABLE_DROPPED);
    weft_calls_peer_stream_u8_drop_writable(out);
}

static void token_owner(void)
{
    weft_calls_peer_own_token_t token = weft_calls_peer_constructor_token(41);
    uint32_t result = UNTOUCHED;
    EXPECT(weft_calls_peer_tokens(), 1);
    weft_calls_peer_block();
    call it = call_of(weft_calls_peer_keep_token(1, token, &result), RUNNER_SUBTASK_STARTING);
    EXPECT(cancel(&it), RUNNER_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    EXPECT(weft_calls_peer_tokens(), 1);
    it = call_of(weft_calls_peer_keep_token(1, token, &result), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    until_returned(&it);
    EXPECT(result, 41);
    EXPECT(weft_calls_peer_tokens(), 0);
    token = weft_calls_peer_constructor_token(42);
    it = call_of(weft_calls_peer_keep_token(1, token, &result), RUNNER_SUBTASK_STARTED);
    EXPECT(cancel(&it), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_tokens(), 0);
    token = weft_calls_peer_constructor_token(43);
    weft_calls_peer_block();
    it = call_of(weft_calls_peer_keep_token(1, token, &result), RUNNER_SUBTASK_STARTING);
    EXPECT(cancel(&it), RUNNER_SUBTASK_STARTED_CANCELLED);
    EXPECT(weft_calls_peer_tokens(), 1);
    weft_calls_peer_token_drop_own(token);
    EXPECT(weft_calls_peer_tokens(), 0);
    weft_calls_peer_unblock();
}

// Several calls in flight, in one set.

enum { SEVERAL = 5 };

static runner_waitable_set_t set;
static runner_subtask_t subtasks[TICKETS];
static uint32_t results[TICKETS];

static void start_crowd(uint32_t count, runner_subtask_state_t state)
{
    set = runner_waitable_set_new();
    for (uint32_t i = 0; i < count; i++) {
        results[i] = UNTOUCHED;
        runner_subtask_status_t status = weft_calls_peer_hold(i, &results[i]);
        EXPECT(RUNNER_SUBTASK_STATE(status), state);
        subtasks[i] = RUNNER_SUBTASK_HANDLE(status);
        runner_waitable_join(subtasks[i], set);
    }
}

// Waits for the event of one of the crowd, which says `state`, and returns its index.
static uint32_t next_of_crowd(uint32_t count, uint32_t state)
{
    runner_event_t event;
    runner_waitable_set_wait(set, &event);
    EXPECT(event.event, RUNNER_EVENT_SUBTASK);
    EXPECT(event.code, state);
    uint32_t i = 0;
    while (i < count && subtasks[i] != event.waitable)
        i++;
    EXPECT(i < count, true);
    if (state == RUNNER_SUBTASK_RETURNED) {
        EXPECT(results[i], 3 * i + 1);
        runner_subtask_drop(subtasks[i]);
        subtasks[i] = 0;
    }
    return i;
}

static void stop(uint32_t i, uint32_t state)
{
    runner_waitable_join(subtasks[i], 0);
    EXPECT(runner_subtask_cancel(subtasks[i]), state);
    runner_subtask_drop(subtasks[i]);
    EXPECT(results[i], UNTOUCHED);
}

static void any_each_first(void)
{
    for (uint32_t turn = 0; turn < SEVERAL; turn++) {
        start_crowd(SEVERAL, RUNNER_SUBTASK_STARTED);
        weft_calls_peer_open(turn);
        EXPECT(next_of_crowd(SEVERAL, RUNNER_SUBTASK_RETURNED), turn);
        for (uint32_t i = 0; i < SEVERAL; i++) {
            if (i == turn)
                continue;
            EXPECT(results[i], UNTOUCHED);
            if ((i ^ turn) & 1) {
                stop(i, RUNNER_SUBTASK_RETURNED_CANCELLED);
            } else {
                weft_calls_peer_open(i);
                EXPECT(next_of_crowd(SEVERAL, RUNNER_SUBTASK_RETURNED), i);
            }
        }
        runner_waitable_set_drop(set);
    }
}

static void any_repeated(void)
{
    static const uint32_t order[SEVERAL] = {3, 0, 4, 1, 2};
    start_crowd(SEVERAL, RUNNER_SUBTASK_STARTED);
    for (uint32_t i = 0; i < SEVERAL; i++) {
        weft_calls_peer_open(order[i]);
        EXPECT(next_of_crowd(SEVERAL, RUNNER_SUBTASK_RETURNED), order[i]);
    }
    runner_waitable_set_drop(set);
}

static void many_in_flight(void)
{
    start_crowd(TICKETS, RUNNER_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), TICKETS);
    for (uint32_t i = 0; i < TICKETS; i++)
        weft_calls_peer_open(7919 * i % TICKETS); // 7919 and TICKETS have no common factor
    for (uint32_t i = 0; i < TICKETS; i++)
        next_of_crowd(TICKETS, RUNNER_SUBTASK_RETURNED);
    EXPECT(weft_calls_peer_held(), 0);
    runner_waitable_set_drop(set);
    settle_handles();
    weft_calls_peer_settle();
}

static void many_starting(void)
{
    enum { CROWD = 1000 };
    weft_calls_peer_block();
    start_crowd(CROWD, RUNNER_SUBTASK_STARTING);
    EXPECT(weft_calls_peer_held(), 0);
    for (uint32_t i = 1; i < CROWD; i += 2)
        stop(i, RUNNER_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    for (uint32_t i = 0; i < CROWD; i += 2)
        next_of_crowd(CROWD, RUNNER_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), CROWD / 2);
    for (uint32_t i = 0; i < CROWD; i += 2)
        weft_calls_peer_open(CROWD - 2 - i);
    for (uint32_t i = 0; i < CROWD; i += 2)
        next_of_crowd(CROWD, RUNNER_SUBTASK_RETURNED);
    runner_waitable_set_drop(set);
    settle_handles();
    weft_calls_peer_settle();
}

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

#define TESTS                                                                                                  \
    CALL_TESTS                                                                                                 \
    TEST(arguments_read_late)                                                                                  \
    TEST(arguments_reused_after_start)                                                                         \
    TEST(empty_texts)                                                                                          \
    TEST(texts_do_not_leak)                                                                                    \
    TEST(end_moves)                                                                                            \
    TEST(end_stays)                                                                                            \
    TEST(end_gone_on_cancel)                                                                                   \
    TEST(token_owner)                                                                                          \
    TEST(any_each_first)                                                                                       \
    TEST(any_repeated)                                                                                         \
    TEST(many_in_flight)                                                                                       \
    TEST(many_starting)
#include "raw_runner.h"
