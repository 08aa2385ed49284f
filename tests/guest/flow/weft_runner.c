// The tests of flow.h, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include "sweep.h"
#include <weft/weft.h>

static int names_dropped, names_moved;

static void drop_name(runner_string_t *name, bool moved)
{
    names_moved += moved;
    names_dropped++;
    if (name->len)
        free(name->ptr);
}

WEFT_STREAM(numbers, weft_flow_peer_stream_u32, uint32_t);
WEFT_FLOW(numbers, uint32_t);
WEFT_STREAM(bytes, weft_flow_peer_stream_u8, uint8_t);
WEFT_LINES(bytes);
WEFT_STREAM_OWNED(names, weft_flow_peer_stream_string, runner_string_t, drop_name);
WEFT_FLOW_OWNED(names, runner_string_t, drop_name);
WEFT_STREAM_UNIT(ticks, weft_flow_peer_stream_void);
WEFT_FLOW_UNIT(ticks);

// Closes a writer a while later: an end that has something to wait for.
typedef struct {
    weft_coro co;
    ticks_writer *out;
    int i;
} closer;

static weft_stepped closer_run(weft_coro *co)
{
    closer *self = weft_frame(co, closer);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 6; self->i++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    ticks_close_writer(self->out);
    WEFT_END;
}

// What most tests need: two calls, streams, and something that ends a slow stream.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    closer closer;
    ticks_writer until;
    weft_subtask call, reading;
    uint32_t handle;
    uint64_t sum;
    numbers_reader in;
    numbers_writer out;
    weft_exactly exactly;
    weft_to_end to_end;
    weft_forward forward;
    numbers_buffer buffer;
    uint32_t items[16];
    uint32_t number, count;
    settle settle;
} common;

static weft_poll close_common(weft_coro *co, common *self)
{
    ticks_close_writer(&self->until);
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    numbers_buffer_free(&self->buffer);
    return weft_scope_close(co, &self->scope);
}

// CASE(name) { BEGIN_CASE; ...; WEFT_FINALLY; ...; END_CASE; } is a test with that frame.
#define CASE(name)                                                                                             \
    typedef common name;                                                                                       \
    static weft_stepped name##_run(weft_coro *co)
#define BEGIN_CASE                                                                                             \
    common *self = weft_frame(co, common);                                                                     \
    WEFT_BEGIN
#define END_CASE                                                                                               \
    WEFT_AWAIT(end(co, &self->settle));                                                                        \
    WEFT_END

#define NUMBERS(count, chunk)                                                                                  \
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_numbers(count, chunk, &self->handle)));       \
    self->in = numbers_reader_of(self->handle)

#define SLOW(count)                                                                                            \
    WEFT_AWAIT(weft_subtask_call(co, &self->call,                                                              \
                                 weft_flow_peer_slow(count, ticks_new(&self->until), &self->handle)));         \
    self->in = numbers_reader_of(self->handle);                                                                \
    self->closer.out = &self->until;                                                                           \
    weft_spawn(co, &self->scope, &self->child, &self->closer.co, closer_run)

CASE(next)
{
    BEGIN_CASE;
    NUMBERS(5, 2);
    for (self->count = 0;; self->count++) {
        WEFT_AWAIT(numbers_next(co, &self->in, &self->number));
        if (self->in.count == 0)
            break;
        EXPECT(self->number, self->count);
    }
    EXPECT(self->count, 5);
    EXPECT(weft_dropped(&self->in), true);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(exactly)
{
    BEGIN_CASE;
    NUMBERS(10, 3);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 4));
    EXPECT(self->in.count, 4);
    EXPECT(self->items[3], 3);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 0));
    EXPECT(self->in.count, 0);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 4));
    EXPECT(self->in.count, 4);
    EXPECT(self->items[0], 4);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 4));
    EXPECT(self->in.count, 2);
    EXPECT(self->items[1], 9);
    EXPECT(weft_dropped(&self->in), true);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 4));
    EXPECT(self->in.count, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

// Waits in the middle; a cancel there keeps the count.
CASE(exactly_slow)
{
    BEGIN_CASE;
    SLOW(3);
    WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 5));
    EXPECT(self->in.count, 3);
    WEFT_FINALLY;
    EXPECT(self->in.count <= 3, true);
    for (uint32_t i = 0; i < self->in.count; i++)
        EXPECT(self->items[i], i);
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(to_end)
{
    BEGIN_CASE;
    NUMBERS(5000, 700);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 100000));
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 5000);
    for (uint32_t i = 0; i < self->buffer.count; i++)
        EXPECT(self->buffer.items[i], i);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(to_end_empty)
{
    BEGIN_CASE;
    NUMBERS(0, 1);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 10));
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 0);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 10)); // is known by now
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(to_end_limit)
{
    BEGIN_CASE;
    NUMBERS(10, 3);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 0));
    EXPECT(self->to_end.error, WEFT_ELIMIT);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 6));
    EXPECT(self->to_end.error, WEFT_ELIMIT);
    EXPECT(self->buffer.count, 6);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 10));
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 10);
    EXPECT(self->buffer.items[9], 9);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

// The second buffer can't be had; what was read stays, and the next call goes on.
CASE(to_end_no_memory)
{
    BEGIN_CASE;
    NUMBERS(3000, 600);
    fail_at = 2;
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 5000));
    EXPECT(self->to_end.error, WEFT_ENOMEM);
    EXPECT(self->buffer.count, 1024);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 5000));
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 3000);
    for (uint32_t i = 0; i < self->buffer.count; i++)
        EXPECT(self->buffer.items[i], i);
    WEFT_FINALLY;
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(to_end_slow)
{
    BEGIN_CASE;
    SLOW(3);
    WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 9));
    EXPECT(self->to_end.error, WEFT_OK);
    EXPECT(self->buffer.count, 3);
    WEFT_FINALLY;
    EXPECT(self->buffer.count <= 3, true);
    for (uint32_t i = 0; i < self->buffer.count; i++)
        EXPECT(self->buffer.items[i], i);
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

#define SUM(most)                                                                                              \
    weft_subtask_start(co, &self->reading, weft_flow_peer_sum(numbers_new(&self->out), most, &self->sum))

CASE(forward)
{
    BEGIN_CASE;
    NUMBERS(100, 7);
    SUM(1000);
    WEFT_AWAIT(numbers_forward(co, &self->forward, &self->in, &self->out, self->items, 16));
    EXPECT(self->forward.taken, 100);
    EXPECT(self->forward.given, 100);
    EXPECT(weft_dropped(&self->in), true);
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->reading));
    EXPECT(self->sum, (uint64_t)100 << 32 | 4950);
    WEFT_FINALLY;
    weft_stop_blocking(&self->reading);
    EXPECT(self->forward.taken - self->forward.given <= 16, true);
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

// The reader goes: what it did not take is in the buffer.
CASE(forward_reader_goes)
{
    BEGIN_CASE;
    NUMBERS(100, 7);
    SUM(10);
    WEFT_AWAIT(numbers_forward(co, &self->forward, &self->in, &self->out, self->items, 16));
    EXPECT(self->forward.given, 10);
    EXPECT(self->forward.taken > 10 && self->forward.taken <= 26, true);
    EXPECT(self->items[self->forward.rest], 10);
    EXPECT(weft_dropped(&self->out), true);
    WEFT_AWAIT(weft_await(co, &self->reading));
    EXPECT(self->sum, (uint64_t)10 << 32 | 45);
    WEFT_FINALLY;
    weft_stop_blocking(&self->reading);
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

CASE(forward_slow)
{
    BEGIN_CASE;
    SLOW(3);
    SUM(10);
    WEFT_AWAIT(numbers_forward(co, &self->forward, &self->in, &self->out, self->items, 16));
    EXPECT(self->forward.given, 3);
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->reading));
    WEFT_FINALLY;
    weft_stop_blocking(&self->reading);
    EXPECT(self->forward.taken - self->forward.given <= 1, true);
    WEFT_AWAIT(close_common(co, self));
    END_CASE;
}

// Owned items: each that was taken is given to the hook once.
typedef struct {
    weft_coro co;
    weft_subtask call, reading;
    uint32_t handle;
    uint64_t measured;
    names_reader in;
    names_writer out;
    weft_forward forward;
    runner_string_t items[4];
    uint32_t most;
    settle settle;
} forward_owned;

static weft_stepped forward_owned_run(weft_coro *co)
{
    forward_owned *self = weft_frame(co, forward_owned);
    WEFT_BEGIN;
    if (!self->most)
        self->most = 100;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_names(10, &self->handle)));
    self->in = names_reader_of(self->handle);
    weft_subtask_start(co, &self->reading,
                       weft_flow_peer_measure(names_new(&self->out), self->most, &self->measured));
    WEFT_AWAIT(names_forward(co, &self->forward, &self->in, &self->out, self->items, 4));
    names_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->reading));
    EXPECT(self->measured >> 32, self->most < 10 ? self->most : 10);
    WEFT_FINALLY;
    weft_stop_blocking(&self->reading);
    EXPECT(names_dropped, self->forward.taken);
    EXPECT(names_moved, self->forward.given);
    names_dropped = names_moved = 0;
    names_close_writer(&self->out);
    names_close_reader(&self->in);
    END_CASE;
}

typedef forward_owned forward_owned_reader_goes;
static weft_stepped forward_owned_reader_goes_run(weft_coro *co)
{
    weft_frame(co, forward_owned)->most = 3;
    return forward_owned_run(co);
}

// A stream that a coroutine of ours feeds, to the callee.
typedef struct {
    numbers_feed feed;
    uint32_t count, at;
    bool gone;
} counter;

static weft_stepped counter_run(weft_coro *co)
{
    counter *self = weft_frame(co, counter);
    WEFT_BEGIN;
    for (; self->at < self->count; self->at++) {
        WEFT_AWAIT(numbers_write_all(co, &self->feed.out, &self->at, 1));
        if (weft_dropped(&self->feed.out)) {
            self->gone = true;
            WEFT_FINISH;
        }
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    counter counter;
    counter *allocated;
    weft_subtask reading;
    uint64_t sum;
    uint32_t handle;
    settle settle;
} feed;

static weft_stepped feed_run(weft_coro *co)
{
    feed *self = weft_frame(co, feed);
    WEFT_BEGIN;
    self->counter.count = 10;
    WEFT_AWAIT(weft_subtask_call(
        co, &self->reading,
        weft_flow_peer_sum(numbers_feed_spawn(co, &self->scope, &self->child, &self->counter.feed, counter_run),
                           99, &self->sum)));
    EXPECT(self->sum, (uint64_t)10 << 32 | 45);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(self->counter.feed.out.op.handle, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    END_CASE;
}

typedef feed feed_reader_goes;
static weft_stepped feed_reader_goes_run(weft_coro *co)
{
    feed *self = weft_frame(co, feed);
    WEFT_BEGIN;
    self->counter.count = 10;
    WEFT_AWAIT(weft_subtask_call(
        co, &self->reading,
        weft_flow_peer_sum(numbers_feed_spawn(co, &self->scope, &self->child, &self->counter.feed, counter_run),
                           4, &self->sum)));
    EXPECT(self->sum, (uint64_t)4 << 32 | 6);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(self->counter.gone, true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    END_CASE;
}

typedef feed feed_new;
static weft_stepped feed_new_run(weft_coro *co)
{
    feed *self = weft_frame(co, feed);
    WEFT_BEGIN;
    fail_at = 1;
    self->allocated = numbers_feed_new(co, &self->scope, sizeof(counter), counter_run, &self->handle);
    EXPECT(self->allocated == NULL, true);
    self->allocated = numbers_feed_new(co, &self->scope, sizeof(counter), counter_run, &self->handle);
    self->allocated->count = 10;
    WEFT_AWAIT(weft_subtask_call(co, &self->reading, weft_flow_peer_sum(self->handle, 99, &self->sum)));
    EXPECT(self->sum, (uint64_t)10 << 32 | 45);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    END_CASE;
}

// Streams without payload.
typedef struct {
    weft_coro co;
    weft_subtask call, reading;
    uint32_t handle;
    uint64_t counted;
    ticks_reader in;
    ticks_writer out;
    weft_exactly exactly;
    weft_forward forward;
    settle settle;
} unit;

static weft_stepped unit_run(weft_coro *co)
{
    unit *self = weft_frame(co, unit);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_ticks(20, &self->handle)));
    self->in = ticks_reader_of(self->handle);
    WEFT_AWAIT(ticks_next(co, &self->in));
    EXPECT(self->in.count, 1);
    WEFT_AWAIT(ticks_read_exactly(co, &self->exactly, &self->in, 4));
    EXPECT(self->in.count, 4);
    weft_subtask_start(co, &self->reading, weft_flow_peer_count(ticks_new(&self->out), 99, &self->counted));
    WEFT_AWAIT(ticks_forward(co, &self->forward, &self->in, &self->out, 6));
    EXPECT(self->forward.taken, 15);
    EXPECT(self->forward.given, 15);
    ticks_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->reading));
    EXPECT(self->counted >> 32, 15);
    WEFT_FINALLY;
    weft_stop_blocking(&self->reading);
    ticks_close_writer(&self->out);
    ticks_close_reader(&self->in);
    END_CASE;
}

// Lines: each case is a text, the size of the buffer, a policy, and what is to come of it.
static const struct {
    const char *text;
    size_t size;
    weft_line_policy policy;
    const char *expected; // each line between bars, with a letter for what it is
} lines_cases[] = {
    {"", 8, WEFT_LINES_SPLIT, ""},
    {"one\ntwo\n", 8, WEFT_LINES_SPLIT, "L:one|L:two|"},
    {"one\ntwo", 8, WEFT_LINES_SPLIT, "L:one|L:two|"},
    {"one\r\ntwo\r\n\r\n\nlast", 8, WEFT_LINES_SPLIT, "L:one|L:two|L:|L:|L:last|"},
    {"a\rb\r\nlast\r", 8, WEFT_LINES_SPLIT, "L:a\rb|L:last\r|"},
    {"1234567\n12345678\n", 8, WEFT_LINES_SPLIT, "L:1234567|P:12345678|L:|"},
    {"123456\r\n1234567\r\n", 8, WEFT_LINES_SPLIT, "L:123456|P:1234567|L:|"},
    {"0123456789abcdefXY\nok\n", 8, WEFT_LINES_SPLIT, "P:01234567|P:89abcdef|L:XY|L:ok|"},
    {"0123456789abcdefXY\nok\n", 8, WEFT_LINES_CUT, "C:01234567|L:ok|"},
    {"0123456789abcdefXY", 8, WEFT_LINES_CUT, "C:01234567|"},
    {"ok\n0123456789\nno\n", 8, WEFT_LINES_REFUSE, "L:ok|T:01234567|"},
    {"\n\r\n\n", 1, WEFT_LINES_SPLIT, "L:|P:\r|L:|L:|"},
    {"abcd\nefgh\nijkl\nmnop\nqr", 7, WEFT_LINES_SPLIT, "L:abcd|L:efgh|L:ijkl|L:mnop|L:qr|"},
};

typedef struct {
    weft_coro co;
    weft_subtask call;
    runner_string_t text;
    uint32_t handle, test, chunk;
    bytes_reader in;
    weft_lines lines;
    char got[100];
    size_t length;
    uint8_t buffer[32];
    settle settle;
} lines;

static void note(lines *self)
{
    self->got[self->length++] = "-LPCT"[self->lines.is];
    self->got[self->length++] = ':';
    memcpy(self->got + self->length, self->lines.line, self->lines.length);
    self->length += self->lines.length;
    self->got[self->length++] = '|';
    self->got[self->length] = 0;
}

static weft_stepped lines_test_run(weft_coro *co)
{
    lines *self = weft_frame(co, lines);
    WEFT_BEGIN;
    for (self->test = 0; self->test < sizeof lines_cases / sizeof *lines_cases; self->test++) {
        for (self->chunk = 1; self->chunk < 12; self->chunk += 3) {
            self->text = (runner_string_t){(uint8_t *)lines_cases[self->test].text,
                                           strlen(lines_cases[self->test].text)};
            WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                         weft_flow_peer_text(self->text, self->chunk, &self->handle)));
            self->in = bytes_reader_of(self->handle);
            self->handle = 0;
            bytes_lines(&self->lines, &self->in, self->buffer, lines_cases[self->test].size,
                        lines_cases[self->test].policy);
            self->length = 0;
            self->got[0] = 0;
            for (;;) {
                WEFT_AWAIT(weft_line_next(co, &self->lines));
                if (self->lines.is == WEFT_LINE_NONE)
                    break;
                note(self);
                if (self->lines.is == WEFT_LINE_TOO_LONG)
                    break;
            }
            if (strcmp(self->got, lines_cases[self->test].expected) && !check_text[0]) {
                check_add(self->got);
                check_add(" instead of ");
                check_add(lines_cases[self->test].expected);
            }
            bytes_close_reader(&self->in);
        }
    }
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    END_CASE;
}

typedef lines lines_test;

// A body behind a header; and lines go on after a cancelled wait.
typedef lines lines_rest;
static weft_stepped lines_rest_run(weft_coro *co)
{
    lines *self = weft_frame(co, lines);
    WEFT_BEGIN;
    self->text = (runner_string_t){(uint8_t *)"head\n\nbody", 10};
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_text(self->text, 8, &self->handle)));
    self->in = bytes_reader_of(self->handle);
    bytes_lines(&self->lines, &self->in, self->buffer, sizeof self->buffer, WEFT_LINES_SPLIT);
    do
        WEFT_AWAIT(weft_line_next(co, &self->lines));
    while (self->lines.length);
    size_t length;
    uint8_t *rest = weft_lines_rest(&self->lines, &length);
    EXPECT(length, 2);
    EXPECT(memcmp(rest, "bo", 2), 0);
    weft_lines_rest(&self->lines, &length);
    EXPECT(length, 0);
    WEFT_AWAIT(weft_line_next(co, &self->lines));
    EXPECT(self->lines.length, 2);
    EXPECT(memcmp(self->lines.line, "dy", 2), 0);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    END_CASE;
}

// What a line says of the bytes behind it, of which some are LF: from the buffer, from the stream, from both,
// none, and fewer than that.
typedef lines lines_exactly;
static weft_stepped lines_exactly_run(weft_coro *co)
{
    static const struct {
        size_t wanted, come;
        const char *bytes;
    } parts[] = {{3, 3, "a\nb"}, {0, 0, ""}, {12, 12, "\r\n0123456789"}, {5, 2, "ef"}};
    lines *self = weft_frame(co, lines);
    WEFT_BEGIN;
    for (self->chunk = 1; self->chunk < 30; self->chunk += 4) {
        self->text.ptr = (uint8_t *)"1\na\nb2\n3\n\r\n01234567894\nef";
        self->text.len = strlen((char *)self->text.ptr);
        WEFT_AWAIT(
            weft_subtask_call(co, &self->call, weft_flow_peer_text(self->text, self->chunk, &self->handle)));
        self->in = bytes_reader_of(self->handle);
        self->handle = 0;
        bytes_lines(&self->lines, &self->in, self->buffer, 8, WEFT_LINES_SPLIT);
        for (self->test = 0; self->test < 4; self->test++) {
            WEFT_AWAIT(weft_line_next(co, &self->lines));
            EXPECT(self->lines.length, 1);
            EXPECT(self->lines.line[0], '1' + self->test);
            WEFT_AWAIT(weft_lines_exactly(co, &self->lines, self->got, parts[self->test].wanted));
            EXPECT(self->lines.length, parts[self->test].come);
            EXPECT(self->lines.is == WEFT_LINE, parts[self->test].wanted == parts[self->test].come);
            EXPECT(memcmp(self->got, parts[self->test].bytes, self->lines.length), 0);
        }
        WEFT_AWAIT(weft_lines_exactly(co, &self->lines, self->got, 1));
        EXPECT(self->lines.length, 0);
        bytes_close_reader(&self->in);
    }
    // Not in the middle of a line that was cut.
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_text(self->text, 20, &self->handle)));
    self->in = bytes_reader_of(self->handle);
    self->handle = 0;
    bytes_lines(&self->lines, &self->in, self->buffer, 8, WEFT_LINES_CUT);
    do
        WEFT_AWAIT(weft_line_next(co, &self->lines));
    while (self->lines.is == WEFT_LINE);
    EXPECT(self->lines.is, WEFT_LINE_CUT);
    WEFT_AWAIT(weft_lines_exactly(co, &self->lines, self->got, 2));
    EXPECT(self->lines.is, WEFT_LINE_NONE);
    EXPECT(self->lines.length, 0);
    WEFT_AWAIT(weft_line_next(co, &self->lines));
    EXPECT(self->lines.length, 2);
    EXPECT(memcmp(self->lines.line, "ef", 2), 0);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    END_CASE;
}

SWEEP(next)
SWEEP(exactly)
SWEEP(exactly_slow)
SWEEP(to_end)
SWEEP(to_end_slow)
SWEEP(forward)
SWEEP(forward_reader_goes)
SWEEP(forward_slow)
SWEEP(forward_owned)
SWEEP(forward_owned_reader_goes)
SWEEP(feed)
SWEEP(feed_reader_goes)
SWEEP(unit)
SWEEP(lines_rest)
SWEEP(lines_exactly)

static uint64_t peer_probe(void)
{
    return weft_flow_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(next)                                                                                                 \
    TEST(exactly)                                                                                              \
    TEST(exactly_slow)                                                                                         \
    TEST(to_end)                                                                                               \
    TEST(to_end_empty)                                                                                         \
    TEST(to_end_limit)                                                                                         \
    TEST(to_end_no_memory)                                                                                     \
    TEST(to_end_slow)                                                                                          \
    TEST(forward)                                                                                              \
    TEST(forward_reader_goes)                                                                                  \
    TEST(forward_slow)                                                                                         \
    TEST(forward_owned)                                                                                        \
    TEST(forward_owned_reader_goes)                                                                            \
    TEST(feed)                                                                                                 \
    TEST(feed_reader_goes)                                                                                     \
    TEST(feed_new)                                                                                             \
    TEST(unit)                                                                                                 \
    TEST(lines_test)                                                                                           \
    TEST(lines_rest)                                                                                           \
    TEST(lines_exactly)                                                                                        \
    TEST(sweep_next)                                                                                           \
    TEST(sweep_exactly)                                                                                        \
    TEST(sweep_exactly_slow)                                                                                   \
    TEST(sweep_to_end)                                                                                         \
    TEST(sweep_to_end_slow)                                                                                    \
    TEST(sweep_forward)                                                                                        \
    TEST(sweep_forward_reader_goes)                                                                            \
    TEST(sweep_forward_slow)                                                                                   \
    TEST(sweep_forward_owned)                                                                                  \
    TEST(sweep_forward_owned_reader_goes)                                                                      \
    TEST(sweep_feed)                                                                                           \
    TEST(sweep_feed_reader_goes)                                                                               \
    TEST(sweep_unit)                                                                                           \
    TEST(sweep_lines_rest)                                                                                     \
    TEST(sweep_lines_exactly)
#include "weft_runner.h"
