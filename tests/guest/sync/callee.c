// The peer of the sync tests: an event, a mutex and channels, each shared by all tasks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#define PROBE_HOLES 4000
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, exports_weft_sync_peer_stream_u32, uint32_t);
WEFT_CHANNEL(few, uint32_t, 4);
WEFT_CHANNEL(rendezvous, uint32_t, 0);
WEFT_ONESHOT(value, uint32_t);
WEFT_BROADCAST(news, uint32_t, 1);

static weft_event event, leaves[8];
static weft_mutex mutex;
static few few_numbers;
static rendezvous none;
static value the_value;
static weft_condition condition;
static news the_news;
static weft_once once;
static uint32_t brought, runs;
static uint32_t waiting, had, holder, finalised, left_behind;

// Who can be cancelled from another task.
static weft_coro *victims[8];

uint64_t exports_weft_sync_peer_probe(void)
{
    return probe();
}

void exports_weft_sync_peer_reset(void)
{
    event.is_set = false;
    for (int i = 0; i < 8; i++)
        leaves[i].is_set = false;
    few_numbers = (few){0};
    none = (rendezvous){0};
    the_value = (value){0};
    once = (weft_once){0};
    brought = runs = 0;
    had = finalised = left_behind = 0;
}

uint32_t exports_weft_sync_peer_waiting(void)
{
    return waiting;
}

uint32_t exports_weft_sync_peer_cancelled(void)
{
    return finalised;
}

typedef struct {
    weft_coro co;
    uint32_t x, times;
} wait_;

WEFT_ASYNC(wait_)
{
    WEFT_BEGIN;
    if (self->x < 8)
        victims[self->x] = co;
    waiting++;
    for (;;) {
        WEFT_AWAIT(weft_event_wait(co, &event));
        if (--self->times == 0)
            break;
        weft_event_clear(&event);
    }
    WEFT_RETURN(co, exports_weft_sync_peer_wait, self->x);
    WEFT_FINALLY;
    waiting--;
    if (weft_cancelled(co)) {
        WEFT_AWAIT(weft_yield(co));
        finalised++;
        if (self->times) // by another task: the call still wants its value
            WEFT_RETURN(co, exports_weft_sync_peer_wait, 1000 + self->x);
    }
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_wait, wait_, (uint32_t x, uint32_t times), .x = x, .times = times);

typedef struct {
    weft_coro co;
    numbers_reader in;
    uint32_t item, sum;
} summer;

WEFT_ASYNC(summer)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(numbers_read(co, &self->in, &self->item, 1));
        if (self->in.count)
            self->sum += self->item;
    }
    WEFT_FINALLY;
    numbers_close_reader(&self->in);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t x;
    weft_scope scope;
    weft_child handle;
    summer summer;
} wait_and_read;

WEFT_ASYNC(wait_and_read)
{
    WEFT_BEGIN;
    waiting++;
    weft_spawn(co, &self->scope, &self->handle, &self->summer.co, summer__step);
    WEFT_AWAIT(weft_event_wait(co, &event));
    WEFT_AWAIT(weft_join(co, &self->handle));
    WEFT_RETURN(co, exports_weft_sync_peer_wait_and_read, self->x + self->summer.sum);
    WEFT_FINALLY;
    waiting--;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_wait_and_read, wait_and_read,
            (uint32_t x, exports_weft_sync_peer_stream_u32_t numbers), .x = x,
            .summer.in = numbers_reader_of(numbers));

typedef struct {
    weft_coro co;
} set;

static weft_stepped set_run(weft_coro *co)
{
    WEFT_BEGIN;
    weft_event_set(&event);
    WEFT_RETURN_VOID(co, exports_weft_sync_peer_set);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_sync_peer_set, set, set_run, (void), );

void exports_weft_sync_peer_set_now(void)
{
    weft_event_set(&event);
}

typedef struct {
    weft_coro co;
    uint32_t ticket;
    weft_permit held;
} lock;

WEFT_ASYNC(lock)
{
    WEFT_BEGIN;
    victims[self->ticket] = co;
    waiting++;
    WEFT_AWAIT(weft_acquire(co, &mutex, &self->held));
    holder = self->ticket;
    WEFT_AWAIT(weft_event_wait(co, &leaves[self->ticket]));
    WEFT_RETURN(co, exports_weft_sync_peer_lock, had++);
    WEFT_FINALLY;
    waiting--;
    if (holder == self->ticket)
        holder = 0;
    if (weft_cancelled(co))
        finalised += weft_held(&self->held) ? 100 : 1;
    weft_release(&self->held);
    weft_release(&self->held); // nothing to give back
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_lock, lock, (uint32_t ticket), .ticket = ticket);

void exports_weft_sync_peer_leave(uint32_t ticket)
{
    weft_event_set(&leaves[ticket]);
}

uint32_t exports_weft_sync_peer_holder(void)
{
    return holder;
}

typedef struct {
    weft_coro co;
    bool small;
    uint32_t item, end, sent;
    few_slot few;
    rendezvous_slot slot;
} sender;

WEFT_ASYNC(sender)
{
    WEFT_BEGIN;
    waiting++;
    for (; self->item < self->end; self->item++) {
        if (self->small)
            WEFT_AWAIT(few_send(co, &few_numbers, &self->few, self->item));
        else
            WEFT_AWAIT(rendezvous_send(co, &none, &self->slot, self->item));
        if (!(self->small ? weft_served(&self->few) : weft_served(&self->slot)))
            break;
        self->sent++;
    }
    WEFT_RETURN(co, exports_weft_sync_peer_send, self->sent);
    WEFT_FINALLY;
    waiting--;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_send, sender, (bool small, uint32_t first, uint32_t count),
            .small = small, .item = first, .end = first + count);

typedef struct {
    weft_coro co;
    bool small;
    uint32_t count;
    uint64_t digits;
    few_slot few;
    rendezvous_slot slot;
} receiver;

WEFT_ASYNC(receiver)
{
    WEFT_BEGIN;
    waiting++;
    while (self->count-- > 0) {
        if (self->small) {
            WEFT_AWAIT(few_receive(co, &few_numbers, &self->few));
            if (!weft_served(&self->few))
                break;
            self->digits = self->digits * 100 + self->few.item;
        } else {
            WEFT_AWAIT(rendezvous_receive(co, &none, &self->slot));
            if (!weft_served(&self->slot))
                break;
            self->digits = self->digits * 100 + self->slot.item;
        }
    }
    WEFT_RETURN(co, exports_weft_sync_peer_receive, self->digits);
    WEFT_FINALLY;
    waiting--;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_receive, receiver, (bool small, uint32_t count), .small = small,
            .count = count);

void exports_weft_sync_peer_close(bool small)
{
    if (small)
        few_close(&few_numbers);
    else
        rendezvous_close(&none);
}

typedef struct {
    weft_coro co;
    uint32_t x;
} cancel;

WEFT_ASYNC(cancel)
{
    WEFT_BEGIN;
    weft_cancel(victims[self->x]);
    WEFT_RETURN_VOID(co, exports_weft_sync_peer_cancel);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_cancel, cancel, (uint32_t x), .x = x);

static weft_stepped left_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &event));
    left_behind++;
    WEFT_FINALLY;
    if (weft_cancelled(co))
        left_behind += 1 << 16;
    else if (!weft_returned(co))
        left_behind += 1000;
    WEFT_END;
}

static weft_stepped leave_behind_run(weft_coro *co)
{
    WEFT_BEGIN;
    left_behind += weft_returned(co) ? 1000 : 0;
    weft_task_spawn(co, sizeof(weft_coro), left_run, WEFT_CANCEL_TOO);
    weft_task_spawn(co, sizeof(weft_coro), left_run, WEFT_OUTLIVE_CANCEL);
    WEFT_AWAIT(weft_event_wait(co, &event));
    WEFT_RETURN_VOID(co, exports_weft_sync_peer_leave_behind);
    WEFT_FINALLY;
    if (weft_cancelled(co))
        weft_task_spawn(co, sizeof(weft_coro), left_run, WEFT_CANCEL_TOO);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_sync_peer_leave_behind, set, leave_behind_run, (void), );

uint32_t exports_weft_sync_peer_left_behind(void)
{
    return left_behind;
}

// Children of one task, whose end others wait for.
static weft_scope adopted;
static weft_child adopted_handles[2];
static weft_coro adopted_frames[2];

static weft_stepped adopted_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &event));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped adopt_run(weft_coro *co)
{
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++)
        weft_spawn(co, &adopted, &adopted_handles[i], &adopted_frames[i], adopted_run);
    WEFT_AWAIT(weft_join_all(co, &adopted));
    WEFT_RETURN(co, exports_weft_sync_peer_adopt,
                (weft_outcome_of(&adopted_frames[0]) == WEFT_CANCELLED) +
                    (weft_outcome_of(&adopted_frames[1]) == WEFT_CANCELLED));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &adopted));
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_sync_peer_adopt, set, adopt_run, (void), );

typedef struct {
    weft_coro co;
    exports_weft_sync_peer_how_t how;
} join_adopted;

WEFT_ASYNC(join_adopted)
{
    WEFT_BEGIN;
    switch (self->how) {
    case EXPORTS_WEFT_SYNC_PEER_HOW_ONE:
        WEFT_AWAIT(weft_join(co, &adopted_handles[1]));
        break;
    case EXPORTS_WEFT_SYNC_PEER_HOW_ALL:
        WEFT_AWAIT(weft_join_all(co, &adopted));
        break;
    case EXPORTS_WEFT_SYNC_PEER_HOW_ANY:
        WEFT_AWAIT(weft_join_any(co, &adopted));
        break;
    case EXPORTS_WEFT_SYNC_PEER_HOW_CLOSE:
        WEFT_AWAIT(weft_scope_close(co, &adopted));
        break;
    }
    WEFT_RETURN(co, exports_weft_sync_peer_join_adopted, 7);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_join_adopted, join_adopted, (exports_weft_sync_peer_how_t how),
            .how = how);

// What all calls have in common.
typedef struct {
    weft_coro co;
} start_up;

WEFT_ASYNC(start_up)
{
    WEFT_BEGIN;
    runs++;
    WEFT_AWAIT(weft_event_wait(co, &event));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    exports_weft_sync_peer_what_t what;
    weft_permit held;
    news_subscriber subscriber;
    start_up start;
    weft_attempt attempt;
    uint32_t result;
} share;

WEFT_ASYNC(share)
{
    WEFT_BEGIN;
    waiting++;
    switch (self->what) {
    case EXPORTS_WEFT_SYNC_PEER_WHAT_VALUE:
        WEFT_AWAIT(value_wait(co, &the_value));
        self->result = the_value.value;
        break;
    case EXPORTS_WEFT_SYNC_PEER_WHAT_CONDITION:
        WEFT_AWAIT(weft_acquire(co, &mutex, &self->held));
        while (!brought)
            WEFT_AWAIT(weft_condition_wait(co, &condition, &self->held));
        self->result = brought;
        WEFT_AWAIT(weft_yield(co)); // the others wait for the lock
        weft_release(&self->held);
        break;
    case EXPORTS_WEFT_SYNC_PEER_WHAT_NEWS:
        news_subscribe(&the_news, &self->subscriber);
        WEFT_AWAIT(news_receive(co, &the_news, &self->subscriber));
        self->result = self->subscriber.item;
        break;
    case EXPORTS_WEFT_SYNC_PEER_WHAT_START_UP:
        WEFT_ONCE(start_up, &self->start, &self->attempt, &once);
        self->result = runs;
        break;
    }
    WEFT_RETURN(co, exports_weft_sync_peer_share, self->result);
    WEFT_FINALLY;
    waiting--;
    if (self->what == EXPORTS_WEFT_SYNC_PEER_WHAT_CONDITION && weft_cancelled(co))
        finalised += weft_held(&self->held);
    weft_release(&self->held);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_sync_peer_share, share, (exports_weft_sync_peer_what_t what), .what = what);

void exports_weft_sync_peer_bring(uint32_t x)
{
    value_complete(&the_value, x);
    news_send(&the_news, x);
    brought = x;
    weft_condition_broadcast(&condition);
    weft_event_set(&event);
}
