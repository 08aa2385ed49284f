// An HTTP service that streams a request's body back in upper case, and passes its trailers through.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "echo.h"
#include <weft/weft.h>

typedef wasi_http_types_result_option_own_trailers_error_code_t trailers_result;
typedef wasi_http_types_result_void_error_code_t done_result;

// The error's text is this component's memory in any case; the trailers themselves, if the client has not got
// them.
static void trailers_drop(trailers_result *last, bool moved)
{
    if (last->is_err)
        wasi_http_types_error_code_free(&last->val.err);
    else if (last->val.ok.is_some && !moved)
        wasi_http_types_fields_drop_own(last->val.ok.val);
}

WEFT_STREAM(body, wasi_http_types_stream_u8, uint8_t);
WEFT_FUTURE_OWNED(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result,
                  trailers_drop);
WEFT_FUTURE(done, wasi_http_types_future_result_void_error_code, done_result);

// One request: the frame of its coroutine. All memory that it needs is in here.
typedef struct {
    weft_coro co;
    wasi_http_types_own_request_t request;
    body_reader in;
    body_writer out;
    trailers_reader in_trailers;
    trailers_writer out_trailers;
    trailers_result last;
    _Alignas(16) uint8_t buffer[65536];
} handle;

WEFT_UNZEROED(handle, buffer);

// Response headers: trailers reach the client only if a `trailer` header names them.
static wasi_http_types_own_fields_t response_headers(wasi_http_types_borrow_request_t request)
{
    wasi_http_types_own_fields_t headers = wasi_http_types_constructor_fields();
    wasi_http_types_own_fields_t asked = wasi_http_types_method_request_get_headers(request);
    wasi_http_types_field_name_t name = {(uint8_t *)"trailer", 7};
    wasi_http_types_list_field_value_t names;
    wasi_http_types_header_error_t error;
    wasi_http_types_method_fields_get(wasi_http_types_borrow_fields(asked), &name, &names);
    if (names.len > 0 &&
        !wasi_http_types_method_fields_set(wasi_http_types_borrow_fields(headers), &name, &names, &error))
        wasi_http_types_header_error_free(&error);
    wasi_http_types_list_field_value_free(&names);
    wasi_http_types_fields_drop_own(asked);
    return headers;
}

// Takes the request apart and puts a response around the same ends.
static wasi_http_types_own_response_t respond(weft_coro *co, handle *self)
{
    wasi_http_types_own_fields_t headers = response_headers(wasi_http_types_borrow_request(self->request));

    done_writer received;
    wasi_http_types_tuple2_stream_u8_future_result_option_own_trailers_error_code_t body;
    wasi_http_types_static_request_consume_body(self->request, done_new(&received, (done_result){0}), &body);
    self->in = body_reader_of(body.f0);
    self->in_trailers = trailers_reader_of(body.f1);
    done_close_writer(co, &received); // its default is that all went well

    // Should this coroutine end before it has written the trailers, the client learns that the body is cut off.
    trailers_result cut = {.is_err = true, .val.err.tag = WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR};
    wasi_http_types_tuple2_own_response_future_result_void_error_code_t response;
    wasi_http_types_stream_u8_t contents = body_new(&self->out);
    wasi_http_types_static_response_new(headers, &contents, trailers_new(&self->out_trailers, cut), &response);
    wasi_http_types_future_result_void_error_code_drop_readable(response.f1); // nobody asks how it went
    return response.f0;
}

static void upper(uint8_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] -= ('a' - 'A') * (text[i] >= 'a' && text[i] <= 'z'); // no branch that depends on what they are
}

WEFT_ASYNC(handle)
{
    WEFT_BEGIN;

    exports_wasi_http_handler_result_own_response_error_code_t response = {.val.ok = respond(co, self)};
    WEFT_RETURN(co, exports_wasi_http_handler_handle, response);

    do {
        WEFT_AWAIT(body_read(co, &self->in, self->buffer, sizeof self->buffer));
        upper(self->buffer, self->in.count);
        WEFT_AWAIT(body_write_all(co, &self->out, self->buffer, self->in.count));
    } while (!weft_dropped(&self->in) && !weft_dropped(&self->out));
    body_close_reader(&self->in);
    body_close_writer(&self->out);

    WEFT_AWAIT(trailers_read(co, &self->in_trailers, &self->last));
    WEFT_AWAIT(trailers_write(co, &self->out_trailers, self->last));

    WEFT_FINALLY;
    body_close_reader(&self->in);
    body_close_writer(&self->out);
    trailers_close_reader(&self->in_trailers);
    trailers_close_writer(co, &self->out_trailers);
    WEFT_END;
}

WEFT_EXPORT(echo, exports_wasi_http_handler_handle, handle, (exports_wasi_http_handler_own_request_t request),
            .request = request);
