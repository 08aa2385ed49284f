// A user's component: tells how many letters there are in a text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mine.h"

#include <weft/weft.h>

typedef struct {
    weft_coro co;
    mine_string_t text;
    uint32_t count;
} letters;

static weft_left letters_run(weft_coro *co)
{
    letters *self = weft_frame(co, letters);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    for (size_t i = 0; i < self->text.len; i++)
        self->count += (self->text.ptr[i] | 32) >= 'a' && (self->text.ptr[i] | 32) <= 'z';
    WEFT_RETURN(co, exports_mine_letters, self->count);
    WEFT_FINALLY;
    mine_string_free(&self->text);
    WEFT_END;
}

WEFT_EXPORT_STEP(mine, exports_mine_letters, letters, letters_run, (mine_string_t * text), self->text = *text);
