// Every public macro and function once, for compilers to warn about: nothing here runs.
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
    uint32_t items[4];
    w_string_t strings[4];
} ends;

static weft_poll ends_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN(co);
    self->numbers_in = numbers_reader_of(numbers_new(&self->numbers_out));
    self->texts_in = texts_reader_of(texts_new(&self->texts_out));
    self->ticks_in = ticks_reader_of(ticks_new(&self->ticks_out));
    self->number_in = number_reader_of(number_new(&self->number_out, 1));
    self->text_in = text_reader_of(text_new(&self->text_out, self->strings[0]));
    self->done_in = done_reader_of(done_new(&self->done_out));

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

    self->numbers_in = numbers_reader_of(numbers_release(&self->numbers_in));
    self->texts_in = texts_reader_of(texts_release(&self->texts_in));
    self->ticks_in = ticks_reader_of(ticks_release(&self->ticks_in));
    self->number_in = number_reader_of(number_release(&self->number_in));
    self->text_in = text_reader_of(text_release(&self->text_in));
    self->done_in = done_reader_of(done_release(&self->done_in));
    WEFT_FINALLY(co);
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
    WEFT_END(co);
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

static weft_poll waits_run(weft_coro *co)
{
    waits *self = weft_frame(co, waits);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_call(co, &self->child.co, ends_run));
    if (weft_outcome_of(&self->child.co) == WEFT_FAILED)
        WEFT_FAIL(co, weft_failure(&self->child.co));
    else if (weft_cancelled(co))
        WEFT_FINISH(co);
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
        weft_stop(&self->call);
    if (weft_dropped(&self->child.numbers_in) || weft_copy_cancelled(&self->child.ticks_out) ||
        weft_resolved(&self->child.number_out))
        weft_cancel(co);
    WEFT_RETURN(co, exports_double, WEFT_STATUS_COUNT(self->result) + WEFT_STATUS_STATE(self->result));
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_yield(co));
    WEFT_END(co);
}

WEFT_EXPORT(w, exports_double, waits, waits_run, (uint32_t number), self->number = number);

typedef struct {
    weft_coro co;
    w_string_t text;
} print;

static weft_poll print_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_RETURN_VOID(co, exports_print);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

WEFT_EXPORT_OR(w, exports_print, print, print_run, (w_string_t * text), exports_print_return(),
               self->text = *text);

// For an export that is not async.
uint32_t exports_double_now(uint32_t number);
uint32_t exports_double_now(uint32_t number)
{
    waits frame = {.number = number};
    weft_backpressure_inc();
    weft_yield_blocking();
    weft_outcome outcome = weft_block_on(&frame.co, waits_run);
    weft_backpressure_dec();
    weft_trim();
    return outcome == WEFT_DONE ? frame.result : 0;
}

#define NAME(rule, object, text) #rule,
const char *const rule_names[] = {WEFT_RULES(NAME)};
