// An HTTP client: a request, and the response to it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct {
//         weft_coro co;
//         weft_fetch page;
//         weft_bytes_buffer text;
//     } show;
//     ...
//     WEFT_TRY(&self->page, weft_fetch_get(co, &self->page, "http://127.0.0.1/", .timeout = WEFT_SECONDS(5)));
//     WEFT_TRY(&self->page, weft_fetch_read_all(co, &self->page, &self->text, 1 << 20));
//     ...
//     WEFT_FINALLY;
//     weft_fetch_close(&self->page);
//     weft_bytes_buffer_free(&self->text);
//
// - A response with a status such as 404 is no error: see `status`. If there is no response, or no whole one,
//   `error` tells, and weft_fetch_reason what the host calls it.
// - A body that was cut short ends with an error, WEFT_EEOF or WEFT_ETIMEDOUT, never as if it were whole.
// - A request is sent once, but for redirects and `.retries`.
// - The host keeps no connection and no cookies, decodes nothing, sends HTTP's own methods only, and does
//   https.
//
// WASI: wasi:http/{types,client}.
#ifndef WEFT_WASI_HTTP_CLIENT_H
#define WEFT_WASI_HTTP_CLIENT_H

#include "../rate.h"
#include "clock.h"
#include "http.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a request may have. Zero is the default that each says. Texts must stay until the wait for the response
// is over, and `body` until weft_fetch_close: a peer may answer before it has all of it.
typedef struct weft_fetch_options {
    const char *method;              // default: POST if there is a body, else GET
    const weft_http_header *headers; // header_count of them
    size_t header_count;
    const char *type; // content-type of the body; default: the header is not sent
    weft_text body;   // default: no body
    // The body is written to `out`, after weft_fetch_start, and ended by weft_fetch_finish. `length` is
    // announced; default: it is not, and the body is sent in chunks.
    bool streams;
    uint64_t length;
    // How many redirects are followed; default: none. Where the origin changes, authorization and cookie are
    // dropped. https does not lead to http. Behind 303, and for a POST also behind 301 and 302, a GET without a
    // body follows.
    uint32_t redirects;
    // How often the request is sent again, after a failure that may pass; default: never. That is a status of
    // 408, 429, 502, 503 or 504, or an error: WEFT_ECONNREFUSED, WEFT_ECONNLIMIT and WEFT_EHOSTUNREACH for all
    // methods. For those that may be sent twice (GET, HEAD, OPTIONS, TRACE, PUT, DELETE: RFC 9110, 9.2.2) it is
    // also WEFT_ECONNRESET, WEFT_EPROTO, WEFT_EEOF, and WEFT_ETIMEDOUT by a limit of the host's. Before it
    // comes a pause of `pause` ns, default 100 ms, twice as long each time, up to 30 s, less a random part of
    // up to a half. A `retry-after` in seconds takes its place; a response with more than 30, or a date, is
    // returned. A body that is cut behind the head is not fetched again: weft_fetch_may_pass tells if it may
    // be.
    uint32_t retries;
    uint64_t pause;
    // Each time that the request is sent, also behind a redirect or again, takes a turn of this rate; default:
    // there is none. The rate must stay as the texts must.
    weft_rate *rate;
    // Limits of time, in ns. This one lasts until the head of the response is here, with all retries, but
    // without the wait for the first turn of `rate`; default: none. A weft_fetch_read_all has as long once
    // more. For one limit of all together, call an async function of yours by WEFT_CALL_WITHIN.
    uint64_t timeout;
    // For the connection, for the first byte behind the request, between two bytes. Default: the host's;
    // wasmtime's is 600 s.
    uint64_t connect_timeout, first_byte_timeout, between_bytes_timeout;
} weft_fetch_options;

#include "detail/http_client.h"

// One request at a time, and its response; zero-initialised is none. Neither it nor its ends may be moved until
// it is closed. Read-only: the first part.
typedef struct weft_fetch {
    weft_error error;
    int status;            // of the response, 101 to 999; 0 if there is none
    uint32_t redirected;   // how many were followed
    uint32_t retried;      // how often it was sent again
    weft_bytes_reader in;  // the response's body, to be read, or not
    weft_bytes_writer out; // the request's body, if it streams
    WEFT__PRIVATE(FETCH)
} weft_fetch;

// weft_fetch_get(co, fetch, url, .option = value, ...) sends a request and waits for the head of the response.
// `url` is "http://host/path?query", or with https; what stands behind a `#` is left out. What `fetch` had of
// an earlier request is closed. error: WEFT_EURI, WEFT_EHEADER and WEFT_EMETHOD before anything is sent;
// WEFT_ENOMEM, also when the response has come; WEFT_ETIMEDOUT; WEFT_EREDIRECTS; or why the host has no
// response. A cancel ends the request: WEFT_ECANCELED.

// weft_fetch_start(co, fetch, url, .streams = true, ...) begins the same, and returns an error that is known at
// once. It neither follows redirects, nor sends again, nor waits for a rate. Write to fetch->out, call
// weft_fetch_finish, and wait for weft_fetch_response. WEFT_ELENGTH: a GET or HEAD without `length`: the host
// would send none of its body.

// weft_fetch_get and weft_fetch_start with options in memory of yours, which are copied. Errors and cancel: as
// of these.
weft_poll weft_fetch_with(weft_coro *co, weft_fetch *fetch, const char *url, const weft_fetch_options *options)
    __attribute__((warn_unused_result));
weft_error weft_fetch_start_with(weft_coro *co, weft_fetch *fetch, const char *url,
                                 const weft_fetch_options *options);

// Ends a body that streams, and waits until the host has taken the end. Without it, the peer is told that the
// body was cut off. A cancel ends the wait; the body has ended all the same.
weft_poll weft_fetch_finish(weft_coro *co, weft_fetch *fetch) __attribute__((warn_unused_result));

// Waits for the head of the response, which may come before all of the body is sent. error and cancel: as of
// weft_fetch_get.
weft_poll weft_fetch_response(weft_coro *co, weft_fetch *fetch) __attribute__((warn_unused_result));

// A header of the response, whatever the case of its name; NULL at `at` if there is none. And all headers.
weft_text weft_fetch_header(weft_fetch *fetch, const char *name);
const weft_http_header *weft_fetch_headers(weft_fetch *fetch, size_t *count);

// The trailers behind its body, after that has ended.
const weft_http_header *weft_fetch_trailers(weft_fetch *fetch, size_t *count);

// Appends the rest of the response's body to *buffer, at most `limit` bytes in all. error: WEFT_ELIMIT,
// WEFT_ENOMEM, WEFT_ETIMEDOUT, or how the body was cut short. A cancel leaves what had come in the buffer.
weft_poll weft_fetch_read_all(weft_coro *co, weft_fetch *fetch, weft_bytes_buffer *buffer, size_t limit)
    __attribute__((warn_unused_result));

// The address of the response: `url`, or where the last redirect led to.
weft_text weft_fetch_url(const weft_fetch *fetch);

// True if its failure may pass, so that the request may be sent again: see `retries`. That may be WEFT_EEOF of
// a body that was cut, too: what the first response had is in your hands, and the second may have another body.
bool weft_fetch_may_pass(const weft_fetch *fetch);

// What the host calls the error, such as "TLS-certificate-error"; "" if it has not told one.
const char *weft_fetch_reason(const weft_fetch *fetch);

// Takes over a response of wasi:http/types that came by bindings of your own, as if it had been fetched.
void weft_fetch_response_of(weft_fetch *fetch, int32_t response);

// Ends what is in flight, as weft_stop_blocking does, and frees all memory: texts go. error, status and
// redirected stay until the next request. Closed is fine. What is allocated is what the host tells, the
// address, and two small blocks for how the request and the response end.
void weft_fetch_close(weft_fetch *fetch);

#ifdef __cplusplus
}
#endif

#endif
