// beyond, the runner by hand: jobs, each a function and what it needs, in one array; one set for all calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "beyond_runner.h"
#include "../heap.h"

typedef struct job {
    void (*step)(struct job *job);
    struct job *next;
} job;

typedef struct {
    job *first, **last;
} queue;

static void push(queue *to, job *it)
{
    it->next = NULL;
    *to->last = it;
    to->last = &it->next;
}

// Runs all, and those who come meanwhile.
static void run(queue *of)
{
    for (job *it = of->first; it; it = it->next)
        it->step(it);
    *of = (queue){.last = &of->first};
}

// The callback of an export that never waits.
#define NEVER_CALLED_BACK(what)                                                                                \
    beyond_runner_callback_code_t exports_beyond_runner_run_##what##_callback(beyond_runner_event_t *event)    \
    {                                                                                                          \
        (void)event;                                                                                           \
        __builtin_trap();                                                                                      \
    }                                                                                                          \
    _Static_assert(1, "")

// Jobs that end at once
// ----------------------------------------------------------------------------------------------

typedef struct spawn {
    void (*step)(struct spawn *spawn);
    uint32_t *pending;
} spawn;

static void end(spawn *it)
{
    --*it->pending;
}

// Returns the memory that there is before any of them has run.
static uint64_t spawns(uint32_t n)
{
    uint32_t pending = n;
    spawn *jobs = heap_alloc(n * sizeof *jobs);
    for (uint32_t i = 0; i < n; i++)
        jobs[i] = (spawn){.step = end, .pending = &pending};
    uint64_t memory = (uint64_t)heap_pages() << 48 | heap_live;
    for (uint32_t i = 0; i < n; i++)
        jobs[i].step(&jobs[i]);
    if (pending)
        __builtin_trap();
    heap_free(jobs, n * sizeof *jobs);
    return memory;
}

beyond_runner_callback_code_t exports_beyond_runner_run_spawns(uint32_t n)
{
    spawns(n);
    exports_beyond_runner_run_spawns_return(n);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

beyond_runner_callback_code_t exports_beyond_runner_run_spawns_memory(uint32_t n)
{
    exports_beyond_runner_run_spawns_memory_return(spawns(n));
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

NEVER_CALLED_BACK(spawns);
NEVER_CALLED_BACK(spawns_memory);

// Jobs on one event
// ----------------------------------------------------------------------------------------------

typedef struct event event;

typedef struct {
    job job;
    event *owner;
} waiter;

struct event {
    queue waiting;
    uint32_t n, count;
    waiter waiters[];
};

static void count(job *job)
{
    ((waiter *)job)->owner->count++;
}

static void wait_for_event(job *job)
{
    job->step = count;
    push(&((waiter *)job)->owner->waiting, job);
}

beyond_runner_callback_code_t exports_beyond_runner_run_event(uint32_t n)
{
    event *self = heap_alloc(sizeof *self + n * sizeof *self->waiters);
    *self = (event){.waiting.last = &self->waiting.first, .n = n};
    for (uint32_t i = 0; i < n; i++) {
        waiter *it = &self->waiters[i];
        *it = (waiter){.job.step = wait_for_event, .owner = self};
        it->job.step(&it->job);
    }
    beyond_runner_context_set_0(self);
    return BEYOND_RUNNER_CALLBACK_CODE_YIELD;
}

beyond_runner_callback_code_t exports_beyond_runner_run_event_callback(beyond_runner_event_t *host)
{
    (void)host;
    event *self = beyond_runner_context_get_0();
    run(&self->waiting);
    exports_beyond_runner_run_event_return(self->count);
    heap_free(self, sizeof *self + self->n * sizeof *self->waiters);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

// Calls of `hold`
// ----------------------------------------------------------------------------------------------

typedef struct {
    uint32_t handle; // 0 once the call has ended
    uint32_t x;
} held;

static void hold(held *it, uint32_t x, beyond_runner_waitable_set_t set)
{
    beyond_runner_subtask_status_t status = bench_beyond_many_hold(x, &it->x);
    it->handle = BEYOND_RUNNER_SUBTASK_HANDLE(status);
    if (it->handle)
        beyond_runner_waitable_join(it->handle, set);
}

// Returns whether the call was cancelled before it had a result.
static bool stop(held *it)
{
    if (!it->handle)
        return false;
    beyond_runner_waitable_join(it->handle, 0);
    beyond_runner_subtask_status_t status = beyond_runner_subtask_cancel(it->handle);
    beyond_runner_subtask_drop(it->handle);
    return status == BEYOND_RUNNER_SUBTASK_RETURNED_CANCELLED;
}

// The handle is all that a pending call needs.
uint64_t exports_beyond_runner_layout(void)
{
    return (uint64_t)sizeof(spawn) << 32 | sizeof(uint32_t);
}

// One of many calls
// ----------------------------------------------------------------------------------------------

typedef struct {
    beyond_runner_waitable_set_t set;
    uint32_t crowd, n, i, at;
    uint32_t letting_go; // the call, while it is pending
    uint64_t count;
    held calls[];
} wake;

static void begin_round(wake *self)
{
    self->at = (self->at + 7919) % self->crowd;
    beyond_runner_subtask_status_t status = bench_beyond_many_let_go(self->at);
    self->letting_go = BEYOND_RUNNER_SUBTASK_HANDLE(status);
    if (self->letting_go)
        beyond_runner_waitable_join(self->letting_go, self->set);
}

static bool round_ended(wake *self)
{
    held *it = &self->calls[self->at];
    if (self->letting_go || it->handle)
        return false;
    self->count += it->x == self->at;
    hold(it, self->at, self->set);
    self->i++;
    return true;
}

static beyond_runner_callback_code_t rounds(wake *self)
{
    while (self->i < self->n) {
        begin_round(self);
        if (!round_ended(self))
            return BEYOND_RUNNER_CALLBACK_CODE_WAIT(self->set);
    }
    for (uint32_t x = 0; x < self->crowd; x++)
        stop(&self->calls[x]);
    exports_beyond_runner_run_wake_return(self->count);
    beyond_runner_waitable_set_drop(self->set);
    heap_free(self, sizeof *self + self->crowd * sizeof *self->calls);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

beyond_runner_callback_code_t exports_beyond_runner_run_wake(uint32_t crowd, uint32_t n)
{
    wake *self = heap_alloc(sizeof *self + crowd * sizeof *self->calls);
    *self = (wake){.set = beyond_runner_waitable_set_new(), .crowd = crowd, .n = n};
    beyond_runner_context_set_0(self);
    for (uint32_t x = 0; x < crowd; x++)
        hold(&self->calls[x], x, self->set);
    return rounds(self);
}

beyond_runner_callback_code_t exports_beyond_runner_run_wake_callback(beyond_runner_event_t *event)
{
    wake *self = beyond_runner_context_get_0();
    if (event->code < BEYOND_RUNNER_SUBTASK_RETURNED)
        return BEYOND_RUNNER_CALLBACK_CODE_WAIT(self->set);
    beyond_runner_subtask_drop(event->waitable);
    // Nobody else was let go.
    *(event->waitable == self->letting_go ? &self->letting_go : &self->calls[self->at].handle) = 0;
    return round_ended(self) ? rounds(self) : BEYOND_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

// Calls that are cancelled
// ----------------------------------------------------------------------------------------------

typedef struct {
    beyond_runner_waitable_set_t set;
    uint32_t n;
    held calls[];
} cancel;

beyond_runner_callback_code_t exports_beyond_runner_run_cancel(uint32_t n)
{
    cancel *self = heap_alloc(sizeof *self + n * sizeof *self->calls);
    *self = (cancel){.set = beyond_runner_waitable_set_new(), .n = n};
    beyond_runner_context_set_0(self);
    for (uint32_t x = 0; x < n; x++)
        hold(&self->calls[x], x, self->set);
    return BEYOND_RUNNER_CALLBACK_CODE_YIELD;
}

beyond_runner_callback_code_t exports_beyond_runner_run_cancel_callback(beyond_runner_event_t *event)
{
    (void)event;
    cancel *self = beyond_runner_context_get_0();
    uint32_t cancelled = 0;
    for (uint32_t x = 0; x < self->n; x++)
        cancelled += stop(&self->calls[x]);
    exports_beyond_runner_run_cancel_return(cancelled);
    beyond_runner_waitable_set_drop(self->set);
    heap_free(self, sizeof *self + self->n * sizeof *self->calls);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

// Two jobs over two channels
// ----------------------------------------------------------------------------------------------

typedef struct {
    uint32_t item;
    bool full;
    job *receiver; // who waits for an item
} lane;

typedef struct channel channel;

typedef struct {
    job job;
    channel *owner;
} side;

struct channel {
    queue ready;
    lane there, back;
    side here, other;
    uint32_t n, i;
};

static void send(lane *to, uint32_t item, queue *ready)
{
    to->item = item;
    to->full = true;
    if (to->receiver)
        push(ready, to->receiver);
    to->receiver = NULL;
}

static bool receive(lane *from, job *receiver)
{
    if (!from->full)
        from->receiver = receiver;
    bool got = from->full;
    from->full = false;
    return got;
}

static void here_step(job *job)
{
    channel *self = ((side *)job)->owner;
    while (receive(&self->back, job)) {
        if (self->back.item != self->i)
            __builtin_trap();
        if (++self->i == self->n)
            return;
        send(&self->there, self->i, &self->ready);
    }
}

static void other_step(job *job)
{
    channel *self = ((side *)job)->owner;
    while (receive(&self->there, job))
        send(&self->back, self->there.item, &self->ready);
}

beyond_runner_callback_code_t exports_beyond_runner_run_channel(uint32_t n)
{
    channel *self = heap_alloc(sizeof *self);
    *self = (channel){.ready.last = &self->ready.first,
                      .here = {.job.step = here_step, .owner = self},
                      .other = {.job.step = other_step, .owner = self},
                      .n = n};
    push(&self->ready, &self->here.job);
    push(&self->ready, &self->other.job);
    if (n)
        send(&self->there, 0, &self->ready);
    run(&self->ready);
    exports_beyond_runner_run_channel_return(self->i);
    heap_free(self, sizeof *self);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

NEVER_CALLED_BACK(channel);

// Two calls that do
// ----------------------------------------------------------------------------------------------

typedef struct {
    beyond_runner_waitable_set_t set;
    uint32_t pending;
    uint32_t results[2];
} tasks;

static beyond_runner_callback_code_t wait_for_both(tasks *self)
{
    if (self->pending)
        return BEYOND_RUNNER_CALLBACK_CODE_WAIT(self->set);
    exports_beyond_runner_run_channel_of_tasks_return(self->results[0]);
    beyond_runner_waitable_set_drop(self->set);
    heap_free(self, sizeof *self);
    return BEYOND_RUNNER_CALLBACK_CODE_EXIT;
}

beyond_runner_callback_code_t exports_beyond_runner_run_channel_of_tasks(uint32_t n)
{
    tasks *self = heap_alloc(sizeof *self);
    *self = (tasks){.set = beyond_runner_waitable_set_new()};
    beyond_runner_context_set_0(self);
    for (uint32_t side = 0; side < 2; side++) {
        beyond_runner_subtask_status_t status = bench_beyond_many_play(side, n, &self->results[side]);
        if (status != BEYOND_RUNNER_SUBTASK_RETURNED) {
            self->pending++;
            beyond_runner_waitable_join(BEYOND_RUNNER_SUBTASK_HANDLE(status), self->set);
        }
    }
    return wait_for_both(self);
}

beyond_runner_callback_code_t exports_beyond_runner_run_channel_of_tasks_callback(beyond_runner_event_t *event)
{
    tasks *self = beyond_runner_context_get_0();
    if (event->code >= BEYOND_RUNNER_SUBTASK_RETURNED) {
        beyond_runner_subtask_drop(event->waitable);
        self->pending--;
    }
    return wait_for_both(self);
}
