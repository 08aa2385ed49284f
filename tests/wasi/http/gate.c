// Middleware: passes requests on as they are, with more headers, or after a look at the response.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../net/memory.h"

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_fetch inner;
    uint8_t piece[4096];
} gate;

WEFT_ASYNC(gate)
{
    weft_http_exchange *it = &self->http;
    weft_text how = weft_http_request_header(it, "x-gate");
    WEFT_BEGIN;
    if (weft_text_equal_z(how, "refuse")) {
        WEFT_TRY(it, weft_http_reply_status(co, it, 403));
        WEFT_FINISH;
    }
    if (how.at)
        weft_http_next_header_add(it, "x-one", WEFT_TEXT("by the gate"));
    if (weft_text_equal_z(how, "set")) {
        weft_http_next_header_set(it, "x-two", WEFT_TEXT("set"));
        weft_http_next_header_set(it, "x-three", (weft_text){0});
        weft_error error = weft_http_next_header_set(it, "x-four", WEFT_TEXT("a\r\nb"));
        weft_http_next_header_add(it, "x-error", weft_text_z(weft_error_name(error)));
    }
    if (weft_text_equal_z(how, "look")) {
        WEFT_TRY(&self->inner, weft_http_next(co, it, &self->inner));
        weft_http_header_add(it, "x-status", weft_fetch_header(&self->inner, "content-type"));
        weft_http_begin(co, it, self->inner.status);
        do {
            WEFT_TRY(&self->inner.in, weft_bytes_read(co, &self->inner.in, self->piece, sizeof self->piece));
            for (size_t i = 0; i < self->inner.in.count; i++)
                self->piece[i] ^= 0x20;
            WEFT_TRY(it, weft_bytes_write_all(co, &it->out, self->piece, self->inner.in.count));
        } while (self->inner.in.count);
        WEFT_FINISH;
    }
    if (how.at)
        weft_http_header_add(it, "x-gate", how);
    if (weft_text_starts(how, WEFT_TEXT("no-memory-"))) // for that block
        failing = (uint64_t)(how.at[how.length - 1] - '0');
    WEFT_TRY(it, weft_http_pass_on(co, it, &self->inner));
    WEFT_FINALLY;
    weft_fetch_close(&self->inner);
    WEFT_END;
}
WEFT_HTTP_SERVICE(gate);
