// Trace hooks that ask all that a hook may ask, and stop where the answer is none: for inside.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static void must(bool holds)
{
    if (!holds)
        abort();
}

void weft_trace_task(const weft_task *task, weft_trace_what what)
{
    must(what <= WEFT_TRACE_RETURN);
    must(weft_trace_task_number(task) > 0);
    must(*weft_trace_task_name(task));
}

void weft_trace_coro(const weft_coro *co, weft_trace_what what)
{
    char text[64], little[4];
    const weft_place *place = weft_trace_place(co);
    must(!place || (place->line && *place->file && *place->function));
    must(place || what == WEFT_TRACE_CANCEL || what == WEFT_TRACE_WAKE || what == WEFT_TRACE_RESUME);
    const weft_coro *head = weft_trace_head(co);
    must(weft_trace_head(head) == head);
    size_t length = weft_trace_wait(co, text, sizeof text);
    must(length == strlen(text));
    must(what != WEFT_TRACE_WAIT || length);
    must(weft_trace_wait(co, little, sizeof little) == (length < 3 ? length : 3));
    must(!strncmp(text, little, 3));
}

void weft_trace_op(const weft_op *op, weft_trace_what what, uint32_t status)
{
    static const char *const kinds[] = {"call",        "stream read",  "stream write",
                                        "future read", "future write", "foreign waitable"};
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        known |= !strcmp(weft_trace_op_kind(op), kinds[i]);
    must(known);
    must(weft_trace_op_handle(op) > 0);
    must(what == WEFT_TRACE_END || !status);
}
