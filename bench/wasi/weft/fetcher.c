// Fetches through the library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include "wasi_fetcher.h"

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_fetch page;
    uint8_t buffer[256];
} fetching;

WEFT_ASYNC(fetching)
{
    weft_fetch *page = &self->page;
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY(page, weft_fetch_get(co, page, "http://127.0.0.1:8080/index.html"));
        if (page->status != 200)
            WEFT_FAIL(1);
        do
            WEFT_TRY(&page->in, weft_bytes_read(co, &page->in, self->buffer, sizeof self->buffer));
        while (page->in.count);
        weft_fetch_close(page);
    }
    WEFT_RETURN(co, exports_wasi_fetcher_run_fetch, self->n);
    WEFT_FINALLY;
    weft_fetch_close(page);
    WEFT_END;
}

WEFT_EXPORT(wasi_fetcher, exports_wasi_fetcher_run_fetch, fetching, (uint32_t n), .n = n);
