// What tcp_server.h is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_TCP_SERVER_H
#define WEFT_WASI_DETAIL_TCP_SERVER_H

#include "../../select.h"
#include "../../sync.h"

#pragma GCC system_header // the user is not warned of what stands here

// The async function of a server's connections.
typedef struct weft__tcp_handler {
    const char *name;
    weft_step *run;
    size_t size;   // of its frame, bytes
    size_t zeroed; // of these
    size_t conn;   // where it is in the frame
} weft__tcp_handler;

#define WEFT__PRIVATE_TCP_SERVER                                                                               \
    weft_coro weft__co;                                                                                        \
    weft__tcp_handler weft__handler;                                                                           \
    uint32_t weft__limit;                                                                                      \
    uint64_t weft__finish;                                                                                     \
    void *weft__data;                                                                                          \
    bool weft__stopping;                                                                                       \
    bool weft__stop_reads;                                                                                     \
    struct weft__tcp_root *weft__roots; /* of the connections, the last first */                               \
    weft_event weft__changed;           /* one has ended, or it is to stop */                                  \
    weft_scope weft__scope;                                                                                    \
    weft_connection weft__conn; /* accepted, and run by nobody yet */                                          \
    weft_case weft__cases[2];                                                                                  \
    weft_timer weft__timer;

#define weft_tcp_serve(co, server, where, ...) WEFT__TCP_SERVE(co, server, where, __VA_ARGS__, )
#define WEFT__TCP_SERVE(co, server, where, T, ...)                                                             \
    __extension__({                                                                                            \
        WEFT__STATIC_ASSERT(WEFT__IS(&((T *)0)->conn, weft_connection *),                                      \
                            "a frame of a TCP server has `weft_connection conn`");                             \
        weft__tcp_handler weft__it = {#T, T##__step, sizeof(T##__WEFT_ASYNC_is_missing_above),                 \
                                      WEFT__ZEROED(T), offsetof(T, conn)};                                     \
        WEFT__WITH_OPTIONS(weft_tcp_serve_options,                                                             \
                           weft__tcp_serve((co), (server), (where), &weft__it, &weft__options), __VA_ARGS__);  \
    })

#ifdef __cplusplus
extern "C" {
#endif

struct weft_tcp_server;
struct weft_tcp_serve_options;
weft_poll weft__tcp_serve(weft_coro *co, struct weft_tcp_server *server, const char *where,
                          const weft__tcp_handler *handler, const struct weft_tcp_serve_options *options)
    __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
