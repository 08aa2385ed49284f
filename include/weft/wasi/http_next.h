// Middleware: a service that passes requests on to the next one, to which it is composed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_http_next_header_add(&self->http, "x-request-id", id);
//     weft_http_header_add(&self->http, "x-by", WEFT_TEXT("gate"));
//     WEFT_TRY(&self->http, weft_http_pass_on(co, &self->http, &self->inner));
//     ...
//     WEFT_FINALLY;
//     weft_fetch_close(&self->inner);
//
// The component is made by WEFT_HTTP_SERVICE, and joined with the next by `wac plug` or `wasm-tools compose`.
// WASI: imports wasi:http/handler.
#ifndef WEFT_WASI_HTTP_NEXT_H
#define WEFT_WASI_HTTP_NEXT_H

#include "http_client.h"
#include "http_service.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds a header to the request that is passed on. The second sets it, in place of all that the request has of
// that name; with NULL at `at` it takes these out. WEFT_EHEADER: see weft_http_header_add. Misuse if the
// request's body was asked for.
weft_error weft_http_next_header_add(weft_http_exchange *it, const char *name, weft_text value);
weft_error weft_http_next_header_set(weft_http_exchange *it, const char *name, weft_text value);

// Passes the request on, and replies with what comes back: status, headers and trailers as they are, but for
// the headers that were added to either, and both bodies as streams that this component does not touch. So
// neither the request's body nor a reply was asked for before. What the request was (method, path, headers) is
// told later only if it was asked for before. error: how the next service failed, WEFT_ENOMEM, WEFT_EHEADER if
// the reply's headers are too many, WEFT_EINVAL if headers are to be added to a status beyond 599, or
// WEFT_ECANCELED; then there is no reply. A cancel ends the call. `inner` is the caller's, must stay until the
// wait ends, and is closed then.
weft_poll weft_http_pass_on(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
    __attribute__((warn_unused_result));

// Passes the request on, and waits for the response, which is then in `inner` as if it had been fetched: for a
// service that changes it. inner->error: how the next service failed, or WEFT_ECANCELED. The caller replies, by
// it->out, or by weft_http_begin_with(co, it, inner->status, &inner->in).
weft_poll weft_http_next(weft_coro *co, weft_http_exchange *it, weft_fetch *inner)
    __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
