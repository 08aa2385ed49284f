// Workloads: stream services that pass on what they read, by name_forward: bytes, and texts, which own memory.
// Model: what came back is the beginning of what was taken, and all of it if nobody broke off; each text is
// dropped once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <stdio.h>
#include <string.h>
#include <weft/weft.h>

WEFT_STREAM(echo_bytes, workloads_stream_u8, uint8_t);
WEFT_FLOW(echo_bytes, uint8_t);

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    weft_forward forward;
    echo_bytes_reader in;
    echo_bytes_writer out;
    uint8_t buffer[4];
    uint32_t handle;
    weft_subtask_owned call;
} echo;

static uint32_t written, taken, given, read_back, dropped, dropped_moved;
static bool broken, began;

static void drop_reader(void *handle)
{
    echo_bytes_reader in = echo_bytes_reader_of(*(uint32_t *)handle);
    echo_bytes_close_reader(&in);
    broken = true;
}

static weft_poll echo_run(weft_coro *co)
{
    echo *self = weft_frame(co, echo);
    WEFT_BEGIN(co);
    began = true;
    self->handle = echo_bytes_new(&self->out);
    weft_subtask_start_owned(co, &self->call, workloads_take_bytes(self->handle), drop_reader, &self->handle);
    WEFT_AWAIT(echo_bytes_forward(co, &self->forward, &self->in, &self->out, self->buffer, 1 + pick(4)));
    WEFT_RETURN(co, exports_workloads_echo, 7);
    WEFT_FINALLY(co);
    taken = (uint32_t)self->forward.taken;
    given = (uint32_t)self->forward.given;
    echo_bytes_close_reader(&self->in);
    echo_bytes_close_writer(&self->out);
    broken = broken || weft_cancelled(co);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END(co);
}

#define NO_READER                                                                                              \
    echo_bytes_reader in = echo_bytes_reader_of(items);                                                        \
    broken = true;                                                                                             \
    echo_bytes_close_reader(&in);                                                                              \
    exports_workloads_echo_return(NO_MEMORY)
WEFT_EXPORT_OR(workloads, exports_workloads_echo, echo, echo_run, (workloads_stream_u8_t items), NO_READER,
               self->in = echo_bytes_reader_of(items));

static void writes(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    uint8_t items[8];
    for (uint32_t left = pick(8); left; left--) {
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++)
            items[i] = (uint8_t)(written + i);
        linger();
        weft_sim_end_start(end, items, count);
        linger();
        uint32_t status = maybe(300) ? weft_sim_end_cancel(end) : weft_sim_end_wait(end);
        written += status >> 4;
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

static void reads(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    linger();
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    uint8_t items[8];
    for (;;) {
        if (maybe(50)) {
            broken = true;
            break;
        }
        linger();
        weft_sim_end_start(end, items, (1 + pick(8)) % 8); // always 0 would be endless
        linger();
        uint32_t status = maybe(300) ? weft_sim_end_cancel(end) : weft_sim_end_wait(end);
        for (uint32_t i = 0; i < status >> 4; i++, read_back++)
            EXPECT(items[i] == (uint8_t)read_back, "byte %u came back as %u", read_back, items[i]);
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

// ---- Texts ----

static void drop_text(workloads_string_t *item, bool moved)
{
    workloads_string_free(item);
    dropped++;
    dropped_moved += moved;
}

WEFT_STREAM_OWNED(echo_texts, workloads_stream_string, workloads_string_t, drop_text);
WEFT_FLOW_OWNED(echo_texts, workloads_string_t, drop_text);

typedef struct {
    weft_coro co;
    weft_forward forward;
    echo_texts_reader in;
    echo_texts_writer out;
    workloads_string_t items[4];
    uint32_t handle;
    weft_subtask_owned call;
} text_echo;

static void drop_texts(void *handle)
{
    echo_texts_reader in = echo_texts_reader_of(*(uint32_t *)handle);
    echo_texts_close_reader(&in);
    broken = true;
}

static weft_poll text_echo_run(weft_coro *co)
{
    text_echo *self = weft_frame(co, text_echo);
    WEFT_BEGIN(co);
    began = true;
    self->handle = echo_texts_new(&self->out);
    weft_subtask_start_owned(co, &self->call, workloads_take_texts(self->handle), drop_texts, &self->handle);
    WEFT_AWAIT(echo_texts_forward(co, &self->forward, &self->in, &self->out, self->items, 1 + pick(4)));
    WEFT_RETURN(co, exports_workloads_echo_texts, 7);
    WEFT_FINALLY(co);
    taken = (uint32_t)self->forward.taken;
    given = (uint32_t)self->forward.given;
    echo_texts_close_reader(&self->in);
    echo_texts_close_writer(&self->out);
    broken = broken || weft_cancelled(co);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END(co);
}

WEFT_EXPORT_OR(
    workloads, exports_workloads_echo_texts, text_echo, text_echo_run, (workloads_stream_string_t items),
    {
        drop_texts(&items);
        exports_workloads_echo_texts_return(NO_MEMORY);
    },
    self->in = echo_texts_reader_of(items));

static const weft_sim_type text_type = {.kind = WEFT_SIM_STRING, .name = "string"};

static void writes_texts(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    for (uint32_t rounds = pick(8); rounds; rounds--) {
        weft_sim_value items[8];
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++) {
            char text[16];
            snprintf(text, sizeof text, "text %u", written + i);
            items[i] = weft_sim_text_value(run.guest, text);
        }
        linger();
        weft_sim_end_start(end, items, count);
        linger();
        uint32_t status = maybe(300) ? weft_sim_end_cancel(end) : weft_sim_end_wait(end);
        written += status >> 4;
        for (uint32_t i = status >> 4; i < count; i++)
            weft_sim_value_free(&text_type, &items[i]);
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

static void reads_texts(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    linger();
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    weft_sim_value items[8];
    for (;;) {
        if (maybe(50)) {
            broken = true;
            break;
        }
        linger();
        weft_sim_end_start(end, items, (1 + pick(8)) % 8); // always 0 would be endless
        linger();
        uint32_t status = maybe(300) ? weft_sim_end_cancel(end) : weft_sim_end_wait(end);
        for (uint32_t i = 0; i < status >> 4; i++, read_back++) {
            char text[16];
            int length = snprintf(text, sizeof text, "text %u", read_back);
            EXPECT(items[i].count == (uint32_t)length && !memcmp(items[i].bytes, text, (size_t)length),
                   "text %u came back as another", read_back);
            weft_sim_value_free(&text_type, &items[i]);
        }
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

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
    answer_by_script("take-bytes", reads);
    play_one(sim, "echo", writes);
}

static void play_texts(weft_sim *sim, void *data)
{
    (void)data;
    answer_by_script("take-texts", reads_texts);
    play_one(sim, "echo-texts", writes_texts);
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
