// The request of a service's exchange.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

// ---- Its head ----

static weft__wasi_http_types_borrow_request_t borrowed(const weft_http_exchange *it)
{
    return (weft__wasi_http_types_borrow_request_t){it->weft__request};
}

static void ask_method(weft_http_exchange *it)
{
    weft__wasi_http_types_method_t method;
    weft__wasi_http_types_method_request_get_method(borrowed(it), &method);
    if (method.tag < WASI_HTTP_TYPES_METHOD_OTHER) {
        it->weft__method = weft_text_z(weft__http_methods[method.tag]);
    } else {
        it->weft__other_method = (weft__http_string){method.val.other.ptr, method.val.other.len};
        it->weft__method = weft_text_of(method.val.other.ptr, method.val.other.len);
    }
}

static void ask_target(weft_http_exchange *it)
{
    weft_wasi_http_string_t target;
    if (weft__wasi_http_types_method_request_get_path_with_query(borrowed(it), &target))
        it->weft__target = (weft__http_string){target.ptr, target.len};
}

_Static_assert(sizeof(weft_http_header) == sizeof(weft__wasi_http_types_tuple2_field_name_field_value_t),
               "copy the headers: the public struct is not that of the bindings");

static void ask_headers(weft_http_exchange *it)
{
    it->weft__request_headers =
        weft__http_all_of(weft__wasi_http_types_method_request_get_headers(borrowed(it)));
}

// Asks the host for what it tells of a request only until somebody asks for the body. The answer is kept.
static void ask(weft_http_exchange *it, bool (*known)(const weft_http_exchange *),
                void (*ask_for)(weft_http_exchange *))
{
    if (it->weft__request && !known(it))
        ask_for(it);
}

static bool knows_method(const weft_http_exchange *it)
{
    return it->weft__method.at;
}

static bool knows_target(const weft_http_exchange *it)
{
    return it->weft__target.ptr;
}

static bool knows_headers(const weft_http_exchange *it)
{
    return it->weft__request_headers.all;
}

weft_text weft_http_method(weft_http_exchange *it)
{
    ask(it, knows_method, ask_method);
    return it->weft__method;
}

static weft_text target(weft_http_exchange *it)
{
    ask(it, knows_target, ask_target);
    return weft_text_of(it->weft__target.ptr, it->weft__target.len);
}

weft_text weft_http_path(weft_http_exchange *it)
{
    weft_text all = target(it);
    return weft_text_slice(all, 0, weft_text_find(all, WEFT_TEXT("?")));
}

weft_text weft_http_query(weft_http_exchange *it)
{
    weft_text all = target(it);
    return weft_text_slice(all, weft_text_find(all, WEFT_TEXT("?")) + 1, all.length);
}

const weft_http_header *weft_http_request_headers(weft_http_exchange *it, size_t *count)
{
    ask(it, knows_headers, ask_headers);
    *count = it->weft__request_headers.count;
    return it->weft__request_headers.all;
}

const weft_http_header *weft_http_request_trailers(weft_http_exchange *it, size_t *count)
{
    *count = it->weft__request_trailers.count;
    return it->weft__request_trailers.all;
}

weft_text weft_http_request_header(weft_http_exchange *it, const char *name)
{
    ask(it, knows_headers, ask_headers);
    return weft__http_value(&it->weft__request_headers, name);
}

bool weft_http_is(weft_http_exchange *it, const char *method, const char *pattern, weft_text *values,
                  size_t room)
{
    return weft_text_equal_z(weft_http_method(it), method) &&
           weft_http_path_is(weft_http_path(it), pattern, values, room);
}

// ---- Its body ----

typedef weft__wasi_http_types_result_option_own_trailers_error_code_t trailers;

// `last` is a field of the exchange, which does not move: so it leads to that.
static weft_http_exchange *exchange_of(trailers *last)
{
    return (weft_http_exchange *)(void *)((char *)last - offsetof(weft_http_exchange, in.result.value));
}

static weft_error body_error(trailers *last)
{
    if (last->is_err)
        return weft__http_body_error(weft__http_error(&last->val.err));
    if (last->val.ok.is_some)
        exchange_of(last)->weft__request_trailers = weft__http_all_of(last->val.ok.val);
    return WEFT_OK;
}

WEFT__BYTES_SOURCE(body_source, weft__wasi_http_types_future_result_option_own_trailers_error_code, trailers,
                   body_error);

weft_bytes_reader *weft_http_body(weft_http_exchange *it)
{
    if (it->weft__request) {
        size_t count;
        weft_http_method(it);
        target(it);
        weft_http_request_headers(it, &count);
        uint32_t received = weft__http_received();
        if (!received) {
            it->in = weft__bytes_none(WEFT_ENOMEM);
            return &it->in;
        }
        weft__http_contents body = weft__http_request_body(it->weft__request, received);
        it->weft__request = 0;
        it->in = weft__bytes_reader_from(body.f0, body.f1, &body_source);
    }
    return &it->in;
}

weft_poll weft_http_read_all(weft_coro *co, weft_http_exchange *it, weft_bytes_buffer *buffer, size_t limit)
{
    weft__http_collect_from(&it->weft__collect, weft_http_body(it), buffer, limit, &it->error, NULL);
    return weft_call(co, &it->weft__collect.co, weft__http_collect_run);
}

// ---- As handles ----

weft_http_exchange weft_http_request_of(int32_t request)
{
    return (weft_http_exchange){.weft__request = request};
}

int32_t weft_http_request_hand_on(weft_http_exchange *it)
{
    int32_t request = it->weft__request;
    it->weft__request = 0;
    return request;
}

void weft_http_request_close(weft_http_exchange *it)
{
    weft_bytes_close_reader_blocking(&it->in);
    if (it->weft__request)
        weft__wasi_http_types_request_drop_own((weft__wasi_http_types_own_request_t){it->weft__request});
    it->weft__request = 0;
    weft_wasi_http_string_t other = {it->weft__other_method.ptr, it->weft__other_method.len};
    weft_wasi_http_string_t target = {it->weft__target.ptr, it->weft__target.len};
    weft_wasi_http_string_free(&other);
    weft_wasi_http_string_free(&target);
    it->weft__method = (weft_text){0};
    it->weft__other_method = it->weft__target = (weft__http_string){0};
    weft__http_free_headers(&it->weft__request_headers);
    weft__http_free_headers(&it->weft__request_trailers);
}
