// Workload: streams that several tasks share. One starts a read, another waits for it, stops it, or hands the
// end on to a peer; ends outlive the tasks that read from them. Model: the bytes of each stream are numbered,
// and all that was written is read once, in order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { STREAMS = 4, NUMBERS = 64 }; // a byte is NUMBERS * its stream + its number

WEFT_STREAM(shared_bytes, workloads_stream_u8, uint8_t);

static uint32_t written[STREAMS], taken[STREAMS];

static void take_byte(uint8_t byte)
{
    uint32_t stream = byte / NUMBERS;
    EXPECT(byte % NUMBERS == taken[stream] % NUMBERS, "byte %u of stream %u came, and %u is next",
           byte % NUMBERS, stream, taken[stream] % NUMBERS);
    taken[stream]++;
}

// ---- The component ----

typedef struct {
    shared_bytes_reader in;
    uint8_t items[8];
    bool open, begun; // begun: a read whose items have not been taken
    bool busy;        // somebody waits for it
} slot;

static slot slots[STREAMS];

// If its read is over: nobody has to be told of that.
static void take_items(slot *it)
{
    if (!it->begun || weft_in_flight(&it->in))
        return;
    it->begun = false;
    for (size_t i = 0; i < it->in.count; i++)
        take_byte(it->items[i]);
}

static void close_slot(slot *it)
{
    weft_stop_blocking(&it->in);
    take_items(it);
    shared_bytes_close_reader(&it->in);
    it->open = false;
}

// NULL if there is none, or somebody waits for its read.
static slot *any_open(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < STREAMS; i++)
        count += slots[i].open && !slots[i].busy;
    uint32_t left = count ? pick(count) : 0;
    for (uint32_t i = 0; count && i < STREAMS; i++)
        if (slots[i].open && !slots[i].busy && left-- == 0)
            return &slots[i];
    return NULL;
}

static void begin_read(weft_coro *co, slot *it)
{
    it->begun = true;
    shared_bytes_start_read(co, &it->in, it->items, 1 + pick(8));
}

typedef struct {
    weft_coro co;
    uint32_t items, rounds, handle;
    slot *at;
    weft_any any;
    weft_op *ops[STREAMS];
    slot *of[STREAMS];
    uint32_t count;
    weft_subtask_owned call;
} sharer;

static void drop_handle(void *handle)
{
    shared_bytes_reader in = shared_bytes_reader_of(*(uint32_t *)handle);
    shared_bytes_close_reader(&in);
}

static void give_back(sharer *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        self->of[i]->busy = false;
        take_items(self->of[i]);
    }
    self->count = 0;
}

static void add_op(sharer *self, slot *it)
{
    it->busy = true;
    self->of[self->count] = it;
    self->ops[self->count++] = &it->in.op;
}

WEFT_ASYNC(sharer)
{
    WEFT_BEGIN;
    self->at = &slots[pick(STREAMS)];
    if (self->at->open || self->at->busy) {
        shared_bytes_reader in = shared_bytes_reader_of(self->items);
        shared_bytes_close_reader(&in);
    } else {
        self->at->in = shared_bytes_reader_of(self->items);
        self->at->open = true;
    }
    self->items = 0;
    for (self->rounds = pick(12); self->rounds; self->rounds--) {
        self->at = any_open();
        if (!self->at) {
            WEFT_AWAIT(weft_yield(co));
            continue;
        }
        take_items(self->at);
        bool reading = weft_in_flight(&self->at->in);
        switch (pick(8)) {
        case 0:
        case 6:
            if (!reading)
                begin_read(co, self->at);
            WEFT_AWAIT(weft_yield(co));
            break;
        case 1:
            if (!reading && !weft_dropped(&self->at->in)) {
                self->at->open = false;
                self->handle = shared_bytes_hand_on(&self->at->in);
                WEFT_AWAIT(weft_subtask_call_owned(co, &self->call, workloads_take_bytes(self->handle),
                                                   drop_handle, NULL, &self->handle));
            }
            break;
        case 2:
            for (uint32_t i = 0; i < STREAMS; i++)
                if (slots[i].open && !slots[i].busy && weft_in_flight(&slots[i].in))
                    add_op(self, &slots[i]);
            if (self->count)
                WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, self->count));
            give_back(self);
            break;
        case 3:
            if (pick(3) == 0)
                close_slot(self->at);
            else
                weft_stop_blocking(&self->at->in);
            break;
        case 4:
            WEFT_AWAIT(weft_yield(co));
            break;
        default:
            if (!reading)
                begin_read(co, self->at);
            add_op(self, self->at);
            WEFT_AWAIT(weft_await(co, &self->at->in));
            give_back(self);
        }
    }
    WEFT_RETURN(co, exports_workloads_share, 7);
    WEFT_FINALLY;
    give_back(self);
    if (self->items)
        drop_handle(&self->items);
    for (uint32_t i = 0; i < STREAMS; i++) { // what nobody has taken over
        if (slots[i].open && !slots[i].busy && slots[i].in.op.task == co->task)
            weft_stop_blocking(&slots[i].in);
        take_items(&slots[i]);
    }
    WEFT_END;
}

#define NO_READER                                                                                              \
    drop_handle(&items);                                                                                       \
    exports_workloads_share_return(NO_MEMORY)
WEFT_EXPORT_OR(workloads, exports_workloads_share, sharer, (workloads_stream_u8_t items), NO_READER,
               .items = items);

void close_shared(void)
{
    for (uint32_t i = 0; i < STREAMS; i++)
        if (slots[i].open && !slots[i].busy && !weft_in_flight(&slots[i].in) && run.calm)
            close_slot(&slots[i]);
}

// ---- The world ----

static uint32_t left, streams;

static void writes(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    uint32_t stream = streams++;
    uint8_t items[8];
    for (uint32_t rounds = pick(10); rounds; rounds--) {
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++)
            items[i] = (uint8_t)(stream * NUMBERS + (written[stream] + i) % NUMBERS);
        linger();
        uint32_t status = copy_items(end, items, count);
        written[stream] += status >> 4;
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    linger();
    weft_sim_end_drop(end);
}

static void reads(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    weft_sim_end *end = take_end(call);
    if (!end)
        return;
    bool early = pick(2);
    if (early)
        weft_sim_call_return(call, NULL);
    uint8_t items[8];
    for (uint32_t rounds = pick(20); rounds; rounds--) {
        linger();
        uint32_t status = copy_items(end, items, 1 + pick(7));
        for (uint32_t i = 0; i < status >> 4; i++)
            take_byte(items[i]);
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
    if (!early)
        weft_sim_call_return(call, NULL);
}

static void one_share(weft_sim *sim, void *data)
{
    (void)data;
    weft_sim_end *writer;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type("share"), &writer)};
    weft_sim_spawn(sim, writes, writer);
    linger();
    call_and_wait("share", &value, NULL);
    left--;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    for (uint32_t i = 0; i < STREAMS; i++) {
        slots[i] = (slot){0};
        written[i] = taken[i] = 0;
    }
    streams = 0;
    answer_by_script("take-bytes", reads);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(STREAMS);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_share, NULL);
    bool open = true;
    while (left || open) {
        weft_sim_pause(sim);
        if (maybe(100))
            call_and_wait("trim", NULL, NULL);
        if (left || !run.calm)
            continue;
        call_and_wait("tick", &(weft_sim_value){.number = 0}, NULL);
        open = false;
        for (uint32_t i = 0; i < STREAMS; i++)
            open = open || slots[i].open;
    }
}

static void check(void)
{
    for (uint32_t i = 0; i < STREAMS; i++)
        EXPECT(written[i] == taken[i], "of stream %u %u bytes were written, and %u taken", i, written[i],
               taken[i]);
}

const workload share_workload = {"shared", play, check};
