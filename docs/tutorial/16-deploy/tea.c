// The service that sells tea, as it goes out into the world.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http; // second
    char reply[32];
} tea;

WEFT_ASYNC(tea)
{
    weft_http_exchange *http = &self->http;
    weft_settings settings = {0};
    int64_t price;
    WEFT_BEGIN;
    if (weft_http_is(http, "GET", "/healthz", NULL, 0)) {
        WEFT_TRY(http, weft_http_reply(co, http, 200, "text/plain", WEFT_TEXT("ok\n")));
        WEFT_FINISH;
    }
    weft_http_log_request(http, (weft_text){0});
    if (!weft_http_is(http, "GET", "/tea", NULL, 0)) {
        WEFT_TRY(http, weft_http_reply_status(co, http, 404));
        WEFT_FINISH;
    }
    price = weft_setting_integer(&settings, "PRICE", 3, 1, 100);
    if (settings.error) {
        weft_log(WEFT_LOG_ERROR, "%s", settings.message);
        WEFT_FAIL(settings.error);
    }
    weft_format(self->reply, sizeof self->reply, "tea: %lld coins\n", (long long)price);
    WEFT_TRY(http, weft_http_reply(co, http, 200, "text/plain", weft_text_z(self->reply)));
    WEFT_END;
}
WEFT_HTTP_SERVICE(tea);
