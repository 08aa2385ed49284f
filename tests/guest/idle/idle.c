// An HTTP service that sends a line, has no more to send, and tells when the client has gone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "idle.h"
#include <weft/weft.h>

typedef wasi_http_types_result_option_own_trailers_error_code_t trailers_result;

WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);
WEFT_STREAM(body, wasi_http_types_stream_u8, uint8_t);
WEFT_FUTURE(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);

static const char gone[] = "the client has gone\n";

typedef struct {
    weft_coro co;
    wasi_http_types_own_request_t request;
    body_writer out;
    trailers_writer trailers;
    weft_case cases[2];
    weft_timer timer;
} handle;

static wasi_http_types_own_response_t respond(weft_coro *co, handle *self)
{
    wasi_http_types_request_drop_own(self->request);
    wasi_http_types_tuple2_own_response_future_result_void_error_code_t response;
    wasi_http_types_stream_u8_t contents = body_new(&self->out);
    wasi_http_types_static_response_new(wasi_http_types_constructor_fields(), &contents,
                                        trailers_new(&self->trailers, (trailers_result){0}), &response);
    wasi_http_types_future_result_void_error_code_drop_readable(response.f1);
    trailers_close_writer(co, &self->trailers);
    return response.f0;
}

WEFT_ASYNC(handle)
{
    WEFT_BEGIN;
    exports_wasi_http_handler_result_own_response_error_code_t response = {.val.ok = respond(co, self)};
    WEFT_RETURN(co, exports_wasi_http_handler_handle, response);
    WEFT_AWAIT(body_write_all(co, &self->out, (const uint8_t *)"hello\n", 6));
    // The host looks at what waits in it only when something else happens: the sleep sees to that.
    while (!weft_dropped(&self->out))
        WEFT_AWAIT(weft_select(co, self->cases, body_reader_dropped(of, &self->out),
                               weft_sleep(of, &host_clock, &self->timer, 50000000)));
    weft_report(gone, sizeof gone - 1);
    WEFT_FINALLY;
    weft_timer_stop_blocking(&self->timer);
    body_close_writer(&self->out);
    WEFT_END;
}

WEFT_EXPORT(idle, exports_wasi_http_handler_handle, handle, (exports_wasi_http_handler_own_request_t request),
            .request = request);
