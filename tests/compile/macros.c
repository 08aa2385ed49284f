// Every public macro and function once, for compilers of C and of C++ to warn about: nothing here runs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bindings.h"
#include <weft/weft.h>

static void drop_text(w_string_t *text, bool moved)
{
    (void)moved;
    text->len = 0;
}

WEFT_STREAM(numbers, w_stream_u32, uint32_t);
WEFT_STREAM_OWNED(texts, w_stream_string, w_string_t, drop_text);
WEFT_STREAM_UNIT(ticks, w_stream);
WEFT_FUTURE(number, w_future_u32, uint32_t);
WEFT_FUTURE_OWNED(text, w_future_string, w_string_t, drop_text);
WEFT_FUTURE_UNIT(done, w_future);

static void make_text(w_string_t *text, void *data)
{
    *text = *(w_string_t *)data;
}

WEFT_FUTURE_MADE(made, w_future_string, w_string_t, drop_text, make_text);

WEFT__STATIC_ASSERT(WEFT_VERSION == WEFT_VERSION_MAJOR * 10000 + WEFT_VERSION_MINOR * 100 + WEFT_VERSION_PATCH,
                    "");

bool same_version(void);
const char *words(const weft_coro *co);
const char *words(const weft_coro *co)
{
    int32_t code = weft_failure(co);
    return code ? weft_error_name(code)
                : weft_outcome_name(weft_outcome_of(co)) + (*weft_error_text(code) == 0);
}

bool same_version(void)
{
    return weft_version() == WEFT_VERSION;
}

// A coroutine without the macros of a body, around another.
typedef struct {
    weft_coro co;
    weft_coro inner;
    weft_step *inner_step;
    bool begun;
} by_hand;

weft_step by_hand_step;
weft_stepped by_hand_step(weft_coro *co)
{
    static const weft_place here = {__FILE__, "by hand", __LINE__};
    by_hand *self = weft_frame(co, by_hand);
    weft_poll poll = weft_yield(co);
    if (weft_step_unwinds(co))
        weft_step_finalise(co);
    else if (!self->begun && weft_pending(poll))
        return weft_step_wait(co, poll, &here);
    if (!weft_step_ended(self->inner_step(&self->inner)))
        weft_step_fail(co, 1);
    return weft_step_end(co);
}

// Each function of each kind of end.
typedef struct {
    weft_coro co;
    numbers_reader numbers_in;
    numbers_writer numbers_out;
    texts_reader texts_in;
    texts_writer texts_out;
    ticks_reader ticks_in;
    ticks_writer ticks_out;
    number_reader number_in;
    number_writer number_out;
    text_reader text_in;
    text_writer text_out;
    done_reader done_in;
    done_writer done_out;
    made_reader made_in;
    made_writer made_out;
    uint32_t items[4];
    w_string_t strings[4];
} ends;

static weft_stepped ends_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    self->numbers_in = numbers_reader_of(numbers_new(&self->numbers_out));
    self->texts_in = texts_reader_of(texts_new(&self->texts_out));
    self->ticks_in = ticks_reader_of(ticks_new(&self->ticks_out));
    self->number_in = number_reader_of(number_new(&self->number_out, 1));
    self->text_in = text_reader_of(text_new(&self->text_out, self->strings[0]));
    self->done_in = done_reader_of(done_new(&self->done_out));
    self->made_in = made_reader_of(made_new(&self->made_out, self->strings));

    WEFT_AWAIT(numbers_read(co, &self->numbers_in, self->items, 4));
    WEFT_AWAIT(numbers_write(co, &self->numbers_out, self->items, 4));
    WEFT_AWAIT(numbers_write_all(co, &self->numbers_out, self->items, 4));
    numbers_start_read(co, &self->numbers_in, self->items, 4);
    numbers_start_write(co, &self->numbers_out, self->items, 4);
    numbers_start_write_all(co, &self->numbers_out, self->items, 4);

    WEFT_AWAIT(texts_read(co, &self->texts_in, self->strings, 4));
    WEFT_AWAIT(texts_write(co, &self->texts_out, self->strings, 4));
    WEFT_AWAIT(texts_write_all(co, &self->texts_out, self->strings, 4));
    texts_start_read(co, &self->texts_in, self->strings, 4);
    texts_start_write(co, &self->texts_out, self->strings, 4);
    texts_start_write_all(co, &self->texts_out, self->strings, 4);

    WEFT_AWAIT(ticks_read(co, &self->ticks_in, 4));
    WEFT_AWAIT(ticks_write(co, &self->ticks_out, 4));
    WEFT_AWAIT(ticks_write_all(co, &self->ticks_out, 4));
    ticks_start_read(co, &self->ticks_in, 4);
    ticks_start_write(co, &self->ticks_out, 4);
    ticks_start_write_all(co, &self->ticks_out, 4);

    WEFT_AWAIT(number_read(co, &self->number_in, self->items));
    WEFT_AWAIT(number_write(co, &self->number_out, 4));
    number_start_read(co, &self->number_in, self->items);
    number_start_write(co, &self->number_out, 4);

    WEFT_AWAIT(text_read(co, &self->text_in, self->strings));
    WEFT_AWAIT(text_write(co, &self->text_out, self->strings[1]));
    text_start_read(co, &self->text_in, self->strings);
    text_start_write(co, &self->text_out, self->strings[1]);

    WEFT_AWAIT(done_read(co, &self->done_in));
    WEFT_AWAIT(done_write(co, &self->done_out));
    done_start_read(co, &self->done_in);
    done_start_write(co, &self->done_out);

    WEFT_AWAIT(made_read(co, &self->made_in, self->strings));
    WEFT_AWAIT(made_write(co, &self->made_out, self->strings[1]));
    WEFT_AWAIT(weft_breathe(co));

    self->numbers_in = numbers_reader_of(numbers_hand_on(&self->numbers_in));
    self->texts_in = texts_reader_of(texts_hand_on(&self->texts_in));
    self->ticks_in = ticks_reader_of(ticks_hand_on(&self->ticks_in));
    self->number_in = number_reader_of(number_hand_on(&self->number_in));
    self->text_in = text_reader_of(text_hand_on(&self->text_in));
    self->done_in = done_reader_of(done_hand_on(&self->done_in));
    WEFT_FINALLY;
    numbers_close_reader(&self->numbers_in);
    numbers_close_writer(&self->numbers_out);
    texts_close_reader(&self->texts_in);
    texts_close_writer(&self->texts_out);
    ticks_close_reader(&self->ticks_in);
    ticks_close_writer(&self->ticks_out);
    number_close_reader(&self->number_in);
    number_close_writer(co, &self->number_out);
    text_close_reader(&self->text_in);
    text_close_writer(co, &self->text_out);
    done_close_reader(&self->done_in);
    done_close_writer(co, &self->done_out);
    made_close_reader(&self->made_in);
    made_close_writer(co, &self->made_out);
    WEFT_END;
}

// The waits, and what can be asked of an end, a call, a coroutine.
typedef struct {
    weft_coro co;
    ends child;
    weft_subtask call;
    weft_any any;
    weft_op *ops[2];
    uint32_t number, result;
} waits;

static weft_stepped waits_run(weft_coro *co)
{
    waits *self = weft_frame(co, waits);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, ends_run));
    if (weft_outcome_of(&self->child.co) == WEFT_FAILED)
        WEFT_FAIL(weft_error_errno(weft_failure(&self->child.co)));
    else if (weft_cancelled(co) && !weft_returned(co))
        WEFT_FINISH;
    else
        WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_subtask_call(co, &self->call, imported(self->number, &self->result)));
    weft_subtask_start(co, &self->call, imported(self->number, &self->result));
    WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
    self->ops[0] = &self->call.op;
    self->ops[1] = &self->child.numbers_in.op;
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    WEFT_AWAIT(weft_await(co, &self->call));
    switch (weft_subtask_state_of(&self->call)) {
    case WEFT_SUBTASK_RETURNED:
        WEFT_AWAIT(weft_await(co, &self->child.number_in));
        break;
    default:
        WEFT_AWAIT(weft_await(co, &self->child.texts_out));
    }
    if (weft_in_flight(&self->call))
        weft_stop_blocking(&self->call);
    WEFT_AWAIT(weft_stop(co, &self->call));
    if (weft_dropped(&self->child.numbers_in) || weft_copy_cancelled(&self->child.ticks_out) ||
        weft_resolved(&self->child.number_out))
        weft_cancel(co);
    WEFT_RETURN(co, exports_double, WEFT_STATUS_COUNT(self->result) + WEFT_STATUS_STATE(self->result));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

WEFT_EXPORT_STEP(w, exports_double, waits, waits_run, (uint32_t number), self->number = number);

typedef struct {
    weft_coro co;
    w_string_t text;
} print;

static weft_stepped print_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_RETURN_VOID(co, exports_print);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_UNZEROED(print, text);

WEFT_EXPORT_STEP_OR(w, exports_print, print, print_run, (w_string_t * text), exports_print_return(),
                    self->text = *text);

WEFT_EXPORT_STEP(w, exports_flush, print, print_run, (void), );

#define NAME(rule, object, text) #rule,
const char *const rule_names[] = {WEFT_RULES(NAME)};
#define ERROR_NAME(name, number, closest, text) #name,
extern const char *const error_names[];
const char *const error_names[] = {WEFT_ERRORS(ERROR_NAME)};

// Flows, task-locals, calls that own arguments, cancels.
WEFT_STREAM(bytes, w_stream_u8, uint8_t);
WEFT_FLOW(numbers, uint32_t);
WEFT_FLOW_OWNED(texts, w_string_t, drop_text);
WEFT_FLOW_UNIT(ticks);
WEFT_FLOW(bytes, uint8_t);
WEFT_LINES(bytes);
WEFT_STREAM_CANCEL(texts, "ns:pkg/iface", "texts", 0);
WEFT_FUTURE_CANCEL(number, "ns:pkg/iface", "number", 1);

typedef struct {
    numbers_feed feed;
    uint32_t item;
} count;

static weft_stepped count_run(weft_coro *co)
{
    count *self = weft_frame(co, count);
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_write_all(co, &self->feed.out, &self->item, 1));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    ends its;
    bytes_reader in;
    weft_exactly exactly;
    weft_to_end to_end;
    weft_forward forward;
    weft_lines lines;
    numbers_buffer numbers;
    texts_buffer texts;
    weft_local local;
    weft_scope scope;
    weft_child child;
    count counted, *fed;
    weft_subtask_owned owned;
    uint32_t handle, item, result;
    w_string_t text;
    uint8_t buffer[64];
} flows;

static void drop_arguments(void *arguments)
{
    texts_close_reader((texts_reader *)arguments);
}

static weft_stepped flows_run(weft_coro *co)
{
    flows *self = weft_frame(co, flows);
    ends *it = &self->its;
    WEFT_BEGIN;
    weft_local_bind(co, &self->local, &rule_names, self);
    WEFT_AWAIT(numbers_next(co, &it->numbers_in, &self->item));
    WEFT_AWAIT(texts_next(co, &it->texts_in, &self->text));
    WEFT_AWAIT(ticks_next(co, &it->ticks_in));
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &it->numbers_in, it->items, 4));
    WEFT_AWAIT(texts_read_exactly(co, &self->exactly, &it->texts_in, it->strings, 4));
    WEFT_AWAIT(ticks_read_exactly(co, &self->exactly, &it->ticks_in, 4));
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &it->numbers_in, &self->numbers, 100));
    WEFT_AWAIT(texts_read_to_end(co, &self->to_end, &it->texts_in, &self->texts, 100));
    WEFT_AWAIT(numbers_forward(co, &self->forward, &it->numbers_in, &it->numbers_out, it->items, 4));
    WEFT_AWAIT(texts_forward(co, &self->forward, &it->texts_in, &it->texts_out, it->strings, 4));
    WEFT_AWAIT(ticks_forward(co, &self->forward, &it->ticks_in, &it->ticks_out, 4));
    bytes_lines(&self->lines, &self->in, self->buffer, sizeof self->buffer, WEFT_LINES_CUT);
    WEFT_AWAIT(weft_line_next(co, &self->lines));
    WEFT_AWAIT(weft_lines_exactly(co, &self->lines, self->buffer, 1));
    size_t length;
    if (!weft_lines_rest(&self->lines, &length) || weft_local_get(co, &rule_names) != self)
        WEFT_FINISH;
    self->handle = numbers_feed_spawn(co, &self->scope, &self->child, &self->counted.feed, count_run);
    self->fed = (count *)numbers_feed_new(co, NULL, sizeof *self->fed, count_run, &self->handle);
    if (self->fed)
        self->fed->item = 1;
    weft_subtask_start_owned(co, &self->owned, imported(1, &self->result), drop_arguments, NULL, &it->texts_in);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    WEFT_AWAIT(
        weft_subtask_call_owned(co, &self->owned, imported(1, &self->result), NULL, drop_arguments, self));
    weft_cancel_without_blocking();
    weft_subtask_cancel(&self->owned.call);
    texts_cancel_read(&it->texts_in);
    texts_cancel_write(&it->texts_out);
    number_cancel_read(&it->number_in);
    number_cancel_write(&it->number_out);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    numbers_buffer_free(&self->numbers);
    texts_buffer_free(&self->texts);
    weft_local_unbind(&self->local);
    WEFT_END;
}

weft_step *more_steps[] = {flows_run};

// Scopes, sync and time.
WEFT_CHANNEL(lane, uint32_t, 4);
WEFT_CHANNEL(rendezvous, w_string_t, 0);
WEFT_CLOCK(host_clock, w_clock);
WEFT_ONESHOT(reply, uint32_t);
WEFT_ONESHOT(text_reply, w_string_t);
WEFT_BROADCAST(news, w_string_t, 4);

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_watchdog watchdog;
    weft_child children[2];
    waits first, second;
    print *third;
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
    weft_spawn(co, &self->scope, &self->children[0], &self->first.co, waits_run);
    weft_spawn(co, &self->scope, &self->children[1], &self->second.co, waits_run);
    self->third = (print *)weft_spawn_new(co, &self->scope, sizeof *self->third, print_run);
    if (self->third)
        weft_detach(weft_child_of(self->third));
    if (!weft_task_spawn(co, sizeof *self->third, print_run, WEFT_OUTLIVE_CANCEL))
        weft_scope_cancel(&self->scope);
    WEFT_AWAIT(weft_join(co, &self->children[0]));
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_scope_acknowledge(&self->scope);
    if (weft_next_ended(&self->scope) == &self->children[1])
        WEFT_FINISH;

    weft_shield(co);
    WEFT_AWAIT(weft_event_wait(co, &self->event));
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
    WEFT_AWAIT(weft_once_call(co, &self->attempt, &self->once, &self->first.co, waits_run));
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
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &host_clock, 5, &self->first.co, waits_run));
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &self->clock.clock, 20, &self->first.co, waits_run));
    WEFT_FINALLY;
    weft_release(&self->lock);
    weft_release(&self->permit);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

weft_step *scope_steps[] = {scopes_run};

// Typed async functions: each start with no fields, with some, and with as many as there can be.
typedef struct {
    weft_coro co;
    uint32_t a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
    w_string_t text;
    uint8_t buffer[512];
} many;
WEFT_UNZEROED(many, buffer);

typedef struct ping ping;
struct ping {
    weft_coro co;
    struct pong *other;
    uint32_t rounds;
};

typedef struct pong {
    weft_coro co;
    ping child;
    uint32_t rounds;
} pong;
WEFT_ASYNC_DECLARE(pong);
WEFT_ASYNC_DECLARE_EXTERN(many);

WEFT_ASYNC(ping)
{
    WEFT_BEGIN;
    if (self->rounds)
        WEFT_CALL(pong, self->other, .rounds = self->rounds - 1);
    WEFT_END;
}

WEFT_ASYNC(pong)
{
    WEFT_BEGIN;
    WEFT_CALL(ping, &self->child, .other = NULL, .rounds = self->rounds);
    WEFT_END;
}

WEFT_ASYNC_EXTERN(many)
{
    WEFT_BEGIN;
    if (!self->a)
        WEFT_FAIL(1);
    WEFT_END;
}

typedef struct {
    numbers_feed feed;
    uint32_t item;
} feeder;

WEFT_ASYNC_FEED(numbers, feeder)
{
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_write_all(co, &self->feed.out, &self->item, 1));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    many it, them[2], *made;
    struct {
        weft_error error;
    } fallible;
    feeder feeds, *fed;
    ping once;
    weft_scope scope;
    weft_child child, children[2];
    weft_deadline deadline;
    weft_once start_up;
    weft_attempt attempt;
    uint32_t handle, count;
    uint64_t x;
    w_string_t text;
} typed;

// A macro of a user's, as an argument, and with two awaits.
#define LENGTH(it) ((it)->count + 1)
#define TWICE(it)                                                                                              \
    do {                                                                                                       \
        WEFT_CALL(ping, (it), .rounds = 1);                                                                    \
        WEFT_AWAIT(weft_yield(co));                                                                            \
        WEFT_CALL(ping, (it));                                                                                 \
    } while (0)

WEFT_ASYNC(typed)
{
    WEFT_BEGIN;
    WEFT_CALL(many, &self->it);
    WEFT_CALL(many, &self->it, .a = 1, .b = 2, .c = 3, .d = 4, .e = 5, .f = 6, .g = 7, .h = 8, .i = 9, .j = 10,
              .k = 11, .l = 12, .m = 13, .n = 14, .o = 15, .p = 16);
    if (self->it.b)
        WEFT_TRY_CALL(many, self->them, .a = LENGTH(self));
    else
        WEFT_TRY_CALL(many, &self->them[1]);
    if (self->it.b)
        WEFT_TRY(&self->fallible, weft_yield(co));
    else
        WEFT_TRY(LENGTH(self) ? &self->fallible : NULL, weft_yield(co));
    WEFT_CALL_WITHIN(many, &self->it, &self->deadline, &host_clock, 5);
    WEFT_CALL_WITHIN(many, &self->it, &self->deadline, &host_clock, 5, .text = self->text, .b = 1);
    WEFT_CALL_UNTIL(many, &self->it, &self->deadline, &host_clock, weft_now(&host_clock) + 5);
    WEFT_CALL_UNTIL(many, &self->it, &self->deadline, &host_clock, 5, .text.len = 1);
    WEFT_ONCE(many, &self->it, &self->attempt, &self->start_up);
    if (self->attempt.error)
        WEFT_TRY_ONCE(many, &self->it, &self->attempt, &self->start_up, .a = 1, .text = self->text);
    else
        WEFT_TRY_ONCE(many, &self->it, &self->attempt, &self->start_up);
    WEFT_AWAIT_ROOM(&self->scope);
    WEFT_SPAWN(many, &self->it, &self->scope, &self->child);
    for (self->count = 0; self->count < 2; self->count++)
        WEFT_SPAWN(many, &self->them[self->count], &self->scope, &self->children[self->count],
                   .a = self->count);
    WEFT_SPAWN_NEW(many, &self->scope);
    self->made = WEFT_SPAWN_NEW(many, &self->scope, .a = 1);
    if (!self->made || !WEFT_TASK_SPAWN(many, WEFT_CANCEL_TOO))
        WEFT_FINISH;
    self->made = WEFT_TASK_SPAWN(many, WEFT_OUTLIVE_CANCEL, .a = 1, .b = 2);
    self->handle = WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, &self->child);
    self->handle = WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, &self->child, .item = 1);
    self->fed = WEFT_FEED_NEW(numbers, feeder, &self->scope, &self->handle);
    self->fed = WEFT_FEED_NEW(numbers, feeder, NULL, &self->handle, .item = 2);
    { // one in a field of another, and locals of the names that the macros have
        uint32_t scope = 1, handle = 2, frame = 3, it = 4, start = 5;
        WEFT_SPAWN(many, &self->it, &self->scope, &self->child,
                   .a =
                       WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, self->children, .item = it),
                   .b = !!WEFT_SPAWN_NEW(many, &self->scope, .a = scope + handle + frame + start));
    }
    TWICE(&self->once);
#define EXPORT exports_double
    WEFT_RETURN(co, EXPORT, LENGTH(self));
    WEFT_FINALLY;
    WEFT_CALL(many, &self->it, .a = 1);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(w, exports_triple, typed, (uint32_t number), .count = number, .x = LENGTH(self));

WEFT_EXPORT_OR(w, exports_say, many, (w_string_t * text), exports_say_return(), .text = *text);
WEFT_EXPORT(w, exports_nothing, ping, (void));
WEFT_EXPORT_OR(w, exports_nothing_else, ping, (void), exports_nothing_else_return());

// Without a coroutine around.
void typed_start(weft_embedded *embedded, typed *frame);
void typed_start(weft_embedded *embedded, typed *frame)
{
    many it;
    it.co = frame->co;
    if (WEFT_BLOCK_ON(many, &it) == WEFT_DONE && WEFT_BLOCK_ON(many, &it, .a = 1) == WEFT_FAILED)
        WEFT_EMBEDDED_START(typed, frame, embedded);
    else
        WEFT_EMBEDDED_START(typed, frame, embedded, .count = 1);
}

// Foreign code in a task of Weft's, and a coroutine of Weft's in a foreign task.
WEFT_OFFER_TASK;

static weft_waker *kept;

static bool foreign_poll(void *foreign, weft_waker *waker)
{
    (void)foreign;
    if (kept) {
        weft_waker_wake(kept);
        weft_waker_drop(kept);
    }
    kept = weft_waker_clone(waker);
    return false;
}

typedef struct {
    weft_coro co;
    weft_foreign wait;
    weft_embedded embedded;
    waits inside;
} foreigns;

static void wake_nobody(void *data)
{
    (void)data;
}

static weft_stepped foreigns_run(weft_coro *co)
{
    foreigns *self = weft_frame(co, foreigns);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, foreign_poll, NULL));
    weft_embedded_start(&self->embedded, &self->inside.co, waits_run);
    if (!weft_embedded_poll(&self->embedded, wake_nobody, NULL))
        weft_embedded_drop(&self->embedded, wake_nobody, NULL);
    WEFT_FINALLY;
    WEFT_END;
}

weft_step *foreign_steps[] = {foreigns_run};

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
    WEFT_LIMIT(exports_double, 8);
    weft_limit_calls(&exports_double__weft, 0);
    return weft_now(&host_clock);
}

// For an export that is not async.
uint32_t exports_double_now(uint32_t number);
uint32_t exports_double_now(uint32_t number)
{
    waits frame;
    __builtin_memset(&frame, 0, sizeof frame);
    frame.number = number;
    weft_backpressure_inc();
    weft_yield_blocking();
    weft_outcome outcome = weft_block_on(&frame.co, waits_run);
    weft_backpressure_dec();
    weft_trim();
    return outcome == WEFT_DONE ? frame.result : 0;
}
