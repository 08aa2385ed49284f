// TCP: connections, and listening for them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(&self->conn, weft_tcp_connect(co, &self->conn, "example.org:7"));
//     WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("ping\n")));
//     WEFT_TRY(&self->conn.in, weft_bytes_read(co, &self->conn.in, self->buffer, sizeof self->buffer));
//     WEFT_FINALLY;
//     weft_connection_close(&self->conn);
//
// Both ways of a connection are ends of bytes.h, each used and closed by itself. The end's `error` tells how
// the connection failed: WEFT_ECONNRESET, WEFT_ECONNBROKEN, WEFT_ETIMEDOUT, ... A write sees that the peer has
// gone at the second time at the earliest: the system takes the first.
//
// A connect and an accept are async functions. In a select, weft_join of a coroutine that calls one is the
// case.
//
// A host grants the network: wasmtime by `-S inherit-network`; else all is WEFT_EACCES. WASI:
// wasi:sockets/types, tcp-socket.
#ifndef WEFT_WASI_TCP_H
#define WEFT_WASI_TCP_H

#include "address.h"
#include "bytes.h"
#include "clock.h"
#include "detail/tcp.h"

#ifdef __cplusplus
extern "C" {
#endif

// What is zero is as the system has it. In place of what is too large, the host takes the largest that it can.
typedef struct weft_tcp_options {
    int keep_alive;           // 1: a silent peer is asked now and then whether it is there; -1: it is not asked
    uint64_t keep_alive_idle; // ns: how long it is silent before
    uint64_t keep_alive_interval; // ns, between two questions
    uint32_t keep_alive_count;    // of questions without an answer before it is gone: WEFT_ETIMEDOUT
    uint8_t hop_limit;
    uint64_t receive_buffer; // bytes
    uint64_t send_buffer;
} weft_tcp_options;

// A connection. Zero-initialised is a closed one. It may be moved while nothing is in flight on it. Read-only:
// error, of the last connect or accept.
typedef struct weft_connection {
    weft_bytes_reader in;  // it ends when the peer has closed its side
    weft_bytes_writer out; // weft_bytes_finish, or a close of it, tells the peer the end; `in` goes on
    weft_error error;
    void *data; // yours
    WEFT__PRIVATE(CONNECTION)
} weft_connection;

// Of weft_tcp_connect and weft_tcp_connect_any.
typedef struct weft_tcp_connect_options {
    uint64_t head_start;     // ns, of an address before the next is tried, too; 0: 250 ms
    weft_tcp_options socket; // .socket.keep_alive = 1
} weft_tcp_connect_options;

// weft_tcp_connect(co, conn, "example.org:80", .head_start = WEFT_MILLISECONDS(100)) connects to a host by its
// name or address, with a port, and weft_tcp_connect_any(co, conn, addresses, count, ...) to one of some
// addresses, 64 at most. They are tried in their order, but families take turns. The next begins when one has
// failed, or after its head start. The first that answers is it, and the others are closed. Waits. error: as of
// weft_resolve (names.h), or of weft_tcp_connect_to for the first address that failed. What is given must stay
// until then. Takes memory of weft_alloc until it ends. A cancel leaves `conn` closed, with WEFT_ECANCELED.
// Spec: RFC 8305.

// Connects to an address. error: WEFT_ECONNREFUSED, WEFT_EHOSTUNREACH, WEFT_ETIMEDOUT, WEFT_EINVAL (port 0, or
// no address of one host), WEFT_EACCES, WEFT_ENOMEM. What `conn` was before is closed. Takes memory of
// weft_alloc until it ends. A cancel leaves `conn` closed, with WEFT_ECANCELED. WASI:
// tcp-socket.{create,connect}.
weft_poll weft_tcp_connect_to(weft_coro *co, weft_connection *conn, const weft_address *address)
    __attribute__((warn_unused_result));

// Closes both ends and gives back the socket. What was written before still goes out, and then the end. Closed
// is fine. Nobody may wait for an end, or for the connect. What is in flight is stopped, as by
// weft_stop_blocking.
void weft_connection_close(weft_connection *conn);

// The address of the peer, and one's own. WEFT_ESTATE if it is closed.
weft_error weft_connection_peer(const weft_connection *conn, weft_address *address);
weft_error weft_connection_own(const weft_connection *conn, weft_address *address);

// ---- Options ----

// weft_connection_set(conn, .keep_alive = 1, .keep_alive_idle = WEFT_SECONDS(30)) sets those that are not zero,
// and is the weft_error of the first that fails. weft_connection_options tells all.
weft_error weft_connection_options(const weft_connection *conn, weft_tcp_options *options);

// ---- Listening ----
//
//     self->error = weft_tcp_listen(&self->listener, "127.0.0.1:8080");
//     for (;;) {
//         WEFT_TRY(&self->conn, weft_accept(co, &self->listener, &self->conn));
//         ...
//
// weft_tcp_serve (tcp_server.h) does that, with a coroutine for each connection.

// Zero-initialised is one that does not listen.
typedef struct weft_listener {
    WEFT__PRIVATE(LISTENER)
} weft_listener;

// Of weft_tcp_listen, weft_tcp_listen_at and weft_tcp_listen_on.
typedef struct weft_listen_options {
    // How many connections may wait to be accepted; 0: as the host has it. While so many wait, the next one
    // asks again a second later, or more: so let it be no fewer than come in a burst.
    uint32_t backlog;
    weft_tcp_options socket; // of each connection: .socket.keep_alive = 1
} weft_listen_options;

// weft_tcp_listen(listener, "[::1]:8080", .backlog = 100) listens at an address, as a C string;
// weft_tcp_listen_at at one as a weft_address; and weft_tcp_listen_on with a socket of other bindings, bound or
// not, which it takes over. Each is a weft_error: WEFT_EADDRINUSE, WEFT_EADDRNOTAVAIL (not of this machine),
// WEFT_EACCES, WEFT_EINVAL. Port 0 is any that is free: weft_listener_address tells. "0.0.0.0" is all addresses
// of IPv4, and "[::]" all of IPv6; for both, listen twice. What `listener` was before is closed. WASI:
// tcp-socket.{create,bind,listen}.

// The address that it listens at. WEFT_ESTATE if it does not listen.
weft_error weft_listener_address(const weft_listener *listener, weft_address *address);

// Waits for a connection; what `conn` was before is closed. conn->error: WEFT_ESTATE, the listener is closed.
// While the host is out of handles it pauses, 10 ms to 1 s, and goes on when there are some. One at a time. A
// cancel loses no connection: conn has it if conn->error is WEFT_OK, else the next accept has it.
weft_poll weft_accept(weft_coro *co, weft_listener *listener, weft_connection *conn)
    __attribute__((warn_unused_result));

// Stops listening. Connections that it accepted go on, and those that nobody accepted are reset. Closed is
// fine. Nothing may wait for it.
void weft_listener_close(weft_listener *listener);

// ---- Sockets of other bindings ----

// Takes over a connected socket, whose send and receive nobody has called: the __handle of wit-bindgen c's
// own_tcp_socket_t.
weft_connection weft_connection_of(int32_t socket);

// Gives the socket up; its ends stay with the connection.
int32_t weft_connection_hand_on(weft_connection *conn);

#ifdef __cplusplus
}
#endif

#endif
