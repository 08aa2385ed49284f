// A service that logs each request, in part after its reply, and fails for some.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
} service;

WEFT_ASYNC(service)
{
    WEFT_BEGIN;
    weft_log(WEFT_LOG_INFO, "asked for %.*s", WEFT_TEXT_ARGUMENTS(weft_http_path(&self->http)));
    if (weft_text_equal_z(weft_http_path(&self->http), "/fail"))
        WEFT_FAIL(7);
    WEFT_AWAIT(weft_http_reply(co, &self->http, 200, "text/plain", WEFT_TEXT("hello\n")));
    WEFT_AWAIT(weft_yield(co));
    weft_log(WEFT_LOG_INFO, "replied to %.*s", WEFT_TEXT_ARGUMENTS(weft_http_path(&self->http)));
    WEFT_END;
}
WEFT_HTTP_SERVICE(service);
