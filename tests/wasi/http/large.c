// A service whose frames are so large that there is no memory for two of them: replies when it has its body.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_bytes_buffer body;
    uint8_t room[4 << 20];
} large;

WEFT_UNZEROED(large, room);

WEFT_ASYNC(large)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->http, weft_http_read_all(co, &self->http, &self->body, 100));
    WEFT_TRY(&self->http,
             weft_http_reply(co, &self->http, 200, NULL, weft_text_of(self->body.items, self->body.count)));
    WEFT_FINALLY;
    weft_bytes_buffer_free(&self->body);
    WEFT_END;
}
WEFT_HTTP_SERVICE(large);
