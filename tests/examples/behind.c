// The service behind the gate example: sends a request's body back as it comes, under the headers that the
// request asks for, `x-reply-NAME`, and tells how many ids it got, and which.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    uint8_t buffer[65536];
} behind;

static void add_headers(weft_http_exchange *it)
{
    size_t count, ids = 0;
    char text[64];
    const weft_http_header *headers = weft_http_request_headers(it, &count);
    for (size_t i = 0; i < count; i++) {
        weft_text name = headers[i].name;
        ids += weft_text_equal_z(name, "x-request-id");
        if (weft_text_starts(name, WEFT_TEXT("x-reply-")) &&
            !weft_text_to_z(weft_text_slice(name, 8, name.length), text, sizeof text))
            weft_http_header_add(it, text, headers[i].value);
    }
    weft_http_header_add(it, "x-got-id", weft_http_request_header(it, "x-request-id"));
    weft_http_header_add(it, "x-got-ids", weft_text_of(text, weft_format(text, sizeof text, "%zu", ids)));
}

WEFT_ASYNC(behind)
{
    weft_http_exchange *it = &self->http;
    WEFT_BEGIN;
    uint64_t status = 200;
    weft_text_to_u64(weft_http_request_header(it, "x-status"), &status);
    add_headers(it);
    if (weft_http_is(it, "POST", "/fail", NULL, 0))
        WEFT_FAIL(1);
    weft_http_begin(co, it, (int)status);
    do {
        WEFT_TRY(&it->in, weft_bytes_read(co, weft_http_body(it), self->buffer, sizeof self->buffer));
        WEFT_TRY(it, weft_bytes_write_all(co, &it->out, self->buffer, it->in.count));
    } while (it->in.count);
    if (weft_http_is(it, "POST", "/cut", NULL, 0))
        WEFT_FAIL(1);
    if (weft_http_is(it, "POST", "/trailers", NULL, 0))
        weft_http_trailer_add(it, "x-last", WEFT_TEXT("word"));
    WEFT_END;
}
WEFT_HTTP_SERVICE(behind);
