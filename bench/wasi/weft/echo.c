// A body is sent back in upper case, or with PLAIN as it came, through the library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include "../lines.h"

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    _Alignas(16) uint8_t buffer[CHUNK];
} echo;
WEFT_UNZEROED(echo, buffer);

static void upper(uint8_t *bytes, size_t length)
{
#ifdef PLAIN
    length = 0;
#endif
    for (size_t i = 0; i < length; i++)
        bytes[i] -=
            ('a' - 'A') * (bytes[i] >= 'a' && bytes[i] <= 'z'); // no branch that depends on what they are
}

WEFT_ASYNC(echo)
{
    weft_http_exchange *http = &self->http;
    WEFT_BEGIN;
    weft_http_body(http);
    weft_http_begin(co, http, 200);
    do {
        WEFT_TRY(&http->in, weft_bytes_read(co, &http->in, self->buffer, CHUNK));
        upper(self->buffer, http->in.count);
        WEFT_TRY(http, weft_bytes_write_all(co, &http->out, self->buffer, http->in.count));
    } while (http->in.count);
    WEFT_END;
}
WEFT_HTTP_SERVICE(echo);
