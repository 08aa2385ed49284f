// Workloads: streams of each kind of payload, read and written in each way, by both sides in parts, with stops,
// cancels and drops. Model: items are numbered; what one side is told has moved is what the other has got.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

typedef struct {
    uint32_t component, peer; // items that have moved, as each side was told
} stream_model;

static stream_model model;

static void check(void)
{
    EXPECT(model.component == model.peer, "%u items moved by the component's account, and %u by the peer's",
           model.component, model.peer);
}

static void make_text(workloads_string_t *item, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "item %u", number);
    workloads_string_dup(item, text);
    owed++;
}

static void check_text(const char *bytes, size_t length, uint32_t number)
{
    char text[16];
    int expected = snprintf(text, sizeof text, "item %u", number);
    EXPECT(length == (size_t)expected && !memcmp(bytes, text, length), "the item is \"%.*s\", not \"%s\"",
           (int)length, bytes, text);
}

static void drop_text(workloads_string_t *item, bool moved)
{
    (void)moved; // its bytes are here in either case
    workloads_string_free(item);
    owed--;
}

WEFT_STREAM(bytes, workloads_stream_u8, uint8_t);
WEFT_STREAM_UNIT(units, workloads_stream_void);
WEFT_STREAM(pairs, workloads_stream_pair, workloads_pair_t);
WEFT_STREAM_OWNED(texts, workloads_stream_string, workloads_string_t, drop_text);

#define EXPORT_OR(...) WEFT_EXPORT_STEP_OR(__VA_ARGS__)
#define RETURN(...) WEFT_RETURN(__VA_ARGS__)
#define EXPECT_ITEM(condition, number) EXPECT(condition, "item %u is another", (unsigned)(number))

#define KIND bytes
#define EXPORT_READ read_bytes
#define READ_NAME "read-bytes"
#define EXPORT_WRITE write_bytes
#define WRITE_NAME "write-bytes"
#define TAKE workloads_take_bytes
#define TAKE_NAME "take-bytes"
#define ITEM uint8_t
#define HOST_ITEM uint8_t
#define WITH(x) x,
#define MAKE(item, n) ((item) = (uint8_t)(n))
#define CHECK_ITEM(item, n) EXPECT_ITEM((item) == (uint8_t)(n), n)
#define FREE(item) ((void)0)
#define GOT(item) ((void)0)
#define HOST_MAKE MAKE
#define HOST_CHECK CHECK_ITEM
#define HOST_FREE FREE
#define OWNED 0
#include "stream_kind.h"

#define KIND units
#define EXPORT_READ read_units
#define READ_NAME "read-units"
#define EXPORT_WRITE write_units
#define WRITE_NAME "write-units"
#define TAKE workloads_take_units
#define TAKE_NAME "take-units"
#define ITEM uint8_t
#define HOST_ITEM uint8_t
#define WITH(x)
#define MAKE(item, n) ((item) = 0)
#define CHECK_ITEM(item, n) ((void)0)
#define FREE(item) ((void)0)
#define GOT(item) ((void)0)
#define HOST_MAKE MAKE
#define HOST_CHECK CHECK_ITEM
#define HOST_FREE FREE
#define OWNED 0
#include "stream_kind.h"

#define KIND pairs
#define EXPORT_READ read_pairs
#define READ_NAME "read-pairs"
#define EXPORT_WRITE write_pairs
#define WRITE_NAME "write-pairs"
#define TAKE workloads_take_pairs
#define TAKE_NAME "take-pairs"
#define ITEM workloads_pair_t
#define HOST_ITEM workloads_pair_t
#define WITH(x) x,
#define MAKE(item, n) ((item).a = (uint32_t)(n), (item).b = (uint64_t)(n) << 33)
#define CHECK_ITEM(item, n) EXPECT_ITEM((item).a == (n) && (item).b == (uint64_t)(n) << 33, n)
#define FREE(item) ((void)0)
#define GOT(item) ((void)0)
#define HOST_MAKE MAKE
#define HOST_CHECK CHECK_ITEM
#define HOST_FREE FREE
#define OWNED 0
#include "stream_kind.h"

static const weft_sim_type text_type = {.kind = WEFT_SIM_STRING, .name = "string"};

static void make_host_text(weft_sim_value *item, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "item %u", number);
    *item = weft_sim_text_value(run.guest, text);
}

static void free_text(workloads_string_t *item)
{
    drop_text(item, false);
}

#define KIND texts
#define EXPORT_READ read_texts
#define READ_NAME "read-texts"
#define EXPORT_WRITE write_texts
#define WRITE_NAME "write-texts"
#define TAKE workloads_take_texts
#define TAKE_NAME "take-texts"
#define ITEM workloads_string_t
#define HOST_ITEM weft_sim_value
#define WITH(x) x,
#define MAKE(item, n) make_text(&(item), (uint32_t)(n))
#define CHECK_ITEM(item, n) check_text((const char *)(item).ptr, (item).len, n)
#define FREE(item) free_text(&(item))
#define GOT(item) owed++
#define HOST_MAKE(item, n) make_host_text(&(item), n)
#define HOST_CHECK(item, n) check_text((item).bytes, (item).count, n)
#define HOST_FREE(item) weft_sim_value_free(&text_type, &(item))
#define OWNED 1
#include "stream_kind.h"

const workload read_workloads[4] = {{"read-bytes", bytes_play_read, check},
                                    {"read-units", units_play_read, check},
                                    {"read-pairs", pairs_play_read, check},
                                    {"read-texts", texts_play_read, check}};
const workload write_workloads[4] = {{"write-bytes", bytes_play_write, check},
                                     {"write-units", units_play_write, check},
                                     {"write-pairs", pairs_play_write, check},
                                     {"write-texts", texts_play_write, check}};
