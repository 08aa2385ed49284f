// A service that hands on what it has in each way that there is: a path each. It sends requests to the port
// that its path ends with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "proxy.h"
#include <weft/wasi.h>

#define H(name) wasi_http_types_##name
typedef H(result_option_own_trailers_error_code_t) trailers_result;
typedef H(result_void_error_code_t) plain_result;
WEFT_FUTURE(trailers, H(future_result_option_own_trailers_error_code), trailers_result);
WEFT_FUTURE(results, H(future_result_void_error_code), plain_result);
typedef exports_wasi_http_handler_result_own_response_error_code_t handled;

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_subtask call;
    wasi_http_client_result_own_response_error_code_t result;
    uint32_t status, unread;
    bool has_body;
    trailers_writer sent, replied;
    results_writer read;
    results_reader told;
    plain_result became;
    weft_bytes_writer out;
    weft_fetch fetch;
    weft_bytes_buffer page;
    weft_text words[2];
    exports_wasi_http_handler_own_request_t given;
} handle;

static proxy_string_t string_of(weft_text text)
{
    return (proxy_string_t){(uint8_t *)(uintptr_t)text.at, text.length};
}

static H(own_request_t) new_request(handle *self, uint8_t method, const char *size)
{
    H(tuple2_own_request_future_result_void_error_code_t) made;
    H(header_error_t) error;
    H(own_fields_t) headers = H(constructor_fields)();
    proxy_string_t path = string_of(WEFT_TEXT("/page")), name = string_of(WEFT_TEXT("content-length"));
    char text[32];
    weft_format(text, sizeof text, "127.0.0.1:%.*s", WEFT_TEXT_ARGUMENTS(self->words[0]));
    proxy_string_t authority = string_of(weft_text_z(text));
    if (size) {
        proxy_string_t value = string_of(weft_text_z(size));
        H(method_fields_append)(H(borrow_fields)(headers), &name, (H(field_value_t) *)&value, &error);
    }
    H(stream_u8_t) body = self->has_body ? weft_bytes_new(&self->out) : 0;
    H(static_request_new)(headers, self->has_body ? &body : NULL,
                          trailers_new(&self->sent, (trailers_result){0}), NULL, &made);
    self->unread = made.f1;
    H(borrow_request_t) it = H(borrow_request)(made.f0);
    H(method_request_set_method)(it, &(H(method_t)){.tag = method});
    H(method_request_set_scheme)(it, &(H(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTP});
    H(method_request_set_authority)(it, &authority);
    H(method_request_set_path_with_query)(it, &path);
    return made.f0;
}

static handled new_response(handle *self, H(stream_u8_t) body)
{
    H(tuple2_own_response_future_result_void_error_code_t) made;
    H(static_response_new)(H(constructor_fields)(), &body, trailers_new(&self->replied, (trailers_result){0}),
                           &made);
    H(future_result_void_error_code_drop_readable)(made.f1);
    return (handled){.val.ok = made.f0};
}

static handled wrapped(handle *self)
{
    H(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) both;
    H(static_response_consume_body)(self->result.val.ok, results_new(&self->read, (plain_result){0}), &both);
    handled it = new_response(self, both.f0);
    H(future_result_option_own_trailers_error_code_drop_readable)(both.f1);
    return it;
}

// What the request says of where it goes.
static void look(handle *self)
{
    H(borrow_request_t) it = {self->given.__handle};
    proxy_string_t authority;
    H(scheme_t) scheme;
    bool has_scheme = H(method_request_get_scheme)(it, &scheme);
    bool has_authority = H(method_request_get_authority)(it, &authority);
    size_t count;
    weft_bytes_append_format(&self->page, "%s %.*s", has_scheme ? "a scheme" : "no scheme",
                             has_authority ? (int)authority.len : 4,
                             has_authority ? (const char *)authority.ptr : "none");
    const weft_http_header *headers = weft_http_request_headers(&self->http, &count);
    for (size_t i = 0; i < count; i++)
        weft_bytes_append_format(&self->page, " %.*s=%.*s", WEFT_TEXT_ARGUMENTS(headers[i].name),
                                 WEFT_TEXT_ARGUMENTS(headers[i].value));
    if (has_authority)
        proxy_string_free(&authority);
    if (has_scheme)
        H(scheme_free)(&scheme);
}

static uint32_t starts(handle *self)
{
    weft_http_exchange *it = &self->http;
    H(own_request_t) made;
    self->has_body = !weft_http_is(it, "GET", "/page/{port}", self->words, 1) &&
                     !weft_http_is(it, "GET", "/wrap/{port}", self->words, 1);
    if (weft_http_is(it, "POST", "/on", NULL, 0)) {
        self->has_body = false; // of its own
        made = (H(own_request_t)){weft_http_request_hand_on(it)};
    } else if (weft_http_is(it, "GET", "/short/{port}", self->words, 1)) {
        made = new_request(self, WASI_HTTP_TYPES_METHOD_POST, "10");
    } else if (weft_http_is(it, "GET", "/long/{port}", self->words, 1)) {
        made = new_request(self, WASI_HTTP_TYPES_METHOD_POST, "2");
    } else { // with a body for /get
        weft_http_is(it, "GET", "/get/{port}", self->words, 1);
        made = new_request(self, WASI_HTTP_TYPES_METHOD_GET, NULL);
    }
    return wasi_http_client_send(made, &self->result);
}

WEFT_ASYNC(handle)
{
    weft_http_exchange *it = &self->http;
    WEFT_BEGIN;
    if (weft_http_is(it, "GET", "/look", NULL, 0)) {
        look(self);
        WEFT_RETURN(co, exports_wasi_http_handler_handle, new_response(self, weft_bytes_new(&self->out)));
        WEFT_AWAIT(weft_bytes_write_all(co, &self->out, self->page.items, self->page.count));
        WEFT_FINISH;
    }
    if (weft_http_is(it, "GET", "/upload", NULL, 0)) {
        weft_fetch_start(co, &self->fetch, "http://127.0.0.1/page", .method = "POST", .streams = true,
                         .timeout = WEFT_SECONDS(1));
        WEFT_AWAIT(weft_bytes_write_all(co, &self->fetch.out, (const uint8_t *)"four", 4));
        WEFT_AWAIT(weft_fetch_response(co, &self->fetch));
        weft_bytes_append(&self->page, weft_text_z(weft_error_name(self->fetch.error)));
        WEFT_RETURN(co, exports_wasi_http_handler_handle, new_response(self, weft_bytes_new(&self->out)));
        WEFT_AWAIT(weft_bytes_write_all(co, &self->out, self->page.items, self->page.count));
        WEFT_FINISH;
    }
    if (weft_http_is(it, "GET", "/early", NULL, 0)) {
        handled early = new_response(self, weft_bytes_new(&self->out));
        H(method_response_set_status_code)(H(borrow_response)(early.val.ok), 199);
        WEFT_RETURN(co, exports_wasi_http_handler_handle, early);
        WEFT_FINISH;
    }
    if (weft_http_is(it, "GET", "/cancel", NULL, 0)) {
        self->has_body = true;
        self->status =
            wasi_http_client_send(new_request(self, WASI_HTTP_TYPES_METHOD_POST, NULL), &self->result);
        weft_subtask_start(co, &self->call, self->status);
        WEFT_AWAIT(weft_bytes_write_all(co, &self->out, (const uint8_t *)"four", 4));
        WEFT_AWAIT(weft_stop(co, &self->call));
        weft_bytes_close_writer(&self->out);
        trailers_close_writer(co, &self->sent);
        self->told = results_reader_of(self->unread);
        self->unread = 0;
        WEFT_AWAIT(results_read(co, &self->told, &self->became));
        weft_bytes_append_format(&self->page, "%u", self->became.is_err ? self->became.val.err.tag : 0);
        WEFT_RETURN(co, exports_wasi_http_handler_handle, new_response(self, weft_bytes_new(&self->out)));
        WEFT_AWAIT(weft_bytes_write_all(co, &self->out, self->page.items, self->page.count));
        WEFT_FINISH;
    }
    self->status = starts(self);
    if (self->has_body) {
        WEFT_AWAIT(weft_bytes_write_all(co, &self->out, (const uint8_t *)"four", 4));
        weft_bytes_close_writer(&self->out);
    }
    trailers_close_writer(co, &self->sent);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, self->status));
    if (self->result.is_err) {
        handled failure = {.is_err = true, .val.err.tag = self->result.val.err.tag};
        WEFT_RETURN(co, exports_wasi_http_handler_handle, failure);
        WEFT_FINISH;
    }
    if (weft_http_is(it, "GET", "/wrap/{port}", self->words, 1)) {
        WEFT_RETURN(co, exports_wasi_http_handler_handle, wrapped(self));
    } else {
        handled as_it_is = {.val.ok = {self->result.val.ok.__handle}};
        WEFT_RETURN(co, exports_wasi_http_handler_handle, as_it_is);
    }
    WEFT_FINALLY;
    weft_bytes_close_writer(&self->out);
    trailers_close_writer(co, &self->replied);
    results_close_writer(co, &self->read);
    results_close_reader(&self->told);
    weft_fetch_close(&self->fetch);
    if (self->unread)
        H(future_result_void_error_code_drop_readable)(self->unread);
    weft_http_request_close(it);
    weft_bytes_buffer_free(&self->page);
    WEFT_END;
}

WEFT_EXPORT(proxy, exports_wasi_http_handler_handle, handle, (exports_wasi_http_handler_own_request_t request),
            .http = weft_http_request_of(request.__handle), .given = request);
