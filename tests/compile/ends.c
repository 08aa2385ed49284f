// Exports, ends, calls and flows, and what stands beside them: every macro and function of these once, for
// compilers of C and of C++ to warn about. Nothing here runs.
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
    if (!weft_step_ended(self->inner_step(&self->inner)) || weft_step_local(co))
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

// For an export that is not async.
uint32_t exports_double_now(uint32_t number);
uint32_t exports_double_now(uint32_t number)
{
    waits frame;
    __builtin_memset(&frame, 0, sizeof frame);
    frame.number = number;
    WEFT_LIMIT(exports_double, 8);
    weft_limit_calls(&exports_double__weft, 0);
    weft_backpressure_inc();
    weft_yield_blocking();
    weft_outcome outcome = weft_block_on(&frame.co, waits_run);
    weft_backpressure_dec();
    weft_trim();
    return outcome == WEFT_DONE ? frame.result : 0;
}
