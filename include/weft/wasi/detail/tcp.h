// What tcp.h is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_TCP_H
#define WEFT_WASI_DETAIL_TCP_H

#include "options.h"

#define WEFT__PRIVATE_CONNECTION                                                                               \
    int32_t weft__socket; /* 0: closed, or given up */                                                         \
    weft_coro weft__co;   /* the connect */                                                                    \
    void *weft__work;     /* what it takes; NULL: there is none */

#define WEFT__PRIVATE_LISTENER                                                                                 \
    int32_t weft__socket;                                                                                      \
    int32_t weft__next;               /* accepted, and taken by nobody */                                      \
    weft_stream_reader weft__sockets; /* closed: it does not listen */                                         \
    weft_coro weft__co;               /* the accept */                                                         \
    struct weft_connection *weft__conn;                                                                        \
    uint64_t weft__pause; /* ns, the last */                                                                   \
    weft_timer weft__timer;

#define weft_connection_set(conn, ...)                                                                         \
    WEFT__WITH_OPTIONS(weft_tcp_options, weft__connection_set((conn), &weft__options), __VA_ARGS__, )
#define weft_tcp_connect(co, conn, ...) WEFT__TCP_CONNECT(co, conn, __VA_ARGS__, )
#define WEFT__TCP_CONNECT(co, conn, where, ...)                                                                \
    WEFT__WITH_OPTIONS(weft_tcp_connect_options, weft__tcp_connect((co), (conn), (where), &weft__options),     \
                       __VA_ARGS__)
#define weft_tcp_connect_any(co, conn, addresses, ...) WEFT__TCP_CONNECT_ANY(co, conn, addresses, __VA_ARGS__, )
#define WEFT__TCP_CONNECT_ANY(co, conn, addresses, count, ...)                                                 \
    WEFT__WITH_OPTIONS(weft_tcp_connect_options,                                                               \
                       weft__tcp_connect_any((co), (conn), (addresses), (count), &weft__options), __VA_ARGS__)
#define weft_tcp_listen(listener, ...) WEFT__LISTEN(weft__tcp_listen, listener, __VA_ARGS__, )
#define weft_tcp_listen_at(listener, ...) WEFT__LISTEN(weft__tcp_listen_at, listener, __VA_ARGS__, )
#define weft_tcp_listen_on(listener, ...) WEFT__LISTEN(weft__tcp_listen_on, listener, __VA_ARGS__, )
#define WEFT__LISTEN(function, listener, where, ...)                                                           \
    WEFT__WITH_OPTIONS(weft_listen_options, function((listener), (where), &weft__options), __VA_ARGS__)

#ifdef __cplusplus
extern "C" {
#endif

struct weft_connection;
struct weft_tcp_options;
struct weft_tcp_connect_options;
struct weft_listener;
struct weft_listen_options;
weft_error weft__connection_set(struct weft_connection *conn, const struct weft_tcp_options *options);
weft_poll weft__tcp_connect(weft_coro *co, struct weft_connection *conn, const char *where,
                            const struct weft_tcp_connect_options *options) __attribute__((warn_unused_result));
weft_poll weft__tcp_connect_any(weft_coro *co, struct weft_connection *conn, const weft_address *addresses,
                                size_t count, const struct weft_tcp_connect_options *options)
    __attribute__((warn_unused_result));
weft_error weft__tcp_listen(struct weft_listener *listener, const char *where,
                            const struct weft_listen_options *options);
weft_error weft__tcp_listen_at(struct weft_listener *listener, const weft_address *address,
                               const struct weft_listen_options *options);
weft_error weft__tcp_listen_on(struct weft_listener *listener, int32_t socket,
                               const struct weft_listen_options *options);

#ifdef __cplusplus
}
#endif

#endif
