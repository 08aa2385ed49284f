// A handler by bindings of its own, which looks at the request by the library, and replies with a response that
// it fetched by the one and read by the other: of the address that the request's body is. For a path
// /through/ADDRESS, it replies with the response itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "handler.h"
#include <weft/wasi.h>

typedef wasi_http_types_result_option_own_trailers_error_code_t trailers_result;
WEFT_FUTURE(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_bytes_buffer address, page;
    weft_subtask call;
    wasi_http_client_result_own_response_error_code_t result;
    weft_fetch fetched;
    trailers_writer sent, replied;
    wasi_http_types_future_result_void_error_code_t transmitted;
    weft_bytes_writer out;
    weft_text through;
} handle;

static wasi_http_client_own_request_t request_to(handle *self, weft_text authority)
{
    wasi_http_types_tuple2_own_request_future_result_void_error_code_t made;
    wasi_http_types_scheme_t scheme = {.tag = WASI_HTTP_TYPES_SCHEME_HTTP};
    handler_string_t host = {(uint8_t *)authority.at, authority.length}, path;
    handler_string_set(&path, "/page");
    wasi_http_types_static_request_new(wasi_http_types_constructor_fields(), NULL,
                                       trailers_new(&self->sent, (trailers_result){0}), NULL, &made);
    self->transmitted = made.f1; // dropped before the response was read, it would cut that short
    wasi_http_types_borrow_request_t request = wasi_http_types_borrow_request(made.f0);
    wasi_http_types_method_request_set_scheme(request, &scheme);
    wasi_http_types_method_request_set_authority(request, &host);
    wasi_http_types_method_request_set_path_with_query(request, &path);
    return made.f0;
}

static exports_wasi_http_handler_result_own_response_error_code_t reply(handle *self)
{
    wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
    wasi_http_types_stream_u8_t contents = weft_bytes_new(&self->out);
    wasi_http_types_static_response_new(wasi_http_types_constructor_fields(), &contents,
                                        trailers_new(&self->replied, (trailers_result){0}), &made);
    wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    return (exports_wasi_http_handler_result_own_response_error_code_t){.val.ok = made.f0};
}

WEFT_ASYNC(handle)
{
    weft_http_exchange *it = &self->http;
    WEFT_BEGIN;
    if (weft_http_is(it, "GET", "/through/{address}", &self->through, 1))
        weft_bytes_append(&self->address, self->through);
    else if (!weft_http_is(it, "POST", "/fetch", NULL, 0))
        WEFT_FAIL(1);
    else
        WEFT_TRY(it, weft_http_read_all(co, it, &self->address, 100));
    WEFT_AWAIT(weft_subtask_call(
        co, &self->call,
        wasi_http_client_send(request_to(self, weft_bytes_text(&self->address)), &self->result)));
    if (self->result.is_err)
        WEFT_FAIL(2);
    if (self->through.at) {
        exports_wasi_http_handler_result_own_response_error_code_t as_it_is = {
            .val.ok = {self->result.val.ok.__handle}};
        WEFT_RETURN(co, exports_wasi_http_handler_handle, as_it_is);
        WEFT_FINISH;
    }
    weft_fetch_response_of(&self->fetched, self->result.val.ok.__handle);
    WEFT_TRY(&self->fetched, weft_fetch_read_all(co, &self->fetched, &self->page, 1000));
    WEFT_RETURN(co, exports_wasi_http_handler_handle, reply(self));
    WEFT_AWAIT(weft_bytes_write_all(co, &self->out, self->page.items, self->page.count));
    WEFT_FINALLY;
    weft_bytes_close_writer(&self->out);
    trailers_close_writer(co, &self->sent);
    trailers_close_writer(co, &self->replied);
    weft_fetch_close(&self->fetched);
    if (self->transmitted)
        wasi_http_types_future_result_void_error_code_drop_readable(self->transmitted);
    weft_http_request_close(it);
    weft_bytes_buffer_free(&self->address);
    weft_bytes_buffer_free(&self->page);
    WEFT_END;
}

WEFT_EXPORT(handler, exports_wasi_http_handler_handle, handle,
            (exports_wasi_http_handler_own_request_t request), .http = weft_http_request_of(request.__handle));
