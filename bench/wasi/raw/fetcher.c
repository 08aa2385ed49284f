// Fetches by hand: one after the other, in static memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_fetcher.h"

#define TYPES(name) wasi_http_types_##name
#define BLOCKED WASI_FETCHER_WAITABLE_STATUS_BLOCKED

typedef wasi_fetcher_callback_code_t code;
typedef TYPES(result_option_own_trailers_error_code_t) trailers_result;

static const TYPES(result_option_own_trailers_error_code_t) no_trailers;
static const TYPES(result_void_error_code_t) fine;

static wasi_fetcher_waitable_set_t set;
static uint32_t n, i;
static TYPES(future_result_option_own_trailers_error_code_writer_t) trailers; // 0 once they are written
static wasi_http_client_result_own_response_error_code_t response;
static bool busy; // until the body has ended
static TYPES(stream_u8_t) in;
static TYPES(future_result_option_own_trailers_error_code_t) end;
static TYPES(future_result_void_error_code_writer_t) received; // 0 once it is written
static trailers_result ended;
static bool joined;
static uint8_t buffer[256];

static code fetch_on(void);

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static code wait(void)
{
    return WASI_FETCHER_CALLBACK_CODE_WAIT(set);
}

static code wait_for(uint32_t waitable)
{
    wasi_fetcher_waitable_join(waitable, set);
    return wait();
}

static TYPES(own_request_t) request(void)
{
    TYPES(tuple2_own_request_future_result_void_error_code_t) made;
    TYPES(scheme_t) scheme = {.tag = WASI_HTTP_TYPES_SCHEME_HTTP};
    wasi_fetcher_string_t authority, path;
    TYPES(static_request_new)(TYPES(constructor_fields)(), NULL,
                              TYPES(future_result_option_own_trailers_error_code_new)(&trailers), NULL, &made);
    TYPES(future_result_void_error_code_drop_readable)(made.f1);
    TYPES(borrow_request_t) it = TYPES(borrow_request)(made.f0);
    wasi_fetcher_string_set(&authority, "127.0.0.1:8080");
    wasi_fetcher_string_set(&path, "/index.html");
    check(TYPES(method_request_set_scheme)(it, &scheme) &&
          TYPES(method_request_set_authority)(it, &authority) &&
          TYPES(method_request_set_path_with_query)(it, &path));
    return made.f0;
}

static void trailers_written(void)
{
    TYPES(future_result_option_own_trailers_error_code_drop_writable)(trailers);
    trailers = 0;
}

static void received_written(void)
{
    TYPES(future_result_void_error_code_drop_writable)(received);
    received = 0;
}

// The end of a fetch, unless a future is not yet written.
static code finish(void)
{
    if (trailers || received)
        return wait();
    i++;
    return fetch_on();
}

static code body_ended(void)
{
    check(!ended.is_err);
    TYPES(future_result_option_own_trailers_error_code_drop_readable)(end);
    busy = false;
    return finish();
}

static code read_on(wasi_fetcher_waitable_status_t answer)
{
    while (answer != BLOCKED) {
        if (WASI_FETCHER_WAITABLE_STATE(answer) != WASI_FETCHER_WAITABLE_COMPLETED) {
            TYPES(stream_u8_drop_readable)(in);
            if (TYPES(future_result_option_own_trailers_error_code_read)(end, &ended) == BLOCKED)
                return wait_for(end);
            return body_ended();
        }
        answer = TYPES(stream_u8_read)(in, buffer, sizeof buffer);
    }
    if (joined)
        return wait();
    joined = true;
    return wait_for(in);
}

static code responded(void)
{
    TYPES(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    check(!response.is_err &&
          TYPES(method_response_get_status_code)(TYPES(borrow_response)(response.val.ok)) == 200);
    TYPES(static_response_consume_body)(response.val.ok, TYPES(future_result_void_error_code_new)(&received),
                                        &body);
    in = body.f0;
    end = body.f1;
    joined = false;
    if (TYPES(future_result_void_error_code_write)(received, &fine) == BLOCKED)
        wait_for(received);
    else
        received_written();
    return read_on(TYPES(stream_u8_read)(in, buffer, sizeof buffer));
}

static code fetch_on(void)
{
    if (i == n) {
        exports_wasi_fetcher_run_fetch_return(n);
        return WASI_FETCHER_CALLBACK_CODE_EXIT;
    }
    busy = true;
    wasi_fetcher_subtask_status_t answer = wasi_http_client_send(request(), &response);
    if (TYPES(future_result_option_own_trailers_error_code_write)(trailers, &no_trailers) == BLOCKED)
        wait_for(trailers);
    else
        trailers_written();
    if (WASI_FETCHER_SUBTASK_STATE(answer) == WASI_FETCHER_SUBTASK_RETURNED)
        return responded();
    return wait_for(WASI_FETCHER_SUBTASK_HANDLE(answer));
}

code exports_wasi_fetcher_run_fetch(uint32_t runs)
{
    n = runs;
    set = wasi_fetcher_waitable_set_new();
    return fetch_on();
}

code exports_wasi_fetcher_run_fetch_callback(wasi_fetcher_event_t *event)
{
    switch (event->event) {
    case WASI_FETCHER_EVENT_SUBTASK:
        if (event->code != WASI_FETCHER_SUBTASK_RETURNED)
            return wait();
        wasi_fetcher_subtask_drop(event->waitable);
        return responded();
    case WASI_FETCHER_EVENT_STREAM_READ:
        return read_on(event->code);
    case WASI_FETCHER_EVENT_FUTURE_READ:
        return body_ended();
    default:
        if (event->waitable == trailers)
            trailers_written();
        else
            received_written();
        return busy ? wait() : finish();
    }
}
