// A user's component: tells how many letters there are in a text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mine.h"

#include <weft/weft.h>

typedef struct {
    weft_coro co;
    mine_string_t text;
    uint32_t count;
} letters;

WEFT_ASYNC(letters)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    for (size_t i = 0; i < self->text.len; i++)
        self->count += (self->text.ptr[i] | 32) >= 'a' && (self->text.ptr[i] | 32) <= 'z';
    WEFT_RETURN(co, exports_mine_letters, self->count);
    WEFT_FINALLY;
    mine_string_free(&self->text);
    WEFT_END;
}

WEFT_EXPORT(mine, exports_mine_letters, letters, (mine_string_t * text), .text = *text);
