// Workload: flows. Exactly n bytes, all to the end, lines, and a stream that a coroutine feeds, cut short at
// any moment. Model: what was written is what was read, whoever read it; lines are those of the text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <string.h>
#include <weft/weft.h>

enum { TEXT = 256, LINES = 256, ITEMS = 16 };

WEFT_STREAM(flow_bytes, workloads_stream_u8, uint8_t);
WEFT_FLOW(flow_bytes, uint8_t);
WEFT_LINES(flow_bytes);

static uint8_t text[TEXT], got[TEXT]; // that the peer has moved, and the component
static uint32_t text_end, got_end;
static bool ended;     // the component has seen the end of the stream
static bool cut_short; // by a cancel, before that
static weft_line_policy policy;
static size_t size; // of the buffer for lines
static struct {
    weft_line is;
    uint32_t start, length; // in got
} lines[LINES];
static uint32_t line_count, line_bytes;

// ---- The component ----

static void get(const void *bytes, size_t count)
{
    EXPECT(got_end + count <= TEXT, "more came than was written");
    if (count)
        memcpy(got + got_end, bytes, count);
    got_end += (uint32_t)count;
}

typedef struct {
    weft_coro co;
    flow_bytes_reader in;
    uint8_t items[ITEMS];
    size_t length;
    weft_exactly exactly;
    weft_to_end to_end;
    flow_bytes_buffer buffer;
    uint32_t rounds;
    bool reading; // into items
} flow;

static void note_bytes(flow *self)
{
    if (self->reading)
        get(self->items, self->in.count);
    self->reading = false;
    get(self->buffer.items, self->buffer.count);
    self->buffer.count = 0;
}

WEFT_ASYNC(flow)
{
    WEFT_BEGIN;
    for (self->rounds = 1 + pick(5); self->rounds && !ended; self->rounds--) {
        self->length = 1 + pick(ITEMS);
        switch (pick(3)) {
        case 0:
            self->reading = true;
            WEFT_AWAIT(flow_bytes_read_exactly(co, &self->exactly, &self->in, self->items, self->length));
            EXPECT(self->in.count == self->length || weft_dropped(&self->in), "%u bytes came, and not %u",
                   (unsigned)self->in.count, (unsigned)self->length);
            break;
        case 1:
            self->reading = true;
            WEFT_AWAIT(flow_bytes_next(co, &self->in, self->items));
            EXPECT(self->in.count == 1 || weft_dropped(&self->in), "no byte came, and no end");
            break;
        default:
            WEFT_AWAIT(flow_bytes_read_to_end(co, &self->to_end, &self->in, &self->buffer, self->length - 1));
            EXPECT(self->buffer.count < self->length, "the limit is %u, and %u came",
                   (unsigned)self->length - 1, (unsigned)self->buffer.count);
            EXPECT(self->to_end.error != WEFT_ECANCELED, "nobody has cancelled, and a wait was");
            EXPECT(self->to_end.error != WEFT_ELIMIT || self->buffer.count == self->length - 1,
                   "the limit is %u, and it ended at %u", (unsigned)self->length - 1,
                   (unsigned)self->buffer.count);
            EXPECT((self->to_end.error == WEFT_OK) == weft_dropped(&self->in),
                   "the end of a stream, and of a wait for it");
        }
        note_bytes(self);
        ended = weft_dropped(&self->in);
    }
    WEFT_RETURN(co, exports_workloads_flow, 7);
    WEFT_FINALLY;
    note_bytes(self);
    flow_bytes_buffer_free(&self->buffer);
    flow_bytes_close_reader(&self->in);
    WEFT_END;
}

static void drop_handle(void *handle)
{
    flow_bytes_reader in = flow_bytes_reader_of(*(uint32_t *)handle);
    flow_bytes_close_reader(&in);
}

#define NO_READER(export)                                                                                      \
    drop_handle(&items);                                                                                       \
    export##_return(NO_MEMORY)
WEFT_EXPORT_OR(workloads, exports_workloads_flow, flow, (workloads_stream_u8_t items),
               NO_READER(exports_workloads_flow), .in = flow_bytes_reader_of(items));

typedef struct {
    weft_coro co;
    flow_bytes_reader in;
    uint8_t items[ITEMS], bytes[ITEMS];
    weft_lines lines;
    uint32_t rounds;
    bool exactly; // bytes, behind the last line
} liner;

WEFT_ASYNC(liner)
{
    WEFT_BEGIN;
    flow_bytes_lines(&self->lines, &self->in, self->items, size, policy);
    self->rounds = policy == WEFT_LINES_SPLIT && pick(2) ? pick(4) : LINES;
    for (;;) {
        if (!self->rounds--) {
            line_bytes = got_end;
            self->exactly = true;
            WEFT_AWAIT(weft_lines_exactly(co, &self->lines, self->bytes, pick(ITEMS + 1)));
            break;
        }
        WEFT_AWAIT(weft_line_next(co, &self->lines));
        if (self->lines.is == WEFT_LINE_NONE || self->lines.is == WEFT_LINE_TOO_LONG)
            break;
        EXPECT(line_count < LINES, "more lines came than there are");
        lines[line_count].is = self->lines.is;
        lines[line_count].start = got_end;
        lines[line_count++].length = (uint32_t)self->lines.length;
        get(self->lines.line, self->lines.length);
    }
    ended = self->lines.is == WEFT_LINE_NONE;
    EXPECT(!ended || weft_dropped(&self->in), "the lines ended before the stream");
    WEFT_RETURN(co, exports_workloads_lines, 7);
    WEFT_FINALLY;
    if (self->exactly)
        get(self->bytes, self->lines.length);
    else
        line_bytes = got_end;
    if (self->lines.in) {
        size_t length;
        uint8_t *rest = weft_lines_rest(&self->lines, &length);
        get(rest, length);
        EXPECT(!ended || !length, "the stream has ended, and %u bytes were not told", (unsigned)length);
    }
    ended |= weft_dropped(&self->in); // a cancel may come between the last line and the word that it was
    cut_short = weft_cancelled(co);
    flow_bytes_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_lines, liner, (workloads_stream_u8_t items),
               NO_READER(exports_workloads_lines), .in = flow_bytes_reader_of(items));

typedef struct {
    flow_bytes_feed feed;
    uint8_t items[ITEMS];
    size_t length;
    uint32_t rounds;
    bool writing;
} feeder;

static void note_written(feeder *self)
{
    if (self->writing)
        get(self->items, self->feed.out.count);
    self->writing = false;
}

WEFT_ASYNC_FEED(flow_bytes, feeder)
{
    WEFT_BEGIN;
    for (self->rounds = pick(6); self->rounds && !weft_dropped(&self->feed.out); self->rounds--) {
        self->length = pick(ITEMS + 1);
        for (size_t i = 0; i < self->length; i++)
            self->items[i] = (uint8_t)(got_end + i);
        self->writing = true;
        if (pick(2))
            WEFT_AWAIT(flow_bytes_write(co, &self->feed.out, self->items, self->length));
        else
            WEFT_AWAIT(flow_bytes_write_all(co, &self->feed.out, self->items, self->length));
        note_written(self);
        if (pick(3) == 0)
            WEFT_AWAIT(weft_yield(co));
    }
    if (pick(3) == 0)
        WEFT_FAIL(1);
    WEFT_FINALLY;
    note_written(self);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    feeder feeder;
    weft_scope scope;
    weft_child child;
    uint32_t handle;
    weft_subtask_owned call;
} feed;

static bool make_feed(weft_coro *co, feed *self)
{
    if (pick(3)) {
        weft_scope *scope = pick(2) ? &self->scope : NULL;
        return WEFT_FEED_NEW(flow_bytes, feeder, scope, &self->handle);
    }
    self->handle = WEFT_FEED_SPAWN(flow_bytes, feeder, &self->feeder, &self->scope, &self->child);
    return true;
}

WEFT_ASYNC(feed)
{
    WEFT_BEGIN;
    self->scope.policy = WEFT_GO_ON;
    if (!make_feed(co, self))
        WEFT_FINISH;
    weft_subtask_start_owned(co, &self->call, workloads_take_bytes(self->handle), drop_handle, NULL,
                             &self->handle);
    if (pick(2))
        WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    if (!weft_cancelled(co))
        WEFT_RETURN(co, exports_workloads_feed, 7);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_feed, feed, (void), exports_workloads_feed_return(NO_MEMORY));

// ---- The world ----

static void writes(weft_sim *sim, void *data)
{
    static const uint8_t letters[] = {'a', 'b', '\n', '\r', 'c', '\n'};
    (void)sim;
    weft_sim_end *end = data;
    for (uint32_t rounds = pick(16); rounds; rounds--) {
        uint8_t items[8];
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++)
            items[i] = letters[pick(sizeof letters)];
        linger();
        uint32_t status = copy_items(end, items, count);
        memcpy(text + text_end, items, status >> 4);
        text_end += status >> 4;
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    linger();
    weft_sim_end_drop(end);
}

static void reads(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    weft_sim_end *end = take_end(call);
    if (!end)
        return;
    uint8_t items[8];
    for (;;) {
        if (maybe(30))
            break;
        linger();
        uint32_t status = copy_items(end, items, (1 + pick(8)) % 8); // always 0 would be endless
        memcpy(text + text_end, items, status >> 4);
        text_end += status >> 4;
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
    weft_sim_call_return(call, NULL);
}

static void begin(weft_sim *sim)
{
    text_end = got_end = line_count = line_bytes = 0;
    ended = false;
    cut_short = true; // unless it gets as far as its finaliser
    weft_sim_spawn(sim, calm_down, NULL);
}

static void play_reader(weft_sim *sim, const char *export)
{
    begin(sim);
    weft_sim_end *writer;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type(export), &writer)};
    weft_sim_spawn(sim, writes, writer);
    linger();
    call_and_wait(export, &value, NULL);
}

static void play_flow(weft_sim *sim, void *data)
{
    (void)data;
    play_reader(sim, "flow");
}

static void play_lines(weft_sim *sim, void *data)
{
    (void)data;
    policy = pick(3);
    size = 2 + pick(ITEMS - 1);
    play_reader(sim, "lines");
}

static void play_feed(weft_sim *sim, void *data)
{
    (void)data;
    begin(sim);
    answer_by_script("take-bytes", reads);
    call_and_wait("feed", NULL, NULL);
}

static void check_bytes(void)
{
    EXPECT(got_end == text_end && !memcmp(got, text, text_end), "%u bytes were written, and %u read, or others",
           text_end, got_end);
}

// Each line once, in parts: the text, but for how lines end.
static void check_parts(void)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < line_count; i++) {
        EXPECT(!memcmp(text + at, got + lines[i].start, lines[i].length), "line %u is another", i);
        at += lines[i].length;
        EXPECT(lines[i].is != WEFT_LINE_PART || at == text_end || text[at - 1] != '\r' || text[at] != '\n',
               "part %u ends with a CR that is its line's end", i);
        EXPECT(lines[i].length < size || lines[i].is == WEFT_LINE_PART || at == text_end,
               "line %u does not fit", i);
        if (lines[i].is == WEFT_LINE_PART)
            continue;
        EXPECT(lines[i].is == WEFT_LINE, "line %u is a %d", i, lines[i].is);
        at += at + 1 < text_end && text[at] == '\r' && text[at + 1] == '\n';
        EXPECT(at < text_end ? text[at] == '\n' : ended, "line %u has no end", i);
        at += at < text_end;
    }
    EXPECT(text_end - at == got_end - line_bytes && !memcmp(text + at, got + line_bytes, text_end - at),
           "%u bytes were not told, and %u are left", text_end - at, got_end - line_bytes);
}

// Line by line, at most as much as fits.
static void check_lines(void)
{
    uint32_t at = 0;
    bool fits = true;
    for (uint32_t i = 0; at < text_end; i++) {
        const uint8_t *lf = memchr(text + at, '\n', text_end - at);
        uint32_t end = lf ? (uint32_t)(lf - text) : text_end, next = end + (lf != NULL);
        if (lf && end > at && text[end - 1] == '\r')
            end--;
        fits = next - at <= size;
        bool may_be_cut = !fits || (!lf && next - at == size);
        if (i == line_count) {
            if (policy == WEFT_LINES_REFUSE)
                EXPECT(text_end - at == got_end - line_bytes &&
                           !memcmp(text + at, got + line_bytes, text_end - at),
                       "%u bytes were not told, and %u are left", text_end - at, got_end - line_bytes);
            EXPECT(cut_short || (policy == WEFT_LINES_REFUSE && may_be_cut), "line %u was not told", i);
            return;
        }
        EXPECT(!memcmp(text + at, got + lines[i].start, lines[i].length), "line %u is another", i);
        if (lines[i].is == WEFT_LINE)
            EXPECT(fits && lines[i].length == end - at, "line %u is %u bytes long, not %u", i, lines[i].length,
                   end - at);
        else
            EXPECT(lines[i].is == WEFT_LINE_CUT && policy == WEFT_LINES_CUT && may_be_cut &&
                       lines[i].length + 1 >= size,
                   "line %u is a %d of %u bytes", i, lines[i].is, lines[i].length);
        at = next;
        EXPECT(lf || ended || lines[i].is == WEFT_LINE_CUT, "line %u has no end", i);
    }
}

static void check_all_lines(void)
{
    if (policy == WEFT_LINES_SPLIT)
        check_parts();
    else
        check_lines();
}

const workload flow_workloads[3] = {
    {"flow", play_flow, check_bytes}, {"lines", play_lines, check_all_lines}, {"feed", play_feed, check_bytes}};
