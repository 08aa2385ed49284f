// Workload: several tasks share a mutex, a semaphore and an event, and are cancelled. Model: as many are inside
// as there are permits, first come is first served, and each permit comes back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

static weft_mutex mutex;
static weft_semaphore semaphore;
static weft_event event;
static uint32_t in_mutex, in_semaphore;
static uint32_t line[64], line_first, line_end; // who waits for the mutex, in order; 0: has left
static uint32_t next_number;

typedef struct {
    weft_coro co;
    weft_permit lock, permit;
    weft_subtask call;
    uint32_t result, rounds, number, place;
    bool inside_mutex, inside_semaphore, in_line;
} locker;

WEFT_ASYNC(locker)
{
    WEFT_BEGIN;
    self->number = ++next_number;
    for (self->rounds = 1 + pick(3); self->rounds; self->rounds--) {
        if (pick(2)) {
            self->place = line_end;
            line[line_end++ % 64] = self->number;
            self->in_line = true;
            WEFT_AWAIT(weft_acquire(co, &mutex, &self->lock));
            self->in_line = false;
            while (line_first < self->place) {
                EXPECT(!line[line_first % 64], "the mutex goes to %u, and %u came first", self->number,
                       (unsigned)line[line_first % 64]);
                line_first++;
            }
            line[line_first++ % 64] = 0;
            EXPECT(!in_mutex, "two are inside of a mutex");
            in_mutex++;
            self->inside_mutex = true;
        } else if (weft_try_acquire(&mutex, &self->lock)) {
            EXPECT(!in_mutex, "two are inside of a mutex");
            in_mutex++;
            self->inside_mutex = true;
        }
        if (pick(2)) {
            WEFT_AWAIT(weft_acquire(co, &semaphore, &self->permit));
            EXPECT(in_semaphore < 2, "three are where two may be");
            in_semaphore++;
            self->inside_semaphore = true;
        }
        switch (pick(4)) {
        case 0:
            WEFT_AWAIT(weft_yield(co));
            break;
        case 1:
            WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(0, 0, &self->result)));
            break;
        case 2:
            weft_event_set(&event);
            break;
        default:
            if (run.calm)
                break;
            if (pick(2))
                weft_event_clear(&event);
            if (pick(2))
                WEFT_AWAIT(weft_event_wait(co, &event));
        }
        in_mutex -= self->inside_mutex;
        in_semaphore -= self->inside_semaphore;
        self->inside_mutex = self->inside_semaphore = false;
        weft_release(&self->lock);
        weft_release(&self->permit);
    }
    WEFT_RETURN(co, exports_workloads_lock, 7);
    WEFT_FINALLY;
    if (self->in_line)
        line[self->place % 64] = 0;
    in_mutex -= self->inside_mutex;
    in_semaphore -= self->inside_semaphore;
    weft_release(&self->lock);
    weft_release(&self->permit);
    weft_event_set(&event);
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_lock, locker, (void), exports_workloads_lock_return(NO_MEMORY));

void open_gate(void)
{
    weft_event_set(&event);
}

static uint32_t left;
static bool all_over;

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("lock", NULL, NULL);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    mutex = (weft_mutex){0};
    semaphore = (weft_semaphore){.limit = 2};
    event = (weft_event){0};
    in_mutex = in_semaphore = line_first = line_end = next_number = 0;
    all_over = false;
    answer_by_script("add", add);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 2 + pick(6);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    while (!all_over) {
        weft_sim_pause(sim);
        if (run.calm)
            call_and_wait("tick", &(weft_sim_value){.number = 0}, NULL);
    }
}

static void check(void)
{
    EXPECT(!mutex.taken && !semaphore.taken, "%u and %u permits were not given back", mutex.taken,
           semaphore.taken);
    EXPECT(!mutex.waiters && !semaphore.waiters && !event.waiters, "somebody waits, and nobody is there");
}

const workload lock_workload = {"locks", play, check};
