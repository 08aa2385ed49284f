// Fetches on Weft's core, with bindings of one's own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_fetcher.h"
#include "../http_ends.h"

typedef struct {
    weft_coro co;
    uint32_t n, i;
    trailers_writer trailers;
    wasi_http_client_result_own_response_error_code_t response;
    weft_subtask call;
    bytes_reader in;
    trailers_reader end;
    trailers_result ended;
    uint8_t buffer[256];
} fetching;

static TYPES(own_request_t) request(fetching *self)
{
    TYPES(tuple2_own_request_future_result_void_error_code_t) made;
    TYPES(scheme_t) scheme = {.tag = WASI_HTTP_TYPES_SCHEME_HTTP};
    wasi_fetcher_string_t authority, path;
    TYPES(static_request_new)(TYPES(constructor_fields)(), NULL,
                              trailers_new(&self->trailers, (trailers_result){0}), NULL, &made);
    TYPES(future_result_void_error_code_drop_readable)(made.f1);
    TYPES(borrow_request_t) it = TYPES(borrow_request)(made.f0);
    wasi_fetcher_string_set(&authority, "127.0.0.1:8080");
    wasi_fetcher_string_set(&path, "/index.html");
    if (!TYPES(method_request_set_scheme)(it, &scheme) ||
        !TYPES(method_request_set_authority)(it, &authority) ||
        !TYPES(method_request_set_path_with_query)(it, &path))
        __builtin_trap();
    return made.f0;
}

static void take_body(fetching *self)
{
    TYPES(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    done_writer received;
    TYPES(static_response_consume_body)(self->response.val.ok, done_new(&received, (done_result){0}), &body);
    done_close_writer(NULL, &received);
    self->in = bytes_reader_of(body.f0);
    self->end = trailers_reader_of(body.f1);
}

WEFT_ASYNC(fetching)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        weft_subtask_start(co, &self->call, wasi_http_client_send(request(self), &self->response));
        WEFT_AWAIT(trailers_write(co, &self->trailers, (trailers_result){0}));
        trailers_close_writer(co, &self->trailers);
        WEFT_AWAIT(weft_await(co, &self->call));
        if (self->response.is_err ||
            TYPES(method_response_get_status_code)(TYPES(borrow_response)(self->response.val.ok)) != 200)
            WEFT_FAIL(1);
        take_body(self);
        do
            WEFT_AWAIT(bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
        while (self->in.count);
        bytes_close_reader(&self->in);
        WEFT_AWAIT(trailers_read(co, &self->end, &self->ended));
        if (self->ended.is_err)
            WEFT_FAIL(2);
        trailers_close_reader(&self->end);
    }
    WEFT_RETURN(co, exports_wasi_fetcher_run_fetch, self->n);
    WEFT_END;
}

WEFT_EXPORT(wasi_fetcher, exports_wasi_fetcher_run_fetch, fetching, (uint32_t n), .n = n);
