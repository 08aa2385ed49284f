// A request on its way to the next service, and the response on its way back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/http_next.h>
#include "http.h"
#include "weft_wasi_http_next.h"

typedef weft__next_wasi_http_handler_result_own_response_error_code_t response_result;
_Static_assert(sizeof(response_result) <= sizeof(((weft__fetch_run *)0)->result), "the room is too small");

static response_result *result_of(weft_fetch *inner)
{
    return (response_result *)(void *)inner->weft__run.result;
}

weft_error weft_http_next_header_add(weft_http_exchange *it, const char *name, weft_text value)
{
    return weft__http_append(&it->weft__next_fields, weft_text_z(name), value);
}

// Adds those of `more`, which it drops, behind a copy of those of `from`, which it takes.
static weft__wasi_http_types_own_fields_t joined(weft__wasi_http_types_own_fields_t from, int32_t *more)
{
    weft__wasi_http_types_own_fields_t all =
        weft__wasi_http_types_method_fields_clone((weft__wasi_http_types_borrow_fields_t){from.__handle});
    weft__http_headers added = weft__http_all_of((weft__wasi_http_types_own_fields_t){*more});
    weft__wasi_http_types_fields_drop_own(from);
    *more = 0;
    for (size_t i = 0; i < added.count; i++)
        weft__http_append(&all.__handle, added.all[i].name, added.all[i].value);
    weft__http_free_headers(&added);
    return all;
}

typedef weft__wasi_http_types_tuple2_stream_u8_future_result_option_own_trailers_error_code_t body;

// How a body was received, nobody is to learn: it goes on.
typedef weft__wasi_http_types_result_void_error_code_t done_result;
WEFT_FUTURE(done, weft__wasi_http_types_future_result_void_error_code, done_result);

// A request with the headers that were added, around the same body.
static int32_t with_headers(weft_http_exchange *it)
{
    weft__wasi_http_types_own_request_t from = {it->weft__request};
    weft__wasi_http_types_borrow_request_t of = {it->weft__request};
    weft__wasi_http_types_own_fields_t headers =
        joined(weft__wasi_http_types_method_request_get_headers(of), &it->weft__next_fields);
    weft__wasi_http_types_method_t method;
    weft__wasi_http_types_scheme_t scheme;
    weft_wasi_http_string_t target, authority;
    weft__wasi_http_types_method_request_get_method(of, &method);
    bool has_target = weft__wasi_http_types_method_request_get_path_with_query(of, &target);
    bool has_scheme = weft__wasi_http_types_method_request_get_scheme(of, &scheme);
    bool has_authority = weft__wasi_http_types_method_request_get_authority(of, &authority);

    body contents;
    done_writer received;
    weft__wasi_http_types_static_request_consume_body(from, done_new(&received, (done_result){0}), &contents);
    done_close_writer(NULL, &received);
    weft__wasi_http_types_tuple2_own_request_future_result_void_error_code_t made;
    weft__wasi_http_types_static_request_new(headers, &contents.f0, contents.f1, NULL, &made);
    weft__wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
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

static void drop_request(void *of)
{
    weft_fetch *inner = of;
    weft__wasi_http_types_request_drop_own((weft__wasi_http_types_own_request_t){inner->weft__run.request});
}

static void drop_response(void *of)
{
    weft__next_wasi_http_handler_result_own_response_error_code_free(result_of(of));
}

static void start(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
{
    WEFT__CHECK(!it->weft__request, closed, "weft_http_next", 0);
    inner->weft__run.request = it->weft__next_fields ? with_headers(it) : it->weft__request;
    it->weft__request = 0;
    weft__next_wasi_http_handler_own_request_t own = {inner->weft__run.request};
    weft_subtask_start_owned(co, &inner->weft__run.call,
                             weft__next_wasi_http_handler_handle(own, result_of(inner)), drop_request,
                             drop_response, inner);
}

// The response with the headers that were added, around the same body.
static int32_t response_with_headers(weft_http_exchange *it, int32_t from)
{
    weft__wasi_http_types_borrow_response_t of = {from};
    uint16_t status = weft__wasi_http_types_method_response_get_status_code(of);
    weft__wasi_http_types_own_fields_t headers =
        joined(weft__wasi_http_types_method_response_get_headers(of), &it->weft__fields);
    body contents;
    done_writer received;
    weft__wasi_http_types_static_response_consume_body((weft__wasi_http_types_own_response_t){from},
                                                       done_new(&received, (done_result){0}), &contents);
    done_close_writer(NULL, &received);
    weft__wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
    weft__wasi_http_types_static_response_new(headers, &contents.f0, contents.f1, &made);
    weft__wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    of.__handle = made.f0.__handle;
    weft__wasi_http_types_method_response_set_status_code(of, status);
    return made.f0.__handle;
}

static weft_left pass_on_run(weft_coro *co)
{
    weft__fetch_run *self = weft_frame(co, weft__fetch_run);
    weft_fetch *inner = self->it;
    weft_http_exchange *it = self->exchange;
    WEFT_BEGIN;
    start(co, it, inner);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    response_result *result = result_of(inner);
    if (result->is_err)
        it->error = weft__http_error((weft__http_code *)(void *)&result->val.err);
    else
        weft__http_return(co, it,
                          it->weft__fields ? response_with_headers(it, result->val.ok.__handle)
                                           : result->val.ok.__handle);
    WEFT_END;
}

static weft_left next_run(weft_coro *co)
{
    weft__fetch_run *self = weft_frame(co, weft__fetch_run);
    WEFT_BEGIN;
    start(co, self->exchange, self->it);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    weft__fetch_take(self->it);
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
    it->error = WEFT_OK;
    return run(co, it, inner, pass_on_run);
}

weft_poll weft_http_next(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
{
    return run(co, it, inner, next_run);
}
