// hello through the library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
} hello;

WEFT_ASYNC(hello)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_http_reply(co, &self->http, 200, "text/plain", WEFT_TEXT("Hello, world!\n")));
    WEFT_END;
}
WEFT_HTTP_SERVICE(hello);
