// What udp.h is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_UDP_H
#define WEFT_WASI_DETAIL_UDP_H

#include "options.h"

#define WEFT__PRIVATE_UDP                                                                                      \
    int32_t weft__socket; /* 0: closed */                                                                      \
    weft_coro weft__co;   /* the send, with what it gives the host, and is given */                            \
    weft_subtask weft__call;                                                                                   \
    uint64_t weft__arguments[6];                                                                               \
    uint64_t weft__result[3];

#define WEFT__PRIVATE_DATAGRAM                                                                                 \
    weft_coro weft__co; /* the receive */                                                                      \
    weft_subtask weft__call;                                                                                   \
    int32_t weft__socket;                                                                                      \
    uint64_t weft__result[6];

#define weft_udp_bind(udp, ...) WEFT__UDP_BIND(weft__udp_bind, udp, __VA_ARGS__, )
#define weft_udp_bind_at(udp, ...) WEFT__UDP_BIND(weft__udp_bind_at, udp, __VA_ARGS__, )
#define WEFT__UDP_BIND(function, udp, where, ...)                                                              \
    WEFT__WITH_OPTIONS(weft_udp_options, function((udp), (where), &weft__options), __VA_ARGS__)
#define weft_udp_set(udp, ...)                                                                                 \
    WEFT__WITH_OPTIONS(weft_udp_options, weft__udp_set((udp), &weft__options), __VA_ARGS__, )

#ifdef __cplusplus
extern "C" {
#endif

struct weft_udp;
struct weft_udp_options;
weft_error weft__udp_bind(struct weft_udp *udp, const char *where, const struct weft_udp_options *options);
weft_error weft__udp_bind_at(struct weft_udp *udp, const weft_address *address,
                             const struct weft_udp_options *options);
weft_error weft__udp_set(struct weft_udp *udp, const struct weft_udp_options *options);

#ifdef __cplusplus
}
#endif

#endif
