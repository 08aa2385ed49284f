// A body is sent back as it came, on Weft's core, with bindings of one's own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "echo.h"
#include "../http_ends.h"
#include "../lines.h"

typedef struct {
    weft_coro co;
    TYPES(own_request_t) request;
    bytes_reader in;
    bytes_writer out;
    trailers_writer trailers;
    trailers_reader end;
    trailers_result ended;
    _Alignas(16) uint8_t buffer[CHUNK];
} echo;
WEFT_UNZEROED(echo, buffer);

static void take_body(echo *self)
{
    TYPES(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    done_writer received;
    TYPES(static_request_consume_body)(self->request, done_new(&received, (done_result){0}), &body);
    done_close_writer(NULL, &received);
    self->in = bytes_reader_of(body.f0);
    self->end = trailers_reader_of(body.f1);
}

static TYPES(own_response_t) respond(echo *self)
{
    TYPES(tuple2_own_response_future_result_void_error_code_t) made;
    TYPES(stream_u8_t) contents = bytes_new(&self->out);
    TYPES(static_response_new)(TYPES(constructor_fields)(), &contents,
                               trailers_new(&self->trailers, (trailers_result){0}), &made);
    TYPES(future_result_void_error_code_drop_readable)(made.f1);
    return made.f0;
}

WEFT_ASYNC(echo)
{
    WEFT_BEGIN;
    take_body(self);
    exports_wasi_http_handler_result_own_response_error_code_t response = {.val.ok = respond(self)};
    WEFT_RETURN(co, exports_wasi_http_handler_handle, response);
    do {
        WEFT_AWAIT(bytes_read(co, &self->in, self->buffer, CHUNK));
        WEFT_AWAIT(bytes_write_all(co, &self->out, self->buffer, self->in.count));
    } while (self->in.count);
    WEFT_AWAIT(trailers_read(co, &self->end, &self->ended));
    if (self->ended.is_err)
        WEFT_FAIL(1);
    bytes_close_writer(&self->out);
    WEFT_AWAIT(trailers_write(co, &self->trailers, (trailers_result){0}));
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);
    trailers_close_reader(&self->end);
    trailers_close_writer(co, &self->trailers);
    WEFT_END;
}

WEFT_EXPORT(echo, exports_wasi_http_handler_handle, echo, (exports_wasi_http_handler_own_request_t request),
            .request = request);
