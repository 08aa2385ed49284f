// A request's life in a service. Its handler runs as the child of a root. The root sees to it that the client
// gets a whole reply, or learns that it did not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"
#include "log.h"
#include "weft_wasi_http_service.h"

typedef weft__wasi_http_types_result_option_own_trailers_error_code_t trailers_result;
typedef weft__wasi_http_types_result_void_error_code_t sent_result;

static void drop_trailers(trailers_result *last, bool moved)
{
    if (!last->is_err && last->val.ok.is_some && !moved)
        weft__wasi_http_types_fields_drop_own(last->val.ok.val);
}

WEFT_FUTURE_OWNED(trailers, weft__wasi_http_types_future_result_option_own_trailers_error_code, trailers_result,
                  drop_trailers);
_Static_assert(sizeof(trailers_writer) <= sizeof(weft__http_trailers), "the field is too small: enlarge it");

static weft_error sent_error(sent_result *result)
{
    return result->is_err ? weft__http_error(&result->val.err) : WEFT_OK;
}

WEFT__BYTES_SOURCE(sent_source, weft__wasi_http_types_future_result_void_error_code, sent_result, sent_error);

static trailers_writer *trailers_of(weft_http_exchange *it)
{
    return (trailers_writer *)(void *)&it->weft__trailers;
}

static const trailers_result cut = {.is_err = true, .val.err.tag = WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR};

static trailers_result whole(weft_http_exchange *it)
{
    trailers_result last = {.val.ok = {.is_some = it->weft__trailer_fields, .val = {it->weft__trailer_fields}}};
    it->weft__trailer_fields = 0;
    return last;
}

// ---- The reply ----

weft_error weft_http_header_add(weft_http_exchange *it, const char *name, weft_text value)
{
    return weft__http_append(&it->weft__fields, weft_text_z(name), value);
}

weft_error weft_http_header_copy(weft_http_exchange *it, const weft_http_header *header)
{
    return weft__http_append(&it->weft__fields, header->name, header->value);
}

// All replies go by this one call. None is an error, so the compiler leaves out the bindings' code for those.
__attribute__((noinline)) static void reply_with(int32_t response)
{
    weft__service_exports_wasi_http_handler_result_own_response_error_code_t reply = {.val.ok = {response}};
    weft__service_exports_wasi_http_handler_handle_return(reply);
}

void weft__http_return(weft_coro *co, weft_http_exchange *it, int32_t response)
{
    WEFT__NESTED_EXTERN(weft_export weft__service_exports_wasi_http_handler_handle__weft)
    it->weft__begun = true;
    weft__task_return(co->task, &weft__service_exports_wasi_http_handler_handle__weft);
    reply_with(response);
}

static bool is_status(int status)
{
    return status >= 200 && status <= 599;
}

// Sends the head, before a body that comes by `contents`.
static void begin(weft_coro *co, weft_http_exchange *it, int status, weft_bytes_handle contents)
{
    // The default of the trailers: if nothing else is written, the client learns that the body is cut off.
    weft__wasi_http_types_own_headers_t headers = {weft__http_made(&it->weft__fields).__handle};
    weft__wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
    it->weft__fields = 0;
    it->weft__status = (uint16_t)status;
    weft__wasi_http_types_static_response_new(headers, &contents, trailers_new(trailers_of(it), cut), &made);
    if (status != 200) // the default
        weft__wasi_http_types_method_response_set_status_code(
            (weft__wasi_http_types_borrow_response_t){made.f0.__handle}, (uint16_t)status);
    it->weft__sent = made.f1;
    weft__http_return(co, it, made.f0.__handle);
}

weft_error weft_http_begin(weft_coro *co, weft_http_exchange *it, int status)
{
    WEFT__CHECK(it->weft__begun, second_result, "weft_http_begin", 0);
    if (!is_status(status))
        return it->error = WEFT_EINVAL;
    begin(co, it, status, weft_bytes_new(&it->out));
    return WEFT_OK;
}

weft_error weft_http_begin_with(weft_coro *co, weft_http_exchange *it, int status, weft_bytes_reader *body)
{
    WEFT__CHECK(it->weft__begun, second_result, "weft_http_begin_with", 0);
    // wasmtime loses what it has ready behind a first read when it gets the stream back. After a read,
    // op.status is set.
    bool was_read = body->result.from && body->op.status && !weft_dropped(body);
    if (!is_status(status) || was_read)
        return it->error = WEFT_EINVAL;
    if (body->error) // it ended by an error, and would be taken for whole
        return it->error = body->error;
    if (body->result.from && body->result.from->keeps)
        it->weft__upstream = body->result.from->keeps(body);
    begin(co, it, status, weft_bytes_hand_on(body));
    return WEFT_OK;
}

static weft_error begin_whole(weft_coro *co, weft_http_exchange *it, int status, const char *type,
                              size_t length)
{
    char digits[20];
    weft_http_header headers[2];
    size_t count = 0;
    if (!is_status(status))
        return it->error = WEFT_EINVAL;
    if (type)
        headers[count++] = (weft_http_header){WEFT_TEXT("content-type"), weft_text_z(type)};
    if (status != 204 && status != 304)
        headers[count++] = (weft_http_header){WEFT_TEXT("content-length"), weft__decimal(length, digits)};
    weft_error error = weft__http_append_all(&it->weft__fields, headers, count);
    return it->error = error ? error : weft_http_begin(co, it, status);
}

weft_poll weft_http_reply(weft_coro *co, weft_http_exchange *it, int status, const char *type, weft_text body)
{
    if (begin_whole(co, it, status, type, body.length))
        return weft_breathe(co);
    return weft_write(co, &it->out, body);
}

weft_poll weft_http_reply_status(weft_coro *co, weft_http_exchange *it, int status)
{
    bool has_body = status != 204 && status != 205 && status != 304;
    return weft_http_reply(co, it, status, has_body ? "text/plain" : NULL,
                           weft_text_z(has_body ? weft_http_status_text(status) : ""));
}

static weft_stepped finish_run(weft_coro *co)
{
    weft__http_finish *self = weft_frame(co, weft__http_finish);
    weft_http_exchange *it = self->it;
    trailers_writer *last = trailers_of(it);
    WEFT_BEGIN;
    if (weft_dropped(&it->out)) // when a client has gone, wasmtime never tells how it took the rest
        WEFT_FINISH;
    it->error = WEFT_OK; // it may be of a read
    // Only now: the host answers only when it has the trailers, and a writer whose client goes asks at once.
    weft__bytes_writer_to(&it->out, it->weft__sent, &sent_source);
    it->weft__sent = 0;
    trailers_start_write(co, last, whole(it));
    WEFT_AWAIT(weft_bytes_finish(co, &it->out));
    WEFT_AWAIT(weft_await(co, last));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, last));
    it->weft__is_cut = !weft_resolved(last);
    weft_bytes_close_writer(&it->out);
    trailers_close_writer(co, last);
    WEFT_END;
}

weft_poll weft_http_finish(weft_coro *co, weft_http_exchange *it)
{
    WEFT__CHECK(!it->weft__begun, not_begun, "weft_http_finish", 0);
    it->weft__finish.it = it;
    return weft_call(co, &it->weft__finish.co, finish_run);
}

weft_error weft_http_trailer_add(weft_http_exchange *it, const char *name, weft_text value)
{
    return weft__http_append(&it->weft__trailer_fields, weft_text_z(name), value);
}

weft_error weft_http_trailer_copy(weft_http_exchange *it, const weft_http_header *trailer)
{
    return weft__http_append(&it->weft__trailer_fields, trailer->name, trailer->value);
}

// ---- The root ----

// Closes what is open of the exchange, but for the trailers.
static void close(weft_http_exchange *it)
{
    weft_http_request_close(it);
    weft_bytes_close_writer_blocking(&it->out);
    if (it->weft__sent)
        weft__wasi_http_types_future_result_void_error_code_drop_readable(it->weft__sent);
    it->weft__sent = 0;
    weft__http_drop_fields(&it->weft__fields);
    weft__http_drop_fields(&it->weft__trailer_fields);
    weft__http_drop_fields(&it->weft__next_fields);
}

void weft_http_limit(uint32_t limit)
{
    WEFT_LIMIT(weft__service_exports_wasi_http_handler_handle, limit);
}

// True if the handler failed because the client went while its reply was written: that is no fault of its own.
static bool has_gone(const weft_http_exchange *it, int code)
{
    return code == WEFT_EPIPE && it->weft__begun && it->out.error == WEFT_EPIPE;
}

weft_stepped weft__http_run(weft_coro *co)
{
    weft__http_root *self = weft_frame(co, weft__http_root);
    weft_http_exchange *it = self->http;
    WEFT_BEGIN;
    if (weft__log_begin)
        weft__log_begin(&self->log, co);
    WEFT_AWAIT(weft_call(co, self->handler, self->run));
    WEFT_FINALLY;
    self->is_whole = weft_outcome_of(self->handler) == WEFT_DONE && !weft_in_flight(&it->out);
    if (weft_outcome_of(self->handler) == WEFT_FAILED && !has_gone(it, weft_failure(self->handler)))
        weft__report_failure(self->name, self->handler);
    if (!it->weft__begun && !weft_returned(co)) {
        weft__http_drop_fields(&it->weft__fields);
        begin_whole(co, it, weft_failure(self->handler) == WEFT_ENOMEM ? 503 : 500, NULL, 0);
        self->is_whole = true;
    }
    if (it->weft__over)
        it->weft__over(it, self->is_whole && !it->weft__is_cut && !weft_dropped(&it->out));
    if (trailers_of(it)->op.handle) {
        trailers_start_write(co, trailers_of(it), self->is_whole ? whole(it) : cut);
        close(it);
        WEFT_AWAIT(weft_await(co, trailers_of(it)));
        trailers_close_writer(co, trailers_of(it));
    } else {
        close(it);
    }
    if (it->weft__upstream) {
        weft__bytes_writer_to(&it->out, it->weft__upstream, &sent_source);
        WEFT_AWAIT(weft_bytes_finish(co, &it->out));
    }
    if (weft__log_end)
        weft__log_end(&self->log);
    WEFT_END;
}

uint32_t weft__http_refuse(int32_t request)
{
    weft__wasi_http_types_own_fields_t headers = weft__wasi_http_types_constructor_fields();
    weft__wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
    trailers_writer last;
    weft__wasi_http_types_static_response_new(headers, NULL, trailers_new(&last, (trailers_result){0}), &made);
    weft__wasi_http_types_method_response_set_status_code(
        (weft__wasi_http_types_borrow_response_t){made.f0.__handle}, 503);
    weft__wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    reply_with(made.f0.__handle);
    weft__wasi_http_types_request_drop_own((weft__wasi_http_types_own_request_t){request});
    if (!trailers_close_writer(NULL,
                               &last)) // no memory for this either; the client would wait for the trailers
        __builtin_trap();
    return WEFT_CALLBACK_EXIT;
}
