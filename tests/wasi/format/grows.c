// Buffers that grow, and what becomes of them without memory. Prints the first expectation that failed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../net/memory.h"

enum { MANY = 10000 };

typedef struct {
    weft_coro co;
    const char *failed;
    weft_bytes_buffer text, taken;
    char number[16];
} grows;

#define EXPECT(condition)                                                                                      \
    if (!(condition))                                                                                          \
    return #condition

static bool is(const weft_bytes_buffer *buffer, const char *text)
{
    return weft_text_equal_z(weft_bytes_text(buffer), text);
}

static const char *appends(weft_bytes_buffer *it)
{
    EXPECT(is(it, "") && !weft_bytes_append(it, WEFT_TEXT("")) && !it->capacity && !allocated);
    EXPECT(!weft_bytes_append(it, WEFT_TEXT("a")) && !weft_bytes_append_format(it, "%d%s", -12, "b"));
    EXPECT(is(it, "a-12b") && allocated == it->capacity);
    uint8_t *room = weft_bytes_extend(it, 2);
    EXPECT(room);
    __builtin_memcpy(room, "cd", 2);
    EXPECT(is(it, "a-12bcd"));
    it->count = 1;
    EXPECT(is(it, "a"));
    weft_bytes_clear(it);
    EXPECT(!it->count && allocated);
    for (int i = 0; i < MANY; i++)
        weft_bytes_append_format(it, "%05d", i);
    EXPECT(!it->error && it->count == 5 * MANY && allocated == it->capacity && it->capacity < 4 * 5 * MANY);
    for (int i = 0; i < MANY; i++) {
        char digits[6];
        weft_format(digits, sizeof digits, "%05d", i);
        EXPECT(!__builtin_memcmp(it->items + 5 * i, digits, 5));
    }
    return NULL;
}

// A format that fills it to the last byte, and one that has a byte too many; one of many times what there is.
static const char *fits(weft_bytes_buffer *it)
{
    weft_bytes_buffer_free(it);
    EXPECT(weft_bytes_extend(it, 1));
    size_t capacity = it->capacity;
    EXPECT(!weft_bytes_append_format(it, "%*d", (int)capacity - 2, 7));
    EXPECT(it->count == capacity - 1 && it->capacity == capacity && it->items[capacity - 2] == '7');
    EXPECT(!weft_bytes_append_format(it, "%d", 8));
    EXPECT(it->count == capacity && it->items[capacity - 1] == '8' && it->items[capacity - 2] == '7');
    EXPECT(!weft_bytes_append_format(it, "%*d", 1 << 20, 9));
    EXPECT(it->count == capacity + (1 << 20) && it->items[it->count - 1] == '9' && allocated == it->capacity);
    return NULL;
}

static const char *fails(weft_bytes_buffer *it)
{
    weft_bytes_buffer_free(it);
    EXPECT(!it->items && !allocated);
    failing = 1;
    EXPECT(weft_bytes_append(it, WEFT_TEXT("a")) == WEFT_ENOMEM && it->error == WEFT_ENOMEM && is(it, ""));
    EXPECT(weft_bytes_append(it, WEFT_TEXT("b")) == WEFT_ENOMEM && !weft_bytes_extend(it, 1) && is(it, ""));
    EXPECT(weft_bytes_append_format(it, "%d", 1) == WEFT_ENOMEM && is(it, ""));
    weft_bytes_clear(it);
    EXPECT(!it->error && !weft_bytes_append(it, WEFT_TEXT("kept")));
    failing = 1;
    EXPECT(weft_bytes_append_format(it, "%10000d", 1) == WEFT_ENOMEM && is(it, "kept"));
    weft_bytes_clear(it);
    failing = 1;
    EXPECT(!weft_bytes_extend(it, 10000) && it->error == WEFT_ENOMEM && !it->count);
    weft_bytes_clear(it);
    EXPECT(!weft_bytes_extend(it, SIZE_MAX) && it->error == WEFT_ENOMEM);
    weft_bytes_clear(it);
    EXPECT(weft_bytes_extend(it, 1) && !weft_bytes_extend(it, SIZE_MAX) && it->count == 1);
    return NULL;
}

static const char *is_taken(grows *self)
{
    weft_bytes_clear(&self->text);
    EXPECT(!weft_bytes_append(&self->text, WEFT_TEXT("all")));
    self->taken = weft_bytes_take(&self->text);
    EXPECT(is(&self->taken, "all") && is(&self->text, "") && !self->text.items);
    EXPECT(!weft_bytes_append(&self->text, WEFT_TEXT("more")) && is(&self->taken, "all"));
    return NULL;
}

WEFT_ASYNC(grows)
{
    WEFT_BEGIN;
    self->failed = appends(&self->text);
    self->failed = self->failed ? self->failed : fits(&self->text);
    self->failed = self->failed ? self->failed : fails(&self->text);
    self->failed = self->failed ? self->failed : is_taken(self);
    weft_bytes_buffer_free(&self->text);
    weft_bytes_buffer_free(&self->taken);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s, %zu left\n", self->failed ? self->failed : "ok", allocated));
    WEFT_END;
}
WEFT_COMMAND(grows);
