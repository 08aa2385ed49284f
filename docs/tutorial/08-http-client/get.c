// Gets a page over HTTP, and tries again if that may help.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    char url[256];
    weft_fetch page;
    weft_bytes_buffer text;
} get;

WEFT_ASYNC(get)
{
    weft_fetch *page = &self->page;
    weft_error error;
    WEFT_BEGIN;
    error = weft_text_to_z(weft_argument(1), self->url, sizeof self->url);
    if (error)
        WEFT_FAIL(error);
    WEFT_TRY(page, weft_fetch_get(co, page, self->url, .retries = 3, .timeout = WEFT_SECONDS(60)));
    WEFT_TRY(page, weft_fetch_read_all(co, page, &self->text, 1 << 20));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d after %u retries: %.*s", page->status, page->retried,
                                        WEFT_TEXT_ARGUMENTS(weft_bytes_text(&self->text))));

    WEFT_FINALLY;
    weft_fetch_close(page);
    weft_bytes_buffer_free(&self->text);
    WEFT_END;
}
WEFT_COMMAND(get);
