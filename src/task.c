// Component tasks: start, callback, the turn of the ready queue, the end; and the synchronous block_on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/op.h>
#include <weft/task.h>

// NULL if nothing is linked that needs them.
#pragma weak weft__task_scopes_cancel
#pragma weak weft__task_scopes_free
#pragma weak weft__child_ended
#pragma weak weft__task_offer_trim

uint32_t weft__blocked;

#ifdef __OPTIMIZE_SIZE__
#define WEFT__HOT
#else
#define WEFT__HOT __attribute__((always_inline))
#endif

// Ended tasks that an export keeps for reuse, at most.
enum { KEPT = 32 };

static weft_export *exports; // that keep some

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

static void dispose(weft_task *task)
{
    weft_export *from = task->from;
    if (task->flags & WEFT__KEPT)
        from->kept--;
    weft__task_rouse_leave(task);
    if (task->wait)
        __waitable_set_drop(task->wait >> 4);
    weft_free(task, sizeof *task + from->frame_size);
}

// The task's memory and set wait for the next call of its export, or go. In a pool all is as for a start.
static void recycle(weft_task *task)
{
    weft_export *from = task->from;
    if (!(task->flags & WEFT__KEPT)) {
        dispose(task);
        return;
    }
    weft_coro *root = root_of(task);
    root->resume = 0;
    task->sleep = WEFT__AWAKE;
    task->returned = 0;
    task->flags = WEFT__KEPT;
    WEFT__KEEP_FRAME(root + 1, from->frame_size - sizeof *root);
    root->next = from->pool;
    from->pool = root;
}

static void trim(weft_coro **pool)
{
    for (weft_coro *root; (root = *pool);) {
        *pool = root->next;
        dispose(root->task);
    }
}

void weft_trim(void)
{
    for (weft_export *from = exports; from; from = from->next) {
        trim(&from->pool);
    }
    weft__task_rouse_trim();
    weft__op_trim();
    if (weft__task_offer_trim)
        weft__task_offer_trim();
}

static weft_task *make(weft_export *from)
{
    weft_task *task = weft_alloc(sizeof *task + from->frame_size);
    if (!task)
        return NULL;
    *task = (weft_task){.from = from};
    weft_coro *root = root_of(task);
    *root = (weft_coro){.run = from->run, .task = task};
    if (from->kept == KEPT)
        return task;
    task->flags = WEFT__KEPT;
    if (from->kept++ == 0) {
        bool listed = false;
        for (weft_export *it = exports; it; it = it->next)
            listed |= it == from;
        if (!listed) {
            from->next = exports;
            exports = from;
        }
    }
    return task;
}

void *weft__task_make(weft_export *from)
{
    weft_task *task = make(from);
    return task ? root_of(task) : NULL;
}

uint32_t weft__task_set(weft_task *task)
{
    if (!task->wait)
        task->wait = WEFT_CALLBACK_WAIT | __waitable_set_new() << 4;
    return task->wait >> 4;
}

void weft__task_leave(weft_task *task)
{
    if (--task->members == 0 && task->flags & WEFT__OVER)
        recycle(task);
}

// A stream's end may outlive the task that last waited on it. The set it is in then lives on, too.
static void end(weft_task *task)
{
    WEFT__TRACE_TASK(task, END);
    if (task->flags & WEFT__ROUSED)
        weft__task_rouse_end(task);
    if (task->scopes)
        weft__task_scopes_free(task);
    weft__count_call(task->from, -1);
    task->flags = WEFT__OVER | (task->flags & WEFT__KEPT);
    if (!task->members)
        recycle(task);
}

__attribute__((weak)) void weft__count_call(weft_export *from, int by)
{
    (void)from;
    (void)by;
}

// The root has ended.
static void resolve(weft_task *task)
{
    task->flags |= WEFT__ROOT_ENDED;
    if (task->returned)
        return;
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED), no_result, task->from->name, 0);
    task->returned = 1;
    __task_cancel();
}

// A function of a test, void f(weft_coro *co), that sees each wait; any of the API may be called there.
#ifdef WEFT_ON_WAIT
void WEFT_ON_WAIT(weft_coro *co);
#else
#define WEFT_ON_WAIT(co) ((void)0)
#endif

// `co` has ended, or waits otherwise than most do.
static __attribute__((noinline)) void stepped(weft_task *task, weft_coro *co, uint32_t how)
{
    WEFT__CHECK(how < WEFT__LEFT_BY_AWAIT ? (how & 0xff) <= WEFT__ENDED
                                          : (how | 0x100) != WEFT__LEFT_BY_AWAIT + WEFT__PENDING_FLAGGED,
                stray_return, task->from->name, 0);
    if (how < WEFT__LEFT_BY_AWAIT) {
        WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "WEFT_END", 0);
        co->state = WEFT__ENDED;
        WEFT__TRACE_CORO(co, END);
        WEFT__CHECK(co->flags & WEFT__BINDS, still_bound, task->from->name, 0);
        weft_coro *parent = weft__parent_of(co);
        if (parent) {
            parent->state = WEFT__READY;
            weft__queue_push_front(&task->ready, parent);
        } else if (co->up) {
            weft__child_ended(weft__handle_of(co));
        } else {
            resolve(task);
        }
        return;
    }
    WEFT__TRACE_CORO(co, WAIT);
    if ((co->flags & (WEFT__CANCEL | WEFT__UNWIND | WEFT__FINALLY | WEFT__SHIELD)) == WEFT__CANCEL)
        weft__unwind(co);
    WEFT_ON_WAIT(co);
}

// Runs `co` to its next wait or to its end.
static inline WEFT__HOT void step(weft_task *task, weft_coro *co)
{
    co->state = WEFT__RUNNING;
    WEFT__TRACE_CORO(co, RESUME);
    uint32_t how = co->run(co).pending;
    if (__builtin_expect(how != WEFT__PENDING + WEFT__LEFT_BY_AWAIT, 0)) {
        stepped(task, co, how);
        return;
    }
    WEFT__TRACE_CORO(co, WAIT);
    WEFT_ON_WAIT(co);
}

static void run_ready(weft_task *task)
{
    weft_coro *co;
    while ((co = WEFT__NEXT(&task->ready)))
        step(task, co);
}

// True if nothing is left to wait for.
static bool over(weft_task *task)
{
    if (!(task->flags & WEFT__ROOT_ENDED) || task->children)
        return false;
    WEFT__CHECK(task->in_flight, abandoned, task->from->name, 0);
    return !task->in_flight;
}

static void check_deadlock(weft_task *task)
{
    WEFT__TRACE_DUMP_IF(!task->in_flight && !task->alone && !task->sleepers);
    WEFT__CHECK(!task->in_flight && !task->alone && !task->sleepers, deadlock, task->from->name, 0);
    (void)task;
}

static __attribute__((noinline)) uint32_t turn_rest(weft_task *task)
{
    run_ready(task);
    if (over(task)) {
        end(task);
        return WEFT_CALLBACK_EXIT;
    }
    WEFT__TRACE_TASK(task, WAIT);
    if (task->yielded || WEFT__NAPS(task)) {
        task->sleep = WEFT__YIELDS;
        return WEFT_CALLBACK_YIELD;
    }
    task->sleep = WEFT__ASLEEP;
    check_deadlock(task);
    weft__task_set(task);
    return task->wait;
}

// Runs what can run, and tells the host what to wait for.
static inline WEFT__HOT uint32_t turn(weft_task *task)
{
    if (__builtin_expect(task->ready || task->yielded || !task->alone, 0) || WEFT__HOSTILE)
        return turn_rest(task);
    WEFT__TRACE_TASK(task, WAIT);
    task->sleep = WEFT__ASLEEP;
    return task->wait;
}

// A new round: events that came meanwhile are delivered, then all who yielded go on.
static void next_round(weft_task *task)
{
    uint32_t event[2];
    while (task->in_flight || task->alone) {
        uint32_t code = __waitable_set_poll(task->wait >> 4, event);
        if (code == WEFT_EVENT_NONE)
            break;
        weft__op_deliver(task, code, event[0], event[1]);
    }
    if (WEFT_TRACE || task->ready) {
        for (weft_coro *co; (co = weft__queue_pop(&task->yielded));)
            weft__wake(co);
    } else {
        task->ready = task->yielded; // they say that they yield until they run, which nobody minds
        task->yielded = NULL;
    }
}

// Any event but that of the operation that is alone.
static __attribute__((noinline)) uint32_t run_rest(weft_task *task, uint32_t event, uint32_t waitable,
                                                   uint32_t code)
{
    if (event == WEFT_EVENT_NONE) {
        next_round(task);
    } else if (event == WEFT_EVENT_CANCEL) {
        if (!task->returned) {
            task->flags |= WEFT__TASK_CANCELLED;
            WEFT__TRACE_TASK(task, CANCEL);
            weft_cancel(root_of(task));
            if (task->scopes)
                weft__task_scopes_cancel(task);
        }
        next_round(task);
    } else {
        WEFT__CHECK(event > WEFT_EVENT_CANCEL, bad_event, task->from->name, 0);
        weft__op_deliver(task, event, waitable, code);
    }
    return turn_rest(task);
}

uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code)
{
    task->sleep = WEFT__AWAKE;
    weft_coro *co = weft__op_arrive(task, event, waitable, code);
    if (__builtin_expect(!co, 0))
        return run_rest(task, event, waitable, code);
    step(task, co);
    return turn(task);
}

// The rest of the first turn, if the root has not ended at once, or not all is done with it.
static __attribute__((noinline)) uint32_t begin_rest(weft_task *task, uint32_t how)
{
    weft_coro *root = root_of(task);
    if (how == WEFT__PENDING + WEFT__LEFT_BY_AWAIT) {
        WEFT__TRACE_CORO(root, WAIT);
        WEFT_ON_WAIT(root);
    } else {
        stepped(task, root, how);
    }
    uint32_t answer = turn(task);
    if (answer != WEFT_CALLBACK_EXIT)
        context_set(task);
    return answer;
}

uint32_t weft__task_begin(weft_coro *root, weft_export *from, weft_step *run)
{
    root->line = 0;
    root->state = WEFT__RUNNING;
    root->flags = 0;
    WEFT__TRACE_TASK(root->task, START);
    weft__count_call(from, 1);
    WEFT__TRACE_CORO(root, RESUME);
    uint32_t how = run(root).pending;
    weft_task *task = root->task;
    // Most calls that end at once have returned a value, and leave nothing.
    uint32_t word = task->sleep | (uint32_t)task->returned << 8 | (uint32_t)task->flags << 16; // in one load
    if (!WEFT_TRACE && __builtin_expect(how == WEFT__RUNNING && word == (1 << 8 | WEFT__KEPT << 16), 1)) {
        task->returned = 0;
        WEFT__KEEP_FRAME(root + 1, from->frame_size - sizeof *root);
        root->next = from->pool;
        from->pool = root;
        weft__count_call(from, -1);
        return WEFT_CALLBACK_EXIT;
    }
    return begin_rest(task, how);
}

__attribute__((weak)) uint32_t weft__task_begin_offered(weft_coro *root, weft_export *from, weft_step *run)
{
    return weft__task_begin(root, from, run);
}

__attribute__((weak)) uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable,
                                                      uint32_t code)
{
    return weft__task_run(task, event, waitable, code);
}

uint32_t weft_task_start(void *root, weft_export *from, weft_step *run)
{
    return weft__task_begin_offered(root, from, run);
}

uint32_t weft_task_callback(const weft_task_event *event)
{
    weft_task *task = context_get();
    WEFT__TRACE_TASK(task, RESUME);
    return weft__task_run_offered(task, event->event, event->waitable, event->code);
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
        WEFT__CHECK(!task->in_flight && !task->sleepers && !task->yielded, deadlock, task->from->name, 0);
        return false;
    }
    if (task->scopes)
        weft__task_scopes_free(task);
    return true;
}

weft_outcome weft_block_on(weft_coro *root, weft_step *run)
{
    static weft_export from = {.name = "weft_block_on", .frame_size = sizeof(weft_coro)};
    WEFT__CHECK(root->state > WEFT__ENDED, child_busy, from.name, 0);
    weft_coro *unused = weft_task_new(&from);
    if (!unused)
        return WEFT_UNFINISHED;
    weft_task *task = unused->task;
    task->returned = 1;
    weft__count_call(&from, 1);
    WEFT__TRACE_TASK(task, START);
    weft__start(root, run, task, 0);
    weft__queue_push_back(&task->ready, root);
    uint32_t code = WEFT_EVENT_NONE, event[2] = {0, 0};
    // A sync export that barges in while the host has its turn may wake the task.
    for (;;) {
        uint32_t answer = weft__task_run_offered(task, code, event[0], event[1]);
        if (answer == WEFT_CALLBACK_EXIT)
            break;
        if (answer == WEFT_CALLBACK_YIELD) {
            weft_yield_blocking();
            code = WEFT_EVENT_NONE;
            event[0] = 0; // not that of the last wait
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
