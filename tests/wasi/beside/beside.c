// Writes a text by the library and by bindings of its own, in one component, and hands a stream from one to the
// other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "beside.h"
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    beside_string_t text;
    weft_bytes_writer out;
    wasi_cli_stdout_future_result_void_error_code_t written;
} say;

static weft_text text_of(const beside_string_t *text)
{
    return weft_text_of(text->ptr, text->len);
}

WEFT_ASYNC(say)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), text_of(&self->text)));
    self->written = wasi_cli_stdout_write_via_stream(weft_bytes_new(&self->out));
    WEFT_TRY(&self->out, weft_write(co, &self->out, text_of(&self->text)));
    WEFT_RETURN(co, exports_beside_say, (uint32_t)self->text.len);
    WEFT_FINALLY;
    weft_bytes_close_writer(&self->out);
    if (self->written)
        wasi_cli_stdout_future_result_void_error_code_drop_readable(self->written);
    beside_string_free(&self->text);
    WEFT_END;
}
WEFT_EXPORT(beside, exports_beside_say, say, (beside_string_t * text), .text = *text);
