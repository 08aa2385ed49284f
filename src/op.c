// Operations in flight: from a waitable's handle to its operation, and from the completion to the waiter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/cancel.h>
#include <weft/future.h>
#include <weft/stream.h>
#include <weft/subtask.h>
#include "internal.h"

_Static_assert(sizeof(void *) != 4 || sizeof(weft_op) == 24, "every operation has one: keep it small");

// Most tasks wait for one operation at a time: start, wait, go on. Its coroutine is in task->alone, and the
// operation is in no table, has no waiter, and is not counted. As soon as anything but its completion is to
// happen to it, it is enlisted: put in the table as the others are.
//
// The table has the operations in flight of the whole component, hashed by handle and chained through
// themselves. Handles are dense, but those in flight may be every 16th. The golden ratio spreads both well, so
// the chains are short. If there is no memory to grow, they get longer, and nothing fails.
enum { FEW = 16 };

uint32_t weft__blocked;

static weft_op *own_few[FEW];
// This table has those that wait for an event in a set of Weft's. Behind it in the list stands a table for each
// embedded coroutine whose operations are registered with its foreign task.
static weft__op_table own = {.chains = own_few, .few = own_few, .few_count = FEW, .count = FEW, .shift = 28};

static weft__op_table *table_of(const weft_task *task)
{
    return task->flags & WEFT__EMBEDDED ? task->rouse.lent : &own;
}

static uint32_t hash(const weft__op_table *in, uint32_t handle)
{
    return handle * 2654435769u >> in->shift;
}

static weft_op **chain_of(weft__op_table *in, uint32_t handle)
{
    return &in->chains[hash(in, handle)];
}

static void link(weft__op_table *in, weft_op *op)
{
    weft_op **chain = chain_of(in, op->handle);
    op->next = *chain;
    *chain = op;
}

static void resize(weft__op_table *in, uint32_t count)
{
    weft_op **old = in->chains;
    uint32_t old_count = in->count;
    weft_op **chains = count == in->few_count ? in->few : weft__alloc(count * sizeof *chains);
    if (!chains)
        return;
    __builtin_memset(chains, 0, count * sizeof *chains);
    in->chains = chains;
    in->count = count;
    in->shift = (uint32_t)__builtin_clz(count) + 1;
    for (weft_op **chain = old; chain != old + old_count; chain++) {
        for (weft_op *op = *chain, *next; op; op = next) {
            next = op->next;
            link(in, op);
        }
    }
    if (old != in->few)
        weft__free(old, old_count * sizeof *old);
}

static void insert(weft__op_table *in, weft_op *op)
{
    if (++in->tracked > in->count)
        resize(in, 2 * in->count);
    link(in, op);
}

weft_op *weft__op_find(uint32_t handle)
{
    weft_op *op = *chain_of(&own, handle);
    while (op && op->handle != handle)
        op = op->next;
    return op;
}

weft_op *weft__op_next(const weft_op *op)
{
    if (op && op->next)
        return op->next;
    const weft__op_table *in = op ? table_of(op->task) : &own;
    uint32_t i = op ? hash(in, op->handle) + 1 : 0;
    for (; in; in = in->next, i = 0)
        for (; i < in->count; i++)
            if (in->chains[i])
                return in->chains[i];
    return NULL;
}

// Takes the operation on `handle` out, and returns it; NULL if there is none.
static weft_op *take_out(weft__op_table *in, uint32_t handle)
{
    for (weft_op **link = chain_of(in, handle); *link; link = &(*link)->next) {
        weft_op *op = *link;
        if (op->handle == handle) {
            *link = op->next;
            in->tracked--;
            return op;
        }
    }
    return NULL;
}

// Whether `op`, in flight, is a call of an import or a registration of foreign code. Its task does not end
// before it does, so it is not counted as a member of the set.
static bool is_call(const weft_op *op)
{
    return (op->status & 7) <= WEFT_EVENT_SUBTASK;
}

// An operation has left the set of `task`.
static inline void left_set(weft_task *task, bool is_member)
{
    weft__task_rouse(task);
    if (is_member)
        weft__task_leave(task);
}

static inline void leave_set(weft_op *op, bool is_member)
{
    weft_task *task = op->task;
    op->task = NULL;
    left_set(task, is_member);
}

static inline void join_first_set(weft_op *op, weft_task *task, bool is_member)
{
    __waitable_join(op->handle, weft__task_set(task));
    if (is_member)
        task->members++;
    op->task = task;
}

// The same for one that may be in another set: it takes its event along.
static inline void join_set(weft_op *op, weft_task *task, bool is_member)
{
    weft_task *before = op->task;
    join_first_set(op, task, is_member);
    if (__builtin_expect(before != NULL, 0))
        left_set(before, is_member);
}

static __attribute__((noinline)) void enlist(weft_task *task, weft_coro *co)
{
    task->alone = NULL;
    task->in_flight++;
    task->flags |= WEFT__HAD_MORE;
    co->on.op->waiter = co;
    insert(&own, co->on.op);
}

void weft__op_enlist(weft_task *task)
{
    if (WEFT__SHORT && task->alone)
        enlist(task, task->alone);
}

static void trim(weft__op_table *it)
{
    if (!it->tracked && it->count > it->few_count)
        resize(it, it->few_count);
}

void weft__op_trim(void)
{
    trim(&own);
}

void weft__op_leave_set(weft_op *op)
{
    __waitable_join(op->handle, 0);
    leave_set(op, !is_call(op));
}

void weft__op_leave(weft_op *op)
{
    if (__builtin_expect(op->task->flags & WEFT__EMBEDDED, 0)) {
        weft__embedded_leave(op->task, op);
        return;
    }
    take_out(&own, op->handle);
    weft__op_leave_set(op);
}

void weft__op_lender_start(weft_task *task, weft__op_table *table)
{
    *table = (weft__op_table){.chains = table->lent_few, .few = table->lent_few};
    table->few_count = table->count = sizeof table->lent_few / sizeof *table->lent_few;
    table->shift = 31;
    task->rouse.lent = table;
}

void weft__op_lend(weft_task *task, weft_op *op)
{
    weft__op_table *in = task->rouse.lent;
    task->members++;
    op->task = task;
    if (!in->tracked) {
        in->next = own.next;
        in->at = &own.next;
        if (in->next)
            in->next->at = &in->next;
        own.next = in;
    }
    insert(in, op);
}

void weft__op_lent_back(weft_op *op)
{
    weft__op_table *in = op->task->rouse.lent;
    take_out(in, op->handle);
    if (!in->tracked) {
        *in->at = in->next;
        if (in->next)
            in->next->at = in->at;
        trim(in);
    }
    leave_set(op, true);
}

// Makes the table smaller first, after a time of many operations: else each walk would take as long as then.
void weft__op_each_lent(weft_task *task, void (*visit)(weft_task *task, weft_op *op))
{
    weft__op_table *in = task->rouse.lent;
    if (in->tracked < in->count / 2)
        resize(in, in->count / 2);
    for (uint32_t i = 0; i < in->count; i++)
        for (weft_op *op = in->chains[i]; op; op = op->next)
            visit(task, op);
}

// From here on `op`, in flight, waits for its event in `task`.
WEFT__HOT void wait_in(weft_task *task, weft_op *op)
{
    task->in_flight++;
    task->flags |= WEFT__HAD_MORE;
    if (__builtin_expect(task->flags & WEFT__EMBEDDED, 0)) {
        weft__embedded_join(task, op);
        return;
    }
    if (op->task != task)
        join_set(op, task, !is_call(op));
    insert(&own, op);
}

void weft__op_track(weft_task *task, weft_op *op, enum weft_event_code event,
                    uint32_t (*cancel)(uint32_t handle))
{
    WEFT__TRACE_STAYS(op, "a start");
    op->status = WEFT__IN_FLIGHT | (uint32_t)event;
    op->waiter = NULL;
    op->cancel = cancel;
    wait_in(task, op);
    WEFT__TRACE_OP(op, START, 0);
}

// The same, not inlined: for one that goes on, or comes from another task.
static void go_on_in(weft_task *task, weft_op *op)
{
    wait_in(task, op);
}

// The default if weft_dump is not linked.
WEFT__WEAK bool weft__op_needs_table(void)
{
    return !WEFT__SHORT;
}

// The general way: another operation is alone, a cancel is due, the task is embedded, or nothing is short.
static __attribute__((noinline)) weft_poll block_rest(weft_coro *co, weft_op *op, uint32_t status,
                                                      uint32_t (*cancel)(uint32_t handle))
{
    weft_task *task = co->task;
    WEFT__TRACE_STAYS(op, "weft_await");
    weft_poll poll = weft__park(co, WEFT__ON_OP, "weft_await");
    co->on.op = op;
    op->status = status;
    op->cancel = cancel;
    op->waiter = co;
    wait_in(task, op);
    WEFT__TRACE_OP(op, START, 0);
    return poll;
}

WEFT__HOT weft_poll block(weft_coro *co, weft_op *op, uint32_t status, uint32_t (*cancel)(uint32_t handle),
                          bool is_member)
{
    weft_task *task = co->task;
    bool joins = !is_member || op->task != task; // a call that begins is in no set
    if (!WEFT__SHORT || __builtin_expect(task->alone || weft__state_and_flags(co) != WEFT__RUNNING, 0) ||
        weft__op_needs_table() || (joins && !task->wait && task->flags & WEFT__EMBEDDED))
        return block_rest(co, op, status, cancel);
    if (joins) {
        if (is_member)
            join_set(op, task, true);
        else
            join_first_set(op, task, false);
        op->cancel = cancel;
    }
    WEFT__TRACE_STAYS(op, "weft_await");
    WEFT__TRACE_FUNCTION(co, "weft_await");
    co->state = WEFT__ON_OP;
    co->on.op = op;
    op->status = status;
    WEFT__TRACE_OP(op, START, 0);
    task->alone = co;
    return (weft_poll){WEFT__PENDING_ALONE};
}

weft_poll weft__op_block(weft_coro *co, weft_op *op, uint32_t status, uint32_t (*cancel)(uint32_t handle))
{
    return block(co, op, status, cancel, true);
}

weft_poll weft__op_block_call(weft_coro *co, weft_op *op, uint32_t status)
{
    return block(co, op, status, __subtask_cancel, false);
}

// `co` waits for `op`. If another task started that, it moves to the task of `co`.
static void adopt(weft_coro *co, weft_op *op, const char *function)
{
    weft_task *before = op->task;
    if (before)
        weft__op_enlist(before);
    WEFT__CHECK(op->waiter, awaited, function, op->handle);
    WEFT__CHECK(!before, stopping, function, op->handle);
    (void)function;
    op->waiter = co;
    if (before == co->task)
        return;
    before->in_flight--;
    if ((before->flags | co->task->flags) & WEFT__EMBEDDED)
        weft__op_leave(op);
    else
        take_out(&own, op->handle);
    go_on_in(co->task, op);
}

weft_poll weft__op_park(weft_coro *co, weft_op *op)
{
    if (op->status == WEFT__UNTAKEN)
        return weft__owned_take(co, op);
    weft_poll poll = weft__park(co, WEFT__ON_OP, "weft_await");
    adopt(co, op, "weft_await");
    co->on.op = op;
    return poll;
}

// True if one is complete; the first such is any->index.
static bool any_complete(weft_any *any)
{
    for (any->index = 0; any->index < any->count; any->index++)
        if (!weft__op_pends(any->ops[any->index]))
            return true;
    return false;
}

weft_poll weft_await_any(weft_coro *co, weft_any *any, weft_op **ops, uint32_t count)
{
    any->ops = ops;
    any->count = count;
    if (any_complete(any))
        return weft__op_await(co, any->ops[any->index]);
    WEFT__CHECK(count == 0, deadlock, "weft_await_any", 0);
    WEFT__TRACE_STAYS(any, "weft_await_any");
    WEFT__TRACE_STAYS(ops, "weft_await_any");
    weft_poll poll = weft__park(co, WEFT__ON_ANY, "weft_await_any");
    co->on.any = any;
    for (uint32_t i = 0; i < count; i++)
        adopt(co, ops[i], "weft_await_any");
    return poll;
}

static void forget_waiter(weft_any *any)
{
    for (uint32_t i = 0; i < any->count; i++)
        any->ops[i]->waiter = NULL;
}

void weft__op_unawait(weft_coro *co)
{
    if (co->state == WEFT__ON_ANY)
        forget_waiter(co->on.any);
    else
        co->on.op->waiter = NULL;
}

void weft__op_wake_waiter(weft_op *op)
{
    weft_coro *waiter = op->waiter;
    op->waiter = NULL;
    if (waiter->state == WEFT__ON_ANY) {
        forget_waiter(waiter->on.any);
        any_complete(waiter->on.any);
    }
    weft__wake(waiter);
}

// Stores what the host has said of `op`. With `all`, false, and nothing done, if there is more to do: for a
// call that starts, a write_all with more to write, and one whose items are to be given up.
WEFT__HOT bool note(weft_op *op, uint32_t event, uint32_t code, bool all)
{
    uint32_t status = code;
    switch (event) {
    case WEFT_EVENT_STREAM_READ:
        ((weft_stream_reader *)op)->count = WEFT_STATUS_COUNT(code);
        break;
    case WEFT_EVENT_STREAM_WRITE: {
        weft_stream_writer *writer = (weft_stream_writer *)op;
        size_t count = WEFT_STATUS_COUNT(code) + (writer->more ? writer->count : 0);
        if (all && writer->more) {
            if (count < writer->length || writer->ended)
                return false;
            writer->more = NULL;
        }
        writer->count = count;
        break;
    }
    case WEFT_EVENT_FUTURE_READ:
    case WEFT_EVENT_FUTURE_WRITE:
        status = weft__future_status(code);
        break;
    case WEFT_EVENT_NONE: // no event: the cancel of a call that has not started
    case WEFT_EVENT_SUBTASK:
        if (all && (event == WEFT_EVENT_NONE || code <= WEFT_SUBTASK_STARTED))
            return false;
        __subtask_drop(op->handle);
        op->task = NULL; // it is out of its set, too
        break;
    default: // not covered: no operation is of another kind
        __builtin_unreachable();
    }
    WEFT__TRACE_OP(op, END, code);
    op->status = status;
    return true;
}

// A write_all has written some. True if it goes on.
static bool goes_on_writing(weft_stream_writer *writer, uint32_t before)
{
    weft_op *op = &writer->op;
    if (before & WEFT__CANCELLING && writer->count < writer->length && weft__op_is(op, WEFT_COPY_COMPLETED))
        op->status |= WEFT_COPY_CANCELLED; // this copy was whole, but the rest may not go
    if (writer->more(writer)) {
        op->status = WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_WRITE | (before & WEFT__WRITE_ON);
        return true;
    }
    weft__write_all_ended(writer);
    return false;
}

// An operation of an end with a sequel has completed. True if it goes on.
// not covered: ends with a sequel are those of weft/wasi, which these tests do not have
static bool goes_on_reading(weft_op *op, uint32_t before)
{
    uint32_t ways = before & (WEFT__READ_ON | WEFT__WRITE_ON);
    weft__sequel *sequel =
        ways == WEFT__READ_ON ? ((weft__reader_on *)op)->sequel : ((weft__writer_on *)op)->sequel;
    if (!sequel(op, before & WEFT__CANCELLING))
        return false;
    op->status = WEFT__IN_FLIGHT | WEFT_EVENT_FUTURE_READ | ways;
    return true;
}

// An operation with one of these bits has completed. True if it goes on.
static bool goes_on(weft_op *op, uint32_t before)
{
    if (before & WEFT__OWNED)
        weft__owned_complete(op, before);
    if (before & WEFT__GONE && weft__gone_goes_on(op, before))
        return true;
    return before & (WEFT__READ_ON | WEFT__WRITE_ON) && goes_on_reading(op, before); // not covered: the same
}

// The host has said how `op` ended: an operation of `task` that is out of the table.
static void complete(weft_op *op, weft_task *task, uint32_t event, uint32_t status)
{
    const uint32_t special = WEFT__OWNED | WEFT__GONE | WEFT__READ_ON | WEFT__WRITE_ON;
    uint32_t before = op->status;
    (void)note(op, event, status, false);
    bool is_write_all = event == WEFT_EVENT_STREAM_WRITE && ((weft_stream_writer *)op)->more;
    bool on = is_write_all && goes_on_writing((weft_stream_writer *)op, before);
    if (!on && before & special)
        on = goes_on(op, before);
    task->in_flight--;
    if (on) {
        go_on_in(task, op);
        WEFT__TRACE_OP(op, START, 0);
    } else if (op->waiter) {
        weft__op_wake_waiter(op);
    }
}

// Whether this is a copy of an end with a sequel that does not come to the sequel.
// not covered: the same
static __attribute__((noinline)) bool lacks_sequel(const weft_op *op, uint32_t event, uint32_t code)
{
    return event <= WEFT_EVENT_STREAM_WRITE && !WEFT_STATUS_STATE(code) &&
           (op->status & ~(WEFT__READ_ON | WEFT__WRITE_ON)) == (WEFT__IN_FLIGHT | event);
}

weft_coro *weft__op_arrive(weft_task *task, uint32_t event, uint32_t handle, uint32_t code)
{
    weft_coro *co = WEFT__SHORT ? task->alone : NULL;
    if (!co)
        return NULL;
    weft_op *op = co->on.op;
    bool is_usual = __builtin_expect(op->status == (WEFT__IN_FLIGHT | event), 1);
    if (op->handle != handle || code & WEFT__IN_FLIGHT || !(is_usual || lacks_sequel(op, event, code)))
        return NULL;
    if (!note(op, event, code, true))
        return NULL;
    task->alone = NULL;
    return co;
}

static void complete_background(weft_op *op, uint32_t code)
{
    WEFT__TRACE_OP(op, END, code);
    weft__background *it = (weft__background *)op;
    op->task->in_flight--;
    it->completed(it, op->task, code);
}

static void started(weft_op *call)
{
    call->status |= WEFT__STARTED;
    if (call->waiter && call->waiter->state == WEFT__ON_START)
        weft__op_wake_waiter(call);
}

void weft__op_deliver_lent(weft_op *op, uint32_t code)
{
    weft_task *task = op->task;
    uint32_t event = op->status & 7;
    bool is_call = event <= WEFT_EVENT_SUBTASK;
    if (!op->cancel) {
        weft__background *it = (weft__background *)op;
        WEFT__TRACE_OP(op, END, code);
        task->in_flight--;
        weft__op_lent_back(op);
        it->completed(it, task, code);
        return;
    }
    weft__op_lent_back(op);
    if (is_call && code <= WEFT_SUBTASK_STARTED) {
        weft__embedded_join(task, op);
        started(op);
    } else {
        complete(op, task, event, code);
    }
}

// An event that is no usual completion: a call starts, or has not, what runs in the background, or what no host
// sends.
static __attribute__((noinline)) void deliver_rest(weft_op *op, uint32_t event, uint32_t code)
{
    uint32_t kind = op->status & 7; // 0: a call that has not started, or a registration of foreign code
    bool of_kind = kind ? kind == event : event == WEFT_EVENT_SUBTASK || !op->cancel;
    bool expected = of_kind && !(code & WEFT__IN_FLIGHT);
    WEFT__CHECK(!expected, bad_event, op->task->from->name, op->handle);
    if (expected && !op->cancel) {
        complete_background(op, code);
    } else if (expected && (event != WEFT_EVENT_SUBTASK || code > WEFT_SUBTASK_STARTED)) {
        complete(op, op->task, event, code);
    } else {
        insert(&own, op);
        if (expected)
            started(op);
    }
}

void weft__op_deliver(weft_task *task, uint32_t event, uint32_t handle, uint32_t code)
{
    if (task->flags & WEFT__ROUSED && weft__bell_heard(task, handle))
        return;
    weft__op_enlist(task);
    weft_op *op = take_out(&own, handle);
    if (!op)
        return;
    bool starts = code <= WEFT_SUBTASK_STARTED && event == WEFT_EVENT_SUBTASK;
    if (__builtin_expect((op->status & 7) != event || code & WEFT__IN_FLIGHT || !op->cancel || starts, 0))
        deliver_rest(op, event, code);
    else
        complete(op, op->task, event, code);
}

void weft__op_cancel(weft_op *op)
{
    weft_task *task = op->task;
    if (!task && op->status == WEFT__UNTAKEN) {
        weft__owned_give_up(op);
        return;
    }
    WEFT__CHECK(!task, stopping, "weft_stop_blocking", op->handle);
    weft__op_enlist(task);
    uint32_t event = op->status & 7;
    WEFT__TRACE_OP(op, CANCEL, 0);
    uint32_t (*cancel)(uint32_t) = op->cancel;
    if (op->status & WEFT__ASKED)
        cancel = weft__cancel_outcome;
    op->status |= WEFT__CANCELLING;
    weft__op_leave(op);
    uint32_t blocked = weft__blocked++;
    uint32_t status = cancel(op->handle);
    weft__blocked = blocked;
    complete(op, task, event, status);
}

void weft__op_ask_cancel(weft_op *op, uint32_t (*cancel)(uint32_t handle))
{
    weft_task *task = op->task;
    if (!weft__op_in_flight(op) || op->status & WEFT__CANCELLING)
        return;
    if (op->status == WEFT__UNTAKEN || op->cancel == weft__gone_forget) { // only Weft knows of it
        weft__op_cancel(op);
        return;
    }
    weft__op_enlist(task);
    uint32_t event = op->status & 7;
    bool embedded = task->flags & WEFT__EMBEDDED;
    // wasmtime wants a subtask out of its set for either form. And in a set, the event of an idle future's
    // writer could come, and nobody would get it.
    bool leaves = embedded || event <= WEFT_EVENT_SUBTASK || event == WEFT_EVENT_FUTURE_WRITE;
    WEFT__TRACE_OP(op, CANCEL, 0);
    op->status |= WEFT__CANCELLING | WEFT__ASKED;
    if (leaves)
        weft__op_leave(op); // it is the host's: code of ours may run inside, and must not stop it
    else
        weft__task_rouse(task); // the cancel may take an event that the host is about to deliver
    uint32_t blocked = weft__blocked++;
    uint32_t status = cancel(op->handle);
    weft__blocked = blocked;
    if (status == WEFT_BLOCKED) {
        if (leaves) {
            task->in_flight--;
            go_on_in(task, op);
        }
        return;
    }
    if (!leaves)
        take_out(&own, op->handle);
    complete(op, task, event, status);
}

void weft__op_left(weft_op *op)
{
    leave_set(op, true);
}

uint32_t weft__op_transfer(weft_op *op, const char *function)
{
    WEFT__CHECK(op->handle == 0, closed, function, 0);
    WEFT__CHECK(weft__op_in_flight(op), busy, function, op->handle);
    WEFT__CHECK(weft__op_is(op, WEFT_COPY_DROPPED), other_gone, function, op->handle);
    WEFT__CHECK(op->status == WEFT__FUTURE_DONE, future_done, function, op->handle);
    (void)function;
    if (op->task)
        __waitable_join(op->handle, 0);
    return weft__op_let_go(op);
}
