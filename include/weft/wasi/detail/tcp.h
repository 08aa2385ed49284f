// What tcp.h is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_TCP_H
#define WEFT_WASI_DETAIL_TCP_H

#include "../../detail/async.h"

// Options as they are named: `call` is with a weft__options of that type.
#define WEFT__WITH_OPTIONS(type, call, ...)                                                                    \
    __extension__({                                                                                            \
        type weft__options;                                                                                    \
        __builtin_memset(&weft__options, 0, sizeof weft__options);                                             \
        WEFT__SET(&weft__options, __VA_ARGS__)                                                                 \
        call;                                                                                                  \
    })

#define WEFT__CONNECTION                                                                                       \
    int32_t weft__socket; /* 0: closed, or given up */                                                         \
    weft_coro weft__co;   /* the connect */                                                                    \
    struct weft__connecting *weft__connecting;

#ifdef __cplusplus
extern "C" {
#endif

struct weft_connection;
struct weft_tcp_options;
weft_error weft__connection_set(struct weft_connection *conn, const struct weft_tcp_options *options);

#ifdef __cplusplus
}
#endif

#endif
