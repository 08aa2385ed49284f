// The subject of the foreign tests: Weft in both roles of wasip3_task, opposite foreign code by hand.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include "foreign_code.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, exports_weft_foreign_peer_stream_u32, uint32_t);
WEFT_FUTURE(number, exports_weft_foreign_peer_future_u32, uint32_t);

uint64_t exports_weft_foreign_peer_probe(void)
{
    weft_trim(); // what registrations left behind
    return probe();
}

uint32_t exports_weft_foreign_peer_codes(void)
{
    uint32_t codes = foreign_codes;
    foreign_codes = 0;
    return codes;
}

uint32_t exports_weft_foreign_peer_current(void)
{
    return current_task() ? current_task()->version : 0;
}

void exports_weft_foreign_peer_types(exports_weft_foreign_peer_stream_u32_t items,
                                     exports_weft_foreign_peer_future_u32_t one)
{
    (void)items;
    (void)one;
    __builtin_trap();
}

// Weft tasks with foreign code inside.

typedef struct {
    weft_coro co;
    weft_foreign wait;
    future *future;
    uint32_t version, ticket, result;
} waiter;

WEFT_ASYNC(waiter)
{
    WEFT_BEGIN;
    self->future = future_new(self->version, self->ticket);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, future_poll, self->future));
    self->result = self->future->result;
    WEFT_FINALLY;
    future_free(self->future);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    waiter waiter;
} wait;

static weft_stepped wait_run(weft_coro *co)
{
    wait *self = weft_frame(co, wait);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->waiter.co, waiter__step));
    WEFT_RETURN(co, exports_weft_foreign_peer_wait, self->waiter.result);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_foreign_peer_wait, wait, wait_run, (uint32_t version, uint32_t ticket),
                 self->waiter.version = version, self->waiter.ticket = ticket);

// The waiter has a task of its own, inside of this one.
static weft_stepped wait_blocking_run(weft_coro *co)
{
    wait *self = weft_frame(co, wait);
    WEFT_BEGIN;
    void *outer = current_task()->ptr;
    must(weft_block_on(&self->waiter.co, waiter__step) == WEFT_DONE);
    must(current_task()->ptr == outer);
    WEFT_RETURN(co, exports_weft_foreign_peer_wait_blocking, self->waiter.result);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_foreign_peer_wait_blocking, wait, wait_blocking_run,
                 (uint32_t version, uint32_t ticket), self->waiter.version = version,
                 self->waiter.ticket = ticket);

typedef struct {
    weft_coro co;
    uint32_t version, ticket;
    future *future;
    weft_foreign wait;
} start;

// Freed when it is called back, or by drop().
static void started_called(void *it, uint32_t code)
{
    future_called(it, code);
    future *self = it;
    if (!future_advance(self, code))
        __builtin_trap();
    future_free(self);
}

static bool start_poll(void *it, weft_waker *waker)
{
    future *self = it;
    future_poll(self, waker);
    wasip3_task *task = current_task();
    must(task->waitable_register(task->ptr, self->waitable, started_called, self) == self);
    return true;
}

WEFT_ASYNC(start)
{
    WEFT_BEGIN;
    self->future = future_new(self->version, self->ticket);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, start_poll, self->future));
    WEFT_RETURN_VOID(co, exports_weft_foreign_peer_start);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_start, start, (uint32_t version, uint32_t ticket),
            .version = version, .ticket = ticket);

typedef struct {
    weft_coro co;
    uint32_t ticket;
} drop;

WEFT_ASYNC(drop)
{
    WEFT_BEGIN;
    future *it = future_of(self->ticket);
    void *waits = it->waker;
    bool awaited = waits && it->version != 0;
    future_stop(it);
    if (!awaited)
        __builtin_trap();
    WEFT_RETURN_VOID(co, exports_weft_foreign_peer_drop);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_drop, drop, (uint32_t ticket), .ticket = ticket);

typedef struct {
    weft_coro co;
    weft_foreign wait;
    future *future;
    uint32_t ticket, same;
} again;

static bool again_poll(void *it, weft_waker *waker)
{
    again *self = it;
    if (future_poll(self->future, waker))
        return true;
    uint32_t before = live_bytes;
    for (int i = 0; i < 1000; i++) {
        wasip3_task *task = current_task();
        self->same += task->waitable_register(task->ptr, self->future->waitable, future_called, self->future) ==
                      self->future;
    }
    must(live_bytes == before);
    return false;
}

WEFT_ASYNC(again)
{
    WEFT_BEGIN;
    self->future = future_new(2, self->ticket);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, again_poll, self));
    WEFT_RETURN(co, exports_weft_foreign_peer_again, self->same);
    WEFT_FINALLY;
    future_free(self->future);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_again, again, (uint32_t ticket), .ticket = ticket);

typedef struct {
    weft_coro co;
    uint32_t calls, i;
} unasked;

static void unasked_called(void *it, uint32_t code)
{
    foreign_codes = foreign_codes * 100 + code;
    ++*(uint32_t *)it;
}

WEFT_ASYNC(unasked)
{
    WEFT_BEGIN;
    static uint32_t item;
    static uint32_t reader, writer;
    wasip3_task *task = current_task();
    reader = exports_weft_foreign_peer_stream_u32_new(&writer);
    must(exports_weft_foreign_peer_stream_u32_read(reader, &item, 1) == WEFT_BLOCKED);
    must(!task->waitable_unregister(task->ptr, reader)); // never registered
    must(!task->waitable_register(task->ptr, reader, unasked_called, &self->calls));
    exports_weft_foreign_peer_stream_u32_write(writer, &item, 1);
    while (!self->calls)
        WEFT_AWAIT(weft_yield(co));
    task = current_task();
    must(!task->waitable_unregister(task->ptr, reader)); // called back
    exports_weft_foreign_peer_stream_u32_drop_writable(writer);
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    exports_weft_foreign_peer_stream_u32_drop_readable(reader);
    WEFT_RETURN(co, exports_weft_foreign_peer_unasked, self->calls);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_unasked, unasked, (void));

typedef struct {
    weft_coro co;
} outlive;

static weft_stepped outlive_run(weft_coro *co)
{
    static wasip3_task_v2 kept;
    WEFT_BEGIN;
    wasip3_task *task = current_task();
    bool other = task->ptr != kept.v1.ptr;
    if (kept.v1.ptr)
        kept.vtable->drop(kept.v1.ptr);
    kept = *(wasip3_task_v2 *)task;
    must(kept.vtable->clone(kept.v1.ptr) == kept.v1.ptr);
    WEFT_RETURN(co, exports_weft_foreign_peer_outlive, other);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_foreign_peer_outlive, outlive, outlive_run, (void), );

// Foreign tasks with Weft coroutines inside.

static weft_event event;
static uint32_t overs;

typedef struct {
    weft_coro co;
} set;

WEFT_ASYNC(set)
{
    WEFT_BEGIN;
    weft_event_set(&event);
    weft_event_clear(&event);
    WEFT_RETURN_VOID(co, exports_weft_foreign_peer_set);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_set, set, (void));

uint32_t exports_weft_foreign_peer_overs(void)
{
    uint32_t were = overs;
    overs = 0;
    return were;
}

typedef struct {
    weft_coro co;
    numbers_writer out;
    uint32_t items[100];
} produce;

WEFT_ASYNC(produce)
{
    WEFT_BEGIN;
    for (uint32_t i = 0; i < 100; i++)
        self->items[i] = i;
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 100));
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    numbers_reader in;
    uint32_t items[3], sum;
} consume;

WEFT_ASYNC(consume)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(numbers_read(co, &self->in, self->items, 3));
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
    } while (!weft_dropped(&self->in));
    WEFT_FINALLY;
    numbers_close_reader(&self->in);
    WEFT_END;
}

enum { CROWD = 7 };

typedef struct {
    weft_coro co;
    uint32_t what, ticket, result;
    int i;
    weft_subtask call;
    weft_subtask crowd[CROWD];
    uint32_t results[CROWD];
    weft_scope scope;
    weft_child left, right;
    produce produce;
    consume consume;
    number_reader in;
    number_writer out;
} inner;

WEFT_ASYNC(inner)
{
    WEFT_BEGIN;
    switch (self->what) {
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_CALL:
        weft_subtask_start(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result));
        WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
        WEFT_AWAIT(weft_await(co, &self->call));
        break;
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_CROWD:
        for (uint32_t i = 0; i < CROWD; i++)
            weft_subtask_start(co, &self->crowd[i], weft_calls_peer_hold(self->ticket + i, &self->results[i]));
        for (self->i = 0; self->i < CROWD; self->i++) {
            WEFT_AWAIT(weft_await(co, &self->crowd[self->i]));
            self->result += self->results[self->i];
        }
        break;
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_STREAMS:
        self->consume.in = numbers_reader_of(numbers_new(&self->produce.out));
        weft_spawn(co, &self->scope, &self->left, &self->produce.co, produce__step);
        weft_spawn(co, &self->scope, &self->right, &self->consume.co, consume__step);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        self->result = self->consume.sum;
        break;
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_YIELDS:
        for (self->i = 0; self->i < 3; self->i++)
            WEFT_AWAIT(weft_yield(co));
        self->result = self->ticket;
        break;
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_BACKGROUND:
        self->in = number_reader_of(number_new(&self->out, self->ticket));
        must(number_close_writer(co, &self->out));
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(number_read(co, &self->in, &self->result));
        break;
    case EXPORTS_WEFT_FOREIGN_PEER_WHAT_EVENT:
        WEFT_AWAIT(weft_event_wait(co, &event));
        self->result = self->ticket;
        break;
    default:
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    }
    WEFT_FINALLY;
    number_close_reader(&self->in);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    if (self->what == EXPORTS_WEFT_FOREIGN_PEER_WHAT_FINALISER) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket + 1, &self->result)));
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_event_wait(co, &event));
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_END;
}

// What a foreign task runs.
typedef struct {
    weft_embedded embedded;
    inner inner;
} outer;

static void give_back(void *it)
{
    overs++;
    free(it);
}

static outer *outer_new(uint32_t what, uint32_t ticket)
{
    outer *self = aligned_alloc(16, (sizeof *self + 15) / 16 * 16);
    memset(self, 0, sizeof *self);
    WEFT_EMBEDDED_START(inner, &self->inner, &self->embedded, .what = what, .ticket = ticket);
    return self;
}

static bool run_poll(executor *executor)
{
    outer *self = executor->future;
    if (!weft_embedded_poll(&self->embedded, executor_wake, executor))
        return false;
    exports_weft_foreign_peer_run_return(self->inner.result);
    free(self);
    return true;
}

// As the Rust runtime does: the call has ended as cancelled; the task goes on while something is registered.
static void run_drop(executor *executor)
{
    outer *self = executor->future;
    callee_task_cancel();
    if (weft_embedded_drop(&self->embedded, give_back, self))
        free(self);
}

callee_callback_code_t exports_weft_foreign_peer_run(uint32_t version, exports_weft_foreign_peer_what_t what,
                                                     uint32_t ticket)
{
    executor *executor = executor_new(version, outer_new(what, ticket));
    callee_context_set_0(executor);
    return executor_turn(executor, NULL, run_poll, run_drop);
}

callee_callback_code_t exports_weft_foreign_peer_run_callback(callee_event_t *happened)
{
    return executor_turn(callee_context_get_0(), happened, run_poll, run_drop);
}

// One task polls it first, and another then, when one of its calls is left.
static outer *moved;

static bool move_from_poll(executor *executor)
{
    if (executor->future) {
        moved = executor->future;
        executor->future = NULL;
        must(!weft_embedded_poll(&moved->embedded, executor_wake, executor));
        must(executor->registrations == CROWD && executor->count == 2);
    }
    executor->woken = executor->registrations <= 1; // else it waits for the events of the others
    if (moved)
        return false;
    exports_weft_foreign_peer_move_from_return(executor->registrations == 0 && executor->count == 1);
    return true;
}

callee_callback_code_t exports_weft_foreign_peer_move_from(uint32_t ticket)
{
    executor *executor = executor_new(2, outer_new(EXPORTS_WEFT_FOREIGN_PEER_WHAT_CROWD, ticket));
    callee_context_set_0(executor);
    return executor_turn(executor, NULL, move_from_poll, NULL);
}

callee_callback_code_t exports_weft_foreign_peer_move_from_callback(callee_event_t *happened)
{
    executor *executor = callee_context_get_0();
    executor->woken = true;
    return executor_turn(executor, happened, move_from_poll, NULL);
}

static bool finish_poll(executor *executor)
{
    if (!weft_embedded_poll(&moved->embedded, executor_wake, executor))
        return false;
    exports_weft_foreign_peer_finish_return(moved->inner.result);
    free(moved);
    moved = NULL;
    return true;
}

callee_callback_code_t exports_weft_foreign_peer_finish(void)
{
    executor *executor = executor_new(3, NULL);
    callee_context_set_0(executor);
    return executor_turn(executor, NULL, finish_poll, NULL);
}

callee_callback_code_t exports_weft_foreign_peer_finish_callback(callee_event_t *happened)
{
    return executor_turn(callee_context_get_0(), happened, finish_poll, NULL);
}

// A Weft coroutine in foreign code in a Weft task.

typedef struct {
    weft_coro co;
    weft_foreign wait;
    weft_embedded embedded;
    inner inner;
    weft_waker *waker;
} nest;

static void nest_wake(void *waker)
{
    weft_waker_wake(waker);
}

static bool nest_poll(void *it, weft_waker *waker)
{
    nest *self = it;
    if (!self->waker)
        self->waker = weft_waker_clone(waker);
    return weft_embedded_poll(&self->embedded, nest_wake, self->waker);
}

static weft_stepped nest_run(weft_coro *co)
{
    nest *self = weft_frame(co, nest);
    WEFT_BEGIN;
    weft_embedded_start(&self->embedded, &self->inner.co, inner__step);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, nest_poll, self));
    WEFT_RETURN(co, exports_weft_foreign_peer_nest, self->inner.result);
    WEFT_FINALLY;
    if (self->inner.co.task)
        must(weft_embedded_drop(&self->embedded, give_back, NULL));
    if (self->waker)
        weft_waker_drop(self->waker);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_foreign_peer_nest, nest, nest_run,
                 (exports_weft_foreign_peer_what_t what, uint32_t ticket), self->inner.what = what,
                 self->inner.ticket = ticket);

// Operations of one that the other waits for.

typedef struct lend {
    weft_coro co;
    weft_subtask first, second;
    weft_event over; // the root has what the coroutine inside has started
    uint32_t ticket, first_result, second_result;
    nest poller;
    weft_coro inside;
    weft_scope scope;
    weft_child child;
} lend;

static weft_stepped inside_run(weft_coro *co)
{
    lend *of = (lend *)((char *)co - offsetof(lend, inside));
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await(co, &of->first));
    weft_subtask_start(co, &of->second, weft_calls_peer_hold(of->ticket + 1, &of->second_result));
    WEFT_AWAIT(weft_event_wait(co, &of->over));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped poller_run(weft_coro *co)
{
    nest *self = weft_frame(co, nest);
    lend *of = (lend *)((char *)self - offsetof(lend, poller));
    WEFT_BEGIN;
    weft_embedded_start(&self->embedded, &of->inside, inside_run);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, nest_poll, self));
    WEFT_FINALLY;
    if (self->waker)
        weft_waker_drop(self->waker);
    WEFT_END;
}

WEFT_ASYNC(lend)
{
    WEFT_BEGIN;
    weft_subtask_start(co, &self->first, weft_calls_peer_hold(self->ticket, &self->first_result));
    weft_spawn(co, &self->scope, &self->child, &self->poller.co, poller_run);
    while (!weft_in_flight(&self->second))
        WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_await(co, &self->second));
    weft_event_set(&self->over);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_weft_foreign_peer_lend, self->first_result + self->second_result);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_foreign_peer_lend, lend, (uint32_t ticket), .ticket = ticket);
