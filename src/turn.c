// The turns of a task that waits: an event comes in, what can run runs, and the host is told what to wait for.
// Linked only with what can wait, or run beside the root: see weft__task_go_on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

extern const char weft__turns; // what links this file
const char weft__turns = 0;

// The context slot, by which a callback finds its task. Spec: context.{get,set}.
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

// A test may define a function, void f(weft_coro *co), that sees each wait. It may call any of the API.
#ifdef WEFT_ON_WAIT
void WEFT_ON_WAIT(weft_coro *co);
#else
#define WEFT_ON_WAIT(co) ((void)0)
#endif

// Runs `co` to its next wait or to its end. run: its step function.
WEFT__HOT uint32_t step(weft_coro *co, weft_step *run)
{
    co->state = WEFT__RUNNING;
    WEFT__TRACE_CORO(co, RESUME);
    WEFT__TRACE_STACK_SPOIL();
    return weft__run(co, run);
}

// `co` has ended, or waits with flags; its step returned `how`.
static __attribute__((noinline)) void stepped_otherwise(weft_task *task, weft_coro *co, uint32_t how)
{
    if (how < WEFT__AT_AWAIT) {
        weft__coro_end(task, co, how);
        return;
    }
    WEFT__CHECK(how != WEFT__AT_AWAIT + WEFT__PENDING_FLAGGED, stray_return, task->from->name, 0);
    WEFT__TRACE_CORO(co, WAIT);
    if ((co->flags & (WEFT__CANCEL | WEFT__UNWIND | WEFT__FINALLY | WEFT__SHIELD)) == WEFT__CANCEL)
        weft__unwind(co);
    WEFT_ON_WAIT(co);
}

// The step of `co` returned `how`. True if the task has ended: this was the root's last step, and nothing
// remains.
WEFT__HOT bool stepped(weft_task *task, weft_coro *co, uint32_t how)
{
    const uint32_t alone = WEFT__PENDING ^ WEFT__PENDING_ALONE; // this bit may be there or not
    if ((how | alone) == WEFT__AT_AWAIT + WEFT__PENDING_ALONE) {
        WEFT__TRACE_CORO(co, WAIT);
        WEFT_ON_WAIT(co);
        return false;
    }
    if (!WEFT_TRACE && WEFT__SHORT && !co->up && how == WEFT__RUNNING && weft__task_is_plain(task)) {
        co->state = WEFT__ENDED;
        return true;
    }
    stepped_otherwise(task, co, how);
    return false;
}

// How a task stands when its coroutines have had their steps.
enum after {
    ENDED, // with the root's last step, and nothing remains
    IDLE,  // nobody is ready
    READY  // some are, but the host is to have its turn
};

// A call is two steps: the child's, and then the caller's. So within a turn, one of those that call each other
// past the queue runs out of breath (weft_call), and the others get a step.
static enum after run_ready(weft_task *task)
{
    for (uint32_t steps = 2 * WEFT__STEPS; steps; steps--) {
        weft_coro *co = WEFT__NEXT(&task->ready);
        if (!co)
            return IDLE;
        if (stepped(task, co, step(co, co->run)))
            return ENDED;
    }
    return task->ready ? READY : IDLE;
}

// True if nothing remains to wait for.
static bool over(weft_task *task)
{
    if (!(task->flags & WEFT__ROOT_ENDED) || task->children)
        return false;
    WEFT__CHECK(task->in_flight, abandoned, task->from->name, 0);
    return !task->in_flight;
}

// Whether one of its coroutines can run, now or after the host's turn.
static inline bool can_run(const weft_task *task)
{
    return task->ready || task->yielded;
}

static void check_deadlock(weft_task *task)
{
    WEFT__TRACE_DUMP_IF(!task->in_flight && !task->alone && !task->sleepers);
    WEFT__CHECK(!task->in_flight && !task->alone && !task->sleepers, deadlock, task->from->name, 0);
    (void)task;
}

static __attribute__((noinline)) uint32_t turn_rest(weft_task *task)
{
    enum after after = run_ready(task);
    if (after == ENDED)
        return weft__task_end_plainly(task);
    if (after == IDLE && over(task))
        return weft__task_end(task);
    WEFT__TRACE_TASK(task, WAIT);
    if (after == READY || task->yielded || WEFT__NAPS(task))
        return WEFT_CALLBACK_YIELD;
    task->asleep = true;
    check_deadlock(task);
    weft__task_set(task);
    return task->wait;
}

WEFT__HOT uint32_t turn_after(weft_task *task, weft_coro *co, uint32_t how)
{
    return stepped(task, co, how) ? weft__task_end_plainly(task) : turn_rest(task);
}

// The rest of a turn, in which the step of `co` returned `how`. Runs what can run, and answers the host.
WEFT__HOT uint32_t turn(weft_task *task, weft_coro *co, uint32_t how)
{
    if (!WEFT__SHORT || WEFT__HOSTILE || how != WEFT__AT_AWAIT + WEFT__PENDING_ALONE)
        return turn_after(task, co, how);
    WEFT__TRACE_CORO(co, WAIT);
    WEFT_ON_WAIT(co);
    if (__builtin_expect(can_run(task), 0))
        return turn_rest(task);
    WEFT__TRACE_TASK(task, WAIT);
    task->asleep = true;
    return task->wait;
}

static uint32_t go_on(weft_task *task, weft_coro *co)
{
    return turn(task, co, step(co, co->run));
}

// Makes those ready who yielded. One that takes a result does so when it runs.
static void wake_yielded(weft_task *task)
{
    for (weft_coro *co; (co = weft__queue_pop(&task->yielded));) {
        bool takes = co->state == WEFT__TAKES;
        weft__wake(co);
        if (takes) // not covered: as in weft__owned_take
            co->state = WEFT__TAKES;
    }
}

// Delivers the events that came meanwhile. More than there were operations would come only to foreign code that
// waits anew in its callback.
static __attribute__((noinline)) void deliver_all(weft_task *task)
{
    uint32_t event[2];
    for (uint32_t most = task->in_flight + 1; most && (task->in_flight || task->alone); most--) {
        uint32_t code = __waitable_set_poll(task->wait >> 4, event);
        if (code == WEFT_EVENT_NONE)
            break;
        weft__op_deliver(task, code, event[0], event[1]);
    }
}

// A new round: events are delivered, then all who yielded go on, behind those who are ready.
static void next_round(weft_task *task)
{
    if (task->in_flight || task->alone)
        deliver_all(task);
    if (WEFT_TRACE || task->ready) {
        wake_yielded(task);
    } else {
        task->ready = task->yielded; // their state says that they yield until they run; nobody looks
        task->yielded = NULL;
    }
}

// Whether one coroutine yielded, and nothing else is to be done.
static bool yields_alone(const weft_task *task)
{
    return task->yielded && task->yielded->next == task->yielded && !task->alone && !task->in_flight &&
           !task->ready;
}

// Any event but that of the operation of task->alone.
static __attribute__((noinline)) uint32_t run_rest(weft_task *task, uint32_t event, uint32_t waitable,
                                                   uint32_t code)
{
    if (event == WEFT_EVENT_NONE) {
        weft__breath = WEFT__STEPS;
        if (!WEFT_TRACE && WEFT__SHORT && yields_alone(task)) {
            weft_coro *one = task->yielded;
            task->yielded = NULL;
            return turn_after(task, one, step(one, one->run));
        }
    } else if (event < WEFT_EVENT_CANCEL) {
        weft__op_deliver(task, event, waitable, code);
        return turn_rest(task);
    } else {
        WEFT__CHECK(event > WEFT_EVENT_CANCEL, bad_event, task->from->name, 0);
        if (!task->returned) {
            task->flags |= WEFT__TASK_CANCELLED;
            WEFT__TRACE_TASK(task, CANCEL);
            weft_cancel(weft__task_root(task));
            if (task->scopes)
                weft__task_scopes_cancel(task);
        }
    }
    next_round(task);
    return turn_rest(task);
}

uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code, weft_step *run)
{
    WEFT__TRACE_STACK_BEGIN();
    weft__turn_begins();
    task->asleep = false;
    weft_coro *co = WEFT__SHORT ? weft__op_arrive(task, event, waitable, code) : NULL;
    uint32_t answer;
    if (__builtin_expect(!co, 0))
        answer = run_rest(task, event, waitable, code);
    else if (run && !co->up) // a direct call: an instance's first use of its function table is dear
        answer = turn(task, co, step(co, run));
    else
        answer = go_on(task, co);
    WEFT__TRACE_STACK_END();
    return answer;
}

// The rest of the first turn, if the root has not ended at once, or something remains.
uint32_t weft__task_go_on(weft_task *task, uint32_t how)
{
    WEFT__TRACE_STACK_BEGIN();
    uint32_t answer = turn(task, weft__task_root(task), how);
    WEFT__TRACE_STACK_END();
    if (answer != WEFT_CALLBACK_EXIT)
        context_set(task);
    return answer;
}

WEFT__WEAK uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code,
                                           weft_step *run)
{
    return weft__task_run(task, event, waitable, code, run);
}

uint32_t weft__task_resume(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code, weft_step *run)
{
    return weft__task_run_offered(task, event, waitable, code, run);
}

uint32_t weft_task_callback(const weft_task_event *event, weft_step *run)
{
    weft_task *task = context_get();
    WEFT__CHECK(!task, lost_task, "weft_task_callback", 0);
    WEFT__TRACE_TASK(task, RESUME);
    return weft__task_run_offered(task, event->event, event->waitable, event->code, run);
}

bool weft__task_run_embedded(weft_task *task)
{
    WEFT__TRACE_STACK_BEGIN();
    weft__turn_begins();
    weft__breath = WEFT__STEPS;
    wake_yielded(task);
    run_ready(task);
    WEFT__TRACE_STACK_END();
    if (!over(task)) {
        WEFT__TRACE_DUMP_IF(!task->in_flight && !task->sleepers && !can_run(task));
        WEFT__CHECK(!task->in_flight && !task->sleepers && !can_run(task), deadlock, task->from->name, 0);
        return false;
    }
    if (task->scopes)
        weft__task_scopes_free(task);
    return true;
}
