// The echo service by hand, with what examples/echo does: requests lie in static memory, each with its buffer,
// and ended ones leave their set to the next; an end joins once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "echo.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    MOST = 128
}; // requests at once; the host holds the others back. wasmtime gives an instance no more in all

typedef wasi_http_types_result_option_own_trailers_error_code_t trailers_result;

static const wasi_http_types_result_void_error_code_t fine;

typedef struct request {
    echo_waitable_set_t set;
    bool waited, in_joined, out_joined;
    bool over; // one of the body's ends has seen that the other is gone
    wasi_http_types_stream_u8_t in;
    wasi_http_types_stream_u8_writer_t out;
    wasi_http_types_future_result_option_own_trailers_error_code_t in_trailers;
    wasi_http_types_future_result_option_own_trailers_error_code_writer_t out_trailers;
    wasi_http_types_future_result_void_error_code_writer_t received; // 0 once it is written
    trailers_result trailers;
    uint32_t awaited; // the end with an operation in flight, beside `received`; 0 at the end
    uint32_t count, sent;
    struct request *next;
    _Alignas(16) uint8_t buffer[65536];
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
        echo_backpressure_inc();
    self->waited = self->in_joined = self->out_joined = self->over = false;
    self->trailers = (trailers_result){0};
    return self;
}

static echo_callback_code_t give_back(request *self)
{
    self->next = idle;
    idle = self;
    if (busy-- == MOST)
        echo_backpressure_dec();
    return ECHO_CALLBACK_CODE_EXIT;
}

static void join(request *self, uint32_t end)
{
    if (!self->set)
        self->set = echo_waitable_set_new();
    echo_waitable_join(end, self->set);
}

static echo_callback_code_t wait(request *self)
{
    if (!self->waited) {
        self->waited = true;
        echo_context_set_0(self);
    }
    return ECHO_CALLBACK_CODE_WAIT(self->set);
}

static void received(request *self)
{
    wasi_http_types_future_result_void_error_code_drop_writable(self->received);
    self->received = 0;
}

// The end of the request, unless `received` is not yet written.
static echo_callback_code_t finish(request *self)
{
    self->awaited = 0;
    return self->received ? wait(self) : give_back(self);
}

static echo_callback_code_t wrote_trailers(request *self, echo_waitable_status_t status)
{
    if (status == ECHO_WAITABLE_STATUS_BLOCKED) {
        self->awaited = self->out_trailers;
        join(self, self->out_trailers);
        return wait(self);
    }
    wasi_http_types_future_result_option_own_trailers_error_code_drop_writable(self->out_trailers);
    if (ECHO_WAITABLE_STATE(status) != ECHO_WAITABLE_COMPLETED || self->trailers.is_err)
        wasi_http_types_result_option_own_trailers_error_code_free(&self->trailers);
    return finish(self);
}

static echo_callback_code_t read_trailers(request *self, echo_waitable_status_t status)
{
    if (status == ECHO_WAITABLE_STATUS_BLOCKED) {
        self->awaited = self->in_trailers;
        join(self, self->in_trailers);
        return wait(self);
    }
    wasi_http_types_future_result_option_own_trailers_error_code_drop_readable(self->in_trailers);
    return wrote_trailers(self, wasi_http_types_future_result_option_own_trailers_error_code_write(
                                    self->out_trailers, &self->trailers));
}

static void upper(uint8_t *bytes, size_t length)
{
#ifdef PLAIN // for counting what the copy takes
    length = 0;
#endif
    for (size_t i = 0; i < length; i++)
        bytes[i] -=
            ('a' - 'A') * (bytes[i] >= 'a' && bytes[i] <= 'z'); // no branch that depends on what they are
}

// Goes on with the body: `status` is the host's answer to a write if `wrote`, else to a read.
static echo_callback_code_t copy(request *self, bool wrote, echo_waitable_status_t status)
{
    for (;;) {
        if (status == ECHO_WAITABLE_STATUS_BLOCKED) {
            self->awaited = wrote ? self->out : self->in;
            bool *joined = wrote ? &self->out_joined : &self->in_joined;
            if (!*joined)
                join(self, self->awaited);
            *joined = true;
            return wait(self);
        }
        self->over |= ECHO_WAITABLE_STATE(status) != ECHO_WAITABLE_COMPLETED;
        if (wrote) {
            self->sent += ECHO_WAITABLE_COUNT(status);
            if (ECHO_WAITABLE_STATE(status) != ECHO_WAITABLE_COMPLETED)
                self->count = self->sent;
        } else {
            self->count = ECHO_WAITABLE_COUNT(status);
            self->sent = 0;
            upper(self->buffer, self->count);
        }
        wrote = self->sent < self->count;
        if (wrote) {
            status =
                wasi_http_types_stream_u8_write(self->out, self->buffer + self->sent, self->count - self->sent);
        } else if (!self->over) {
            status = wasi_http_types_stream_u8_read(self->in, self->buffer, sizeof self->buffer);
        } else {
            wasi_http_types_stream_u8_drop_readable(self->in);
            wasi_http_types_stream_u8_drop_writable(self->out);
            return read_trailers(self, wasi_http_types_future_result_option_own_trailers_error_code_read(
                                           self->in_trailers, &self->trailers));
        }
    }
}

// Trailers reach the client only if a `trailer` header of the response names them.
static wasi_http_types_own_fields_t response_headers(wasi_http_types_borrow_request_t asked)
{
    wasi_http_types_own_fields_t headers = wasi_http_types_constructor_fields();
    wasi_http_types_own_fields_t asked_headers = wasi_http_types_method_request_get_headers(asked);
    wasi_http_types_field_name_t name = {(uint8_t *)"trailer", 7};
    wasi_http_types_list_field_value_t names;
    wasi_http_types_header_error_t error;
    wasi_http_types_method_fields_get(wasi_http_types_borrow_fields(asked_headers), &name, &names);
    if (names.len > 0 &&
        !wasi_http_types_method_fields_set(wasi_http_types_borrow_fields(headers), &name, &names, &error))
        wasi_http_types_header_error_free(&error);
    wasi_http_types_list_field_value_free(&names);
    wasi_http_types_fields_drop_own(asked_headers);
    return headers;
}

echo_callback_code_t exports_wasi_http_handler_handle(exports_wasi_http_handler_own_request_t asked)
{
    request *self = take();
    wasi_http_types_own_fields_t headers = response_headers(wasi_http_types_borrow_request(asked));
    wasi_http_types_tuple2_stream_u8_future_result_option_own_trailers_error_code_t body;
    wasi_http_types_static_request_consume_body(
        asked, wasi_http_types_future_result_void_error_code_new(&self->received), &body);
    self->in = body.f0;
    self->in_trailers = body.f1;
    if (wasi_http_types_future_result_void_error_code_write(self->received, &fine) ==
        ECHO_WAITABLE_STATUS_BLOCKED)
        join(self, self->received);
    else
        received(self);

    wasi_http_types_tuple2_own_response_future_result_void_error_code_t response;
    wasi_http_types_stream_u8_t contents = wasi_http_types_stream_u8_new(&self->out);
    wasi_http_types_static_response_new(
        headers, &contents,
        wasi_http_types_future_result_option_own_trailers_error_code_new(&self->out_trailers), &response);
    wasi_http_types_future_result_void_error_code_drop_readable(response.f1);
    exports_wasi_http_handler_handle_return(
        (exports_wasi_http_handler_result_own_response_error_code_t){.val.ok = response.f0});
    return copy(self, false, wasi_http_types_stream_u8_read(self->in, self->buffer, sizeof self->buffer));
}

echo_callback_code_t exports_wasi_http_handler_handle_callback(echo_event_t *event)
{
    request *self = echo_context_get_0();
    if (self->received && event->waitable == self->received) {
        received(self);
        return self->awaited ? ECHO_CALLBACK_CODE_WAIT(self->set) : finish(self);
    }
    if (event->waitable != self->awaited) // the host may tell of an end whose operation has ended
        return ECHO_CALLBACK_CODE_WAIT(self->set);
    switch (event->event) {
    case ECHO_EVENT_STREAM_READ:
        return copy(self, false, event->code);
    case ECHO_EVENT_STREAM_WRITE:
        return copy(self, true, event->code);
    case ECHO_EVENT_FUTURE_READ:
        return read_trailers(self, event->code);
    default:
        return wrote_trailers(self, event->code);
    }
}
