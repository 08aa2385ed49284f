// The payloads' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PEER(x) weft_payloads_peer_##x
#define WORLD(x) runner_##x
#define SCRIPT_LOGS_DROPS
#include "scripts/weft_script.h"
// After check.h.
#include "counting_hooks.h"
#include "payloads/runner_kinds.h"

WEFT_STREAM(octets, weft_payloads_peer_stream_u8, uint8_t);

// Three streams of 10, 0 and 20 bytes come back as one.
typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t end;
    bytes_stream_writer outer;
    bytes_future_reader result;
    bytes joined, part;
    octets_writer writer;
    octets_reader reader;
    uint32_t i, at, total, turns;
    uint8_t sent, got[20];
} nested;

static weft_stepped nested_run(weft_coro *co)
{
    static const uint32_t lengths[] = {10, 0, 20};
    nested *self = weft_frame(co, nested);
    WEFT_BEGIN;
    self->end = bytes_stream_new(&self->outer);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(concat)(self->end, &self->end)));
    self->result = bytes_future_reader_of(self->end);
    WEFT_AWAIT(bytes_future_read(co, &self->result, &self->joined));
    EXPECT(weft_resolved(&self->result), true);
    self->reader = octets_reader_of(self->joined);
    for (; self->i < 3; self->i++) {
        self->part = octets_new(&self->writer);
        WEFT_AWAIT(bytes_stream_write_all(co, &self->outer, &self->part, 1));
        EXPECT(self->outer.count, 1);
        for (self->at = 0; self->at < lengths[self->i]; self->at++) {
            self->sent = (uint8_t)self->total++;
            WEFT_AWAIT(octets_write_all(co, &self->writer, &self->sent, 1));
            EXPECT(self->writer.count, 1);
            WEFT_AWAIT(octets_read(co, &self->reader, self->got, sizeof self->got));
            EXPECT(self->reader.count, 1);
            EXPECT(self->got[0], self->sent);
        }
        octets_close_writer(&self->writer);
    }
    bytes_stream_close_writer(&self->outer);
    WEFT_AWAIT(octets_read(co, &self->reader, self->got, sizeof self->got));
    EXPECT(self->reader.count, 0);
    EXPECT(weft_dropped(&self->reader), true);
    WEFT_FINALLY;
    octets_close_reader(&self->reader);
    octets_close_writer(&self->writer);
    bytes_stream_close_writer(&self->outer);
    bytes_future_close_reader(&self->result);
    for (self->turns = 0; self->turns < TURNS; self->turns++)
        WEFT_AWAIT(weft_yield(co));
    script_log[0] = 0; // of the hook of write_all
    WEFT_END;
}

#define TESTS                                                                                                  \
    STREAM_SCENARIOS(SCENARIO_TEST)                                                                            \
    FUTURE_SCENARIOS(SCENARIO_TEST)                                                                            \
    TEST(nested)
#include "weft_runner.h"
