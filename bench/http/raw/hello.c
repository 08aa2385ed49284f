// The hello service by hand: requests lie in static memory, and ended ones leave their set to the next.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hello.h"
#include <stddef.h>

enum {
    MOST = 128
}; // requests at once; the host holds the others back. wasmtime gives an instance no more in all

static const uint8_t text[] = "Hello, world!\n";
static const wasi_http_types_result_option_own_trailers_error_code_t no_trailers;

typedef struct request {
    hello_waitable_set_t set;
    uint32_t awaited; // the end with an operation in flight
    uint32_t sent;    // bytes of the text
    wasi_http_types_stream_u8_writer_t body;
    wasi_http_types_future_result_option_own_trailers_error_code_writer_t trailers;
    struct request *next;
} request;

static request requests[MOST];
static request *idle;
static uint32_t used, busy;

static request *take(void)
{
    request *self = idle;
    if (self)
        idle = self->next;
    else
        self = &requests[used++];
    if (++busy == MOST)
        hello_backpressure_inc();
    self->awaited = 0;
    self->sent = 0;
    return self;
}

static hello_callback_code_t give_back(request *self)
{
    self->next = idle;
    idle = self;
    if (busy-- == MOST)
        hello_backpressure_dec();
    return HELLO_CALLBACK_CODE_EXIT;
}

static hello_callback_code_t wait(request *self, uint32_t end)
{
    if (!self->set)
        self->set = hello_waitable_set_new();
    if (!self->awaited)
        hello_context_set_0(self);
    if (self->awaited != end) {
        self->awaited = end;
        hello_waitable_join(end, self->set);
    }
    return HELLO_CALLBACK_CODE_WAIT(self->set);
}

static hello_callback_code_t finish(request *self)
{
    wasi_http_types_future_result_option_own_trailers_error_code_drop_writable(self->trailers);
    return give_back(self);
}

// The host's answer to a write of the body.
static hello_callback_code_t wrote(request *self, hello_waitable_status_t status)
{
    while (status != HELLO_WAITABLE_STATUS_BLOCKED) {
        self->sent += HELLO_WAITABLE_COUNT(status);
        if (self->sent == sizeof text - 1 || HELLO_WAITABLE_STATE(status) != HELLO_WAITABLE_COMPLETED) {
            wasi_http_types_stream_u8_drop_writable(self->body);
            if (wasi_http_types_future_result_option_own_trailers_error_code_write(
                    self->trailers, &no_trailers) == HELLO_WAITABLE_STATUS_BLOCKED)
                return wait(self, self->trailers);
            return finish(self);
        }
        status = wasi_http_types_stream_u8_write(self->body, text + self->sent, sizeof text - 1 - self->sent);
    }
    return wait(self, self->body);
}

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

hello_callback_code_t exports_wasi_http_handler_handle(exports_wasi_http_handler_own_request_t asked)
{
    request *self = take();
    wasi_http_types_request_drop_own(asked);
    wasi_http_types_tuple2_own_response_future_result_void_error_code_t response;
    wasi_http_types_stream_u8_t contents = wasi_http_types_stream_u8_new(&self->body);
    wasi_http_types_static_response_new(
        headers(), &contents, wasi_http_types_future_result_option_own_trailers_error_code_new(&self->trailers),
        &response);
    wasi_http_types_future_result_void_error_code_drop_readable(response.f1);
    exports_wasi_http_handler_handle_return(
        (exports_wasi_http_handler_result_own_response_error_code_t){.val.ok = response.f0});
    return wrote(self, wasi_http_types_stream_u8_write(self->body, text, sizeof text - 1));
}

hello_callback_code_t exports_wasi_http_handler_handle_callback(hello_event_t *event)
{
    request *self = hello_context_get_0();
    if (event->waitable != self->awaited) // a host may tell of an end that is gone
        return HELLO_CALLBACK_CODE_WAIT(self->set);
    return event->event == HELLO_EVENT_STREAM_WRITE ? wrote(self, event->code) : finish(self);
}
