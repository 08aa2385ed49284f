// What ends.c is for scopes, sync and time, and for seeing inside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bindings.h"
#include <weft/weft.h>

WEFT_CHANNEL(lane, uint32_t, 4);
WEFT_CHANNEL(rendezvous, w_string_t, 0);
WEFT_CLOCK(host_clock, w_clock);
WEFT_ONESHOT(reply, uint32_t);
WEFT_ONESHOT(text_reply, w_string_t);
WEFT_BROADCAST(news, w_string_t, 4);

typedef struct {
    weft_coro co;
    uint32_t number;
} work;

static weft_stepped work_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_watchdog watchdog;
    weft_child children[2];
    work first, second;
    work *third;
    weft_event event;
    weft_semaphore semaphore;
    weft_mutex mutex;
    weft_permit permit, lock;
    lane words;
    lane_slot slot;
    rendezvous meeting;
    rendezvous_slot text_slot;
    weft_virtual_clock clock;
    weft_timer timer;
    weft_case cases[8];
    weft_deadline deadline;
    weft_rate rate;
    weft_rate_turn turn;
    uint32_t item;
    weft_condition condition;
    reply answer;
    text_reply text_answer;
    news the_news;
    news_subscriber subscriber;
    weft_once once;
    weft_attempt attempt;
} scopes;

static weft_stepped scopes_run(weft_coro *co)
{
    scopes *self = weft_frame(co, scopes);
    WEFT_BEGIN;
    self->scope.policy = WEFT_TELL_PARENT;
    weft_spawn(co, &self->scope, &self->children[0], &self->first.co, work_run);
    weft_spawn(co, &self->scope, &self->children[1], &self->second.co, work_run);
    self->third = (work *)weft_spawn_new(co, &self->scope, sizeof *self->third, work_run);
    if (self->third)
        weft_detach(weft_child_of(self->third));
    if (!weft_task_spawn(co, sizeof *self->third, work_run, WEFT_OUTLIVE_CANCEL))
        weft_scope_cancel(&self->scope);
    WEFT_AWAIT(weft_join(co, &self->children[0]));
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_scope_acknowledge(&self->scope);
    if (weft_next_ended(&self->scope) == &self->children[1])
        WEFT_FINISH;

    weft_shield(co);
    WEFT_AWAIT(weft_event_wait(co, &self->event));
    if (weft_shielded(co))
        weft_unshield(co);
    weft_event_set(&self->event);
    weft_event_clear(&self->event);
    self->semaphore.limit = 2;
    WEFT_AWAIT(weft_acquire(co, &self->semaphore, &self->permit));
    if (!weft_held(&self->permit) || weft_try_acquire(&self->mutex, &self->lock))
        weft_release(&self->permit);

    WEFT_AWAIT(lane_send(co, &self->words, &self->slot, 1));
    WEFT_AWAIT(lane_receive(co, &self->words, &self->slot));
    if (weft_served(&self->slot) && lane_try_send(&self->words, self->slot.item))
        lane_close(&self->words);
    if (lane_try_receive(&self->words, &self->item))
        WEFT_AWAIT(rendezvous_send(co, &self->meeting, &self->text_slot, self->text_slot.item));

    WEFT_AWAIT(weft_condition_wait(co, &self->condition, &self->lock));
    weft_condition_signal(&self->condition);
    weft_condition_broadcast(&self->condition);
    reply_complete(&self->answer, 1);
    text_reply_fail(&self->text_answer, 2);
    WEFT_TRY(&self->answer, reply_wait(co, &self->answer));
    news_subscribe(&self->the_news, &self->subscriber);
    if (news_send(&self->the_news, self->text_slot.item) &&
        !news_try_receive(&self->the_news, &self->subscriber))
        WEFT_AWAIT(news_receive(co, &self->the_news, &self->subscriber));
    if (news_is_dropped(&self->the_news, &self->subscriber) || !weft_served(&self->subscriber))
        news_close(&self->the_news);
    WEFT_AWAIT(weft_once_call(co, &self->attempt, &self->once, &self->first.co, work_run));
    WEFT_AWAIT(weft_once_begin(co, &self->once, &self->permit));
    if (weft_held(&self->permit))
        weft_once_done(&self->once, &self->permit);
    WEFT_AWAIT_ROOM(&self->scope);
    if (weft_scope_is_full(&self->scope))
        WEFT_AWAIT(weft_scope_room(co, &self->scope));

    weft_virtual_clock_init(&self->clock);
    weft_virtual_clock_advance(&self->clock, 10);
    weft_watchdog_start(co, &self->scope, &self->watchdog, &host_clock, 5);
    weft_watch_steps(&host_clock, weft_stats_now().longest_step + 1);
    WEFT_AWAIT(weft_sleep(co, &self->clock.clock, &self->timer, 5));
    WEFT_AWAIT(weft_sleep_until(co, &host_clock, &self->timer, weft_now(&host_clock) + 5));
    self->rate.clock = &host_clock;
    if (!weft_rate_try(&self->rate) && weft_rate_pause(&self->rate))
        WEFT_AWAIT(weft_rate_wait(co, &self->rate, &self->turn));
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event)));
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event), weft_join_all(of, &self->scope),
                           weft_acquire(of, &self->semaphore, &self->permit),
                           lane_send(of, &self->words, &self->slot, 1),
                           rendezvous_receive(of, &self->meeting, &self->text_slot),
                           self->item ? weft_never(of) : weft_join_any(of, &self->scope),
                           weft_join(of, &self->children[0]), weft_sleep(of, &host_clock, &self->timer, 5)));
    if (weft_chosen(self->cases) != 7)
        weft_timer_stop_blocking(&self->timer);
    WEFT_AWAIT(weft_timer_stop(co, &self->timer));
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &host_clock, 5, &self->first.co, work_run));
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &self->clock.clock, 20, &self->first.co, work_run));
    WEFT_FINALLY;
    weft_release(&self->lock);
    weft_release(&self->permit);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

weft_step *scope_steps[] = {scopes_run};

// Seeing inside, error contexts, the hooks of the trace, and limits.
static uint32_t events;

void weft_trace_task(const weft_task *task, weft_trace_what what)
{
    (void)task;
    events += what == WEFT_TRACE_START;
}

void weft_trace_coro(const weft_coro *co, weft_trace_what what)
{
    char text[40];
    if (what == WEFT_TRACE_WAIT && weft_trace_head(co) == co)
        weft_trace_write(text, weft_trace_wait(co, text, sizeof text));
}

void weft_trace_op(const weft_op *op, weft_trace_what what, uint32_t status)
{
    events += what == WEFT_TRACE_END ? WEFT_STATUS_STATE(status) : weft_trace_op_handle(op);
}

void weft_trace_write(const char *text, size_t length)
{
    weft_error_context context = weft_error_context_new(text, length);
    weft_error_context_message(context, &length);
    weft_error_context_drop(&context);
}

uint64_t weft_trace_now(void)
{
    weft_dump();
    return weft_now(&host_clock);
}
