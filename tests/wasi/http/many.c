// Asks a page so many times at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    const char *url;
    weft_fetch page;
    uint8_t bytes[64];
} asks;

WEFT_ASYNC(asks)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_fetch_get(co, &self->page, self->url));
    if (self->page.error)
        WEFT_FAIL(self->page.error);
    WEFT_TRY(&self->page.in, weft_bytes_read(co, &self->page.in, self->bytes, sizeof self->bytes));
    WEFT_FINALLY;
    weft_fetch_close(&self->page);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint64_t count, i;
    char url[100];
} many;

WEFT_ASYNC(many)
{
    WEFT_BEGIN;
    weft_text_to_z(weft_argument(1), self->url, sizeof self->url);
    weft_text_to_u64(weft_argument(2), &self->count);
    for (self->i = 0; self->i < self->count; self->i++)
        WEFT_SPAWN_NEW(asks, &self->scope, .url = self->url);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_printf(co, "%d failed\n", (int)self->scope.failed));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(many);
