// The hello service: every request is answered by the same line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hello.h"
#include <weft/weft.h>

typedef wasi_http_types_result_option_own_trailers_error_code_t trailers_result;

WEFT_STREAM(body, wasi_http_types_stream_u8, uint8_t);
WEFT_FUTURE(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);

static const uint8_t text[] = "Hello, world!\n";

typedef struct {
    weft_coro co;
    wasi_http_types_own_request_t request;
    body_writer out;
    trailers_writer trailers;
} handle;

// content-type and content-length, if they are to be sent.
static wasi_http_types_own_fields_t headers(void)
{
#ifdef HEADERS
    static wasi_http_types_tuple2_field_name_field_value_t all[] = {
        {{(uint8_t *)"content-type", 12}, {(uint8_t *)"text/plain", 10}},
        {{(uint8_t *)"content-length", 14}, {(uint8_t *)"14", 2}},
    };
    wasi_http_types_list_tuple2_field_name_field_value_t list = {all, 2};
    wasi_http_types_own_fields_t fields;
    wasi_http_types_header_error_t error;
    if (!wasi_http_types_static_fields_from_list(&list, &fields, &error))
        __builtin_trap();
    return fields;
#else
    return wasi_http_types_constructor_fields();
#endif
}

static wasi_http_types_own_response_t respond(handle *self)
{
    wasi_http_types_tuple2_own_response_future_result_void_error_code_t response;
    wasi_http_types_stream_u8_t contents = body_new(&self->out);
    wasi_http_types_static_response_new(headers(), &contents,
                                        trailers_new(&self->trailers, (trailers_result){0}), &response);
    wasi_http_types_future_result_void_error_code_drop_readable(response.f1);
    return response.f0;
}

WEFT_ASYNC(handle)
{
    WEFT_BEGIN;
    wasi_http_types_request_drop_own(self->request);
    exports_wasi_http_handler_result_own_response_error_code_t response = {.val.ok = respond(self)};
    WEFT_RETURN(co, exports_wasi_http_handler_handle, response);
    WEFT_AWAIT(body_write_all(co, &self->out, text, sizeof text - 1));
    body_close_writer(&self->out);
    WEFT_AWAIT(trailers_write(co, &self->trailers, (trailers_result){0}));
    WEFT_FINALLY;
    body_close_writer(&self->out);
    trailers_close_writer(co, &self->trailers);
    WEFT_END;
}

WEFT_EXPORT(hello, exports_wasi_http_handler_handle, handle, (exports_wasi_http_handler_own_request_t request),
            .request = request);
