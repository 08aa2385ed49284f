// UDP: datagrams, which may be lost, come twice, or in another order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(&self->udp, weft_udp_send_to(co, &self->udp, self->question, 12, &self->address));
//     WEFT_TRY(&self->answer, weft_udp_receive(co, &self->udp, &self->answer));
//     ... self->answer.bytes, self->answer.length, self->answer.from ...
//     WEFT_FINALLY;
//     weft_datagram_close(&self->answer);
//     weft_udp_close(&self->udp);
//
// A host grants the network: wasmtime by `-S inherit-network`; else all is WEFT_EACCES. WASI:
// wasi:sockets/types, udp-socket.
#ifndef WEFT_WASI_UDP_H
#define WEFT_WASI_UDP_H

#include "../coro.h"
#include "../subtask.h"
#include "address.h"
#include "detail/udp.h"

#ifdef __cplusplus
extern "C" {
#endif

// A socket. Zero-initialised is a closed one. Read-only: error, of the last send.
typedef struct weft_udp {
    weft_error error;
    WEFT__PRIVATE(UDP)
} weft_udp;

// What was received. Zero-initialised is nothing. Read-only: all; it stays until the next receive, or the
// close.
typedef struct weft_datagram {
    weft_error error;
    const uint8_t *bytes; // in memory of the component's, which the host has asked for
    size_t length;        // 0 is possible
    weft_address from;
    WEFT__PRIVATE(DATAGRAM)
} weft_datagram;

// What is zero is as the system has it.
typedef struct weft_udp_options {
    uint8_t hop_limit;
    uint64_t receive_buffer; // bytes
    uint64_t send_buffer;
} weft_udp_options;

// weft_udp_bind(udp, "[::]:5353", .hop_limit = 1) opens a socket for what is sent to an address, as a C string,
// and weft_udp_bind_at(udp, &address, ...) to a weft_address. Each is a weft_error, as of weft_tcp_listen
// (tcp.h). Port 0 is any that is free: weft_udp_own tells. What `udp` was before is closed.

// Opens it, if it is closed, and lets it send to and receive from one address only; NULL: from all again.
// WEFT_EINVAL: no address of one host, or port 0. WASI: udp-socket.{connect,disconnect}.
weft_error weft_udp_connect(weft_udp *udp, const weft_address *address);

// Sends a datagram to an address; a closed socket is opened, at any free port. When the wait ends, the system
// has it, and perhaps the peer. The bytes must stay until then. One at a time. error: WEFT_EMSGSIZE, more than
// the system takes, which is 65,507 bytes for IPv4; WEFT_EINVAL; WEFT_EHOSTUNREACH; WEFT_ECONNREFUSED, if
// connected: nobody listened to an earlier one; WEFT_EACCES, a broadcast. After a cancel it is WEFT_ECANCELED,
// and the datagram may have gone out all the same. WASI: udp-socket.send.
weft_poll weft_udp_send_to(weft_coro *co, weft_udp *udp, const uint8_t *bytes, size_t size,
                           const weft_address *address) __attribute__((warn_unused_result));

// The same, with the same cancel, to the address that it is connected to; WEFT_EINVAL if it is not.
weft_poll weft_udp_send(weft_coro *co, weft_udp *udp, const uint8_t *bytes, size_t size)
    __attribute__((warn_unused_result));

// Waits for a datagram; what the struct had before is given back. error: WEFT_ESTATE, the socket has no address
// of its own: it is closed, or neither bound, nor connected, nor has it sent; WEFT_ECONNREFUSED, as of a send.
// A cancel leaves nothing in it, and WEFT_ECANCELED. WASI: udp-socket.receive.
weft_poll weft_udp_receive(weft_coro *co, weft_udp *udp, weft_datagram *datagram)
    __attribute__((warn_unused_result));

// Gives its bytes back. Nothing is fine.
void weft_datagram_close(weft_datagram *datagram);

// Closed is fine. Nothing may wait for it.
void weft_udp_close(weft_udp *udp);

// Its own address, and the one that it is connected to. WEFT_ESTATE if it has none.
weft_error weft_udp_own(const weft_udp *udp, weft_address *address);
weft_error weft_udp_peer(const weft_udp *udp, weft_address *address);

// weft_udp_set(udp, .receive_buffer = 1 << 20) sets those that are not zero, and is the weft_error of the first
// that fails. weft_udp_options_of tells all.
weft_error weft_udp_options_of(const weft_udp *udp, weft_udp_options *options);

// Takes over a socket of other bindings: what wit-bindgen c calls own_udp_socket_t, its __handle; and gives it
// up.
weft_udp weft_udp_of(int32_t socket);
int32_t weft_udp_hand_on(weft_udp *udp);

#ifdef __cplusplus
}
#endif

#endif
