// Lines of a stream of bytes, in the buffer that they were read into.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/flow.h>
#include "internal.h"

static void tell(weft_lines *self, weft_line is, size_t end)
{
    self->is = is;
    self->line = self->buffer + self->start;
    self->length = end - self->start;
}

static void skip_to(weft_lines *self, size_t start)
{
    self->start = start;
    if (self->seen < start)
        self->seen = start;
}

// The line goes on behind the full buffer. A CR at the buffer's end may belong to the line's end.
static void tell_over_long(weft_lines *self)
{
    size_t end = self->end;
    if (end - self->start > 1 && self->buffer[end - 1] == '\r')
        end--;
    if (self->policy == WEFT_LINES_REFUSE) {
        tell(self, WEFT_LINE_TOO_LONG, self->end);
        return;
    }
    tell(self, self->policy == WEFT_LINES_CUT ? WEFT_LINE_CUT : WEFT_LINE_PART, end);
    self->skipping = self->policy == WEFT_LINES_CUT;
    self->start = end;
}

// Tells the next line, or that there is none. False if more bytes are needed for that.
static bool next_line(weft_lines *self)
{
    while (self->seen < self->end) {
        if (self->buffer[self->seen++] != '\n')
            continue;
        size_t end = self->seen - 1;
        if (end > self->start && self->buffer[end - 1] == '\r')
            end--;
        tell(self, WEFT_LINE, end);
        skip_to(self, self->seen);
        if (!self->skipping)
            return true;
        self->skipping = false;
    }
    if (self->skipping)
        skip_to(self, self->end);
    if (weft_dropped(self->in)) {
        tell(self, self->start < self->end ? WEFT_LINE : WEFT_LINE_NONE, self->end);
        skip_to(self, self->end);
        return true;
    }
    if (self->start == 0 && self->end == self->size) {
        tell_over_long(self);
        return true;
    }
    return false;
}

// Reads behind what the buffer has. When there is little room, an unfinished line moves to the front before.
static void read_more(weft_coro *co, weft_lines *self)
{
    if (self->start == self->end) {
        self->start = self->seen = self->end = 0;
    } else if (self->start && self->size - self->end <= self->size / 4) {
        __builtin_memmove(self->buffer, self->buffer + self->start, self->end - self->start);
        self->seen -= self->start;
        self->end -= self->start;
        self->start = 0;
    }
    self->read(co, self->in, self->buffer + self->end, self->size - self->end);
}

static void take(weft_lines *self)
{
    self->end += self->in->count;
    self->in->count = 0;
}

static weft_stepped lines_run(weft_coro *co)
{
    weft_lines *self = weft_frame(co, weft_lines);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_breathe(co));
    if (!next_line(self)) {
        do {
            read_more(co, self);
            WEFT_AWAIT(weft_await(co, self->in));
            take(self);
        } while (!next_line(self) && !weft_copy_cancelled(self->in));
    }
    WEFT_FINALLY;
    take(self);
    WEFT_END;
}

// The wait breathes before it takes a line: a cancel that comes meanwhile must not lose the line.
weft_poll weft_line_next(weft_coro *co, weft_lines *lines)
{
    if (weft__breath > 1) {
        weft__breath--;
        if (next_line(lines))
            return weft__ready();
    }
    tell(lines, WEFT_LINE_NONE, lines->start);
    lines->in->count = 0;
    return weft_call(co, &lines->co, lines_run);
}

static void take_bytes(weft_lines *self)
{
    self->length += self->in->count;
    self->in->count = 0;
    self->is = self->length == self->wanted ? WEFT_LINE : WEFT_LINE_NONE;
}

static weft_stepped exactly_run(weft_coro *co)
{
    weft_lines *self = weft_frame(co, weft_lines);
    WEFT_BEGIN;
    do {
        self->read(co, self->in, self->line + self->length, self->wanted - self->length);
        WEFT_AWAIT(weft_await(co, self->in));
        take_bytes(self);
    } while (self->is == WEFT_LINE_NONE && !weft_dropped(self->in) && !weft_copy_cancelled(self->in));
    WEFT_FINALLY;
    take_bytes(self);
    WEFT_END;
}

weft_poll weft_lines_exactly(weft_coro *co, weft_lines *lines, void *bytes, size_t length)
{
    size_t ready = lines->end - lines->start;
    if (lines->skipping) { // the rest of a line that was cut comes first
        tell(lines, WEFT_LINE_NONE, lines->start);
        return weft_breathe(co);
    }
    lines->line = (uint8_t *)bytes;
    lines->length = ready < length ? ready : length;
    lines->wanted = length;
    __builtin_memcpy(bytes, lines->buffer + lines->start, lines->length);
    skip_to(lines, lines->start + lines->length);
    lines->in->count = 0;
    take_bytes(lines);
    if (lines->is == WEFT_LINE || weft_dropped(lines->in))
        return weft_breathe(co);
    return weft_call(co, &lines->co, exactly_run);
}

uint8_t *weft_lines_rest(weft_lines *lines, size_t *length)
{
    uint8_t *rest = lines->buffer + lines->start;
    *length = lines->end - lines->start;
    skip_to(lines, lines->end);
    return rest;
}
