// Workload: a task that is never out of work. Coroutines keep each other busy, or wait for what is always
// there, until one beside them that yields, or waits for a call, says stop. Model: that one comes back within a
// few turns, and all end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { YIELDS = 4, MOST = 10000, WORKERS = 3 };

WEFT_CHANNEL(balls, uint32_t, 0);

static uint32_t steps, workers;
static uint32_t since; // the steps since the one beside them came back
static bool yields, stop;

// ---- The component ----

typedef struct {
    weft_coro co;
    uint32_t kind;
    balls *in, *out;
    balls_slot slot;
    weft_coro child;
    weft_event event, unset;
    weft_case cases[2];
    weft_virtual_clock clock;
    weft_timer timer;
} worker;

static weft_stepped nothing_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped worker_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    weft_event_set(&self->event);
    weft_virtual_clock_init(&self->clock);
    workers++;
    while (!stop) {
        steps++;
        EXPECT(!yields || ++since < MOST, "one that yielded is kept out by who is busy with %u", self->kind);
        switch (self->kind) {
        case 0:
            WEFT_AWAIT(balls_send(co, self->out, &self->slot, 1));
            WEFT_AWAIT(balls_receive(co, self->in, &self->slot));
            break;
        case 1:
            WEFT_AWAIT(weft_call(co, &self->child, nothing_run));
            break;
        case 2:
            WEFT_AWAIT(weft_event_wait(co, &self->event));
            break;
        case 3:
            WEFT_AWAIT(weft_select(co, self->cases, weft_never(of), weft_event_wait(of, &self->event)));
            break;
        case 4:
            WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->unset),
                                   weft_sleep(of, &self->clock.clock, &self->timer, 0)));
            break;
        default:
            WEFT_AWAIT(weft_sleep(co, &self->clock.clock, &self->timer, 0));
        }
    }
    WEFT_FINALLY;
    workers -= self->event.is_set; // it had begun
    if (self->in)
        balls_close(self->in);
    if (self->out)
        balls_close(self->out);
    WEFT_END;
}

static weft_stepped returner_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(balls_receive(co, self->in, &self->slot));
        WEFT_AWAIT(balls_send(co, self->out, &self->slot, self->slot.item));
    } while (weft_served(&self->slot));
    WEFT_FINALLY;
    balls_close(self->in);
    balls_close(self->out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[WORKERS + 1];
    worker workers[WORKERS + 1];
    balls there, back;
    weft_subtask call;
    uint32_t result, i;
} busy;

static void spawn(weft_coro *co, weft_step *run)
{
    busy *self = weft_frame(co, busy);
    weft_spawn(co, &self->scope, &self->children[self->i], &self->workers[self->i].co, run);
    self->i++;
}

static weft_stepped busy_run(weft_coro *co)
{
    busy *self = weft_frame(co, busy);
    WEFT_BEGIN;
    since = 0;
    yields = true;
    self->workers[0] = (worker){.in = &self->there, .out = &self->back};
    self->workers[1] = (worker){.in = &self->back, .out = &self->there};
    if (pick(2)) {
        spawn(co, returner_run);
        spawn(co, worker_run);
    }
    while (self->i < WORKERS && pick(3)) {
        self->workers[self->i] = (worker){.kind = 1 + pick(5)};
        spawn(co, worker_run);
    }
    for (; self->result < YIELDS; self->result++) {
        WEFT_AWAIT(weft_yield(co));
        since = 0;
    }
    if (pick(2)) {
        weft_subtask_start(co, &self->call, workloads_add(0, 5, &self->result));
        yields = pick(2);
        while (yields && weft_in_flight(&self->call)) {
            WEFT_AWAIT(weft_yield(co));
            since = 0;
        }
        WEFT_AWAIT(weft_await(co, &self->call));
    }
    stop = true;
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_workloads_busy, 7);
    WEFT_FINALLY;
    since = 0;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_stop_blocking(&self->call);
    WEFT_END;
}

WEFT_EXPORT_STEP_OR(workloads, exports_workloads_busy, busy, busy_run, (void),
                    exports_workloads_busy_return(NO_MEMORY), );

// ---- The world ----

static void answer(weft_sim *sim, void *data)
{
    weft_sim_call *call = data;
    linger();
    weft_sim_call_start(call);
    linger();
    for (uint32_t then = steps;
         workers && steps - then < MOST && !weft_sim_call_cancel_asked(call);) // they go on without an event
        weft_sim_pause(sim);
    weft_sim_call_return(call, &(weft_sim_value){.number = 5});
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    stop = false;
    steps = workers = 0;
    answer_by_script("add", answer);
    weft_sim_spawn(sim, calm_down, NULL);
    call_and_wait("busy", NULL, NULL);
}

static void check(void)
{
    EXPECT(!workers, "%u are still at work", workers);
}

const workload busy_workload = {"busy", play, check};
