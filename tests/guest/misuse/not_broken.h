// Misuse that Weft leaves to the host; and what is misuse of the raw bindings, but not of Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MISUSE_NOT_BROKEN_H
#define MISUSE_NOT_BROKEN_H

#include "test.h"

// Left to the host.

TEST_BODY(host_both_ends_of_texts, {
    self->texts_in = texts_reader_of(texts_new(&self->texts_out));
    middle_string_set(&self->text, "a");
    texts_start_write(co, &self->texts_out, &self->text, 1);
    WEFT_AWAIT(texts_read(co, &self->texts_in, &self->text, 1));
})

TEST_BODY(host_out_of_bounds, { WEFT_AWAIT(numbers_read(co, &self->in, (uint32_t *)0xfffffff0, 8)); })

TEST_BODY(host_backpressure_underflow, { weft_backpressure_dec(); })

TEST_BODY(host_backpressure_overflow, {
    for (int i = 0; i < 65536; i++)
        weft_backpressure_inc();
})

TEST_BODY(host_stale_handle, {
    weft_rules_peer_stream_u32_drop_readable(self->in.op.handle);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

static weft_stepped reads_for_ever_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->in = numbers_reader_of(numbers_new(&self->out));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

// `poke`, whose type is not async, waits for good; this one is there so that it comes.
TEST_BODY(host_block_in_sync, { WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_rules_peer_never())); })

#define EXPECT_FINE(condition) ((condition) ? (void)0 : __builtin_trap())

// No misuse: what the raw bindings make one must, with Weft, go well.

TEST_BODY(fine_close_twice, {
    numbers_close_reader(&self->in);
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    numbers_close_writer(&self->out);
    number_close_reader(&self->one);
    number_close_reader(&self->one);
    number_close_writer(co, &self->of_one);
    number_close_writer(co, &self->of_one);
})

TEST_BODY(fine_close_in_flight, {
    numbers_start_read(co, &self->in, self->items, 4);
    number_start_read(co, &self->one, &self->value);
    WEFT_AWAIT(weft_yield(co));
    numbers_close_reader_blocking(&self->in);
    number_close_reader_blocking(&self->one);
    numbers_close_writer_blocking(&self->out);
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_write_all(co, &self->out, self->items, 4);
    number_start_write(co, &self->of_one, 1);
    numbers_close_writer_blocking(&self->out);
    number_close_writer_blocking(co, &self->of_one);
})

TEST_BODY(fine_close_unseen, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 2));
    numbers_close_reader_blocking(&self->in);
})

// Who waits for an end that another closes learns that, and does not wait again.

static test *closing;

static weft_stepped uses_run(weft_coro *co)
{
    WEFT_BEGIN;
    if (named("fine_close_under_reader")) {
        do
            WEFT_AWAIT(numbers_read(co, &closing->in, closing->items, 4));
        while (!weft_copy_cancelled(&closing->in));
    } else if (named("fine_close_under_writer")) {
        WEFT_AWAIT(numbers_write_all(co, &closing->out, closing->items, 4));
        EXPECT_FINE(weft_copy_cancelled(&closing->out));
    } else {
        WEFT_AWAIT(number_read(co, &closing->one, &closing->value));
        EXPECT_FINE(weft_copy_cancelled(&closing->one) && !weft_resolved(&closing->one));
    }
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(fine_close_under_reader, {
    closing = self;
    weft_spawn(co, &self->scope, &self->child, &self->other, uses_run);
    WEFT_AWAIT(weft_yield(co));
    numbers_close_reader_blocking(&self->in);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
})

TEST_BODY(fine_close_under_writer, {
    closing = self;
    weft_spawn(co, &self->scope, &self->child, &self->other, uses_run);
    WEFT_AWAIT(weft_yield(co));
    numbers_close_writer_blocking(&self->out);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
})

TEST_BODY(fine_close_under_future, {
    closing = self;
    weft_spawn(co, &self->scope, &self->child, &self->other, uses_run);
    WEFT_AWAIT(weft_yield(co));
    number_close_reader_blocking(&self->one);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
})

// Not all that is on the stack goes: the frame of weft_block_on is below, and a stack of one's own elsewhere.

static weft_stepped copies_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    uint32_t items[4] = {1, 2, 3, 4};
    WEFT_BEGIN;
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, items, 4)); // at once, so that these may be there
    weft_stop_blocking(&self->in);
    EXPECT_FINE(self->items[3] == 4);
    WEFT_FINALLY;
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    WEFT_END;
}

TEST_BODY(fine_block_on, {
    test frame = {0};
    frame.in = numbers_reader_of(numbers_new(&frame.out));
    EXPECT_FINE(weft_block_on(&frame.co, copies_run) == WEFT_DONE);
})

#ifdef __wasm__
static void on_own_stack(void (*function)(void *data), void *data)
{
    function(data);
}
#else
#include <ucontext.h>

static ucontext_t own, main_context;

static void on_own_stack(void (*function)(void *data), void *data)
{
    static char stack[1 << 18];
    getcontext(&own);
    own.uc_stack.ss_sp = stack;
    own.uc_stack.ss_size = sizeof stack;
    own.uc_link = &main_context;
    makecontext(&own, (void (*)(void))function, 1, data);
    swapcontext(&main_context, &own);
}
#endif

static void reads_into_own(void *data)
{
    test *self = data;
#ifdef __wasm__
    uint32_t *items = self->items; // no stack but the machine's can be had
#else
    uint32_t items[4];
#endif
    numbers_start_read(&self->co, &self->in, items, 4);
    weft_stop_blocking(&self->in);
}

TEST_BODY(fine_own_stack, { on_own_stack(reads_into_own, self); })

// In Debug, what was meant to live across a wait does not do so by luck.
TEST_BODY(fine_stack_is_spoilt, {
    char local[64];
    memset(local, 7, sizeof local);
    WEFT_AWAIT(weft_yield(co));
    for (size_t i = 0; i < sizeof local; i++)
        self->value += ((volatile char *)local)[i] == 7;
    EXPECT_FINE(!WEFT_TRACE || self->value < sizeof local);
})

TEST_BODY(fine_stop_idle, {
    weft_stop_blocking(&self->in);
    weft_stop_blocking(&self->out);
    weft_stop_blocking(&self->one);
    weft_stop_blocking(&self->of_one);
    weft_stop_blocking(&self->call);
})

TEST_BODY(fine_stop_twice, {
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_AWAIT(weft_yield(co));
    weft_stop_blocking(&self->call);
    weft_stop_blocking(&self->call);
    if (weft_subtask_state_of(&self->call) != WEFT_SUBTASK_RETURNED_CANCELLED)
        __builtin_trap();
    numbers_start_read(co, &self->in, self->items, 4);
    weft_stop_blocking(&self->in);
    weft_stop_blocking(&self->in);
    if (!weft_copy_cancelled(&self->in))
        __builtin_trap();
})

TEST_BODY(fine_copy_after_dropped, {
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    numbers_close_reader(&self->in);
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_close_reader(&self->in);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 4));
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 4));
    number_close_reader(&self->one);
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
    if (!weft_dropped(&self->of_one) || self->out.count != 0)
        __builtin_trap();
})

TEST_BODY(fine_release_from_set, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 2));
    WEFT_AWAIT(weft_await(co, &self->in));
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
})

TEST_BODY(fine_cancelled, { WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_rules_peer_never())); })

#endif
