// The futures' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PEER(x) weft_futures_peer_##x
#include "scripts/raw_script.h"
// After the script's functions.
#include "kinds.h"
#include "scenarios.h"
#include "scripts/scenario.h"

SCENARIO_CALLS(narrow)
SCENARIO_CALLS(wide)
SCENARIO_CALLS(unit)
SCENARIO_CALLS(mixed)

static const scenario_kind future_kinds[] = {SCENARIO_KIND(narrow) SCENARIO_KIND(wide) SCENARIO_KIND(unit)
                                                 SCENARIO_KIND(mixed)};

#define ON_ALL(...) SCENARIO(future_kinds, __VA_ARGS__)
SCENARIOS(ON_ALL)

// The status of the one event that `waitable`, alone in a set, gets.
static uint32_t wait_for(uint32_t waitable, uint32_t due)
{
    uint32_t event[2], set = __waitable_set_new();
    __waitable_join(waitable, set);
    EXPECT(__waitable_set_wait(set, event), due);
    EXPECT(event[0], waitable);
    __waitable_join(waitable, 0);
    __waitable_set_drop(set);
    return event[1];
}

static void settle(void)
{
    for (int i = 0; i < TURNS; i++)
        __thread_yield();
}

// The readable end goes to the peer and back a hundred times.
static void pass_rounds(bool try)
{
    uint32_t writer, value = 0, in = PEER(future_u32_new)(&writer);
    for (int i = 0; i < 100; i++) {
        if (try) {
            EXPECT(PEER(future_u32_read)(in, &value), WEFT_BLOCKED);
            EXPECT(PEER(future_u32_cancel_read)(in), WEFT_COPY_CANCELLED);
        }
        EXPECT(PEER(pass)(in, try, &in), WEFT_SUBTASK_RETURNED);
    }
    uint32_t sent = 7;
    EXPECT(PEER(future_u32_write)(writer, &sent), WEFT_BLOCKED);
    EXPECT(PEER(pass)(in, false, &in), WEFT_SUBTASK_RETURNED);
    EXPECT(PEER(future_u32_read)(in, &value), WEFT_COPY_COMPLETED);
    EXPECT(value, 7);
    EXPECT(wait_for(writer, WEFT_EVENT_FUTURE_WRITE), WEFT_COPY_COMPLETED);
    PEER(future_u32_drop_readable)(in);
    PEER(future_u32_drop_writable)(writer);
}

static void ping_pong(void)
{
    pass_rounds(false);
}

static void ping_pong_used(void)
{
    pass_rounds(true);
}

static void any_of(void)
{
    enum { COUNT = 3 };
    uint32_t ends[COUNT], writers[COUNT], values[COUNT], sent[COUNT] = {10, 20, 30}, event[2];
    for (int i = 0; i < COUNT; i++)
        ends[i] = PEER(future_u32_new)(&writers[i]);
    PEER(list_future_u32_t) list = {ends, COUNT}, relayed;
    EXPECT(PEER(relay)(list, &relayed), WEFT_SUBTASK_RETURNED);
    uint32_t call = WEFT_STATUS_COUNT(PEER(wait)()), set = __waitable_set_new();
    for (int i = 0; i < COUNT; i++) {
        EXPECT(PEER(future_u32_read)(relayed.ptr[i], &values[i]), WEFT_BLOCKED);
        __waitable_join(relayed.ptr[i], set);
    }
    __waitable_join(call, set);
    EXPECT(PEER(future_u32_write)(writers[0], &sent[0]), WEFT_COPY_COMPLETED);
    EXPECT(__waitable_set_wait(set, event), WEFT_EVENT_FUTURE_READ);
    EXPECT(event[0], relayed.ptr[0]);
    EXPECT(values[0], 20);
    __waitable_join(relayed.ptr[0], 0); // or the peer's end of the writer would be an event, too
    PEER(open)();
    EXPECT(__waitable_set_wait(set, event), WEFT_EVENT_SUBTASK);
    EXPECT(event[0], call);
    EXPECT(event[1], WEFT_SUBTASK_RETURNED);
    __subtask_drop(call);
    for (int i = 1; i < COUNT; i++) {
        EXPECT(PEER(future_u32_write)(writers[i], &sent[i]), WEFT_COPY_COMPLETED);
        EXPECT(__waitable_set_wait(set, event), WEFT_EVENT_FUTURE_READ);
        EXPECT(event[0], relayed.ptr[i]);
        EXPECT(values[i], 2 * sent[i]);
        __waitable_join(relayed.ptr[i], 0);
    }
    for (int i = 0; i < COUNT; i++) {
        PEER(future_u32_drop_readable)(relayed.ptr[i]);
        PEER(future_u32_drop_writable)(writers[i]);
    }
    __waitable_set_drop(set);
    payload_free(relayed.ptr);
    settle();
}

static void many(void)
{
    uint32_t *ends = calloc(4 * PLENTY, sizeof *ends), *writers = ends + PLENTY, *values = writers + PLENTY,
             *sent = values + PLENTY;
    for (uint32_t i = 0; i < PLENTY; i++)
        ends[i] = PEER(future_u32_new)(&writers[i]);
    PEER(list_future_u32_t) list = {ends, PLENTY}, relayed;
    EXPECT(PEER(relay)(list, &relayed), WEFT_SUBTASK_RETURNED);
    EXPECT(relayed.len, PLENTY);
    uint32_t set = __waitable_set_new();
    for (uint32_t i = 0; i < PLENTY; i++) {
        EXPECT(PEER(future_u32_read)(relayed.ptr[i], &values[i]), WEFT_BLOCKED);
        __waitable_join(relayed.ptr[i], set);
    }
    for (uint32_t i = 0; i < PLENTY; i++) {
        sent[i] = i + 1;
        EXPECT(PEER(future_u32_write)(writers[i], &sent[i]), WEFT_COPY_COMPLETED);
        PEER(future_u32_drop_writable)(writers[i]);
    }
    for (uint32_t i = 0; i < PLENTY; i++) {
        uint32_t event[2];
        EXPECT(__waitable_set_wait(set, event), WEFT_EVENT_FUTURE_READ);
        EXPECT(event[1], WEFT_COPY_COMPLETED);
        __waitable_join(event[0], 0);
        PEER(future_u32_drop_readable)(event[0]);
    }
    for (uint32_t i = 0; i < PLENTY; i++)
        EXPECT(values[i], 2 * (i + 1));
    __waitable_set_drop(set);
    payload_free(relayed.ptr);
    free(ends);
    settle();
    sort_handles(4 * PLENTY);
    PEER(sort)(4 * PLENTY);
}

#define SCENARIO_TEST(name, ...) TEST(name)
#define TESTS                                                                                                  \
    SCENARIOS(SCENARIO_TEST)                                                                                   \
    TEST(ping_pong)                                                                                            \
    TEST(ping_pong_used)                                                                                       \
    TEST(any_of)                                                                                               \
    TEST(many)
#include "raw_runner.h"
