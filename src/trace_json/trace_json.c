// The trace hooks as Chrome-trace JSON, the array format: one event a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An instance is a process, named after the time of its first event: a host may run several, and show all in
// one log. Row 0 shows the turns: when the host was in this component. Every root and every spawned coroutine
// has a row, named after its address. The coroutine stands in it, its waits stand in the coroutine, and a
// coroutine that it calls stands in the wait for that. Tasks and operations overlap freely, so they are
// asynchronous events, told apart by number and by handle.
#include <weft/hooks.h>
#include <weft/op.h>
#include <weft/trace.h>
#include "../inspect.h"
#include "../internal.h"

#if WEFT_TRACE

// The longest that a name gets, so that a line always fits.
enum { NAME_MAX_BYTES = 96 };

static void add_name(weft__text *line, const char *name)
{
    weft__add(line, "\"");
    weft__add_most(line, name, NAME_MAX_BYTES);
    weft__add(line, "\"");
}

static uint64_t process;

static void add_row(weft__text *line, uint64_t row)
{
    weft__add(line, "\",\"pid\":");
    weft__add_number(line, process);
    weft__add(line, ",\"tid\":");
    weft__add_number(line, row);
}

// Nanoseconds as microseconds.
static void add_time(weft__text *line, uint64_t time)
{
    weft__add_number(line, time / 1000);
    const char fraction[] = {'.', (char)('0' + time / 100 % 10), (char)('0' + time / 10 % 10),
                             (char)('0' + time % 10), 0};
    weft__add(line, fraction);
}

static void write_line(weft__text *line)
{
    weft__add(line, "},");
    weft__end_line(line);
    weft_trace_write(line->text, line->length);
}

static void name_row(uint64_t row, const char *name, uint32_t number)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "{\"ph\":\"M");
    add_row(&line, row);
    weft__add(&line, ",\"name\":\"thread_name\",\"args\":{\"name\":\"");
    weft__add_most(&line, name, NAME_MAX_BYTES);
    if (number) {
        weft__add(&line, " ");
        weft__add_number(&line, number);
    }
    weft__add(&line, "\"}");
    write_line(&line);
}

// What all events begin with.
static void begin_event(weft__text *line, const char *phase, uint64_t row, const char *category)
{
    uint64_t now = weft_trace_now();
    if (!process) {
        process = now / 1000 + 1;
        weft_trace_write("[\n", 2);
        name_row(0, "turns", 0);
    }
    line->length = 0;
    weft__add(line, "{\"ph\":\"");
    weft__add(line, phase);
    add_row(line, row);
    weft__add(line, ",\"ts\":");
    add_time(line, now);
    weft__add(line, ",\"cat\":\"");
    weft__add(line, category);
    weft__add(line, "\"");
}

static void event(const char *phase, uint64_t row, const char *category, const char *name)
{
    weft__text line;
    begin_event(&line, phase, row, category);
    weft__add(&line, ",\"name\":");
    add_name(&line, name);
    write_line(&line);
}

static void task_event(const char *phase, const weft_task *task, const char *name)
{
    weft__text line;
    begin_event(&line, phase, 0, "task");
    weft__add(&line, ",\"id\":");
    weft__add_number(&line, weft_trace_task_number(task));
    weft__add(&line, ",\"name\":");
    add_name(&line, name);
    write_line(&line);
}

void weft_trace_task(const weft_task *task, weft_trace_what what)
{
    const char *name = weft_trace_task_name(task);
    switch (what) {
    case WEFT_TRACE_START:
        task_event("b", task, name);
        event("B", 0, "turn", name);
        break;
    case WEFT_TRACE_END:
        event("E", 0, "turn", name);
        task_event("e", task, name);
        break;
    case WEFT_TRACE_WAIT:
        event("E", 0, "turn", name);
        break;
    case WEFT_TRACE_RESUME:
        event("B", 0, "turn", name);
        break;
    case WEFT_TRACE_CANCEL:
        task_event("n", task, "cancel");
        break;
    case WEFT_TRACE_RETURN:
        task_event("n", task, "return");
        break;
    case WEFT_TRACE_WAKE:
        break;
    }
}

static void coro_event(const char *phase, const weft_coro *co, const char *name)
{
    weft__text line;
    begin_event(&line, phase, (uintptr_t)weft_trace_head(co), "coroutine");
    if (name) {
        weft__add(&line, ",\"name\":");
        add_name(&line, name);
    }
    const weft_place *place = weft_trace_place(co);
    if (phase[0] == 'B') {
        weft__add(&line, ",\"args\":{\"at\":\"");
        weft__add_most(&line, weft__base_name(place->file), NAME_MAX_BYTES);
        weft__add(&line, ":");
        weft__add_number(&line, place->line);
        weft__add(&line, "\"}");
    }
    if (phase[0] == 'i')
        weft__add(&line, ",\"s\":\"t\"");
    write_line(&line);
}

void weft_trace_coro(const weft_coro *co, weft_trace_what what)
{
    char wait[NAME_MAX_BYTES];
    weft__text line;
    switch (what) {
    case WEFT_TRACE_START:
        if (weft_trace_head(co) == co)
            name_row((uintptr_t)co,
                     weft__handle_of(co) ? weft_trace_place(co)->function : weft_trace_task_name(co->task),
                     weft_trace_task_number(co->task));
        coro_event("B", co, weft_trace_place(co)->function);
        break;
    case WEFT_TRACE_END:
        begin_event(&line, "E", (uintptr_t)weft_trace_head(co), "coroutine");
        weft__add(&line, ",\"name\":");
        add_name(&line, weft_trace_place(co)->function);
        weft__add(&line, ",\"args\":{\"outcome\":\"");
        weft__add(&line, weft_outcome_name(weft_outcome_of(co)));
        weft__add(&line, "\"}");
        write_line(&line);
        break;
    case WEFT_TRACE_WAIT:
        weft_trace_wait(co, wait, sizeof wait);
        coro_event("B", co, wait);
        break;
    case WEFT_TRACE_RESUME:
        coro_event("E", co, NULL);
        break;
    case WEFT_TRACE_WAKE:
        coro_event("i", co, "wake");
        break;
    case WEFT_TRACE_CANCEL:
        coro_event("i", co, "cancel");
        break;
    case WEFT_TRACE_RETURN:
        break;
    }
}

void weft_trace_op(const weft_op *op, weft_trace_what what, uint32_t status)
{
    const char *phase = what == WEFT_TRACE_START ? "b" : what == WEFT_TRACE_END ? "e" : "n";
    weft__text line;
    // An embedded coroutine's operation has the handle of its registration, so that has another category.
    begin_event(&line, phase, 0, op->cancel ? "operation" : "background");
    weft__add(&line, ",\"id\":");
    weft__add_number(&line, weft_trace_op_handle(op));
    weft__add(&line, ",\"name\":\"");
    if (what == WEFT_TRACE_CANCEL) {
        weft__add(&line, "cancel\"");
    } else {
        weft__add(&line, weft_trace_op_kind(op));
        weft__add(&line, " ");
        weft__add_number(&line, weft_trace_op_handle(op));
        weft__add(&line, "\"");
    }
    if (what == WEFT_TRACE_END) {
        weft__add(&line, ",\"args\":{\"state\":");
        weft__add_number(&line, status & 0xf);
        weft__add(&line, ",\"count\":");
        weft__add_number(&line, status >> 4);
        weft__add(&line, "}");
    }
    write_line(&line);
}

#endif
