// A request on its way to the next service, and the response on its way back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/http_next.h>
#include "http.h"
#include "weft_wasi_http_next.h"

typedef weft__next_wasi_http_handler_result_own_response_error_code_t response_result;
_Static_assert(sizeof(response_result) <= sizeof(((weft__fetch_run *)0)->result),
               "the field is too small: enlarge it");

static response_result *result_of(weft_fetch *inner)
{
    return (response_result *)(void *)inner->weft__run.result;
}

typedef weft__wasi_http_types_own_fields_t own_fields;

// A copy of `from` that may be changed. Takes `from`.
static own_fields copied(own_fields from)
{
    own_fields copy =
        weft__wasi_http_types_method_fields_clone((weft__wasi_http_types_borrow_fields_t){from.__handle});
    weft__wasi_http_types_fields_drop_own(from);
    return copy;
}

// ---- The request ----

// The headers that the request is passed on with: at first those that it came with.
static int32_t *next_fields(weft_http_exchange *it, const char *call)
{
    WEFT__CHECK(!it->weft__request, closed, call, 0);
    (void)call;
    if (!it->weft__next_fields)
        it->weft__next_fields = copied(weft__wasi_http_types_method_request_get_headers(
                                           (weft__wasi_http_types_borrow_request_t){it->weft__request}))
                                    .__handle;
    return &it->weft__next_fields;
}

weft_error weft_http_next_header_add(weft_http_exchange *it, const char *name, weft_text value)
{
    return weft__http_append(next_fields(it, "weft_http_next_header_add"), weft_text_z(name), value);
}

weft_error weft_http_next_header_set(weft_http_exchange *it, const char *name, weft_text value)
{
    return weft__http_set(next_fields(it, "weft_http_next_header_set"), weft_text_z(name), value);
}

// A request with the headers that were changed, around the same body.
static int32_t with_headers(weft_http_exchange *it, uint32_t received, uint32_t *sent)
{
    weft__wasi_http_types_borrow_request_t of = {it->weft__request};
    own_fields headers = {it->weft__next_fields};
    weft__wasi_http_types_method_t method;
    weft__wasi_http_types_scheme_t scheme;
    weft_wasi_http_string_t target, authority;
    it->weft__next_fields = 0;
    weft__wasi_http_types_method_request_get_method(of, &method);
    bool has_target = weft__wasi_http_types_method_request_get_path_with_query(of, &target);
    bool has_scheme = weft__wasi_http_types_method_request_get_scheme(of, &scheme);
    bool has_authority = weft__wasi_http_types_method_request_get_authority(of, &authority);

    weft__http_contents body = weft__http_request_body(it->weft__request, received);
    weft__wasi_http_types_tuple2_own_request_future_result_void_error_code_t made;
    weft__wasi_http_types_static_request_new(headers, &body.f0, body.f1, NULL, &made);
    *sent = made.f1;
    of.__handle = made.f0.__handle;
    weft__wasi_http_types_method_request_set_method(of, &method);
    weft__wasi_http_types_method_request_set_path_with_query(of, has_target ? &target : NULL);
    weft__wasi_http_types_method_request_set_scheme(of, has_scheme ? &scheme : NULL);
    weft__wasi_http_types_method_request_set_authority(of, has_authority ? &authority : NULL);
    weft__wasi_http_types_method_free(&method);
    if (has_target)
        weft_wasi_http_string_free(&target);
    if (has_scheme)
        weft__wasi_http_types_scheme_free(&scheme);
    if (has_authority)
        weft_wasi_http_string_free(&authority);
    return made.f0.__handle;
}

static weft_error start(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
{
    weft__fetch_run *self = &inner->weft__run;
    WEFT__CHECK(!it->weft__request, closed, "weft_http_next", 0);
    uint32_t received = it->weft__next_fields ? weft__http_received() : 0;
    if (it->weft__next_fields && !received)
        return WEFT_ENOMEM;
    self->request = received ? with_headers(it, received, &self->sent) : it->weft__request;
    it->weft__request = 0;
    weft__next_wasi_http_handler_own_request_t own = {self->request};
    weft__fetch_call(co, inner, weft__next_wasi_http_handler_handle(own, result_of(inner)));
    return WEFT_OK;
}

// ---- The response ----

// Makes *response one with the headers that were added, around the same body.
static weft_error add_headers(weft_http_exchange *it, int32_t *response)
{
    weft__wasi_http_types_borrow_response_t of = {*response};
    uint16_t status = weft__wasi_http_types_method_response_get_status_code(of);
    if (status > 599) // the host takes such a status from others, but not from a component
        return WEFT_EINVAL;
    uint32_t received = weft__http_received();
    if (!received)
        return WEFT_ENOMEM;
    own_fields headers = copied(weft__wasi_http_types_method_response_get_headers(of));
    weft__http_headers added = weft__http_all_of((own_fields){it->weft__fields});
    weft_error error = WEFT_OK;
    it->weft__fields = 0;
    for (size_t i = 0; !error && i < added.count; i++)
        error = weft__http_append(&headers.__handle, added.all[i].name, added.all[i].value);
    weft__http_free_headers(&added);
    if (error) {
        weft__wasi_http_types_future_result_void_error_code_drop_readable(received);
        weft__wasi_http_types_fields_drop_own(headers);
        return error;
    }
    weft__http_contents body = weft__http_response_body(*response, received);
    weft__wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
    weft__wasi_http_types_static_response_new(headers, &body.f0, body.f1, &made);
    weft__wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    *response = made.f0.__handle;
    of.__handle = *response;
    weft__wasi_http_types_method_response_set_status_code(of, status);
    return WEFT_OK;
}

static weft_stepped pass_on_run(weft_coro *co)
{
    weft__fetch_run *self = weft_frame(co, weft__fetch_run);
    weft_http_exchange *it = self->exchange;
    WEFT_BEGIN;
    it->error = start(co, it, self->it);
    if (it->error)
        WEFT_FINISH;
    WEFT_AWAIT(weft_await(co, &self->call.call));
    response_result *result = result_of(self->it);
    if (result->is_err) {
        it->error = weft__http_error((weft__http_code *)(void *)&result->val.err);
        WEFT_FINISH;
    }
    int32_t response = result->val.ok.__handle;
    if (it->weft__fields && (it->error = add_headers(it, &response))) {
        weft__wasi_http_types_response_drop_own((weft__wasi_http_types_own_response_t){response});
        WEFT_FINISH;
    }
    if (it->weft__over) // which tells the status
        it->weft__status = weft__wasi_http_types_method_response_get_status_code(
            (weft__wasi_http_types_borrow_response_t){response});
    it->weft__upstream = self->sent;
    self->sent = 0;
    weft__http_return(co, it, response);
    WEFT_FINALLY;
    if (weft_cancelled(co))
        it->error = WEFT_ECANCELED;
    weft_fetch_close(self->it);
    WEFT_END;
}

static weft_stepped next_run(weft_coro *co)
{
    weft__fetch_run *self = weft_frame(co, weft__fetch_run);
    WEFT_BEGIN;
    self->it->error = start(co, self->exchange, self->it);
    if (self->it->error)
        WEFT_FINISH;
    WEFT_AWAIT(weft_await(co, &self->call.call));
    weft__fetch_take(self->it);
    WEFT_FINALLY;
    if (weft_cancelled(co))
        self->it->error = WEFT_ECANCELED;
    WEFT_END;
}

static weft_poll run(weft_coro *co, weft_http_exchange *it, weft_fetch *inner, weft_step *step)
{
    weft__fetch_reset(inner);
    inner->weft__run.it = inner;
    inner->weft__run.exchange = it;
    return weft_call(co, &inner->weft__run.co, step);
}

weft_poll weft_http_pass_on(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
{
    return run(co, it, inner, pass_on_run);
}

weft_poll weft_http_next(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
{
    return run(co, it, inner, next_run);
}
