// Formatted text to the standard streams: coroutines that print at the same time take turns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/console.h>
#include <weft/wasi/format.h>
#include "internal.h"

weft__printed weft__print_stderr = {.end = weft_stderr};

// One print at a time needs no memory, if its text is short: this one.
static weft__print usual;
static char usual_text[512];
static bool usual_is_taken;

// Prints that are over. Their callers may still look at them, so their memory goes when another prints.
static weft__print *over;

static void free_over(void)
{
    for (weft__print *it; (it = over);) {
        over = it->next;
        weft_free(it, it->block_size);
    }
}

// The end to print to. Clears WEFT_ENOMEM: that was another print's, and no error of the stream.
static weft_bytes_writer *end_of(const weft__printed *to)
{
    weft_bytes_writer *end = to->end();
    if (end->error == WEFT_ENOMEM)
        end->error = WEFT_OK;
    return end;
}

WEFT_ASYNC_EXTERN(weft__print)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &self->to->turn, &self->turn));
    for (;;) {
        while (weft_in_flight(end_of(self->to))) // a write that is no print
            WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_write(co, end_of(self->to), self->text));
        if (end_of(self->to)->error || !self->more.length)
            break;
        self->text = self->more;
        self->more.length = 0;
    }
    WEFT_FINALLY;
    weft_release(&self->turn);
    free_over();
    if (self->block_size) {
        self->next = over;
        over = self;
    }
    if (self == &usual)
        usual_is_taken = false;
    WEFT_END;
}

static weft_poll print_to(weft_coro *co, weft__printed *to, const char *format, va_list arguments)
{
    free_over();
    weft_bytes_writer *end = end_of(to);
    weft__print *it = &usual;
    size_t room = usual_is_taken ? 0 : sizeof usual_text, block_size = 0;
    const char *text = usual_text;
    size_t length = weft_vformat(usual_text, room, format, arguments);
    if (length >= room) {
        block_size = sizeof *it + length + 1;
        it = weft_alloc(block_size);
        if (!it) {
            end->error = WEFT_ENOMEM;
            return weft__ready(); // nobody runs before the caller has seen the error
        }
        text = (char *)(it + 1);
        weft_vformat((char *)(it + 1), length + 1, format, arguments);
    }
    usual_is_taken = usual_is_taken || it == &usual;
    *it = (weft__print){.to = to, .text = weft_text_of(text, length), .block_size = block_size};
    return weft_call(co, &it->co, weft__print__step);
}

weft_poll weft_printf(weft_coro *co, const char *format, ...)
{
    static weft__printed to = {.end = weft_stdout};
    va_list arguments;
    va_start(arguments, format);
    weft_poll poll = print_to(co, &to, format, arguments);
    va_end(arguments);
    return poll;
}

weft_poll weft_eprintf(weft_coro *co, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_poll poll = print_to(co, &weft__print_stderr, format, arguments);
    va_end(arguments);
    return poll;
}
