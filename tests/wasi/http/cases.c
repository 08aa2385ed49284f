// What a service may do with a request: a path each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

// Reads the body beside a handler that writes.
typedef struct {
    weft_coro co;
    weft_http_exchange *http;
    weft_bytes_buffer *body;
} reads;

WEFT_ASYNC(reads)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_http_read_all(co, self->http, self->body, 100));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_scope scope;
    weft_child child;
    reads reads;
    weft_lines lines;
    weft_bytes_buffer body;
    weft_timer timer;
    size_t size, at, stops;
    uint64_t rounds;
    weft_text words[2];
    char text[4096];
    uint8_t buffer[16384];
} cases;

WEFT_UNZEROED(cases, text);

static const uint8_t big[8 << 20];

static void add(cases *self, weft_text text)
{
    size_t length = text.length < sizeof self->text - self->size ? text.length : sizeof self->text - self->size;
    if (length)
        __builtin_memcpy(self->text + self->size, text.at, length);
    self->size += length;
}

static void add_line(cases *self, const char *name, weft_text value)
{
    add(self, weft_text_z(name));
    add(self, WEFT_TEXT(": "));
    add(self, value);
    add(self, WEFT_TEXT("\n"));
}

static void add_headers(cases *self, const char *what, const weft_http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add(self, weft_text_z(what));
        add(self, headers[i].name);
        add(self, WEFT_TEXT("="));
        add(self, headers[i].value);
        add(self, WEFT_TEXT("\n"));
    }
}

static weft_text text_of(cases *self)
{
    return weft_text_of(self->text, self->size);
}

// What the request is, after its body, if it has one, was asked for.
static void describe(cases *self, bool body_first)
{
    weft_http_exchange *it = &self->http;
    size_t count;
    if (body_first)
        weft_http_body(it);
    add_line(self, "method", weft_http_method(it));
    add_line(self, "path", weft_http_path(it));
    add_line(self, "query", weft_http_query(it));
    add_line(self, "x-one", weft_http_request_header(it, "X-One"));
    add_line(self, "absent", weft_text_z(weft_http_request_header(it, "absent").at ? "there" : "not there"));
    const weft_http_header *headers = weft_http_request_headers(it, &count);
    add_headers(self, "header ", headers, count);
}

// The request's header `x-name` and `x-value`, as a header of the reply.
static void tell_error(cases *self, weft_error error)
{
    self->size = 0;
    add(self, weft_text_z(weft_error_name(error)));
}

static bool path_is(cases *self, const char *pattern)
{
    return weft_http_path_is(weft_http_path(&self->http), pattern, self->words, 2);
}

WEFT_ASYNC(cases)
{
    weft_http_exchange *it = &self->http; // before WEFT_BEGIN: anew at each step
    WEFT_BEGIN;
    if (weft_http_request_header(it, "x-log").at)
        weft_http_log_request(it, weft_http_request_header(it, "x-log"));
    if (path_is(self, "/describe") || path_is(self, "/describe/{how}")) {
        describe(self, self->words[0].length);
        WEFT_TRY(it, weft_http_reply(co, it, 200, "text/plain", text_of(self)));
    } else if (path_is(self, "/collect/{limit}")) {
        weft_text_to_u64(self->words[0], &self->rounds);
        WEFT_AWAIT(weft_http_read_all(co, it, &self->body, (size_t)self->rounds));
        if (it->error) {
            tell_error(self, it->error);
            WEFT_TRY(it, weft_http_reply(co, it, 400, "text/plain", text_of(self)));
            WEFT_FINISH;
        }
        WEFT_TRY(it, weft_http_reply(co, it, 200, NULL, weft_text_of(self->body.items, self->body.count)));
    } else if (path_is(self, "/echo")) {
        size_t count;
        weft_http_begin(co, it, 200);
        do {
            WEFT_TRY(&it->in, weft_bytes_read(co, weft_http_body(it), self->buffer, sizeof self->buffer));
            WEFT_TRY(it, weft_bytes_write_all(co, &it->out, self->buffer, it->in.count));
        } while (it->in.count);
        const weft_http_header *trailers = weft_http_request_trailers(it, &count);
        add_headers(self, "", trailers, count);
        if (self->size)
            weft_http_trailer_add(it, "x-echoed", weft_text_trim(text_of(self)));
    } else if (path_is(self, "/splice")) {
        weft_text length = weft_http_request_header(it, "content-length");
        if (length.at)
            weft_http_header_add(it, "content-length", length);
        weft_http_begin_with(co, it, 200, weft_http_body(it));
    } else if (path_is(self, "/splice/{how}")) {
        if (weft_text_equal_z(self->words[0], "rest")) // behind a first read, which may have told the end
            WEFT_TRY(&it->in, weft_bytes_read(co, weft_http_body(it), self->buffer, 5));
        if (weft_text_equal_z(self->words[0], "line")) {
            weft_bytes_lines(&self->lines, weft_http_body(it), self->buffer, 4, WEFT_LINES_CUT);
            WEFT_AWAIT(weft_line_next(co, &self->lines));
        }
        if (weft_text_equal_z(self->words[0], "short"))
            weft_http_header_add(it, "content-length", WEFT_TEXT("3"));
        if (weft_http_begin_with(co, it, 200, weft_http_body(it)))
            WEFT_TRY(it, weft_http_reply_status(co, it, 400));
        else if (weft_text_equal_z(self->words[0], "finish"))
            WEFT_TRY(it, weft_http_finish(co, it));
    } else if (path_is(self, "/both")) {
        weft_http_begin(co, it, 200);
        WEFT_SPAWN(reads, &self->reads, &self->scope, &self->child, .http = it, .body = &self->body);
        WEFT_AWAIT(weft_yield(co));
        WEFT_TRY(it, weft_write(co, &it->out, WEFT_TEXT("both ")));
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        WEFT_TRY(it, weft_write(co, &it->out, weft_text_of(self->body.items, self->body.count)));
    } else if (path_is(self, "/tolerant")) {
        weft_http_begin(co, it, 200);
        WEFT_AWAIT(weft_http_read_all(co, it, &self->body, 1));
        WEFT_AWAIT(weft_write(co, &it->out, weft_text_z(weft_error_name(it->error))));
        WEFT_TRY(it, weft_http_finish(co, it));
    } else if (path_is(self, "/late")) {
        weft_http_body(it);
        do {
            weft_bytes_start_read(co, &it->in, self->buffer, sizeof self->buffer);
            WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
            weft_stop_blocking(&it->in);
            if (!it->in.count)
                self->stops++;
            else
                add(self, weft_text_of(self->buffer, it->in.count));
        } while (!weft_dropped(&it->in) && !it->in.error);
        add(self, weft_text_z(self->stops > 1 ? " stopped " : " not stopped "));
        add(self, weft_text_z(weft_error_name(it->in.error)));
        WEFT_TRY(it, weft_http_reply(co, it, 200, NULL, text_of(self)));
    } else if (path_is(self, "/in-flight")) {
        weft_http_begin(co, it, 200);
        weft_bytes_start_write_all(co, &it->out, big, sizeof big);
    } else if (path_is(self,
                       "/changes")) { // 'a's, until they are stopped, and then a 'b' and how many they were
        for (self->at = 0; self->at < 200; self->at++)
            self->buffer[self->at] = 'a';
        weft_http_begin(co, it, 200);
        weft_bytes_start_write(co, &it->out, self->buffer, 200);
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(1)));
        weft_stop_blocking(&it->out);
        for (self->at = 0; self->at < 200; self->at++)
            self->buffer[self->at] = 'x';
        self->size = weft_format(self->text, sizeof self->text, "b%u", (unsigned)it->out.count);
        WEFT_TRY(it, weft_write(co, &it->out, text_of(self)));
    } else if (path_is(self, "/trailers")) {
        weft_http_header_add(it, "trailer", WEFT_TEXT("x-last"));
        weft_http_begin(co, it, 200);
        WEFT_TRY(it, weft_write(co, &it->out, WEFT_TEXT("body\n")));
        weft_http_trailer_add(it, "x-last", WEFT_TEXT("word"));
    } else if (path_is(self, "/header")) {
        weft_error error = weft_http_header_add(it, "x-given", weft_http_request_header(it, "x-value"));
        weft_text name = weft_http_request_header(it, "x-name");
        if (!error && name.length && !weft_text_to_z(name, self->text, sizeof self->text))
            error = weft_http_header_add(it, self->text, WEFT_TEXT("v"));
        tell_error(self, error);
        WEFT_TRY(it, weft_http_reply(co, it, error ? 400 : 200, "text/plain", text_of(self)));
    } else if (path_is(self, "/split")) {
        tell_error(self, weft_http_header_add(it, "x-a", WEFT_TEXT("b\r\nset-cookie: c")));
        WEFT_TRY(it, weft_http_reply(co, it, 200, "text/plain", text_of(self)));
    } else if (path_is(self, "/many")) {
        weft_error error;
        while (!(error = weft_http_header_add(it, "x-many", WEFT_TEXT("0123456789"))) && self->size < 1 << 20)
            self->size++;
        tell_error(self, error);
        WEFT_FAIL(error == WEFT_EHEADER ? 7 : 8);
    } else if (path_is(self, "/status/{status}")) {
        weft_text_to_u64(self->words[0], &self->rounds);
        WEFT_AWAIT(weft_http_reply_status(co, it, (int)self->rounds));
        if (it->error)
            WEFT_FAIL(it->error);
    } else if (path_is(self, "/nothing")) {
    } else if (path_is(self, "/fails")) {
        weft_http_header_add(it, "x-lost", WEFT_TEXT("yes"));
        WEFT_FAIL(WEFT_ENOENT);
    } else if (path_is(self, "/no-memory")) {
        WEFT_FAIL(WEFT_ENOMEM);
    } else if (path_is(self, "/cut")) {
        weft_http_begin(co, it, 200);
        WEFT_TRY(it, weft_write(co, &it->out, WEFT_TEXT("half")));
        WEFT_FAIL(42);
    } else if (path_is(self, "/short")) {
        weft_http_header_add(it, "content-length", WEFT_TEXT("10"));
        weft_http_begin(co, it, 200);
        WEFT_TRY(it, weft_write(co, &it->out, WEFT_TEXT("half")));
    } else if (path_is(self, "/early")) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, NULL, WEFT_TEXT("early\n")));
        WEFT_AWAIT(weft_http_finish(co, it));
        if (it->error)
            WEFT_FAIL(it->error);
        for (self->at = 0; self->at < 1000; self->at++)
            WEFT_AWAIT(weft_yield(co));
        WEFT_FAIL(3);
    } else if (path_is(self, "/until-gone")) {
        weft_http_begin(co, it, 200);
        while (!it->error)
            WEFT_AWAIT(weft_bytes_write_all(co, &it->out, self->buffer, sizeof self->buffer));
    } else if (path_is(self, "/endless")) {
        weft_http_begin(co, it, 200);
        while (!it->error)
            WEFT_AWAIT(weft_bytes_write_all(co, &it->out, self->buffer, sizeof self->buffer));
        WEFT_AWAIT(weft_http_finish(co, it)); // does not make it whole
        WEFT_AWAIT(weft_eprintf(co, "the client has gone: %s\n", weft_error_name(it->error)));
        WEFT_FAIL(it->error);
    } else if (path_is(self, "/twice")) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, NULL, WEFT_TEXT("one\n")));
        WEFT_TRY(it, weft_http_reply(co, it, 200, NULL, WEFT_TEXT("two\n")));
    } else if (path_is(self, "/finish-first")) {
        WEFT_TRY(it, weft_http_finish(co, it));
    } else {
        WEFT_TRY(it, weft_http_reply_status(co, it, 404));
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_bytes_buffer_free(&self->body);
    WEFT_END;
}
WEFT_HTTP_SERVICE(cases);
