// Workload: tasks that keep a promise after some turns, and exports whose type is not async that wait for it:
// the host runs those tasks on top of them. Model: each wait comes back, with what was promised.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <string.h>
#include <weft/weft.h>

WEFT_FUTURE(promise_number, workloads_future_u32, uint32_t);

enum { PROMISES = 8, WITHDRAWN = 99 };

// Kept by an event, and by the value of a future.
static struct promise {
    bool open;
    promise_number_reader number;
    weft_event event;
} promises[PROMISES];

static uint32_t waiting, open_count, promising; // waits on the machine stack; promises; calls

// ---- The component ----

typedef struct {
    weft_coro co;
    promise_number_writer out;
    struct promise *it;
    uint32_t at, turns, below;
} promiser;

WEFT_ASYNC(promiser)
{
    WEFT_BEGIN;
    for (self->at = 0; self->at < PROMISES && promises[self->at].open;)
        self->at++;
    EXPECT(self->at < PROMISES, "more promises than there is room for");
    self->it = &promises[self->at];
    *self->it = (struct promise){.open = true};
    self->it->number = promise_number_reader_of(promise_number_new(&self->out, WITHDRAWN));
    open_count++;
    if (pick(2))
        WEFT_RETURN(co, exports_workloads_promise, 7);
    for (self->turns = pick(4); self->turns; self->turns--) {
        if ((self->below = waiting)) {
            weft_yield_blocking(); // does nothing: whoever waits is below, and must not come back first
            EXPECT(waiting == self->below, "whoever waited below has come back first");
        }
        WEFT_AWAIT(weft_yield(co));
    }
    weft_event_set(&self->it->event);
    if (pick(2))
        WEFT_AWAIT(promise_number_write(co, &self->out, self->at));
    if (!weft_returned(co))
        WEFT_RETURN(co, exports_workloads_promise, 7);
    WEFT_FINALLY;
    if (self->it)
        weft_event_set(&self->it->event);
    while (!promise_number_close_writer(co, &self->out))
        WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_promise, promiser, (void),
               exports_workloads_promise_return(NO_MEMORY));

typedef struct {
    weft_coro co;
    struct promise *it;
    uint32_t value;
} redeem;

WEFT_ASYNC(redeem)
{
    WEFT_BEGIN;
    if (pick(3) == 0)
        WEFT_AWAIT(weft_yield(co));
    if (pick(3) == 0)
        weft_yield_blocking();
    if (pick(2))
        WEFT_AWAIT(weft_event_wait(co, &self->it->event));
    WEFT_AWAIT(promise_number_read(co, &self->it->number, &self->value));
    WEFT_FINALLY;
    promise_number_close_reader(&self->it->number);
    WEFT_END;
}

uint32_t exports_workloads_redeem(void)
{
    redeem frame = {.it = promises};
    while (frame.it < promises + PROMISES && !frame.it->open)
        frame.it++;
    if (frame.it == promises + PROMISES)
        return 7;
    waiting++;
    run.memory_lasts = true; // the world cannot go on meanwhile, nor bring better times
    weft_outcome outcome = weft_block_on(&frame.co, redeem__step);
    run.memory_lasts = false;
    waiting--;
    EXPECT(outcome == WEFT_DONE, "the outcome is %d", outcome);
    EXPECT(frame.value == (uint32_t)(frame.it - promises) || frame.value == WITHDRAWN,
           "the promise was %d, and %u came", (int)(frame.it - promises), frame.value);
    frame.it->open = false;
    open_count--;
    return 7;
}

// ---- The world ----

static void promises_one(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    linger();
    call_and_wait("promise", NULL, NULL);
    promising--;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    memset(promises, 0, sizeof promises);
    waiting = open_count = 0;
    weft_sim_spawn(sim, calm_down, NULL);
    promising = 1 + pick(4);
    for (uint32_t i = promising; i; i--)
        weft_sim_spawn(sim, promises_one, NULL);
    while (promising || open_count) {
        weft_sim_pause(sim);
        if (run.calm || maybe(500))
            call_and_wait("redeem", NULL, NULL);
    }
}

static void check(void)
{
    EXPECT(!waiting && !open_count, "%u wait, and %u promises are left", waiting, open_count);
}

const workload promise_workload = {"promises", play, check};
