// The other side of a service: the requests of a host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_driver.h"
#include "http_ends.h"
#include "lines.h"

// A request, and the response to it.
typedef struct {
    weft_coro co;
    bool has_body;
    weft_child child;
    bytes_writer out;
    trailers_writer trailers;
    TYPES(own_request_t) request;
    wasi_http_handler_result_own_response_error_code_t response;
    weft_subtask call;
    bytes_reader in;
    trailers_reader end;
    trailers_result ended;
} asked;

static TYPES(own_request_t) request_of(asked *self)
{
    TYPES(tuple2_own_request_future_result_void_error_code_t) made;
    TYPES(stream_u8_t) contents = self->has_body ? bytes_new(&self->out) : 0;
    TYPES(static_request_new)(TYPES(constructor_fields)(), self->has_body ? &contents : NULL,
                              trailers_new(&self->trailers, (trailers_result){0}), NULL, &made);
    TYPES(future_result_void_error_code_drop_readable)(made.f1);
    return made.f0;
}

static void take_body(asked *self)
{
    TYPES(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    done_writer received;
    TYPES(static_response_consume_body)(self->response.val.ok, done_new(&received, (done_result){0}), &body);
    done_close_writer(NULL, &received);
    self->in = bytes_reader_of(body.f0);
    self->end = trailers_reader_of(body.f1);
}

// Ends when the head of the response is here; its body is then `in`.
WEFT_ASYNC(asked)
{
    WEFT_BEGIN;
    self->request = request_of(self);
    if (!self->has_body)
        trailers_start_write(co, &self->trailers, (trailers_result){0});
    WEFT_AWAIT(weft_subtask_call(co, &self->call, wasi_http_handler_handle(self->request, &self->response)));
    if (self->response.is_err)
        WEFT_FAIL(1);
    take_body(self);
    WEFT_END;
}

// ---- One after the other ----

typedef struct {
    weft_coro co;
    uint32_t n, i;
    asked asked;
    uint8_t buffer[256];
} requests;

WEFT_ASYNC(requests)
{
    asked *it = &self->asked;
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY_CALL(asked, it, .has_body = false);
        do
            WEFT_AWAIT(bytes_read(co, &it->in, self->buffer, sizeof self->buffer));
        while (it->in.count);
        bytes_close_reader(&it->in);
        WEFT_AWAIT(trailers_read(co, &it->end, &it->ended));
        trailers_close_reader(&it->end);
        WEFT_AWAIT(weft_await(co, &it->trailers));
        trailers_close_writer(co, &it->trailers);
    }
    WEFT_RETURN(co, exports_wasi_driver_run_requests, self->n);
    WEFT_END;
}

WEFT_EXPORT(wasi_driver, exports_wasi_driver_run_requests, requests, (uint32_t n), .n = n);

// ---- A body there and back ----

typedef struct {
    weft_coro co;
    uint32_t n, i;
    asked asked;
    uint32_t got;
    uint8_t out[CHUNK], in[CHUNK];
} echoed;

WEFT_ASYNC(echoed)
{
    asked *it = &self->asked;
    WEFT_BEGIN;
    WEFT_TRY_CALL(asked, it, .has_body = true);
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(bytes_write_all(co, &it->out, self->out, CHUNK));
        for (self->got = 0; self->got < CHUNK; self->got += it->in.count) {
            WEFT_AWAIT(bytes_read(co, &it->in, self->in, CHUNK));
            if (!it->in.count)
                WEFT_FAIL(2);
        }
    }
    bytes_close_writer(&it->out);
    WEFT_AWAIT(trailers_write(co, &it->trailers, (trailers_result){0}));
    WEFT_AWAIT(bytes_read(co, &it->in, self->in, CHUNK));
    if (it->in.count)
        WEFT_FAIL(3);
    bytes_close_reader(&it->in);
    WEFT_AWAIT(trailers_read(co, &it->end, &it->ended));
    trailers_close_reader(&it->end);
    WEFT_RETURN(co, exports_wasi_driver_run_echo, (uint64_t)self->n * CHUNK);
    WEFT_FINALLY;
    trailers_close_writer_blocking(co, &it->trailers);
    WEFT_END;
}

WEFT_EXPORT(wasi_driver, exports_wasi_driver_run_echo, echoed, (uint32_t n), .n = n);

// ---- Many at once ----

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_scope scope;
    asked asked;
    uint8_t digits[24];
} crowd;

static uint64_t number(const uint8_t *digits, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value = value * 10 + (uint64_t)(digits[i] - '0');
    return value;
}

WEFT_ASYNC(crowd)
{
    asked *it = &self->asked;
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++)
        weft_detach(weft_child_of(WEFT_SPAWN_NEW(asked, &self->scope, .has_body = true)));
    WEFT_AWAIT(weft_yield(co));
    WEFT_TRY_CALL(asked, it, .has_body = false);
    WEFT_AWAIT(bytes_read(co, &it->in, self->digits, sizeof self->digits));
    WEFT_RETURN(co, exports_wasi_driver_run_request_memory, number(self->digits, it->in.count));
    WEFT_FINALLY;
    bytes_close_reader_blocking(&it->in);
    trailers_close_reader_blocking(&it->end);
    trailers_close_writer_blocking(co, &it->trailers);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(wasi_driver, exports_wasi_driver_run_request_memory, crowd, (uint32_t n), .n = n);
