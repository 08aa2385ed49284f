// The private fields of a weft_fetch, and the macros of http_client.h. Included by http_client.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_HTTP_CLIENT_H
#define WEFT_WASI_DETAIL_HTTP_CLIENT_H

#include "http.h"
#include "options.h"

#pragma GCC system_header // the user is not warned of what stands here

struct weft_fetch;

// An address, and its parts. The path begins with a slash or is empty, the query with a `?` or is empty.
typedef struct weft__url {
    weft_text all, scheme, authority, path, query;
    bool is_https;
} weft__url;

// Sends a request and takes the response; again for a redirect or another try.
typedef struct weft__fetch_run {
    weft_coro co;
    struct weft_fetch *it;
    struct weft_http_exchange *exchange; // of http_next.h
    weft_fetch_options options;
    weft__url url; // in a block of url_size bytes
    size_t url_size;
    const char *method;
    uint8_t method_tag; // of the bindings
    bool same_origin;   // as the request that the user made
    bool follows;
    weft_timer timer; // between two tries
    weft_rate_turn turn;
    weft_coro rated; // waits for the first turn
    int32_t request; // until it is taken
    weft_subtask_owned call;
    uint64_t result[5];
    uint32_t sent; // the future that tells how the request was sent: dropped too early, it cuts the response
    weft__http_trailers trailers;
    void *spare; // memory for the end of the trailers, if nobody writes them
} weft__fetch_run;

#define WEFT__PRIVATE_FETCH                                                                                    \
    uint8_t weft__code; /* the host's, + 1 */                                                                  \
    weft__http_headers weft__headers;                                                                          \
    weft__http_headers weft__trailers;                                                                         \
    weft__fetch_run weft__run;                                                                                 \
    weft__http_collect weft__collect;                                                                          \
    weft_deadline weft__deadline;

// The empty argument behind stands for the options, if there are none.
#define weft_fetch_get(co, fetch, ...) WEFT__FETCH(weft_fetch_with, co, fetch, __VA_ARGS__, )
#define weft_fetch_start(co, fetch, ...) WEFT__FETCH(weft_fetch_start_with, co, fetch, __VA_ARGS__, )
#define WEFT__FETCH(call, co, fetch, url, ...)                                                                 \
    WEFT__WITH_OPTIONS(weft_fetch_options, call((co), (fetch), (url), &weft__options), __VA_ARGS__)

#endif
