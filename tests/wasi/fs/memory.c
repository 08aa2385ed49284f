// Runs out of memory in all that takes some, at each place in turn, once or for ever: it is told, nothing is
// left of it, and what was written before is whole.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include <stdlib.h>

static uint32_t before = UINT32_MAX, failing; // how many are given, and how many are not then
static int32_t taken;

void *weft_alloc(size_t size)
{
    if (before) {
        before--;
    } else if (failing) {
        failing--;
        return NULL;
    }
    taken++;
    return malloc(size);
}

void weft_free(void *memory, size_t size)
{
    (void)size;
    taken--;
    free(memory);
}

typedef struct {
    weft_coro co;
    uint32_t place, count, told;
    int32_t taken;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
} memory;

// Whether what the walk tells is of one thing.
static bool is_one(const weft_walk *walk)
{
    uint32_t depth = walk->path.length > 0;
    weft_text rest = walk->path, name = {0};
    while (weft_text_next(&rest, '/', &name))
        depth += rest.length > 0;
    return weft_text_equal(walk->name, name) && walk->depth == depth &&
           (!walk->error || walk->type == WEFT_FILE_DIRECTORY);
}

static bool note(memory *self, weft_error error)
{
    self->told += error == WEFT_ENOMEM;
    return !error || error == WEFT_ENOMEM;
}

WEFT_ASYNC(memory)
{
    WEFT_BEGIN;
    for (self->count = 1; self->count; self->count = self->count == 1 ? UINT32_MAX : 0) {
        for (self->place = 0;; self->place++) {
            self->taken = taken;
            self->told = 0;
            before = self->place;
            failing = self->count;
            WEFT_AWAIT(weft_walk_open(co, &self->walk, "d"));
            if (!note(self, self->walk.error))
                WEFT_FAIL(1);
            while (self->walk.path.length || !self->walk.error) {
                WEFT_AWAIT(weft_walk_next(co, &self->walk));
                if (self->walk.ended)
                    break;
                if (!note(self, self->walk.error) || !is_one(&self->walk))
                    WEFT_FAIL(2);
            }
            WEFT_AWAIT(weft_whole_write(co, &self->whole, "d/a", WEFT_TEXT("text")));
            if (!note(self, self->whole.error))
                WEFT_FAIL(3);
            WEFT_AWAIT(weft_whole_read(co, &self->whole, "d/a", &self->text, 1 << 20));
            if (!note(self, self->whole.error) || (!self->whole.error && self->text.count != 4))
                WEFT_FAIL(4);
            before = UINT32_MAX;
            weft_walk_close(&self->walk);
            weft_bytes_buffer_free(&self->text);
            if (self->taken != taken)
                WEFT_FAIL(5);
            if (!self->told)
                break;
        }
        if (self->place < 5)
            WEFT_FAIL(6);
    }
    WEFT_END;
}
WEFT_COMMAND(memory);
