// Streams and futures: two ends of a pipe, each in the table of an instance, in transit, or held by a script.
// The first to start waits in the pipe with its buffer; the second copies. Spec: SharedStreamImpl,
// SharedFutureImpl, CopyEnd, stream_copy, future_copy, cancel_copy, drop, lift_async_value.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <string.h>

static bool is_number(const weft_sim_type *type)
{
    return !type || (type->kind >= WEFT_SIM_S8 && type->kind <= WEFT_SIM_F64);
}

static void ring_for(const weft_sim_end *end)
{
    if (end->rings)
        weft_sim_ring(end->rings);
}

void weft_sim__end_ring_other(const weft_sim_end *end)
{
    const weft_sim_end *other = end->pipe->ends[!end->writable];
    if (other)
        ring_for(other);
}

// What is DROPPED there is told by an event, or kept for a script.
static void finish(weft_sim_end *end, uint32_t result)
{
    end->pending = false;
    end->result = result;
    weft_sim__end_ring_other(end);
    if (end->base.instance) {
        weft_sim__waitable_notify(end->pipe->sim, &end->base);
        return;
    }
    end->base.event = true;
    weft_sim_ring(&end->own);
    ring_for(end);
}

uint32_t weft_sim__end_take(weft_sim_end *end)
{
    if (end->base.instance)
        weft_sim__waitable_taken(&end->base);
    else
        end->base.event = false;
    weft_sim__unwait(&end->canceller);
    bool is_future = end->pipe->is_future;
    bool done = end->result == COPY_DROPPED || (is_future && end->result == COPY_COMPLETED);
    end->state = done ? END_DONE : END_IDLE;
    end->pending = false;
    weft_sim__end_ring_other(end);
    return end->result | (is_future ? 0 : end->progress << 4);
}

static uint32_t remaining(const weft_sim_end *end)
{
    return end->length - end->progress;
}

static size_t item_size(const weft_sim_end *end)
{
    const weft_sim_type *element = end->type->element;
    return end->host && element && !weft_sim_is_plain(element) ? sizeof(weft_sim_value)
                                                               : weft_sim_size(element);
}

// A script's items are values, unless they are plain; each end's items are as the type that its holder
// describes says.
static void move(weft_sim_end *from, weft_sim_end *to, uint32_t count)
{
    const weft_sim_type *element = to->type->element;
    weft_sim_context source = {from->base.instance, NULL}, target = {to->base.instance, NULL};
    unsigned char *source_items = from->items + from->progress * item_size(from);
    unsigned char *target_items = to->items + to->progress * item_size(to);
    if (element && weft_sim_is_plain(element)) {
        // The two may overlap, if one component holds both ends. Spec: all is read, and then written.
        memmove(target_items, source_items, count * item_size(to));
    } else if (element && !from->host && !to->host) {
        weft_sim_copy(&source, from->type->element, source_items, &target, element, target_items, count);
    } else {
        for (uint32_t i = 0; element && i < count; i++) {
            unsigned char *source_item = source_items + i * item_size(from);
            unsigned char *target_item = target_items + i * item_size(to);
            weft_sim_value value = {0};
            if (from->host)
                value = *(weft_sim_value *)source_item;
            else
                weft_sim_load(&source, from->type->element, source_item, &value);
            if (to->host) {
                *(weft_sim_value *)target_item = value;
            } else {
                weft_sim_store(&target, element, &value, target_item);
                weft_sim_value_free(element, &value);
            }
        }
    }
    from->progress += count;
    to->progress += count;
}

uint32_t weft_sim__partial(weft_sim *sim, uint32_t count)
{
    if (count > 1 && weft_sim_chance(sim, WEFT_SIM_CHOOSE_PARTIAL, sim->options.partial))
        count -= weft_sim_choose(sim, WEFT_SIM_CHOOSE_PARTIAL, count < 8 ? count : 8);
    return count;
}

static void copy(weft_sim_end *end)
{
    weft_sim__pipe *pipe = end->pipe;
    weft_sim *sim = pipe->sim;
    weft_sim_end *other = pipe->ends[!end->writable];
    end->pending = false;
    if (pipe->dropped) {
        finish(end, COPY_DROPPED);
        return;
    }
    if (!other || !other->pending) {
        end->pending = true;
        return;
    }
    if (!end->host && !other->host && end->base.instance == other->base.instance &&
        !is_number(pipe->type->element))
        weft_sim__trap(sim, WEFT_SIM_TRAP_INTRA_COMPONENT, "%s", pipe->type->name);
    weft_sim_end *from = end->writable ? end : other, *to = end->writable ? other : end;
    if (pipe->is_future) {
        move(from, to, 1);
        finish(other, COPY_COMPLETED);
        finish(end, COPY_COMPLETED);
    } else if (remaining(other)) {
        if (remaining(end)) {
            uint32_t count = remaining(end) < remaining(other) ? remaining(end) : remaining(other);
            if (!end->exact)
                count = weft_sim__partial(sim, count);
            move(from, to, count);
            finish(other, COPY_COMPLETED);
            other->pending = true; // until its event is delivered, more may be copied
        }
        finish(end, COPY_COMPLETED);
    } else if (end->writable && !end->length && !other->length) {
        finish(end, COPY_COMPLETED);
    } else {
        finish(other, COPY_COMPLETED);
        end->pending = true;
    }
}

void weft_sim__end_begin(weft_sim_end *end, void *items, uint32_t count)
{
    end->state = END_COPYING;
    end->items = items;
    end->length = count;
    end->progress = 0;
    copy(end);
    end->exact = false;
    weft_sim__end_ring_other(end);
}

static void cancel_now(weft_sim_end *end)
{
    if (!end->base.event)
        finish(end, COPY_CANCELLED);
}

static void cancel_go(weft_sim__waiter *waiter)
{
    cancel_now((weft_sim_end *)((char *)waiter - offsetof(weft_sim_end, canceller)));
}

void weft_sim__end_cancel(weft_sim_end *end, bool may_be_slow)
{
    weft_sim *sim = end->pipe->sim;
    end->state = END_CANCELLING;
    if (end->base.event) {
        if (sim->options.cancel_counts && !end->pipe->is_future && end->result == COPY_COMPLETED)
            end->result = COPY_CANCELLED;
        return;
    }
    if (may_be_slow && weft_sim_chance(sim, WEFT_SIM_CHOOSE_CANCEL, sim->options.slow_cancel)) {
        end->canceller = (weft_sim__waiter){.go = cancel_go};
        weft_sim__wait(sim, &end->canceller);
        weft_sim__queue_add(sim, &sim->going, &end->canceller.in);
    } else {
        cancel_now(end);
    }
}

// The end has left its table, and is idle or done.
void weft_sim__end_close(weft_sim_end *end)
{
    weft_sim__pipe *pipe = end->pipe;
    weft_sim *sim = pipe->sim;
    weft_sim_end *other = pipe->ends[!end->writable];
    pipe->ends[end->writable] = NULL;
    weft_sim__release(end);
    if (!other) {
        if (pipe->gone)
            pipe->gone(pipe->mark);
        weft_sim__release(pipe);
        return;
    }
    pipe->dropped = true;
    ring_for(other);
    if (other->pending)
        finish(other, COPY_DROPPED);
    else if (other->base.instance && weft_sim_chance(sim, WEFT_SIM_CHOOSE_UNASKED, sim->options.unasked))
        weft_sim__waitable_unasked(sim, &other->base);
}

weft_sim__pipe *weft_sim__pipe_new(weft_sim *sim, weft_sim_instance *instance, const weft_sim_type *type)
{
    weft_sim__pipe *pipe = weft_sim__new(sim, sizeof *pipe);
    *pipe = (weft_sim__pipe){
        .sim = sim, .type = type, .instance = instance, .is_future = type->kind == WEFT_SIM_FUTURE};
    for (int i = 0; i < 2; i++) {
        weft_sim_end *end = pipe->ends[i] = weft_sim__new(sim, sizeof *end);
        end->pipe = pipe;
        end->type = type;
        end->writable = i;
    }
    return pipe;
}

static weft_sim__kind kind_of(const weft_sim_type *type, bool writable)
{
    return (type->kind == WEFT_SIM_FUTURE ? KIND_FUTURE_READER : KIND_STREAM_READER) + writable;
}

static uint32_t put(weft_sim_instance *instance, weft_sim_end *end)
{
    end->base.kind = kind_of(end->pipe->type, end->writable);
    end->base.handle = weft_sim__handle_add(instance, end->base.kind, end);
    end->base.instance = instance;
    end->host = false;
    return end->base.handle;
}

static const char *kind_name(const weft_sim_type *type)
{
    return type->kind == WEFT_SIM_FUTURE ? "future" : "stream";
}

// The handle is that of the other end.
static _Noreturn void trap_other_end(weft_sim *sim, const weft_sim_type *type, uint32_t handle, bool writable)
{
    const char *call = sim->call ? sim->call : "", *operation = strchr(call, '.') ? strchr(call, '.') : "";
    if (!strncmp(operation, ".cancel-", 8))
        weft_sim__wasmtime_says(sim, "passed %s end to `{stream|future}%s`", writable ? "read" : "write",
                                operation);
    else if (!strcmp(operation, ".read") || !strcmp(operation, ".write"))
        weft_sim__wasmtime_says(sim, "cannot have concurrent operations active on a future/stream");
    else if (writable)
        weft_sim__wasmtime_says(sim, "passed read end to `%s`", call);
    else
        weft_sim__wasmtime_says(sim, "handle is not a readable end of a %s", kind_name(type));
    weft_sim__trap(sim, WEFT_SIM_TRAP_HANDLE_KIND, "handle %u is a %s, not a %s", (unsigned)handle,
                   weft_sim__kind_name(kind_of(type, !writable)), weft_sim__kind_name(kind_of(type, writable)));
}

static weft_sim_end *get(weft_sim_instance *self, const weft_sim_type *type, uint32_t handle, bool writable)
{
    if (weft_sim__handle_entry(self, handle)->kind == kind_of(type, !writable))
        trap_other_end(self->sim, type, handle, writable);
    weft_sim_end *end = weft_sim__handle_get(self, handle, kind_of(type, writable));
    if (type != end->pipe->type && !weft_sim_same_type(self, type, end->pipe->instance, end->pipe->type)) {
        weft_sim__wasmtime_says(self->sim, "handle is a %s of a different type", kind_name(type));
        weft_sim__trap(self->sim, WEFT_SIM_TRAP_HANDLE_TYPE, "handle %u is of a %s, not of a %s",
                       (unsigned)handle, end->pipe->type->name, type->name);
    }
    end->type = type;
    return end;
}

static void check_not_in_set(weft_sim_end *end, bool async)
{
    if (end->base.set && !async)
        weft_sim__trap(end->pipe->sim, WEFT_SIM_TRAP_SYNC_IN_SET, "%s, in set %u", end->pipe->type->name,
                       (unsigned)end->base.set->handle);
}

static uint64_t new_ends(weft_sim_instance *self, const weft_sim_type *type, const char *call)
{
    weft_sim__built_in(self, call, 0);
    weft_sim__pipe *pipe = weft_sim__pipe_new(self->sim, self, type);
    uint32_t reader = put(self, pipe->ends[0]);
    uint32_t writer = put(self, pipe->ends[1]);
    weft_sim__note(self->sim, call, type->name, 2, reader, writer, 0);
    return reader | (uint64_t)writer << 32;
}

// Between two ends of one component nothing can be late: the spec leaves no choice there, and Weft's own
// streams need it so.
static bool may_be_late(const weft_sim_end *end)
{
    const weft_sim_end *other = end->pipe->ends[!end->writable];
    return !other || other->base.instance != end->base.instance;
}

static uint32_t start(weft_sim_instance *self, const weft_sim_type *type, uint32_t handle, const void *items,
                      uint32_t count, bool writable, bool async, const char *call)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, call, handle);
    weft_sim_end *end = get(self, type, handle, writable);
    bool is_future = end->pipe->is_future;
    if (end->state == END_COPYING || end->state == END_CANCELLING)
        weft_sim__trap(sim, WEFT_SIM_TRAP_END_CONCURRENT, "%s", type->name);
    if (end->state == END_DONE) {
        if (is_future && end->result == COPY_DROPPED)
            weft_sim__wasmtime_says(sim, "cannot write after being notified that the readable end dropped");
        weft_sim__trap(sim,
                       is_future
                           ? (writable ? WEFT_SIM_TRAP_FUTURE_WRITE_TWICE : WEFT_SIM_TRAP_FUTURE_READ_TWICE)
                       : writable ? WEFT_SIM_TRAP_WRITE_AFTER_DROPPED
                                  : WEFT_SIM_TRAP_READ_AFTER_DROPPED,
                       "%s", type->name);
    }
    check_not_in_set(end, async);
    if (count > MAX_LENGTH)
        weft_sim__trap(sim, WEFT_SIM_TRAP_COUNT_TOO_LARGE, "count %u", (unsigned)count);
    if (count && type->element) {
        uint64_t size = (uint64_t)count * weft_sim_size(type->element);
        if (size > SIZE_MAX || !weft_sim__is_memory(items, (size_t)size))
            weft_sim__trap(sim, WEFT_SIM_TRAP_BUFFER_BOUNDS, "%llu bytes at %p", (unsigned long long)size,
                           items);
        if ((uintptr_t)items % weft_sim_alignment(type->element)) {
            weft_sim__wasmtime_says(sim, "%s pointer not aligned", writable ? "write" : "read");
            weft_sim__trap(sim, WEFT_SIM_TRAP_BUFFER_ALIGNMENT, "%p for %s", items, type->name);
        }
    }
    weft_sim__end_begin(end, (void *)items, count);
    uint32_t status;
    if (!end->base.event ||
        (async && may_be_late(end) && weft_sim_chance(sim, WEFT_SIM_CHOOSE_LATE, sim->options.late)))
        status = BLOCKED;
    else
        status = weft_sim__end_take(end);
    if (status == BLOCKED && !async) {
        weft_sim__waitable_wait(sim, &end->base);
        status = weft_sim__end_take(end);
    }
    weft_sim__note_answer(sim, call, type->name, 2, handle, count, 0, status);
    return status;
}

static uint32_t cancel(weft_sim_instance *self, const weft_sim_type *type, uint32_t handle, bool writable,
                       bool async, const char *call)
{
    weft_sim *sim = self->sim;
    weft_sim__task *task = weft_sim__built_in(self, call, handle);
    weft_sim_end *end = get(self, type, handle, writable);
    if (end->state == END_CANCELLING)
        weft_sim__trap(sim, WEFT_SIM_TRAP_END_CONCURRENT, "%s: its cancel is in flight", type->name);
    if (end->state != END_COPYING) {
        const char *what = writable ? "write" : "read";
        weft_sim__wasmtime_says(sim, "stream or future %s cancelled when no %s is pending", what, what);
        weft_sim__trap(sim, WEFT_SIM_TRAP_END_CANCEL_IDLE, "%s", type->name);
    }
    if (end->base.sync_waiter)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SYNC_WAITER, "%s", type->name);
    check_not_in_set(end, async);
    weft_sim__end_cancel(end, may_be_late(end) && (async || (task->export && task->export->func.is_async)));
    uint32_t status = BLOCKED;
    if (end->base.event) {
        status = weft_sim__end_take(end);
    } else if (!async) {
        weft_sim__waitable_wait(sim, &end->base);
        status = weft_sim__end_take(end);
    }
    weft_sim__note_answer(sim, call, type->name, 1, handle, 0, 0, status);
    return status;
}

static void drop(weft_sim_instance *self, const weft_sim_type *type, uint32_t handle, bool writable,
                 const char *call)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, call, handle);
    weft_sim_end *end = get(self, type, handle, writable);
    if (end->state == END_COPYING || end->state == END_CANCELLING) {
        weft_sim__wasmtime_says(sim, "cannot %s busy %s", writable ? "drop" : "remove", kind_name(type));
        weft_sim__trap(sim, WEFT_SIM_TRAP_END_DROP_BUSY, "%s", type->name);
    }
    if (end->pipe->is_future && writable && end->state != END_DONE)
        weft_sim__trap(sim, WEFT_SIM_TRAP_FUTURE_UNWRITTEN, "%s", type->name);
    weft_sim__waitable_join(sim, &end->base, NULL);
    weft_sim__handle_remove(self, handle);
    weft_sim__note(sim, call, type->name, 1, handle, 0, 0);
    weft_sim__end_close(end);
}

weft_sim_end *weft_sim__end_lift(weft_sim_instance *instance, const weft_sim_type *type, uint32_t handle)
{
    weft_sim *sim = instance->sim;
    weft_sim_end *end = get(instance, type, handle, false);
    bool is_future = end->pipe->is_future;
    if (end->state == END_COPYING || end->state == END_CANCELLING) {
        weft_sim__wasmtime_says(sim, "cannot remove busy %s", kind_name(type));
        weft_sim__trap(sim, WEFT_SIM_TRAP_TRANSFER_BUSY, "handle %u, a %s", (unsigned)handle, type->name);
    }
    if (end->base.set && (is_future || end->state != END_DONE)) { // wasmtime's order
        weft_sim__wasmtime_says(sim, "cannot lift %s while it's in a waitable set", kind_name(type));
        weft_sim__trap(sim, WEFT_SIM_TRAP_TRANSFER_IN_SET, "handle %u, a %s, in set %u", (unsigned)handle,
                       type->name, (unsigned)end->base.set->handle);
    }
    if (end->state == END_DONE) {
        weft_sim__wasmtime_says(sim, is_future
                                         ? "cannot lift future after previous read succeeded"
                                         : "cannot lift stream after being notified that the writable end "
                                           "dropped");
        weft_sim__trap(sim, WEFT_SIM_TRAP_TRANSFER_DONE, "handle %u, a %s", (unsigned)handle, type->name);
    }
    weft_sim__waitable_taken(&end->base);
    weft_sim__handle_remove(instance, handle);
    end->base.instance = NULL;
    end->base.handle = 0;
    return end;
}

uint32_t weft_sim__end_lower(weft_sim_instance *instance, const weft_sim_type *type, weft_sim_end *end)
{
    end->type = type;
    return put(instance, end);
}

uint64_t weft_sim_stream_new(weft_sim_instance *self, const weft_sim_type *type)
{
    return new_ends(self, type, "stream.new");
}

uint32_t weft_sim_stream_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end, void *items,
                              uint32_t count, bool async)
{
    return start(self, type, end, items, count, false, async, "stream.read");
}

uint32_t weft_sim_stream_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                               const void *items, uint32_t count, bool async)
{
    return start(self, type, end, items, count, true, async, "stream.write");
}

uint32_t weft_sim_stream_cancel_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                     bool async)
{
    return cancel(self, type, end, false, async, "stream.cancel-read");
}

uint32_t weft_sim_stream_cancel_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                      bool async)
{
    return cancel(self, type, end, true, async, "stream.cancel-write");
}

void weft_sim_stream_drop_readable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end)
{
    drop(self, type, end, false, "stream.drop-readable");
}

void weft_sim_stream_drop_writable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end)
{
    drop(self, type, end, true, "stream.drop-writable");
}

uint64_t weft_sim_future_new(weft_sim_instance *self, const weft_sim_type *type)
{
    return new_ends(self, type, "future.new");
}

uint32_t weft_sim_future_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end, void *item,
                              bool async)
{
    return start(self, type, end, item, 1, false, async, "future.read");
}

uint32_t weft_sim_future_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                               const void *item, bool async)
{
    return start(self, type, end, item, 1, true, async, "future.write");
}

uint32_t weft_sim_future_cancel_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                     bool async)
{
    return cancel(self, type, end, false, async, "future.cancel-read");
}

uint32_t weft_sim_future_cancel_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                      bool async)
{
    return cancel(self, type, end, true, async, "future.cancel-write");
}

void weft_sim_future_drop_readable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end)
{
    drop(self, type, end, false, "future.drop-readable");
}

void weft_sim_future_drop_writable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end)
{
    drop(self, type, end, true, "future.drop-writable");
}
