// Fuzz target: the binding layer (weft/bindgen.h) on a host that answers anything. One task reads, writes,
// stops, closes and calls as the input says, and the host answers with any status word that such a call may be
// given, with any count, at once or by an event. Model: what an end tells is what the host has said; the host
// is asked for nothing that it does not allow; what is owned is dropped once; and in the end nothing is left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bindings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static const uint8_t *bytes, *bytes_end;

static uint32_t next(void)
{
    return bytes < bytes_end ? *bytes++ : 0;
}

#define FOUND(...) (fprintf(stderr, "weft fuzz: " __VA_ARGS__), fputs("\n", stderr), abort())
#define EXPECT(condition, ...) ((condition) ? (void)0 : FOUND(__VA_ARGS__))

// ---- The host ----

enum { HANDLES = 512, SET = 8 };

static struct {
    uint32_t kind; // of event; SET; 0: none
    bool pending, done;
    uint32_t set, length;
    uint32_t last, total; // what it has said: of the last copy, and how many items since the operation began
} table[HANDLES];
static uint32_t handle_count;
static void *context;
static bool returned, cancelled;
static int32_t live;

static uint32_t add(uint32_t kind)
{
    if (handle_count == HANDLES)
        FOUND("there are too many handles");
    memset(&table[handle_count], 0, sizeof table[0]);
    table[handle_count].kind = kind;
    return handle_count++;
}

static void check_kind(uint32_t handle, uint32_t kind)
{
    EXPECT(handle && handle < handle_count && table[handle].kind == kind, "handle %u is not one of kind %u",
           (unsigned)handle, (unsigned)kind);
}

static bool is_future(uint32_t kind)
{
    return kind == WEFT_EVENT_FUTURE_READ || kind == WEFT_EVENT_FUTURE_WRITE;
}

// The host says how a copy ended: in one of the states of `cancel` or not, with a count that is possible, or
// any.
static uint32_t copy_status(uint32_t handle, bool cancel)
{
    bool ends = bytes == bytes_end;
    uint32_t how = next(), state = ends ? WEFT_COPY_DROPPED : how % (cancel ? 3 : 2), count = 0;
    if (is_future(table[handle].kind)) {
        count = 0;
    } else if (how & 128) {
        count = (next() | next() << 8 | next() << 16 | next() << 24) & WEFT_COPY_MAX;
    } else if (!ends) {
        count = next() % (table[handle].length < 8 ? table[handle].length + 1 : 9);
    }
    table[handle].pending = false;
    table[handle].done =
        state == WEFT_COPY_DROPPED || (state == WEFT_COPY_COMPLETED && is_future(table[handle].kind));
    table[handle].last = state | count << 4;
    table[handle].total += count;
    return table[handle].last;
}

static uint32_t copy(uint32_t handle, uint32_t kind, size_t length)
{
    check_kind(handle, kind);
    EXPECT(!table[handle].pending, "a copy on handle %u, which is busy", (unsigned)handle);
    EXPECT(!table[handle].done, "a copy on handle %u, which is done", (unsigned)handle);
    EXPECT(length <= WEFT_COPY_MAX, "a copy of %zu items", length);
    table[handle].length = (uint32_t)length;
    if (next() % 2)
        return copy_status(handle, false);
    table[handle].pending = true;
    return WEFT_BLOCKED;
}

static uint32_t cancel(uint32_t handle, uint32_t kind)
{
    check_kind(handle, kind);
    EXPECT(table[handle].pending, "a cancel of handle %u, which is idle", (unsigned)handle);
    return copy_status(handle, true);
}

static void drop(uint32_t handle, uint32_t kind)
{
    check_kind(handle, kind);
    EXPECT(!table[handle].pending, "handle %u is dropped, and busy", (unsigned)handle);
    EXPECT(kind != WEFT_EVENT_FUTURE_WRITE || table[handle].done, "future %u is dropped unwritten",
           (unsigned)handle);
    table[handle].kind = 0;
}

#define HOST(X, READ_PARAMETERS, WRITE_PARAMETERS, LENGTH, READ, WRITE)                                        \
    X##_t X##_new(X##_writer_t *writer)                                                                        \
    {                                                                                                          \
        *writer = add(WRITE);                                                                                  \
        return add(READ);                                                                                      \
    }                                                                                                          \
    uint32_t X##_read READ_PARAMETERS                                                                          \
    {                                                                                                          \
        return copy(end, READ, LENGTH);                                                                        \
    }                                                                                                          \
    uint32_t X##_write WRITE_PARAMETERS                                                                        \
    {                                                                                                          \
        return copy(end, WRITE, LENGTH);                                                                       \
    }                                                                                                          \
    uint32_t X##_cancel_read(X##_t end)                                                                        \
    {                                                                                                          \
        return cancel(end, READ);                                                                              \
    }                                                                                                          \
    uint32_t X##_cancel_write(X##_t end)                                                                       \
    {                                                                                                          \
        return cancel(end, WRITE);                                                                             \
    }                                                                                                          \
    void X##_drop_readable(X##_t end)                                                                          \
    {                                                                                                          \
        drop(end, READ);                                                                                       \
    }                                                                                                          \
    void X##_drop_writable(X##_t end)                                                                          \
    {                                                                                                          \
        drop(end, WRITE);                                                                                      \
    }                                                                                                          \
    _Static_assert(1, "")
#define STREAM WEFT_EVENT_STREAM_READ, WEFT_EVENT_STREAM_WRITE
#define FUTURE WEFT_EVENT_FUTURE_READ, WEFT_EVENT_FUTURE_WRITE
#define HOST_(...) HOST(__VA_ARGS__)

HOST_(w_stream_u32, (uint32_t end, uint32_t *items __attribute__((unused)), size_t length),
      (uint32_t end, const uint32_t *items __attribute__((unused)), size_t length), length, STREAM);
HOST_(w_stream_string, (uint32_t end, w_string_t *items __attribute__((unused)), size_t length),
      (uint32_t end, const w_string_t *items __attribute__((unused)), size_t length), length, STREAM);
HOST_(w_stream, (uint32_t end, size_t length), (uint32_t end, size_t length), length, STREAM);
HOST_(w_future_u32, (uint32_t end, uint32_t *value __attribute__((unused))),
      (uint32_t end, const uint32_t *value __attribute__((unused))), 1, FUTURE);
HOST_(w_future_string, (uint32_t end, w_string_t *value __attribute__((unused))),
      (uint32_t end, const w_string_t *value __attribute__((unused))), 1, FUTURE);
HOST_(w_future, (uint32_t end), (uint32_t end), 1, FUTURE);

w_subtask_status_t imported(uint32_t number, uint32_t *result)
{
    (void)number;
    (void)result;
    uint32_t state = next() % 3;
    if (state == WEFT_SUBTASK_RETURNED)
        return state;
    uint32_t handle = add(WEFT_EVENT_SUBTASK);
    table[handle].pending = true;
    table[handle].last = state;
    return state | handle << 4;
}

// One of the states that may follow; resolved: of those that are ends.
static uint32_t call_status(uint32_t handle, bool resolved)
{
    uint32_t how = bytes == bytes_end ? 1 : next(), last = table[handle].last;
    uint32_t state = WEFT_SUBTASK_RETURNED;
    if (last == WEFT_SUBTASK_STARTING && !resolved && how % 2 == 0)
        state = WEFT_SUBTASK_STARTED;
    else if (cancelled || resolved)
        state = how % 3 == 0                    ? WEFT_SUBTASK_RETURNED
                : last == WEFT_SUBTASK_STARTING ? WEFT_SUBTASK_STARTED_CANCELLED
                                                : WEFT_SUBTASK_RETURNED_CANCELLED;
    table[handle].last = state;
    table[handle].pending = state < WEFT_SUBTASK_RETURNED;
    return state;
}

uint32_t __subtask_cancel(uint32_t subtask)
{
    check_kind(subtask, WEFT_EVENT_SUBTASK);
    EXPECT(table[subtask].pending, "a cancel of subtask %u, which has resolved", (unsigned)subtask);
    return call_status(subtask, true);
}

void __subtask_drop(uint32_t subtask)
{
    check_kind(subtask, WEFT_EVENT_SUBTASK);
    EXPECT(!table[subtask].pending, "subtask %u is dropped, and has not resolved", (unsigned)subtask);
    table[subtask].kind = 0;
}

uint32_t __waitable_set_new(void)
{
    return add(SET);
}

void __waitable_set_drop(uint32_t set)
{
    check_kind(set, SET);
    for (uint32_t i = 1; i < handle_count; i++)
        EXPECT(!table[i].kind || table[i].set != set, "set %u is dropped with %u in it", (unsigned)set, i);
    table[set].kind = 0;
}

void __waitable_join(uint32_t waitable, uint32_t set)
{
    EXPECT(waitable && waitable < handle_count && table[waitable].kind % SET, "handle %u is no waitable",
           (unsigned)waitable);
    if (set)
        check_kind(set, SET);
    table[waitable].set = set;
}

// An event of one of the set, if the input has one now.
static uint32_t take_event(uint32_t set, weft_task_event *event)
{
    uint32_t waits[HANDLES], count = 0;
    for (uint32_t i = 1; i < handle_count; i++)
        if (table[i].kind && table[i].set == set && table[i].pending)
            waits[count++] = i;
    if (!count)
        return 0;
    uint32_t handle = waits[next() % count];
    bool call = table[handle].kind == WEFT_EVENT_SUBTASK;
    *event = (weft_task_event){table[handle].kind, handle,
                               call ? call_status(handle, false) : copy_status(handle, false)};
    return count;
}

uint32_t __waitable_set_poll(uint32_t set, uint32_t *event)
{
    weft_task_event taken;
    check_kind(set, SET);
    if (next() % 2 == 0 || !take_event(set, &taken))
        return WEFT_EVENT_NONE;
    event[0] = taken.waitable;
    event[1] = taken.code;
    return taken.event;
}

void __task_cancel(void)
{
    EXPECT(cancelled && !returned, "the task cancels, and was not asked to, or has returned");
    returned = true;
}

void exports_double_return(uint32_t result)
{
    EXPECT(!returned && result == 7, "the task returns twice");
    returned = true;
}

void *__context_get_0(void)
{
    return context;
}

void __context_set_0(void *value)
{
    context = value;
}

void *weft_alloc(size_t size)
{
    if (next() % 16 == 15)
        return NULL;
    live += (int32_t)size;
    return malloc(size);
}

void weft_free(void *memory, size_t size)
{
    live -= (int32_t)size;
    free(memory);
}

// Of one task that nobody else wakes, nothing else is asked.
#define NEVER(result, name, ...)                                                                               \
    result name(__VA_ARGS__);                                                                                  \
    result name(__VA_ARGS__)                                                                                   \
    {                                                                                                          \
        FOUND(#name " is called");                                                                             \
    }
NEVER(uint64_t, __stream_new_unit, void)
NEVER(uint32_t, __stream_read_unit, uint32_t reader __attribute__((unused)),
      const void *items __attribute__((unused)), size_t length __attribute__((unused)))
NEVER(uint32_t, __stream_write_unit, uint32_t writer __attribute__((unused)),
      const void *items __attribute__((unused)), size_t length __attribute__((unused)))
NEVER(uint32_t, __stream_cancel_read_unit, uint32_t reader __attribute__((unused)))
NEVER(void, __stream_drop_readable_unit, uint32_t reader __attribute__((unused)))
NEVER(void, __stream_drop_writable_unit, uint32_t writer __attribute__((unused)))
NEVER(uint32_t, __waitable_set_wait, uint32_t set __attribute__((unused)),
      uint32_t *event __attribute__((unused)))
NEVER(uint32_t, __subtask_cancel_async, uint32_t subtask __attribute__((unused)))
NEVER(void, __backpressure_inc, void)
NEVER(void, __backpressure_dec, void)
NEVER(uint32_t, __thread_yield, void)

// ---- The component ----

enum { TEXTS = 2048, ITEMS = 8 };
static uint8_t drops[TEXTS]; // of each text that was made
static uint32_t texts;

static w_string_t text(void)
{
    if (texts == TEXTS)
        FOUND("there are too many texts");
    return (w_string_t){NULL, texts++};
}

static void drop_text(w_string_t *it, bool moved)
{
    (void)moved;
    EXPECT(it->len < texts && !drops[it->len]++, "text %zu is dropped twice", it->len);
}

WEFT_STREAM(words, w_stream_u32, uint32_t);
WEFT_STREAM_OWNED(lines, w_stream_string, w_string_t, drop_text);
WEFT_STREAM_UNIT(units, w_stream);
WEFT_FUTURE(word, w_future_u32, uint32_t);
WEFT_FUTURE_OWNED(line, w_future_string, w_string_t, drop_text);
WEFT_FUTURE_UNIT(unit, w_future);

typedef struct {
    weft_coro co;
    words_reader words_in;
    words_writer words_out;
    lines_reader lines_in;
    lines_writer lines_out;
    units_reader units_in;
    units_writer units_out;
    word_reader word_in;
    word_writer word_out;
    line_reader line_in;
    line_writer line_out;
    unit_reader unit_in;
    unit_writer unit_out;
    weft_subtask call;
    uint32_t words[ITEMS], word, result, left;
    w_string_t lines[ITEMS], line;
    size_t words_length, lines_length, units_length; // of a write_all, or 0
} all;

static size_t any_length(void)
{
    uint32_t length = next();
    return length < 240 ? length % (ITEMS + 1) : length < 248 ? WEFT_COPY_MAX + length - 244 : SIZE_MAX;
}

// What an end tells is what the host has said of it.
static void check_copy(const weft_op *op, size_t count)
{
    if (weft__op_in_flight(op) || !op->handle)
        return;
    EXPECT(count == table[op->handle].total, "of stream %u, the count is %zu, and the host said %u",
           (unsigned)op->handle, count, (unsigned)table[op->handle].total);
    EXPECT(weft__op_is(op, WEFT_COPY_DROPPED) == table[op->handle].done,
           "of stream %u, the end does not tell what the host said", (unsigned)op->handle);
}

static void check_all(const weft_op *op, size_t count, size_t length)
{
    if (!weft__op_in_flight(op) && op->handle)
        EXPECT(count >= length || !weft__op_is(op, WEFT_COPY_COMPLETED), "a write_all ended with %zu of %zu",
               count, length);
}

static void check_value(const weft_op *op)
{
    if (!weft__op_in_flight(op) && op->handle)
        EXPECT((op->status == WEFT__FUTURE_DONE || weft__op_is(op, WEFT_COPY_DROPPED)) ==
                   table[op->handle].done,
               "of future %u, the end does not tell what the host said", (unsigned)op->handle);
}

#define CHECK_STREAM(name)                                                                                     \
    check_copy(&self->name##_in.op, self->name##_in.count);                                                    \
    check_copy(&self->name##_out.op, self->name##_out.count);                                                  \
    check_all(&self->name##_out.op, self->name##_out.count, self->name##_length)
#define CHECK_FUTURE(name)                                                                                     \
    check_value(&self->name##_in.op);                                                                          \
    check_value(&self->name##_out.op)

// One that waits, or is started and goes on in one of four ways. What is to be awaited goes to `poll`.
#define COPY(end, wait, start)                                                                                 \
    do {                                                                                                       \
        table[(end)->op.handle].total = 0;                                                                     \
        uint32_t how = next() % 5;                                                                             \
        if (how == 0)                                                                                          \
            poll = wait;                                                                                       \
        else                                                                                                   \
            start;                                                                                             \
        if (how == 1)                                                                                          \
            weft_stop_blocking(end);                                                                           \
        if (how == 2)                                                                                          \
            poll = weft_yield(co);                                                                             \
        if (how == 3)                                                                                          \
            poll = weft_await(co, end);                                                                        \
    } while (0)

#define READY(end) ((end)->op.handle && !weft_in_flight(end))
#define STREAM_STEPS(at, name, with, make)                                                                     \
    case at:                                                                                                   \
        if (READY(&self->name##_in)) {                                                                         \
            length = any_length();                                                                             \
            COPY(&self->name##_in, name##_read(co, &self->name##_in, with length),                             \
                 name##_start_read(co, &self->name##_in, with length));                                        \
        }                                                                                                      \
        break;                                                                                                 \
    case at + 1:                                                                                               \
        if (READY(&self->name##_out)) {                                                                        \
            self->name##_length = 0;                                                                           \
            length = any_length();                                                                             \
            COPY(&self->name##_out, name##_write(co, &self->name##_out, with length),                          \
                 name##_start_write(co, &self->name##_out, with length));                                      \
        }                                                                                                      \
        break;                                                                                                 \
    case at + 2:                                                                                               \
        if (READY(&self->name##_out)) {                                                                        \
            length = self->name##_length = next() % (ITEMS + 1);                                               \
            for (size_t i = 0; i < length; i++)                                                                \
                make;                                                                                          \
            COPY(&self->name##_out, name##_write_all(co, &self->name##_out, with length),                      \
                 name##_start_write_all(co, &self->name##_out, with length));                                  \
        }                                                                                                      \
        break;                                                                                                 \
    case at + 3:                                                                                               \
        self->name##_length = 0;                                                                               \
        name##_close_writer_blocking(&self->name##_out);                                                       \
        name##_close_reader_blocking(&self->name##_in);                                                        \
        self->name##_in = name##_reader_of(name##_new(&self->name##_out));                                     \
        break
#define FUTURE_STEPS(at, name, out, value, otherwise)                                                          \
    case at:                                                                                                   \
        if (READY(&self->name##_in) && !weft_resolved(&self->name##_in))                                       \
            COPY(&self->name##_in, name##_read(co, &self->name##_in out),                                      \
                 name##_start_read(co, &self->name##_in out));                                                 \
        break;                                                                                                 \
    case at + 1:                                                                                               \
        if (READY(&self->name##_out) && !weft_resolved(&self->name##_out))                                     \
            COPY(&self->name##_out, name##_write(co, &self->name##_out value),                                 \
                 name##_start_write(co, &self->name##_out value));                                             \
        break;                                                                                                 \
    case at + 2:                                                                                               \
        name##_close_reader_blocking(&self->name##_in);                                                        \
        if (name##_close_writer_blocking(co, &self->name##_out))                                               \
            self->name##_in = name##_reader_of(name##_new(&self->name##_out otherwise));                       \
        break
#define COMMA ,

// Starts something, which is to be awaited before the next step.
static weft_poll step(weft_coro *co, all *self)
{
    weft_poll poll = weft__ready();
    size_t length = 0;
    switch (next() % 25) {
        STREAM_STEPS(0, words, self->words COMMA, self->words[i] = (uint32_t)i);
        STREAM_STEPS(4, lines, self->lines COMMA, self->lines[i] = text());
        STREAM_STEPS(8, units, , (void)0);
        FUTURE_STEPS(12, word, COMMA & self->word, COMMA 5, COMMA 6);
        FUTURE_STEPS(15, line, COMMA & self->line, COMMA text(), COMMA text());
        FUTURE_STEPS(18, unit, , , );
    case 21:
        if (!weft_in_flight(&self->call))
            weft_subtask_start(co, &self->call, imported(1, &self->result));
        break;
    case 22:
        return weft_subtask_await_started(co, &self->call);
    case 23:
        weft_stop_blocking(&self->call);
        break;
    default:
        return weft_await(co, &self->call);
    }
    return poll;
}

WEFT_ASYNC(all)
{
    WEFT_BEGIN;
    for (self->left = 1 + next() % 40; self->left; self->left--) {
        WEFT_AWAIT(step(co, self));
        CHECK_STREAM(words);
        CHECK_STREAM(lines);
        CHECK_STREAM(units);
        CHECK_FUTURE(word);
        CHECK_FUTURE(line);
        CHECK_FUTURE(unit);
    }
    WEFT_RETURN(co, exports_double, 7);
    WEFT_FINALLY;
    weft_stop_blocking(&self->call);
    words_close_reader_blocking(&self->words_in);
    words_close_writer_blocking(&self->words_out);
    lines_close_reader_blocking(&self->lines_in);
    lines_close_writer_blocking(&self->lines_out);
    units_close_reader_blocking(&self->units_in);
    units_close_writer_blocking(&self->units_out);
    word_close_reader_blocking(&self->word_in);
    while (!word_close_writer_blocking(co, &self->word_out))
        continue;
    line_close_reader_blocking(&self->line_in);
    while (!line_close_writer_blocking(co, &self->line_out))
        continue;
    unit_close_reader_blocking(&self->unit_in);
    while (!unit_close_writer_blocking(co, &self->unit_out))
        continue;
    WEFT_END;
}

WEFT_EXPORT_STEP_OR(w, exports_double, all, all__step, (uint32_t number), (void)number;
                    exports_double_return(7), (void)number);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1024)
        return -1;
    bytes = data;
    bytes_end = data + size;
    handle_count = 1;
    texts = 0;
    memset(drops, 0, sizeof drops);
    context = NULL;
    returned = cancelled = false;
    live = 0;
    uint32_t answer = exports_double(1);
    for (uint32_t turns = 0; answer != WEFT_CALLBACK_EXIT; turns++) {
        EXPECT(turns < 10000, "the task does not end");
        w_event_t event = {0};
        if (!returned && next() % 16 == 15) {
            cancelled = true;
            event.event = WEFT_EVENT_CANCEL;
        } else if ((answer & 15) == WEFT_CALLBACK_WAIT) {
            weft_task_event taken;
            EXPECT(take_event(answer >> 4, &taken), "the task waits for nothing");
            event = (w_event_t){taken.event, taken.waitable, taken.code};
        } else {
            EXPECT(answer == WEFT_CALLBACK_YIELD, "the task answers %u", (unsigned)answer);
        }
        answer = exports_double_callback(&event);
    }
    weft_trim();
    EXPECT(returned, "the task has not returned");
    EXPECT(!live, "%d bytes are left", (int)live);
    for (uint32_t i = 1; i < handle_count; i++)
        EXPECT(!table[i].kind, "handle %u, of kind %u, is left", (unsigned)i, (unsigned)table[i].kind);
    for (uint32_t i = 0; i < texts; i++)
        EXPECT(drops[i] == 1, "text %u was dropped %u times", (unsigned)i, (unsigned)drops[i]);
    return 0;
}
