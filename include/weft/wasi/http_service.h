// An HTTP service: an async function for each request, as `wasmtime serve` calls them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct {
//         weft_coro co;
//         weft_http_exchange http; // by this name
//     } hello;
//
//     WEFT_ASYNC(hello)
//     {
//         WEFT_BEGIN;
//         WEFT_AWAIT(weft_http_reply(co, &self->http, 200, "text/plain", WEFT_TEXT("hello\n")));
//         WEFT_END;
//     }
//     WEFT_HTTP_SERVICE(hello);
//
// A reply is whole when the handler has ended as done. Else the client learns it:
//
// - If a handler ended without a reply, the client gets 500, or 503 if it failed by WEFT_ENOMEM. What it failed
//   by goes to the log if the program has one (log.h), else to standard error in builds that show messages, and
//   never to the client. One that ended as done says nothing. A request that finds no memory to start with is
//   answered 503, too.
// - One that failed or was cancelled after the head was sent, or ended amid a write, cuts the body: the client
//   sees an error, never a short reply that looks whole. What the handler left in flight is stopped then, as by
//   weft_stop_blocking (op.h).
//
// The host spreads requests over several instances, each with globals of its own, and ends one that is idle: a
// global is a cache, and no count of all requests.
//
// What the library hands out, texts and ends, is the exchange's and stays until the handler has ended. Neither
// the exchange nor its ends may be moved.
//
// The host, not the service, has limits for the head of a request and for idle connections, adds `date`, and
// keeps these headers to itself, which never arrive and can't be set: connection, keep-alive, proxy-connection,
// proxy-authenticate, proxy-authorization, transfer-encoding, upgrade, host, http2-settings. WASI:
// wasi:http/{types,handler}.
#ifndef WEFT_WASI_HTTP_SERVICE_H
#define WEFT_WASI_HTTP_SERVICE_H

#include "http.h"
#include "detail/http.h"

#ifdef __cplusplus
extern "C" {
#endif

// A request and its reply. Read-only: error, of the last call that leaves one; it is the error of `out`.
typedef struct weft_http_exchange {
    __extension__ union {
        weft_bytes_writer out; // the reply's body, from weft_http_begin on
        WEFT__PRIVATE(HTTP_ERROR)
    };
    weft_bytes_reader in; // the request's body: see weft_http_body
    WEFT__PRIVATE(HTTP_EXCHANGE)
} weft_http_exchange;

// ---- The request ----

// "GET", "POST", ... as it came: a method that nobody knows may be in lower case.
weft_text weft_http_method(weft_http_exchange *it);

// What stands before and behind the first `?`, as it came: the path may have "..", "//" and percent signs in
// it.
weft_text weft_http_path(weft_http_exchange *it);
weft_text weft_http_query(weft_http_exchange *it);

// The value of a header, whatever the case of its name; NULL at `at` if there is none. Of several, the first.
weft_text weft_http_request_header(weft_http_exchange *it, const char *name);

// All of them.
const weft_http_header *weft_http_request_headers(weft_http_exchange *it, size_t *count);

// True if the method is `method`, and the path like `pattern`: see weft_http_path_is.
bool weft_http_is(weft_http_exchange *it, const char *method, const char *pattern, weft_text *values,
                  size_t room);

// The trailers behind its body, after that has ended.
const weft_http_header *weft_http_request_trailers(weft_http_exchange *it, size_t *count);

// The request's body, to be read to its end, or not at all. A body that was cut short ends with an error.
weft_bytes_reader *weft_http_body(weft_http_exchange *it);

// Appends the rest of the body to *buffer, at most `limit` bytes in all. error: WEFT_ELIMIT, WEFT_ENOMEM, or
// WEFT_EEOF if it was cut short. A cancel leaves what had come in the buffer.
weft_poll weft_http_read_all(weft_coro *co, weft_http_exchange *it, weft_bytes_buffer *buffer, size_t limit)
    __attribute__((warn_unused_result));

// ---- The reply ----

// Adds a header to the reply, before its head is sent. WEFT_EHEADER if the name or the value is not valid, the
// header is the host's, or they are too many; then nothing is added. So no client's text becomes a header of
// its own.
weft_error weft_http_header_add(weft_http_exchange *it, const char *name, weft_text value);

// Adds a trailer, before the reply is finished. Trailers reach a client that sent `te: trailers`, if a header
// `trailer` of the reply names them. Errors as of weft_http_header_add.
weft_error weft_http_trailer_add(weft_http_exchange *it, const char *name, weft_text value);

// The same for a header or a trailer as it came with a request or a response. Errors as above.
weft_error weft_http_header_copy(weft_http_exchange *it, const weft_http_header *header);
weft_error weft_http_trailer_copy(weft_http_exchange *it, const weft_http_header *trailer);

// Sends the head: the status, 200 to 599, and the headers. Then the body is written to it->out. If its length
// is known, add the header `content-length`: a body that is cut is then seen by every client. WEFT_EINVAL:
// another status; nothing is sent. Misuse if it was sent already.
weft_error weft_http_begin(weft_coro *co, weft_http_exchange *it, int status);

// The same with a body that is all that `body` still brings, and that this component does not touch: the host
// gets the stream itself, of a file, a socket, or another body. `body` is not in flight, and closed then. Only
// the host learns how it ends: announce its length, so that a client sees a body that is cut. The body of a
// fetch goes on also when the weft_fetch is closed. error: also WEFT_EINVAL for a body of the host's that was
// read before, and that of a body that has ended by one.
weft_error weft_http_begin_with(weft_coro *co, weft_http_exchange *it, int status, weft_bytes_reader *body);

// Replies with a whole body, which must stay until then: weft_http_begin with content-length and, unless it is
// NULL, the content-type `type`, and a write of it all. error: as of these. A cancel cuts the body, as above.
weft_poll weft_http_reply(weft_coro *co, weft_http_exchange *it, int status, const char *type, weft_text body)
    __attribute__((warn_unused_result));

// Replies with the words for the status as a text, or without a body where it has none. error and cancel: as of
// weft_http_reply.
weft_poll weft_http_reply_status(weft_coro *co, weft_http_exchange *it, int status)
    __attribute__((warn_unused_result));

// Ends the reply before the handler ends: for one that goes on with other work. Then the client has all of it,
// or error tells. wasmtime does not tell if the client goes just then, or stays and reads no more: call this
// with a deadline. A cancel ends the wait, and not the reply. Misuse before the head was sent.
weft_poll weft_http_finish(weft_coro *co, weft_http_exchange *it) __attribute__((warn_unused_result));

// Logs a line (log.h) when the handler of this request has ended, as a server's access log has it, without the
// query:
//
//     2026-11-30T03:45:45.123Z info GET /letters/a 200 1.250 ms
//
// Behind it stand ", cut" if the reply was, and `note`: an id, or {0} for nothing, which must stay until then.
// Call this before the request's body is asked for, and before the request is passed on.
void weft_http_log_request(weft_http_exchange *it, weft_text note);

// At most `limit` requests at a time in an instance; 0 is no limit. The host keeps the others, or has another
// instance for them. May be called at any time, as from the first request. See weft_limit_calls.
void weft_http_limit(uint32_t limit);

// ---- Beside bindings of your own ----

// Takes over a request of wasi:http/types that an export of your own was called with: for the functions under
// "The request" above. The exchange has no reply; weft_http_request_close ends it.
weft_http_exchange weft_http_request_of(int32_t request);

// Gives the request up, to be handed on; 0 if its body was asked for. What it told before stays.
int32_t weft_http_request_hand_on(weft_http_exchange *it);

// Drops what is left of the request, as weft_bytes_close_reader_blocking does, and gives all its memory back.
// For weft_http_request_of only. Closed is fine.
void weft_http_request_close(weft_http_exchange *it);

// WEFT_HTTP_SERVICE(T); makes the async function T the service: it runs once for each request, in a frame that
// starts zeroed but for the exchange. Stands once in a program. WASI: exports wasi:http/handler.

#ifdef __cplusplus
}
#endif

#include "detail/http_service.h"

#endif
