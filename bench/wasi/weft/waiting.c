// Requests that wait for their bodies, through the library. One without a body tells the memory that they take.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include "../../weft/memory_hooks.h"

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    char text[24]; // memory.size << 32 | live heap, in bytes
} waiting;

WEFT_ASYNC(waiting)
{
    weft_http_exchange *http = &self->http;
    WEFT_BEGIN;
    WEFT_TRY(&http->in, weft_bytes_read(co, weft_http_body(http), (uint8_t *)self->text, 1));
    weft_format(self->text, sizeof self->text, "%llu",
                (unsigned long long)heap_pages() << 48 | (unsigned long long)heap_live);
    WEFT_AWAIT(weft_http_reply(co, http, 200, NULL, weft_text_z(self->text)));
    WEFT_END;
}
WEFT_HTTP_SERVICE(waiting);
