// The other side of a fetch: every request is answered by the same line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_answerer.h"
#include <weft/weft.h>

#define TYPES(name) wasi_http_types_##name

typedef TYPES(result_option_own_trailers_error_code_t) trailers_result;

WEFT_STREAM(bytes, wasi_http_types_stream_u8, uint8_t);
WEFT_FUTURE(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);

static const uint8_t text[] = "Hello, world!\n";

typedef struct {
    weft_coro co;
    TYPES(own_request_t) request;
    bytes_writer out;
    trailers_writer trailers;
} send;

static TYPES(own_response_t) respond(send *self)
{
    TYPES(tuple2_own_response_future_result_void_error_code_t) made;
    TYPES(stream_u8_t) contents = bytes_new(&self->out);
    TYPES(static_response_new)(TYPES(constructor_fields)(), &contents,
                               trailers_new(&self->trailers, (trailers_result){0}), &made);
    TYPES(future_result_void_error_code_drop_readable)(made.f1);
    return made.f0;
}

WEFT_ASYNC(send)
{
    WEFT_BEGIN;
    TYPES(request_drop_own)(self->request);
    exports_wasi_http_client_result_own_response_error_code_t response = {.val.ok = respond(self)};
    WEFT_RETURN(co, exports_wasi_http_client_send, response);
    WEFT_AWAIT(bytes_write_all(co, &self->out, text, sizeof text - 1));
    bytes_close_writer(&self->out);
    WEFT_AWAIT(trailers_write(co, &self->trailers, (trailers_result){0}));
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    trailers_close_writer(co, &self->trailers);
    WEFT_END;
}

WEFT_EXPORT(wasi_answerer, exports_wasi_http_client_send, send,
            (exports_wasi_http_client_own_request_t request), .request = request);
