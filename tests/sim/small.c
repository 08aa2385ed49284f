// Small cases: one operation or two, and a handful of events, so that all schedules that there are can be run,
// one after another: every order of events, everything told at once or late, every part of a copy, every moment
// of a cancel. Models as in the large workloads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

WEFT_STREAM(small_bytes, workloads_stream_u8, uint8_t);
WEFT_FUTURE(small_number, workloads_future_u32, uint32_t);

// ---- The component: an export whose body is that of the case ----

typedef struct {
    weft_coro co;
    weft_subtask call[2];
    uint32_t result[2];
    weft_any any;
    weft_op *ops[2];
    small_bytes_reader in;
    small_bytes_writer out;
    small_number_writer value;
    uint8_t items[4];
    weft_permit permit;
    bool begun, inside;
} small;

static weft_step *body;
static weft_event event;
static weft_mutex mutex;

static struct {
    uint32_t said[2], seen[2]; // the states of calls: by the peer, and by the component
    uint32_t given, taken;     // items, by the component and by the peer, or the other way round
    uint32_t value, got;       // of the future
    uint32_t begun, inside, woken;
} model;

typedef struct {
    weft_coro co;
    small own;
} small_root;

static weft_stepped small_root_run(weft_coro *co)
{
    small_root *self = weft_frame(co, small_root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->own.co, body));
    WEFT_RETURN(co, exports_workloads_small, 7);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(workloads, exports_workloads_small, small_root, small_root_run, (void), );

static weft_stepped small_read_run(weft_coro *co)
{
    small_root *self = weft_frame(co, small_root);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->own.co, body));
    WEFT_RETURN(co, exports_workloads_small_read, 7);
    WEFT_FINALLY;
    small_bytes_close_reader(&self->own.in);
    WEFT_END;
}

WEFT_EXPORT_STEP(workloads, exports_workloads_small_read, small_root, small_read_run, (uint32_t items),
                 self->own.in = small_bytes_reader_of(items));

// ---- The world ----

static void pause_perhaps(void)
{
    if (pick(2))
        weft_sim_pause(run.sim);
}

// Calls, and cancels if the case may be cancelled and the schedule says so, early or late.
static void call_small(const char *name, const weft_sim_value *args, bool may_cancel)
{
    weft_sim_call *call = weft_sim_call_export(run.guest, NULL, name, args);
    uint32_t when = may_cancel ? pick(3) : 0;
    if (when == 2)
        weft_sim_pause(run.sim);
    if (when)
        weft_sim_call_cancel(call);
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
}

static void begin(weft_step *step)
{
    body = step;
    event = (weft_event){0};
    mutex = (weft_mutex){0};
    __builtin_memset(&model, 0, sizeof model);
    if (pick(2))
        weft_cancel_without_blocking();
    model.said[0] = model.said[1] = WEFT_SUBTASK_STARTED_CANCELLED; // unless its start says otherwise
}

// Answers a call of add, whose first argument is its number.
static void peer_adds(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    if (never_starts(call))
        return;
    uint32_t id = (uint32_t)weft_sim_call_start(call)[0].number;
    pause_perhaps();
    bool cancel = weft_sim_call_cancel_asked(call) && pick(2);
    model.said[id] = cancel ? WEFT_SUBTASK_RETURNED_CANCELLED : WEFT_SUBTASK_RETURNED;
    if (cancel)
        weft_sim_call_cancelled(call);
    else
        weft_sim_call_return(call, &(weft_sim_value){.number = id + 5});
}

static void note_call(small *self, uint32_t id)
{
    EXPECT(!weft_in_flight(&self->call[id]), "call %u is over, and in flight", id);
    model.seen[id] = weft_subtask_state_of(&self->call[id]);
    if (model.seen[id] == WEFT_SUBTASK_RETURNED)
        EXPECT(self->result[id] == id + 5, "call %u: the result is %u", id, self->result[id]);
}

static void check_calls(void)
{
    for (uint32_t id = 0; id < model.begun; id++)
        EXPECT(model.said[id] == model.seen[id], "call %u: the peer said %u, and the component saw %u", id,
               model.said[id], model.seen[id]);
}

// ---- A call, cancelled from outside ----

static weft_stepped one_call_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    model.begun = 1;
    self->begun = true;
    WEFT_AWAIT(weft_subtask_call(co, &self->call[0], workloads_add(0, 0, &self->result[0])));
    WEFT_FINALLY;
    if (self->begun)
        note_call(self, 0);
    WEFT_END;
}

static void play_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    begin(one_call_run);
    answer_by_script("add", peer_adds);
    call_small("small", NULL, true);
}

// ---- A call, stopped by the component, in each way ----

static weft_stepped stop_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    model.begun = 1;
    weft_subtask_start(co, &self->call[0], workloads_add(0, 0, &self->result[0]));
    if (pick(2))
        WEFT_AWAIT(weft_subtask_await_started(co, &self->call[0]));
    if (pick(2))
        weft_stop_blocking(&self->call[0]);
    else
        weft_subtask_cancel(&self->call[0]);
    WEFT_AWAIT(weft_await(co, &self->call[0]));
    note_call(self, 0);
    WEFT_FINALLY;
    WEFT_END;
}

static void play_stop(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    begin(stop_run);
    answer_by_script("add", peer_adds);
    call_small("small", NULL, false);
}

// ---- Any of two calls, and then the other ----

static weft_stepped any_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    model.begun = 2;
    for (uint32_t i = 0; i < 2; i++) {
        weft_subtask_start(co, &self->call[i], workloads_add(i, 0, &self->result[i]));
        self->ops[i] = &self->call[i].op;
    }
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    EXPECT(!weft_in_flight(&self->call[self->any.index]), "weft_await_any tells one in flight");
    if (pick(2))
        weft_stop_blocking(&self->call[1 - self->any.index]);
    WEFT_AWAIT(weft_await(co, &self->call[1 - self->any.index]));
    WEFT_FINALLY;
    for (uint32_t i = 0; i < model.begun; i++) {
        weft_stop_blocking(&self->call[i]);
        note_call(self, i);
    }
    WEFT_END;
}

static void play_any(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    begin(any_run);
    answer_by_script("add", peer_adds);
    call_small("small", NULL, false);
}

// ---- Two reads, of what may come in parts ----

static void take(small *self)
{
    for (uint32_t i = 0; i < self->in.count; i++)
        EXPECT(self->items[i] == model.taken + i, "item %u is %u", model.taken + i, self->items[i]);
    model.taken += (uint32_t)self->in.count;
    self->in.count = 0;
}

static weft_stepped read_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    WEFT_AWAIT(small_bytes_read(co, &self->in, self->items, 3));
    take(self);
    WEFT_AWAIT(small_bytes_read(co, &self->in, self->items, 1));
    WEFT_FINALLY;
    take(self);
    WEFT_END;
}

static void peer_writes(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    uint8_t items[] = {0, 1};
    pause_perhaps();
    uint32_t status = weft_sim_end_copy(end, items, 2);
    model.given = status >> 4;
    weft_sim_end_drop(end);
}

static void play_read(weft_sim *sim, void *data)
{
    (void)data;
    begin(read_run);
    weft_sim_end *writer;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type("small-read"), &writer)};
    weft_sim_spawn(sim, peer_writes, writer);
    call_small("small-read", &value, true);
}

static void check_items(void)
{
    EXPECT(model.given == model.taken, "%u items were given, and %u taken", model.given, model.taken);
}

// ---- A write_all, read in parts ----

static weft_stepped write_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call[0], workloads_take_bytes(small_bytes_new(&self->out)));
    self->begun = true;
    WEFT_AWAIT(small_bytes_write_all(co, &self->out, self->items, 2));
    EXPECT(self->out.count == 2 || weft_dropped(&self->out), "%u of 2 items were written",
           (unsigned)self->out.count);
    WEFT_FINALLY;
    model.given = (uint32_t)self->out.count;
    small_bytes_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->call[0]));
    WEFT_END;
}

static void peer_reads(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    uint8_t items[4];
    for (uint32_t left = pick(3); left; left--) {
        uint32_t status = weft_sim_end_copy(end, items, 1 + pick(2));
        model.taken += status >> 4;
        if (status & 15)
            break;
    }
    weft_sim_end_drop(end);
}

static void takes(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_spawn(run.sim, peer_reads, weft_sim_value_end(&weft_sim_call_start(call)[0]));
    weft_sim_call_return(call, NULL);
}

static void play_write(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    begin(write_run);
    weft_sim_answer(run.sim, NULL, "take-bytes", takes, NULL);
    call_small("small", NULL, true);
}

// ---- A future, written or left to its default ----

static weft_stepped future_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call[0], workloads_take_number(small_number_new(&self->value, 1)));
    if (pick(2))
        WEFT_AWAIT(small_number_write(co, &self->value, 2));
    WEFT_FINALLY;
    model.value = weft_resolved(&self->value) ? 2 : 0;
    EXPECT(small_number_close_writer(co, &self->value), "there is memory, and the writer cannot be closed");
    WEFT_AWAIT(weft_await(co, &self->call[0]));
    WEFT_END;
}

static void peer_reads_number(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    uint32_t number = 0;
    pause_perhaps();
    if (pick(2) && (weft_sim_end_copy(end, &number, 1) & 15) == WEFT_COPY_COMPLETED)
        model.got = number;
    weft_sim_end_drop(end);
}

static void takes_number(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_spawn(run.sim, peer_reads_number, weft_sim_value_end(&weft_sim_call_start(call)[0]));
    weft_sim_call_return(call, NULL);
}

static void play_future(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    begin(future_run);
    weft_sim_answer(run.sim, NULL, "take-number", takes_number, NULL);
    call_small("small", NULL, true);
}

static void check_future(void)
{
    EXPECT(!model.value || model.got == model.value, "%u was taken, and %u came", model.value, model.got);
    EXPECT(model.got <= 2, "%u came, and nobody gave it", model.got);
}

// ---- Two tasks: the second wakes the first ----

static weft_stepped wake_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    (void)self;
    if (++model.begun == 2)
        weft_event_set(&event);
    WEFT_AWAIT(weft_event_wait(co, &event));
    model.woken++;
    WEFT_FINALLY;
    WEFT_END;
}

static void second_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_small("small", NULL, false);
}

static void play_wake(weft_sim *sim, void *data)
{
    (void)data;
    begin(wake_run);
    weft_sim_spawn(sim, second_call, NULL);
    call_small("small", NULL, true);
    weft_sim_settle(sim); // the other waits alone if this one was cancelled before it began
    call_small("tick", &(weft_sim_value){.number = 0}, false);
}

void wake_small(void)
{
    weft_event_set(&event);
}

static void check_wake(void)
{
    EXPECT(!event.waiters, "somebody waits, and nobody is there");
    EXPECT(model.woken, "nobody was woken");
}

// ---- Two tasks, one mutex ----

static weft_stepped lock_run(weft_coro *co)
{
    small *self = weft_frame(co, small);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &mutex, &self->permit));
    EXPECT(!model.inside, "two are inside of a mutex");
    model.inside++;
    self->inside = true;
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    model.inside -= self->inside;
    weft_release(&self->permit);
    WEFT_END;
}

static void play_lock(weft_sim *sim, void *data)
{
    (void)data;
    begin(lock_run);
    weft_sim_spawn(sim, second_call, NULL);
    call_small("small", NULL, true);
}

static void check_lock(void)
{
    EXPECT(!mutex.taken && !mutex.waiters && !model.inside, "the mutex is taken, and nobody is there");
}

const workload small_workloads[SMALL] = {
    {"one-call", play_call, check_calls},        {"one-call-stopped", play_stop, check_calls},
    {"any-of-two-calls", play_any, check_calls}, {"two-reads", play_read, check_items},
    {"one-write", play_write, check_items},      {"one-future", play_future, check_future},
    {"one-wake", play_wake, check_wake},         {"one-mutex", play_lock, check_lock}};
