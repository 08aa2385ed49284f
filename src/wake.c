// Waking a task that is asleep in the host: a bell is a stream of the component's own, whose readable end is in
// the sleeper's waitable set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// A few bells serve all tasks. A bell stays in the set where it rang last, and moves when another task needs
// it. When all have been rung and not yet been heard, the next tasks to be roused wait in a queue, and the task
// that hears a bell passes it on.
enum { BELLS = 8 };

typedef struct weft__bell {
    uint32_t reader, writer; // 0 if the stream has not been made
    weft_task *task;         // in whose set the reader is
    struct weft__bell *next; // of those that have been a task's, and are no longer
} bell;

static bell bells[BELLS];
static bell *spare;
static uint32_t used;           // so many have been a task's
static uint32_t oldest;         // when all are: the one that got its task before the others
static weft_task *first, *last; // wait for a bell

// A bell that rang last is the last to be moved.
static bell *idle_bell(void)
{
    bell *it = spare;
    if (it) {
        spare = it->next;
        return it;
    }
    if (used < BELLS)
        return &bells[used++];
    WEFT__ROLLED
    for (uint32_t i = 0; i < BELLS; i++) {
        it = &bells[oldest];
        oldest = (oldest + 1) % BELLS;
        if (!(it->task->flags & WEFT__ROUSED))
            return it;
    }
    return NULL;
}

// Starts the read in the sleeper's set, and completes it by the write. So a task that is never woken so makes
// no host call for it.
static void ring(bell *it, weft_task *task)
{
    if (it->task != task) {
        if (!it->reader) {
            uint64_t ends = __stream_new_unit();
            it->reader = (uint32_t)ends;
            it->writer = (uint32_t)(ends >> 32);
        }
        if (it->task)
            it->task->rouse.bell = NULL;
        __waitable_join(it->reader, weft__task_set(task));
        it->task = task;
        task->rouse.bell = it;
    }
    task->flags |= WEFT__ROUSED;
    __stream_read_unit(it->reader, NULL, 1);
    __stream_write_unit(it->writer, NULL, 1);
}

// Also called when a member leaves the set of a task that is asleep: a host that has made up its mind to
// deliver that member's event must find another (wasmtime 49 gives up the store if the set is empty then).
void weft__task_rouse_asleep(weft_task *task)
{
    if (task->flags & (WEFT__ROUSED | WEFT__QUEUED))
        return;
    if (task->flags & WEFT__EMBEDDED) {
        task->flags |= WEFT__ROUSED;
        weft__embedded_wake(task);
        return;
    }
    bell *it = task->rouse.bell;
    if (!it && !first)
        it = idle_bell();
    if (it) {
        ring(it, task);
        return;
    }
    task->flags |= WEFT__QUEUED;
    if (first)
        last->rouse.next = task;
    else
        first = task;
    last = task;
}

// The bell was heard, and goes to the next task that waits for one. One that is awake again needs none, nor
// does one that has ended: its place in the queue counted as a member of its set.
static void pass_on(bell *it)
{
    while (first) {
        weft_task *task = first;
        first = task->rouse.next;
        task->flags &= (uint8_t)~WEFT__QUEUED;
        if (task->asleep) {
            ring(it, task);
            return;
        }
        task->rouse.bell = NULL;
        if (task->flags & WEFT__OVER)
            weft__task_leave(task);
    }
}

bool weft__bell_heard(weft_task *task, uint32_t handle)
{
    bell *it = task->rouse.bell;
    if (it->reader != handle)
        return false;
    task->flags &= (uint8_t)~WEFT__ROUSED;
    if (first)
        pass_on(it);
    return true;
}

static bell *take_bell(weft_task *task)
{
    bell *it = task->rouse.bell;
    __waitable_join(it->reader, 0);
    it->task = NULL;
    task->rouse.bell = NULL;
    return it;
}

static void put_by(bell *it)
{
    it->next = spare;
    spare = it;
}

// For a task that ends while its bell rings, or while it waits for one. A silent bell stays.
void weft__task_rouse_end(weft_task *task)
{
    if (task->flags & WEFT__QUEUED) {
        task->members++;
        return;
    }
    bell *it = take_bell(task);
    __stream_cancel_read_unit(it->reader);
    pass_on(it);
    if (!it->task)
        put_by(it);
}

void weft__task_rouse_leave(weft_task *task)
{
    put_by(take_bell(task));
}

void weft__task_rouse_trim(void)
{
    for (bell *it = bells; it < bells + BELLS; it++) {
        if (!it->reader || (it->task && it->task->flags & WEFT__ROUSED))
            continue;
        if (it->task)
            weft__task_rouse_leave(it->task);
        __stream_drop_readable_unit(it->reader);
        __stream_drop_writable_unit(it->writer);
        it->reader = it->writer = 0;
    }
}
