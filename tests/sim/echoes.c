// Workloads: stream services that pass on what they read, by name_forward: bytes, and texts, which own memory.
// Model: what came back is the beginning of what was taken, and all of it if nobody broke off; each text is
// dropped once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <stdio.h>
#include <string.h>
#include <weft/weft.h>

static uint32_t written, taken, given, read_back, dropped, dropped_moved;
static bool broken, began;

static void drop_text(workloads_string_t *item, bool moved)
{
    workloads_string_free(item);
    dropped++;
    dropped_moved += moved;
}

WEFT_STREAM(echo_bytes, workloads_stream_u8, uint8_t);
WEFT_FLOW(echo_bytes, uint8_t);
WEFT_STREAM_OWNED(echo_texts, workloads_stream_string, workloads_string_t, drop_text);
WEFT_FLOW_OWNED(echo_texts, workloads_string_t, drop_text);

static const weft_sim_type text_type = {.kind = WEFT_SIM_STRING, .name = "string"};

static void make_text(weft_sim_value *item, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "text %u", number);
    *item = weft_sim_text_value(run.guest, text);
}

static void check_text(const weft_sim_value *item, uint32_t number)
{
    char text[16];
    int length = snprintf(text, sizeof text, "text %u", number);
    EXPECT(item->count == (uint32_t)length && !memcmp(item->bytes, text, (size_t)length),
           "text %u came back as another", number);
}

#define EXPORT_OR(...) WEFT_EXPORT_STEP_OR(__VA_ARGS__)
#define RETURN(...) WEFT_RETURN(__VA_ARGS__)

#define KIND echo_bytes
#define EXPORT echo
#define TAKE workloads_take_bytes
#define ITEM uint8_t
#define HOST_ITEM uint8_t
#define STREAM workloads_stream_u8_t
#define HOST_MAKE(item, n) ((item) = (uint8_t)(n))
#define HOST_CHECK(item, n) EXPECT((item) == (uint8_t)(n), "byte %u came back as %u", n, item)
#define HOST_FREE(item) ((void)0)
#include "echo_kind.h"

#define KIND echo_texts
#define EXPORT echo_texts
#define TAKE workloads_take_texts
#define ITEM workloads_string_t
#define HOST_ITEM weft_sim_value
#define STREAM workloads_stream_string_t
#define HOST_MAKE(item, n) make_text(&(item), n)
#define HOST_CHECK(item, n) check_text(&(item), n)
#define HOST_FREE(item) weft_sim_value_free(&text_type, &(item))
#include "echo_kind.h"

// ---- The world ----

static void play_one(weft_sim *sim, const char *export, weft_sim_script writer)
{
    written = taken = given = read_back = dropped = dropped_moved = 0;
    broken = began = false;
    weft_sim_spawn(sim, calm_down, NULL);
    weft_sim_end *end;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type(export), &end)};
    weft_sim_spawn(sim, writer, end);
    linger();
    call_and_wait(export, &value, NULL);
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    answer_by_script("take-bytes", echo_bytes_reads);
    play_one(sim, "echo", echo_bytes_writes);
}

static void play_texts(weft_sim *sim, void *data)
{
    (void)data;
    answer_by_script("take-texts", echo_texts_reads);
    play_one(sim, "echo-texts", echo_texts_writes);
}

static void check(void)
{
    EXPECT(written == taken, "%u items were written, and %u taken", written, taken);
    EXPECT(given == read_back, "%u items were given, and %u came back", given, read_back);
    EXPECT(given <= taken && (broken || !began || given == taken), "of %u items %u were passed on", taken,
           given);
}

static void check_texts(void)
{
    check();
    EXPECT(dropped == taken && dropped_moved == given,
           "%u texts were taken, and %u dropped; %u were given, and %u dropped as such", taken, dropped, given,
           dropped_moved);
}

const workload echo_workloads[2] = {{"echo", play, check}, {"echo-texts", play_texts, check_texts}};
