// Workload: channels between tasks, some of which are cancelled. Model: each item that was sent is received
// once, those of one sender in their order; what was not sent is the sender's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { SENDERS = 4, ITEMS = 8 };

typedef struct {
    uint32_t sender, number;
} item;

WEFT_CHANNEL(direct, item, 0);
WEFT_CHANNEL(buffered, item, 2);

static direct direct_channel;
static buffered buffered_channel;
static bool use_direct;
static uint32_t senders, tasks;
static uint32_t sent[SENDERS + 1], received[SENDERS + 1]; // by sender

typedef struct {
    weft_coro co;
    direct_slot direct;
    buffered_slot buffered;
    uint32_t sender, rounds;
    bool begun;
} mover;

static void note_sent(mover *self)
{
    if (self->begun && (use_direct ? weft_served(&self->direct) : weft_served(&self->buffered)))
        sent[self->sender]++;
    self->begun = false;
}

static weft_stepped send_run(weft_coro *co)
{
    mover *self = weft_frame(co, mover);
    WEFT_BEGIN;
    self->sender = ++senders;
    for (self->rounds = pick(ITEMS); self->rounds; self->rounds--) {
        self->begun = true;
        item it = {self->sender, sent[self->sender]};
        if (pick(3) == 0) {
            self->direct.ticket.is = use_direct && direct_try_send(&direct_channel, it);
            self->buffered.ticket.is = !use_direct && buffered_try_send(&buffered_channel, it);
        } else if (use_direct) {
            WEFT_AWAIT(direct_send(co, &direct_channel, &self->direct, it));
        } else {
            WEFT_AWAIT(buffered_send(co, &buffered_channel, &self->buffered, it));
        }
        note_sent(self);
        if (pick(3) == 0)
            WEFT_AWAIT(weft_yield(co));
    }
    WEFT_RETURN(co, exports_workloads_send, 7);
    WEFT_FINALLY;
    note_sent(self);
    WEFT_END;
}

static void receive_item(item it)
{
    EXPECT(it.sender && it.sender <= senders, "an item of sender %u came", it.sender);
    EXPECT(it.number == received[it.sender], "item %u of sender %u came, and %u is next", it.number, it.sender,
           received[it.sender]);
    received[it.sender]++;
}

static void note_received(mover *self)
{
    if (self->begun && (use_direct ? weft_served(&self->direct) : weft_served(&self->buffered)))
        receive_item(use_direct ? self->direct.item : self->buffered.item);
    self->begun = false;
}

// Only one receives, so that the order in which it runs is that of the channel.
static weft_stepped receive_run(weft_coro *co)
{
    mover *self = weft_frame(co, mover);
    WEFT_BEGIN;
    for (;;) {
        self->begun = true;
        if (pick(3) == 2) {
            item it;
            self->begun = false;
            if (use_direct ? direct_try_receive(&direct_channel, &it)
                           : buffered_try_receive(&buffered_channel, &it))
                receive_item(it);
            WEFT_AWAIT(weft_yield(co));
            continue;
        }
        if (use_direct)
            WEFT_AWAIT(direct_receive(co, &direct_channel, &self->direct));
        else
            WEFT_AWAIT(buffered_receive(co, &buffered_channel, &self->buffered));
        if (use_direct ? !weft_served(&self->direct) : !weft_served(&self->buffered))
            break; // closed, and empty
        note_received(self);
    }
    WEFT_RETURN(co, exports_workloads_receive, 7);
    WEFT_FINALLY;
    note_received(self);
    WEFT_END;
}

WEFT_EXPORT_STEP_OR(workloads, exports_workloads_send, mover, send_run, (void),
                    exports_workloads_send_return(NO_MEMORY), );
WEFT_EXPORT_STEP_OR(workloads, exports_workloads_receive, mover, receive_run, (void),
                    exports_workloads_receive_return(NO_MEMORY), );

void close_channels(void)
{
    direct_close(&direct_channel);
    buffered_close(&buffered_channel);
}

static void one_sender(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("send", NULL, NULL);
    tasks--;
}

// When it has been cancelled, another goes on; at last the senders are gone, and the channel is closed.
static void receivers(weft_sim *sim, void *data)
{
    (void)sim;
    bool *over = data;
    while (!*over) {
        call_and_wait("receive", NULL, NULL);
        if (*over)
            break;
        linger();
        weft_sim_pause(sim);
    }
    uint32_t result = NO_MEMORY; // the rest
    while (call_and_wait("receive", NULL, &result) != WEFT_SIM_RETURNED || result == NO_MEMORY)
        weft_sim_pause(sim);
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    static bool over;
    over = false;
    direct_channel = (direct){0};
    buffered_channel = (buffered){0};
    use_direct = pick(2);
    senders = 0;
    for (uint32_t i = 0; i <= SENDERS; i++)
        sent[i] = received[i] = 0;
    weft_sim_spawn(sim, calm_down, NULL);
    tasks = pick(SENDERS + 1);
    for (uint32_t i = tasks; i; i--)
        weft_sim_spawn(sim, one_sender, NULL);
    weft_sim_spawn(sim, receivers, &over);
    while (tasks)
        weft_sim_pause(sim);
    over = true;
    call_and_wait("tick", &(weft_sim_value){.number = 0}, NULL);
}

static void check(void)
{
    for (uint32_t i = 1; i <= senders; i++)
        EXPECT(sent[i] == received[i], "sender %u sent %u items, and %u came", i, sent[i], received[i]);
}

const workload channel_workload = {"channels", play, check};
