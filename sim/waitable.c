// Waitables and the sets that they are in. A set keeps those of its members that have an event in a list of
// their own. Spec: Waitable, WaitableSet, canon_waitable_set_new to canon_waitable_join.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static void leave(const weft_sim__waitable *waitable)
{
    weft_sim__list *members = &waitable->set->members;
    weft_sim__waitable *last = members->items[--members->count];
    last->member_index = waitable->member_index;
    members->items[last->member_index] = last;
}

static bool has_event(const weft_sim__waitable *waitable)
{
    return waitable->event || waitable->unasked;
}

// The set has an event, or has none any more.
static void look(weft_sim__set *set)
{
    for (uint32_t i = 0; i < set->waiting.count; i++)
        weft_sim__task_look(set->waiting.items[i]);
}

static void list_ready(weft_sim *sim, weft_sim__waitable *waitable)
{
    waitable->since = ++sim->clock;
    if (!waitable->set)
        return;
    if (!waitable->set->ready.count)
        waitable->set->since = sim->clock;
    bool is_end = waitable->kind != KIND_SUBTASK;
    waitable->in.place =
        sim->options.ordered_events ? (uint64_t)is_end << 32 | waitable->handle : waitable->since;
    weft_sim__queue_add(sim, &waitable->set->ready, &waitable->in);
    look(waitable->set);
}

static void unlist_ready(weft_sim__waitable *waitable)
{
    if (!waitable->set)
        return;
    weft_sim__queue_remove(&waitable->in);
    look(waitable->set);
}

void weft_sim__waitable_join(weft_sim *sim, weft_sim__waitable *waitable, weft_sim__set *set)
{
    if (waitable->set) {
        if (has_event(waitable))
            unlist_ready(waitable);
        leave(waitable);
    }
    waitable->set = set;
    if (set) {
        waitable->member_index = set->members.count;
        weft_sim__list_add(sim, &set->members, waitable);
        if (has_event(waitable))
            list_ready(sim, waitable);
    }
}

// The event of an operation takes the place of one that nothing asked for, or comes first: both say that the
// peer is gone.
void weft_sim__waitable_notify(weft_sim *sim, weft_sim__waitable *waitable)
{
    if (!has_event(waitable))
        list_ready(sim, waitable);
    waitable->event = true;
    waitable->unasked &= sim->options.drops_twice;
    if (waitable->sync_waiter)
        weft_sim__task_look(waitable->sync_waiter);
}

void weft_sim__waitable_unasked(weft_sim *sim, weft_sim__waitable *waitable)
{
    if (has_event(waitable))
        return;
    list_ready(sim, waitable);
    waitable->unasked = true;
}

void weft_sim__waitable_taken(weft_sim__waitable *waitable)
{
    if (!has_event(waitable))
        return;
    if (waitable->event)
        waitable->event = false;
    else
        waitable->unasked = false;
    if (!has_event(waitable))
        unlist_ready(waitable);
}

void weft_sim__waitable_wait(weft_sim *sim, weft_sim__waitable *waitable)
{
    weft_sim__task *task = sim->current;
    waitable->sync_waiter = task;
    task->waitable = waitable;
    weft_sim__task_block(task, WAIT_WAITABLE);
    waitable->sync_waiter = NULL;
}

static uint32_t event_code(weft_sim__kind kind)
{
    switch (kind) {
    case KIND_SUBTASK:
        return EVENT_SUBTASK;
    case KIND_STREAM_READER:
        return EVENT_STREAM_READ;
    case KIND_STREAM_WRITER:
        return EVENT_STREAM_WRITE;
    case KIND_FUTURE_READER:
        return EVENT_FUTURE_READ;
    default:
        return EVENT_FUTURE_WRITE;
    }
}

static weft_sim__waitable *next_ready(weft_sim_instance *instance, const weft_sim__set *set)
{
    weft_sim *sim = instance->sim;
    if (instance->event_count) {
        uint32_t handle = *instance->event_order++;
        instance->event_count--;
        for (uint32_t i = 0; i < set->ready.count; i++)
            if (((weft_sim__waitable *)set->ready.items[i])->handle == handle)
                return set->ready.items[i];
    }
    bool is_ordered = sim->options.ordered_events;
    return set->ready.items[is_ordered ? 0 : weft_sim_choose(sim, WEFT_SIM_CHOOSE_EVENT, set->ready.count)];
}

void weft_sim_event_order(weft_sim_instance *instance, const uint32_t *waitables, uint32_t count)
{
    instance->event_order = waitables;
    instance->event_count = count;
}

weft_sim__event weft_sim__set_take(weft_sim_instance *instance, weft_sim__set *set)
{
    weft_sim *sim = instance->sim;
    weft_sim__waitable *waitable = next_ready(instance, set);
    weft_sim__event event = {.code = event_code(waitable->kind), .waitable = waitable->handle};
    if (!waitable->event) {
        weft_sim__waitable_taken(waitable);
        event.payload = COPY_DROPPED;
    } else if (waitable->kind == KIND_SUBTASK) {
        event.payload = weft_sim__subtask_take((weft_sim_call *)waitable);
    } else {
        event.payload = weft_sim__end_take((weft_sim_end *)waitable);
    }
    sim->counts.events[event.code]++;
    return event;
}

uint32_t weft_sim_waitable_set_new(weft_sim_instance *self)
{
    weft_sim__built_in(self, "waitable-set.new", 0);
    weft_sim__set *set = weft_sim__new(self->sim, sizeof *set);
    set->handle = weft_sim__handle_add(self, KIND_SET, set);
    weft_sim__note_answer(self->sim, "waitable-set.new", NULL, 0, 0, 0, 0, set->handle);
    return set->handle;
}

void weft_sim_waitable_set_drop(weft_sim_instance *self, uint32_t handle)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "waitable-set.drop", handle);
    weft_sim__set *set = weft_sim__handle_get(self, handle, KIND_SET);
    if (set->members.count)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SET_MEMBERS, "%u in it, first the %s %u",
                       (unsigned)set->members.count,
                       weft_sim__kind_name(((weft_sim__waitable *)set->members.items[0])->kind),
                       (unsigned)((weft_sim__waitable *)set->members.items[0])->handle);
    if (set->waiting.count)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SET_WAITERS, "%u wait", (unsigned)set->waiting.count);
    weft_sim__handle_remove(self, handle);
    weft_sim__release(set->members.items);
    weft_sim__release(set->ready.items);
    weft_sim__release(set->waiting.items);
    weft_sim__release(set);
    weft_sim__note(sim, "waitable-set.drop", NULL, 1, handle, 0, 0);
}

static uint32_t unpack(weft_sim *sim, const char *what, uint32_t set, weft_sim__event event, uint32_t *to)
{
    to[0] = event.waitable;
    to[1] = event.payload;
    weft_sim__note_answer(sim, what, NULL, 3, set, event.waitable, event.payload, event.code);
    return event.code;
}

uint32_t weft_sim_waitable_set_wait(weft_sim_instance *self, uint32_t handle, uint32_t *event)
{
    weft_sim *sim = self->sim;
    weft_sim__task *task = weft_sim__built_in(self, "waitable-set.wait", handle);
    weft_sim__set *set = weft_sim__handle_get(self, handle, KIND_SET);
    weft_sim__note(sim, "waitable-set.wait begins", NULL, 1, handle, 0, 0);
    weft_sim__list_add(sim, &set->waiting, task);
    task->set = set;
    weft_sim__task_block(task, WAIT_BLOCKED);
    weft_sim__list_remove(&set->waiting, task);
    return unpack(sim, "waitable-set.wait", handle, weft_sim__set_take(self, set), event);
}

uint32_t weft_sim_waitable_set_poll(weft_sim_instance *self, uint32_t handle, uint32_t *event)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "waitable-set.poll", handle);
    weft_sim__set *set = weft_sim__handle_get(self, handle, KIND_SET);
    weft_sim__event taken = {0};
    if (set->ready.count)
        taken = weft_sim__set_take(self, set);
    return unpack(sim, "waitable-set.poll", handle, taken, event);
}

void weft_sim_waitable_join(weft_sim_instance *self, uint32_t handle, uint32_t to)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "waitable.join", handle);
    weft_sim__entry *entry = weft_sim__handle_entry(self, handle);
    if (entry->kind < KIND_SUBTASK || entry->kind > KIND_FUTURE_WRITER) {
        weft_sim__wasmtime_says(sim, "handle is not a waitable");
        weft_sim__trap(sim, WEFT_SIM_TRAP_HANDLE_KIND, "handle %u is a %s, not a waitable", (unsigned)handle,
                       weft_sim__kind_name(entry->kind));
    }
    weft_sim__waitable *waitable = entry->object;
    if (waitable->sync_waiter)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SYNC_WAITER, NULL);
    weft_sim__waitable_join(sim, waitable, to ? weft_sim__handle_get(self, to, KIND_SET) : NULL);
    weft_sim__note(sim, "waitable.join", NULL, 2, handle, to, 0);
}
