// Workload: a stream service that passes on what it reads, by name_forward. Model: what came back is the
// beginning of what was taken, and all of it if nobody broke off.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

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

static uint32_t written, taken, given, read_back;
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

static void play(weft_sim *sim, void *data)
{
    (void)data;
    written = taken = given = read_back = 0;
    broken = began = false;
    weft_sim_spawn(sim, calm_down, NULL);
    answer_by_script("take-bytes", reads);
    weft_sim_end *writer;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type("echo"), &writer)};
    weft_sim_spawn(sim, writes, writer);
    linger();
    call_and_wait("echo", &value, NULL);
}

static void check(void)
{
    EXPECT(written == taken, "%u bytes were written, and %u taken", written, taken);
    EXPECT(given == read_back, "%u bytes were given, and %u came back", given, read_back);
    EXPECT(given <= taken && (broken || !began || given == taken), "of %u bytes %u were passed on", taken,
           given);
}

const workload echo_workload = {"echo", play, check};
