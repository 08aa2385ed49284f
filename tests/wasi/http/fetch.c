// A service that sends the request which its query tells, and replies with what came of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../net/memory.h"

static weft_rate rate; // of all requests that ask for one

// A fetch that may be cancelled from outside.
typedef struct {
    weft_coro co;
    weft_fetch *page;
    const char *url;
    weft_fetch_options *options;
} asks;

WEFT_ASYNC(asks)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_fetch_with(co, self->page, self->url, self->options));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    asks asks;
    weft_deadline deadline;
    weft_fetch page;
    weft_http_header headers[3];
    weft_fetch_options options;
    weft_bytes_buffer text;
    weft_timer timer;
    size_t size, left;
    char url[1024], method[32], body[1024], head[2048];
    uint8_t piece[65536];
} get;

WEFT_UNZEROED(get, head);

// An item of the query, decoded, as a C string; empty if there is none.
static weft_text item(get *self, const char *name, char *room, size_t size)
{
    size_t length = 0;
    weft_http_decode(weft_http_item(weft_http_query(&self->http), name), true, room, size - 1, &length);
    room[length] = 0;
    return weft_text_of(room, length);
}

static uint64_t number(get *self, const char *name)
{
    uint64_t found = 0;
    weft_text_to_u64(weft_http_item(weft_http_query(&self->http), name), &found);
    return found;
}

static void read_options(get *self)
{
    static const char *const names[] = {"authorization", "cookie", "x-mine"};
    weft_fetch_options *options = &self->options;
    *options = (weft_fetch_options){0};
    item(self, "url", self->url, sizeof self->url);
    if (item(self, "method", self->method, sizeof self->method).length)
        options->method = self->method;
    options->body = item(self, "body", self->body, sizeof self->body);
    options->type = options->body.length ? "text/x-test" : NULL;
    options->redirects = (uint32_t)number(self, "redirects");
    options->retries = (uint32_t)number(self, "retries");
    options->pause = WEFT_MILLISECONDS(number(self, "pause"));
    options->timeout = WEFT_MILLISECONDS(number(self, "timeout"));
    options->connect_timeout = WEFT_MILLISECONDS(number(self, "connect"));
    options->first_byte_timeout = WEFT_MILLISECONDS(number(self, "first"));
    options->between_bytes_timeout = WEFT_MILLISECONDS(number(self, "between"));
    rate.clock = &weft_host_clock;
    rate.period = WEFT_MILLISECONDS(number(self, "rate"));
    options->rate = rate.period ? &rate : NULL;
    options->headers = self->headers;
    for (size_t i = 0; i < 3; i++) {
        weft_text value = weft_http_request_header(&self->http, names[i]);
        if (value.at)
            self->headers[options->header_count++] = (weft_http_header){weft_text_z(names[i]), value};
    }
}

static weft_text told(get *self)
{
    weft_fetch *page = &self->page;
    weft_text url = weft_fetch_url(page), mine = weft_fetch_header(page, "X-Peer");
    size_t count, length;
    const weft_http_header *trailers = weft_fetch_trailers(page, &count);
    length = weft_format(self->head, sizeof self->head, "%s\x1f%d\x1f%s\x1f%u\x1f%.*s\x1f%.*s\x1f%.*s\x1f%.*s",
                         weft_error_name(page->error), page->status, weft_fetch_reason(page), page->redirected,
                         (int)url.length, url.at, (int)mine.length, mine.at ? mine.at : "",
                         count ? (int)trailers->value.length : 0, count ? trailers->value.at : "",
                         (int)self->text.count, (const char *)self->text.items);
    return weft_text_of(self->head, length < sizeof self->head ? length : sizeof self->head - 1);
}

WEFT_ASYNC(get)
{
    weft_fetch *page = &self->page;
    WEFT_BEGIN;
    if (number(self, "tasks")) { // and the number of the next handle
        weft_format(self->head, sizeof self->head, "%u %u", weft_stats_now().tasks, (unsigned)next_handle());
        WEFT_TRY(&self->http, weft_http_reply(co, &self->http, 200, NULL, weft_text_z(self->head)));
        WEFT_FINISH;
    }
    if (number(self, "own")) {
        failing = 1;
        WEFT_AWAIT(weft_http_read_all(co, &self->http, &self->text, 100));
        self->size = weft_format(self->head, 100, "%s, then ", weft_error_name(self->http.error));
        WEFT_AWAIT(weft_http_read_all(co, &self->http, &self->text, 100));
        weft_format(self->head + self->size, 200, "%s: %.*s", weft_error_name(self->http.error),
                    (int)self->text.count, (const char *)self->text.items);
        WEFT_TRY(&self->http, weft_http_reply(co, &self->http, 200, NULL, weft_text_z(self->head)));
        WEFT_FINISH;
    }
    read_options(self);
    failing = number(self, "fail");
    if (number(self, "stream")) {
        self->left = (size_t)number(self, "stream");
        self->options.streams = true;
        self->options.length = number(self, "length");
        weft_fetch_start_with(co, page, self->url, &self->options);
        while (!page->error && self->left) {
            self->size = self->left < sizeof self->piece ? self->left : sizeof self->piece;
            WEFT_AWAIT(weft_bytes_write_all(co, &page->out, self->piece, self->size));
            if (page->out.error)
                break;
            self->left -= self->size;
        }
        if (!page->error && !page->out.error && !number(self, "cut"))
            WEFT_AWAIT(weft_fetch_finish(co, page));
        else if (number(self, "cut") < 2)
            weft_bytes_close_writer(&page->out);
        if (number(self, "cut") == 2) // when the response is there
            WEFT_AWAIT(weft_fetch_response(co, page));
        if (number(self, "cut") && !number(self, "fail-close"))
            weft_fetch_close(page);
        else if (!number(self, "cut"))
            WEFT_AWAIT(weft_fetch_response(co, page));
    } else if (number(self, "cancel")) {
        WEFT_CALL_WITHIN(asks, &self->asks, &self->deadline, &weft_host_clock,
                         WEFT_MILLISECONDS(number(self, "cancel")), .page = page, .url = self->url,
                         .options = &self->options);
        WEFT_AWAIT(weft_fetch_response(co, page)); // of what is over
    } else {
        WEFT_AWAIT(weft_fetch_with(co, page, self->url, &self->options));
    }
    if (number(self, "proxy")) {
        weft_http_begin_with(co, &self->http, page->status, &page->in);
        WEFT_FINISH;
    }
    failing = 0;
    if (!page->error && page->status && number(self, "cut") < 2)
        WEFT_AWAIT(weft_fetch_read_all(co, page, &self->text, 1 << 16));
    if (number(self, "whole") && weft_fetch_may_pass(page)) {
        self->text.count = 0;
        WEFT_AWAIT(weft_fetch_with(co, page, self->url, &self->options));
        WEFT_AWAIT(weft_fetch_read_all(co, page, &self->text, 1 << 16));
    }
    if (number(self, "close"))
        weft_fetch_close(page);
    WEFT_AWAIT(weft_http_reply(co, &self->http, 200, "text/plain", told(self)));
    WEFT_FINALLY;
    failing = number(self, "fail-close");
    weft_fetch_close(page);
    failing = 0;
    weft_bytes_buffer_free(&self->text);
    WEFT_END;
}
WEFT_HTTP_SERVICE(get);
