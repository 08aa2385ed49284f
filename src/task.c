// Component tasks: start, callback, the turn of the ready queue, the end; and the synchronous block_on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/op.h>
#include <weft/task.h>

// NULL if nothing is linked that needs them.
#pragma weak weft__task_scopes_cancel
#pragma weak weft__task_scopes_free
#pragma weak weft__child_ended
#pragma weak weft__limit_changed
#pragma weak weft__task_run_offered
#pragma weak weft__task_offer_trim

uint32_t weft__blocked;

// Ended tasks that an export keeps for reuse, at most.
enum { POOL = 32 };

static weft_export *exports; // that have a pool

// The slot that finds a task again in its callback. Spec: context.{get,set}.
#ifdef __wasm_libcall_thread_context__
static _Thread_local void *context;

static weft_task *context_get(void)
{
    return context;
}

static void context_set(weft_task *task)
{
    context = task;
}
#else
static weft_task *context_get(void)
{
    return __context_get_0();
}

static void context_set(weft_task *task)
{
    __context_set_0(task);
}
#endif

static weft_coro *root_of(weft_task *task)
{
    return (weft_coro *)(task + 1);
}

static void dispose(weft_task *task, size_t frame_size)
{
    if (task->set)
        __waitable_set_drop(task->set);
    weft_free(task, sizeof *task + frame_size);
}

// The task's memory and set wait for the next call of its export, or go.
static void recycle(weft_task *task)
{
    weft_export *from = task->link.from;
    if (from->pooled == POOL) {
        dispose(task, from->frame_size);
        return;
    }
    if (!from->listed) {
        from->listed = true;
        from->next = exports;
        exports = from;
    }
    from->pooled++;
    task->link.next = from->pool;
    from->pool = task;
}

void weft_trim(void)
{
    for (weft_export *from = exports; from; from = from->next) {
        while (from->pool) {
            weft_task *task = from->pool;
            from->pool = task->link.next;
            dispose(task, from->frame_size);
        }
        from->pooled = 0;
    }
    weft__op_trim();
    if (weft__task_offer_trim)
        weft__task_offer_trim();
}

void *weft_task_new(weft_export *from)
{
    weft_task *task = from->pool;
    if (task) {
        from->pool = task->link.next;
        from->pooled--;
    } else {
        task = weft_alloc(sizeof *task + from->frame_size);
        if (!task)
            return NULL;
        *task = (weft_task){0};
    }
    task->link.from = from;
    return root_of(task);
}

uint32_t weft__task_set(weft_task *task)
{
    if (!task->set)
        task->set = __waitable_set_new();
    return task->set;
}

void weft__task_leave(weft_task *task)
{
    if (--task->members == 0 && task->flags & WEFT__OVER)
        recycle(task);
}

// All calls, whatever the limit is: it may be set while they run.
static void count_call(weft_export *from, int by)
{
    if (weft__limit_changed) {
        from->active += (uint32_t)by;
        weft__limit_changed(from);
    }
}

// A stream's end may outlive the task that last waited on it. The set it is in then lives on, too.
static void end(weft_task *task)
{
    WEFT__TRACE_TASK(task, END);
    if (task->wake_reader)
        weft__task_rouse_end(task);
    if (task->scopes)
        weft__task_scopes_free(task);
    count_call(task->link.from, -1);
    task->flags = WEFT__OVER;
    if (!task->members)
        recycle(task);
}

// The root has ended.
static void resolve(weft_task *task)
{
    task->flags |= WEFT__ROOT_ENDED;
    if (task->flags & WEFT__RETURNED)
        return;
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED), no_result, task->link.from->name, 0);
    task->flags |= WEFT__RETURNED;
    __task_cancel();
}

// A function of a test, void f(weft_coro *co), that sees each wait; any of the API may be called there.
#ifdef WEFT_ON_WAIT
void WEFT_ON_WAIT(weft_coro *co);
#else
#define WEFT_ON_WAIT(co) ((void)0)
#endif

// Runs `co` to its next wait or to its end.
static void step(weft_task *task, weft_coro *co)
{
    co->state = WEFT__RUNNING;
    if (WEFT_CHECKS)
        co->line = 0;
    WEFT__TRACE_CORO(co, RESUME);
    co->run(co);
    if (co->state == WEFT__ENDED) {
        WEFT__TRACE_CORO(co, END);
        WEFT__CHECK(co->flags & WEFT__BINDS, still_bound, task->link.from->name, 0);
        if (co->flags & WEFT__SPAWNED) {
            weft__child_ended(co->up.handle);
        } else if (co->up.parent) {
            co->up.parent->state = WEFT__READY;
            weft__queue_push_front(&task->ready, co->up.parent);
        } else {
            resolve(task);
        }
        return;
    }
    WEFT__CHECK(co->state == WEFT__RUNNING || !co->line, stray_return, task->link.from->name, 0);
    WEFT__TRACE_CORO(co, WAIT);
    if ((co->flags & (WEFT__CANCEL | WEFT__UNWIND | WEFT__FINALLY | WEFT__SHIELD)) == WEFT__CANCEL)
        weft__unwind(co);
    WEFT_ON_WAIT(co);
}

static void run_ready(weft_task *task)
{
    weft_coro *co;
    while ((co = weft__queue_pop(&task->ready)))
        step(task, co);
}

// True if nothing is left to wait for.
static bool over(weft_task *task)
{
    if (!(task->flags & WEFT__ROOT_ENDED) || task->children)
        return false;
    WEFT__CHECK(task->in_flight > task->background, abandoned, task->link.from->name, 0);
    return !task->in_flight;
}

// Where an asleep task is woken.
static uint32_t set_to_wait_on(weft_task *task)
{
    WEFT__TRACE_DUMP_IF(!task->in_flight && !task->sleepers);
    WEFT__CHECK(!task->in_flight && !task->sleepers, deadlock, task->link.from->name, 0);
    return weft__task_set(task);
}

// Runs what can run, and tells the host what to wait for.
static uint32_t turn(weft_task *task)
{
    run_ready(task);
    if (over(task)) {
        end(task);
        return WEFT_CALLBACK_EXIT;
    }
    if (!(task->flags & WEFT__IN_CONTEXT))
        context_set(task);
    task->flags = (uint16_t)((task->flags | WEFT__IN_CONTEXT) & ~WEFT__AWAKE);
    WEFT__TRACE_TASK(task, WAIT);
    if (task->yielded) {
        task->flags |= WEFT__YIELDING;
        return WEFT_CALLBACK_YIELD;
    }
    return WEFT_CALLBACK_WAIT | set_to_wait_on(task) << 4;
}

// A new round: events that came meanwhile are delivered, then all who yielded go on.
static void next_round(weft_task *task)
{
    uint32_t event[2];
    while (task->in_flight) {
        uint32_t code = __waitable_set_poll(task->set, event);
        if (code == WEFT_EVENT_NONE)
            break;
        weft__op_deliver(task, code, event[0], event[1]);
    }
    weft_coro *co;
    while ((co = weft__queue_pop(&task->yielded)))
        weft__wake(co);
}

static inline __attribute__((always_inline)) uint32_t run(weft_task *task, uint32_t event, uint32_t waitable,
                                                          uint32_t code)
{
    task->flags = (uint16_t)((task->flags | WEFT__AWAKE) & ~WEFT__YIELDING);
    if (event == WEFT_EVENT_NONE) {
        next_round(task);
    } else if (event == WEFT_EVENT_CANCEL) {
        if (!(task->flags & WEFT__RETURNED)) {
            task->flags |= WEFT__TASK_CANCELLED;
            WEFT__TRACE_TASK(task, CANCEL);
            weft_cancel(root_of(task));
            if (task->scopes)
                weft__task_scopes_cancel(task);
        }
        next_round(task);
    } else {
        WEFT__CHECK(event > WEFT_EVENT_CANCEL, bad_event, task->link.from->name, 0);
        weft__op_deliver(task, event, waitable, code);
    }
    return turn(task);
}

uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code)
{
    return run(task, event, waitable, code);
}

uint32_t weft_task_start(void *frame)
{
    weft_task *task = (weft_task *)frame - 1;
    weft_coro *root = frame;
    root->run = task->link.from->run;
    root->task = task;
    weft_export *from = task->link.from;
    task->flags = WEFT__AWAKE;
    WEFT__TRACE_TASK(task, START);
    count_call(from, 1);
    if (weft__task_run_offered) {
        weft__queue_push_back(&task->ready, root);
        return weft__task_run_offered(task, WEFT_EVENT_NONE, 0, 0);
    }
    step(task, root);
    return turn(task);
}

uint32_t weft_task_callback(uint32_t event, uint32_t waitable, uint32_t code)
{
    weft_task *task = context_get();
    WEFT__TRACE_TASK(task, RESUME);
    if (weft__task_run_offered)
        return weft__task_run_offered(task, event, waitable, code);
    return run(task, event, waitable, code);
}

// The host's turn may run other callbacks on top of this stack, and whoever blocks there must not be overtaken.
void weft_yield_blocking(void)
{
    if (weft__blocked)
        return;
    weft__blocked++;
    __thread_yield();
    weft__blocked--;
}

bool weft__task_run_embedded(weft_task *task)
{
    for (weft_coro *co; (co = weft__queue_pop(&task->yielded));)
        weft__wake(co);
    run_ready(task);
    if (!over(task)) {
        WEFT__TRACE_DUMP_IF(!task->in_flight && !task->sleepers && !task->yielded);
        WEFT__CHECK(!task->in_flight && !task->sleepers && !task->yielded, deadlock, task->link.from->name, 0);
        return false;
    }
    if (task->scopes)
        weft__task_scopes_free(task);
    return true;
}

weft_outcome weft_block_on(weft_coro *root, weft_step *run)
{
    static weft_export from = {.name = "weft_block_on"};
    WEFT__CHECK(root->state > WEFT__ENDED, child_busy, from.name, 0);
    void *frame = weft_task_new(&from);
    if (!frame)
        return WEFT_UNFINISHED;
    weft_task *task = (weft_task *)frame - 1;
    task->flags = WEFT__RETURNED | WEFT__IN_CONTEXT; // the slot is another's
    count_call(&from, 1);
    WEFT__TRACE_TASK(task, START);
    weft__start(root, run, task);
    root->up.parent = NULL;
    weft__queue_push_back(&task->ready, root);
    uint32_t code = WEFT_EVENT_NONE, event[2] = {0, 0};
    // A sync export that barges in while the host has its turn may wake the task.
    for (;;) {
        uint32_t answer =
            (weft__task_run_offered ? weft__task_run_offered : weft__task_run)(task, code, event[0], event[1]);
        if (answer == WEFT_CALLBACK_EXIT)
            break;
        if (answer == WEFT_CALLBACK_YIELD) {
            weft_yield_blocking();
            code = WEFT_EVENT_NONE;
        } else {
            weft__blocked++;
            code = __waitable_set_wait(answer >> 4, event);
            weft__blocked--;
        }
        WEFT__TRACE_TASK(task, RESUME);
    }
    return weft_outcome_of(root);
}

void weft_backpressure_inc(void)
{
    __backpressure_inc();
}

void weft_backpressure_dec(void)
{
    __backpressure_dec();
}
