// A client's request: sent, redirected, answered.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/http_client.h>
#include "http.h"
#include "http_url.h"
#include "weft_wasi_http_client.h"

typedef weft__wasi_http_types_result_option_own_trailers_error_code_t trailers_result;
typedef weft__client_wasi_http_client_result_own_response_error_code_t response_result;

// The trailers that a client sends are none, so they own nothing.
WEFT_FUTURE(trailers, weft__wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);
_Static_assert(sizeof(trailers_writer) <= sizeof(weft__http_trailers), "the field is too small: enlarge it");
_Static_assert(sizeof(response_result) <= sizeof(((weft__fetch_run *)0)->result),
               "the field is too small: enlarge it");

static trailers_writer *trailers_of(weft_fetch *it)
{
    return (trailers_writer *)(void *)&it->weft__run.trailers;
}

static response_result *result_of(weft_fetch *it)
{
    return (response_result *)(void *)it->weft__run.result;
}

// Both interfaces have a type of their own for the same code.
_Static_assert(sizeof(weft__http_code) == sizeof(((response_result *)0)->val.err),
               "read the code of each interface by a type of its own");
static weft_error failed(weft_fetch *it, void *code)
{
    weft__http_code *of = code;
    it->weft__code = (uint8_t)(of->tag + 1);
    return weft__http_error(of);
}

// ---- The request ----

static bool is_dropped(const weft__fetch_run *self, weft_text name)
{
    return !self->same_origin &&
           (weft_text_alike_z(name, "authorization") || weft_text_alike_z(name, "cookie") ||
            weft_text_alike_z(name, "proxy-authorization"));
}

static uint8_t method_tag(weft_text name)
{
    uint8_t tag = 0;
    while (tag < WASI_HTTP_TYPES_METHOD_OTHER && !weft_text_equal_z(name, weft__http_methods[tag]))
        tag++;
    return tag;
}

static void set_method_name(weft__fetch_run *self, const char *name)
{
    self->method = name;
    self->method_tag = method_tag(weft_text_z(name));
}

static bool is_bare(const weft__fetch_run *self)
{
    return self->method_tag <= WASI_HTTP_TYPES_METHOD_HEAD;
}

// Announces the length where it is known: else the host sends an empty body in chunks, and a GET without one.
static weft_error add_length(const weft__fetch_run *self, int32_t *fields)
{
    const weft_fetch_options *options = &self->options;
    char digits[20];
    uint64_t length = options->streams ? options->length : options->body.length;
    if (!length && (options->streams || is_bare(self)))
        return WEFT_OK;
    return weft__http_append(fields, WEFT_TEXT("content-length"), weft__decimal(length, digits));
}

static weft_error make_fields(const weft__fetch_run *self, int32_t *fields)
{
    const weft_fetch_options *options = &self->options;
    weft__http_made(fields);
    weft_error error = add_length(self, fields);
    if (!error && options->type && (options->body.length || options->streams))
        error = weft__http_append(fields, WEFT_TEXT("content-type"), weft_text_z(options->type));
    for (size_t i = 0; !error && i < options->header_count; i++)
        if (!is_dropped(self, options->headers[i].name))
            error = weft__http_append(fields, options->headers[i].name, options->headers[i].value);
    if (error)
        weft__http_drop_fields(fields);
    return error;
}

typedef weft__wasi_http_types_borrow_request_options_t borrowed_options;
typedef weft__wasi_http_types_duration_t duration;

// False if the host takes no such limit, or not this one.
static bool set_timeout(bool (*set)(borrowed_options, duration *,
                                    weft__wasi_http_types_request_options_error_t *),
                        weft__wasi_http_types_own_request_options_t options, uint64_t time)
{
    weft__wasi_http_types_request_options_error_t error;
    duration limit = time;
    bool is_set = !time || set((borrowed_options){options.__handle}, &limit, &error);
    if (!is_set)
        weft__wasi_http_types_request_options_error_free(&error);
    return is_set;
}

static bool has_limits(const weft_fetch_options *options)
{
    return options->connect_timeout || options->first_byte_timeout || options->between_bytes_timeout;
}

static weft_error make_options(const weft_fetch_options *from,
                               weft__wasi_http_types_own_request_options_t *options)
{
    *options = weft__wasi_http_types_constructor_request_options();
    bool set = set_timeout(weft__wasi_http_types_method_request_options_set_connect_timeout, *options,
                           from->connect_timeout);
    set &= set_timeout(weft__wasi_http_types_method_request_options_set_first_byte_timeout, *options,
                       from->first_byte_timeout);
    set &= set_timeout(weft__wasi_http_types_method_request_options_set_between_bytes_timeout, *options,
                       from->between_bytes_timeout);
    if (!set)
        weft__wasi_http_types_request_options_drop_own(*options);
    return set ? WEFT_OK : WEFT_ENOTSUP;
}

typedef weft__wasi_http_types_borrow_request_t borrowed_request;

static bool set_method(borrowed_request request, weft_text name)
{
    weft__wasi_http_types_method_t method = {.tag = method_tag(name)};
    if (method.tag == WASI_HTTP_TYPES_METHOD_OTHER) {
        method.val.other.ptr = (uint8_t *)name.at;
        method.val.other.len = name.length;
    }
    return weft_text_is_utf8(name) && weft__wasi_http_types_method_request_set_method(request, &method);
}

static bool set_target(borrowed_request request, const weft__url *url)
{
    weft__wasi_http_types_scheme_t scheme = {.tag = url->is_https ? WASI_HTTP_TYPES_SCHEME_HTTPS
                                                                  : WASI_HTTP_TYPES_SCHEME_HTTP};
    weft_wasi_http_string_t authority = {(uint8_t *)url->authority.at, url->authority.length};
    weft_wasi_http_string_t path = {(uint8_t *)url->path.at, url->path.length + url->query.length};
    return weft__wasi_http_types_method_request_set_scheme(request, &scheme) &&
           weft__wasi_http_types_method_request_set_authority(request, &authority) &&
           weft__wasi_http_types_method_request_set_path_with_query(request, &path);
}

// Makes a request of self->url and the options, and the ends that its body and trailers go by.
static weft_error make(weft_fetch *it, int32_t *handle)
{
    weft__fetch_run *self = &it->weft__run;
    int32_t fields = 0;
    weft__wasi_http_types_own_request_options_t options;
    self->spare = weft__alloc(sizeof(trailers__default));
    weft_error error = self->spare ? WEFT_OK : WEFT_ENOMEM;
    if (!error)
        error = make_fields(self, &fields);
    bool limited = has_limits(&self->options);
    if (!error && limited && (error = make_options(&self->options, &options)))
        weft__http_drop_fields(&fields);
    if (error)
        return error;
    bool has_body = self->options.streams || self->options.body.length;
    // The default of the trailers: if nothing else is written, the peer learns that the body is cut off.
    trailers_result end = {.is_err = has_body, .val.err.tag = WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR};
    if (!has_body)
        end = (trailers_result){0};
    weft__wasi_http_types_stream_u8_t contents = has_body ? weft_bytes_new(&it->out) : 0;
    weft__wasi_http_types_tuple2_own_request_future_result_void_error_code_t made;
    weft__wasi_http_types_static_request_new((weft__wasi_http_types_own_headers_t){fields},
                                             has_body ? &contents : NULL, trailers_new(trailers_of(it), end),
                                             limited ? &options : NULL, &made);
    self->sent = made.f1;
    borrowed_request request = {made.f0.__handle};
    if (self->method_tag != WASI_HTTP_TYPES_METHOD_GET && !set_method(request, weft_text_z(self->method)))
        error = WEFT_EMETHOD;
    else if (!set_target(request, &self->url))
        error = WEFT_EURI;
    if (error)
        weft__wasi_http_types_request_drop_own(made.f0);
    *handle = made.f0.__handle;
    return error;
}

static void drop_request(void *of)
{
    weft_fetch *it = of;
    weft__wasi_http_types_request_drop_own((weft__wasi_http_types_own_request_t){it->weft__run.request});
}

static void drop_response(void *of)
{
    response_result *result = result_of(of);
    if (result->is_err)
        weft__wasi_http_types_error_code_free((weft__http_code *)(void *)&result->val.err);
    else
        weft__wasi_http_types_response_drop_own(
            (weft__wasi_http_types_own_response_t){result->val.ok.__handle});
}

void weft__fetch_call(weft_coro *co, weft_fetch *it, uint32_t status)
{
    weft_subtask_start_owned(co, &it->weft__run.call, status, drop_request, drop_response, it);
}

// Sends the request, and begins to write a body that is all here. Its length tells its end.
static weft_error start(weft_coro *co, weft_fetch *it)
{
    weft__fetch_run *self = &it->weft__run;
    weft_error error = make(it, &self->request);
    if (error)
        return error;
    weft__client_wasi_http_client_own_request_t own = {self->request};
    weft__fetch_call(co, it, weft__client_wasi_http_client_send(own, result_of(it)));
    if (self->options.streams)
        return WEFT_OK;
    if (self->options.body.length)
        weft_bytes_start_write_all(co, &it->out, (const uint8_t *)self->options.body.at,
                                   self->options.body.length);
    trailers_start_write(co, trailers_of(it), (trailers_result){0});
    return WEFT_OK;
}

// ---- The response ----

// `last` is a field of the weft_fetch, which does not move: so it leads to that.
static weft_error body_error(trailers_result *last)
{
    weft_fetch *it = (weft_fetch *)(void *)((char *)last - offsetof(weft_fetch, in.result.value));
    if (last->is_err)
        return weft__http_body_error(failed(it, &last->val.err));
    if (last->val.ok.is_some)
        it->weft__trailers = weft__http_all_of(last->val.ok.val);
    return WEFT_OK;
}

static uint32_t take_sent(weft_bytes_reader *in)
{
    weft_fetch *it = (weft_fetch *)(void *)((char *)in - offsetof(weft_fetch, in));
    uint32_t sent = it->weft__run.sent;
    it->weft__run.sent = 0;
    return sent;
}

WEFT__BYTES_SOURCE(body_source, weft__wasi_http_types_future_result_option_own_trailers_error_code,
                   trailers_result, body_error, take_sent);

static void take(weft_fetch *it, int32_t handle)
{
    weft__wasi_http_types_borrow_response_t borrowed = {handle};
    uint32_t received = weft__http_received();
    if (!received) {
        it->error = WEFT_ENOMEM;
        weft__wasi_http_types_response_drop_own((weft__wasi_http_types_own_response_t){handle});
        return;
    }
    it->status = weft__wasi_http_types_method_response_get_status_code(borrowed);
    it->weft__headers = weft__http_all_of(weft__wasi_http_types_method_response_get_headers(borrowed));
    weft__http_contents body = weft__http_response_body(handle, received);
    it->in = weft__bytes_reader_from(body.f0, body.f1, &body_source);
}

void weft__fetch_take(weft_fetch *it)
{
    response_result *result = result_of(it);
    if (result->is_err)
        it->error = failed(it, &result->val.err);
    else
        take(it, result->val.ok.__handle);
}

void weft_fetch_response_of(weft_fetch *it, int32_t response)
{
    weft__fetch_reset(it);
    take(it, response);
}

static void close_request(weft_fetch *it)
{
    weft__fetch_run *self = &it->weft__run;
    weft_stop_blocking(&self->call.call);
    weft_bytes_close_reader_blocking(&it->in);
    weft_bytes_close_writer_blocking(&it->out);
    trailers__default *spare = self->spare;
    weft__op_stop_last(&trailers_of(it)->op);
    trailers__close_with_spare(NULL, trailers_of(it), &spare);
    if (spare)
        weft__free(spare, sizeof *spare);
    self->spare = NULL;
    if (self->sent)
        weft__wasi_http_types_future_result_void_error_code_drop_readable(self->sent);
    self->sent = 0;
    weft__http_free_headers(&it->weft__headers);
    weft__http_free_headers(&it->weft__trailers);
}

void weft__fetch_reset(weft_fetch *it)
{
    weft_fetch_close(it);
    it->error = WEFT_OK;
    it->status = 0;
    it->redirected = 0;
    it->retried = 0;
    it->weft__code = 0;
    it->weft__run.options = (weft_fetch_options){0};
    it->weft__run.method_tag = WASI_HTTP_TYPES_METHOD_OTHER; // of http_next, which does not ask
}

static void free_url(weft__url *url, size_t size)
{
    if (url->all.at)
        weft_free((void *)url->all.at, size);
    *url = (weft__url){0};
}

// Follows a redirect, if the response is one that is to be followed. Spec: RFC 9110, 15.4.
static bool redirects(weft_fetch *it)
{
    weft__fetch_run *self = &it->weft__run;
    int status = it->status;
    bool again = status == 307 || status == 308;
    weft_text location = weft_fetch_header(it, "location");
    if (!self->options.redirects || !location.at || !(again || (status >= 301 && status <= 303)))
        return false;
    weft__url to = {0};
    size_t size = 0;
    if (it->redirected == self->options.redirects)
        it->error = WEFT_EREDIRECTS;
    else
        it->error = weft__url_resolve(&self->url, location, &to, &size);
    if (!it->error && self->url.is_https && !to.is_https)
        it->error = WEFT_EREDIRECTS;
    if (it->error) {
        free_url(&to, size);
    } else {
        self->same_origin = self->same_origin && weft__url_same_origin(&self->url, &to);
        if (status == 303 || (!again && self->method_tag == WASI_HTTP_TYPES_METHOD_POST)) {
            set_method_name(self, self->method_tag == WASI_HTTP_TYPES_METHOD_HEAD ? "HEAD" : "GET");
            self->options.body = (weft_text){0};
        }
        free_url(&self->url, self->url_size);
        self->url = to;
        self->url_size = size;
        it->redirected++;
    }
    close_request(it);
    it->status = 0;
    return !it->error;
}

// ---- Again ----

// Methods that may be sent twice, by their tags. Spec: RFC 9110, 9.2.2.
enum {
    TWICE = 1 << WASI_HTTP_TYPES_METHOD_GET | 1 << WASI_HTTP_TYPES_METHOD_HEAD |
    1 << WASI_HTTP_TYPES_METHOD_PUT | 1 << WASI_HTTP_TYPES_METHOD_DELETE | 1 << WASI_HTTP_TYPES_METHOD_OPTIONS |
    1 << WASI_HTTP_TYPES_METHOD_TRACE
};

bool weft_fetch_may_pass(const weft_fetch *it)
{
    switch (it->error) {
    case WEFT_OK:
        return it->status == 408 || it->status == 429 || (it->status >= 502 && it->status <= 504);
    case WEFT_ECONNREFUSED:
    case WEFT_ECONNLIMIT:
    case WEFT_EHOSTUNREACH:
        return true;
    case WEFT_ECONNRESET:
    case WEFT_EEOF:
    case WEFT_EPROTO:
    case WEFT_ETIMEDOUT:
        return TWICE >> it->weft__run.method_tag & 1;
    default:
        return false;
    }
}

enum { LONGEST_PAUSE = 30 };

// True if the request is to be sent again, *pause ns from now. Then the last response is closed.
static bool retries(weft_fetch *it, uint64_t *pause)
{
    const weft_fetch_options *options = &it->weft__run.options;
    uint64_t seconds;
    if (it->retried == options->retries || !weft_fetch_may_pass(it))
        return false;
    uint64_t most = options->pause ? options->pause : WEFT_MILLISECONDS(100);
    for (uint32_t i = 0; i < it->retried && most < WEFT_SECONDS(LONGEST_PAUSE); i++)
        most *= 2;
    if (most > WEFT_SECONDS(LONGEST_PAUSE))
        most = WEFT_SECONDS(LONGEST_PAUSE);
    // The time at which the response came is chance enough: many who fail at once do not come back at once.
    *pause = most - weft_now(&weft_host_clock) % (most / 2 + 1);
    weft_text asked = weft_fetch_header(it, "retry-after");
    if (asked.at) {
        if (weft_text_to_u64(asked, &seconds) || seconds > LONGEST_PAUSE)
            return false;
        *pause = WEFT_SECONDS(seconds);
    }
    close_request(it);
    it->error = WEFT_OK;
    it->status = 0;
    it->weft__code = 0;
    it->retried++;
    return true;
}

// The deadline of run_within; NULL if there is none.
static const weft_deadline *deadline_of(const weft_fetch *it)
{
    return it->weft__run.options.timeout ? &it->weft__deadline : NULL;
}

static weft_stepped run(weft_coro *co)
{
    weft__fetch_run *self = weft_frame(co, weft__fetch_run);
    weft_fetch *it = self->it;
    uint64_t pause;
    WEFT_BEGIN;
    for (;;) {
        if (self->options.rate && (it->retried || it->redirected))
            WEFT_AWAIT(weft_rate_wait(co, self->options.rate, &self->turn));
        it->error = self->follows ? start(co, it) : WEFT_OK;
        if (it->error)
            WEFT_FINISH;
        WEFT_AWAIT(weft_await(co, &self->call.call));
        weft__fetch_take(it);
        if (!self->follows)
            WEFT_FINISH;
        if (retries(it, &pause))
            WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, pause));
        else if (it->error || !redirects(it))
            WEFT_FINISH;
    }
    WEFT_FINALLY;
    if (weft_cancelled(co) && !it->status)
        it->error = weft__http_cut(deadline_of(it));
    // A body that streams may be written just now. Whoever writes it closes it.
    if (self->follows && it->error)
        close_request(it);
    WEFT_END;
}

static weft_poll run_within(weft_coro *co, weft_fetch *it, weft_coro *child, weft_step *step)
{
    uint64_t timeout = it->weft__run.options.timeout;
    return timeout ? weft_call_within(co, &it->weft__deadline, &weft_host_clock, timeout, child, step)
                   : weft_call(co, child, step);
}

static weft_error prepare(weft_fetch *it, const char *url, const weft_fetch_options *options, bool follows)
{
    weft__fetch_run *self = &it->weft__run;
    weft__fetch_reset(it);
    self->it = it;
    self->options = *options;
    self->follows = follows;
    self->same_origin = true;
    bool has_body = options->streams || options->body.length;
    set_method_name(self, options->method ? options->method : has_body ? "POST" : "GET");
    if (options->streams && !options->length && is_bare(self)) // the host would send no body
        return it->error = WEFT_ELENGTH;
    return it->error = weft__url_resolve(NULL, weft_text_z(url), &self->url, &self->url_size);
}

// With a rate: the wait for the first turn is no part of the timeout.
static weft_stepped rated_run(weft_coro *co)
{
    weft_fetch *it = (weft_fetch *)(void *)((char *)co - offsetof(weft_fetch, weft__run.rated));
    WEFT_BEGIN;
    WEFT_AWAIT(weft_rate_wait(co, it->weft__run.options.rate, &it->weft__run.turn));
    WEFT_AWAIT(run_within(co, it, &it->weft__run.co, run));
    WEFT_FINALLY;
    if (weft_cancelled(co) && !it->status && !it->error)
        it->error = WEFT_ECANCELED;
    WEFT_END;
}

weft_poll weft_fetch_with(weft_coro *co, weft_fetch *it, const char *url, const weft_fetch_options *options)
{
    if (prepare(it, url, options, true))
        return weft_breathe(co);
    return options->rate ? weft_call(co, &it->weft__run.rated, rated_run)
                         : run_within(co, it, &it->weft__run.co, run);
}

weft_error weft_fetch_start_with(weft_coro *co, weft_fetch *it, const char *url,
                                 const weft_fetch_options *options)
{
    if (!prepare(it, url, options, false) && (it->error = start(co, it)))
        close_request(it);
    return it->error;
}

weft_poll weft_fetch_response(weft_coro *co, weft_fetch *it)
{
    if (it->error || it->status)
        return weft_breathe(co);
    return run_within(co, it, &it->weft__run.co, run);
}

weft_poll weft_fetch_finish(weft_coro *co, weft_fetch *it)
{
    WEFT__CHECK(!trailers_of(it)->op.handle, closed, "weft_fetch_finish", 0);
    WEFT__CHECK(weft_in_flight(&it->out), busy, "weft_fetch_finish", it->out.op.handle);
    weft_bytes_close_writer(&it->out);
    return trailers_write(co, trailers_of(it), (trailers_result){0});
}

// ---- Its body ----

weft_poll weft_fetch_read_all(weft_coro *co, weft_fetch *it, weft_bytes_buffer *buffer, size_t limit)
{
    weft__http_collect_from(&it->weft__collect, &it->in, buffer, limit, &it->error, deadline_of(it));
    return run_within(co, it, &it->weft__collect.co, weft__http_collect_run);
}

weft_text weft_fetch_header(weft_fetch *it, const char *name)
{
    return weft__http_value(&it->weft__headers, name);
}

const weft_http_header *weft_fetch_headers(weft_fetch *it, size_t *count)
{
    *count = it->weft__headers.count;
    return it->weft__headers.all;
}

const weft_http_header *weft_fetch_trailers(weft_fetch *it, size_t *count)
{
    *count = it->weft__trailers.count;
    return it->weft__trailers.all;
}

weft_text weft_fetch_url(const weft_fetch *it)
{
    return it->weft__run.url.all;
}

const char *weft_fetch_reason(const weft_fetch *it)
{
    static const char *const names[] = {
        "",
        "DNS-timeout",
        "DNS-error",
        "destination-not-found",
        "destination-unavailable",
        "destination-IP-prohibited",
        "destination-IP-unroutable",
        "connection-refused",
        "connection-terminated",
        "connection-timeout",
        "connection-read-timeout",
        "connection-write-timeout",
        "connection-limit-reached",
        "TLS-protocol-error",
        "TLS-certificate-error",
        "TLS-alert-received",
        "HTTP-request-denied",
        "HTTP-request-length-required",
        "HTTP-request-body-size",
        "HTTP-request-method-invalid",
        "HTTP-request-URI-invalid",
        "HTTP-request-URI-too-long",
        "HTTP-request-header-section-size",
        "HTTP-request-header-size",
        "HTTP-request-trailer-section-size",
        "HTTP-request-trailer-size",
        "HTTP-response-incomplete",
        "HTTP-response-header-section-size",
        "HTTP-response-header-size",
        "HTTP-response-body-size",
        "HTTP-response-trailer-section-size",
        "HTTP-response-trailer-size",
        "HTTP-response-transfer-coding",
        "HTTP-response-content-coding",
        "HTTP-response-timeout",
        "HTTP-upgrade-failed",
        "HTTP-protocol-error",
        "loop-detected",
        "configuration-error",
        "internal-error",
    };
    return names[it->weft__code < sizeof names / sizeof *names ? it->weft__code : 0];
}

void weft_fetch_close(weft_fetch *it)
{
    close_request(it);
    free_url(&it->weft__run.url, it->weft__run.url_size);
}
