// The payloads' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PEER(x) weft_payloads_peer_##x
#define WORLD(x) runner_##x
#define SCRIPT_LOGS_DROPS
#include "scripts/raw_script.h"
// After the script's functions.
#include "payloads/runner_kinds.h"

// The status that a copy on `waitable` ends with, if it said `status` at first.
static uint32_t outcome(uint32_t waitable, uint32_t status)
{
    if (status != WEFT_BLOCKED)
        return status;
    uint32_t event[2], set = __waitable_set_new();
    __waitable_join(waitable, set);
    __waitable_set_wait(set, event);
    EXPECT(event[0], waitable);
    __waitable_join(waitable, 0);
    __waitable_set_drop(set);
    return event[1];
}

// Three streams of 10, 0 and 20 bytes come back as one.
static void nested(void)
{
    static const uint32_t lengths[] = {10, 0, 20};
    uint32_t outer, result, joined = 0;
    uint32_t parts = PEER(stream_stream_u8_new)(&outer);
    EXPECT(PEER(concat)(parts, &result), WEFT_SUBTASK_RETURNED);
    EXPECT(outcome(result, PEER(future_stream_u8_read)(result, &joined)), WEFT_COPY_COMPLETED);
    PEER(future_stream_u8_drop_readable)(result);
    uint8_t sent[20], got[20];
    for (uint32_t i = 0, total = 0; i < 3; i++) {
        uint32_t writer, part = PEER(stream_u8_new)(&writer);
        EXPECT(outcome(outer, PEER(stream_stream_u8_write)(outer, &part, 1)), 1 << 4);
        for (uint32_t at = 0; at < lengths[i];) {
            sent[at] = (uint8_t)total++;
            EXPECT(outcome(writer, PEER(stream_u8_write)(writer, &sent[at], 1)), 1 << 4);
            EXPECT(outcome(joined, PEER(stream_u8_read)(joined, got, sizeof got)), 1 << 4);
            EXPECT(got[0], sent[at]);
            at++;
        }
        PEER(stream_u8_drop_writable)(writer);
    }
    PEER(stream_stream_u8_drop_writable)(outer);
    EXPECT(outcome(joined, PEER(stream_u8_read)(joined, got, sizeof got)), WEFT_COPY_DROPPED);
    PEER(stream_u8_drop_readable)(joined);
    for (int i = 0; i < TURNS; i++)
        __thread_yield();
}

#define TESTS                                                                                                  \
    STREAM_SCENARIOS(SCENARIO_TEST)                                                                            \
    FUTURE_SCENARIOS(SCENARIO_TEST)                                                                            \
    TEST(nested)
#include "raw_runner.h"
