// A server of TCP: an async function for each connection.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct {
//         weft_coro co;
//         weft_connection conn; // second
//         uint8_t buffer[4096];
//     } echo;
//     WEFT_UNZEROED(echo, buffer);
//
//     WEFT_ASYNC(echo)
//     {
//         WEFT_BEGIN;
//         do {
//             WEFT_TRY(&self->conn.in, weft_bytes_read(co, &self->conn.in, self->buffer, sizeof self->buffer));
//             WEFT_TRY(&self->conn.out,
//                      weft_bytes_write_all(co, &self->conn.out, self->buffer, self->conn.in.count));
//         } while (self->conn.in.count);
//         WEFT_END;
//     }
//     ...
//         WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, "[::]:8080", echo, .limit = 1000));
//
// - Each connection runs by itself. One that fails ends itself only, and the reason goes to standard error in
//   builds that show messages.
// - Its frame is of weft_alloc and starts zeroed but for `conn`. When it has ended, in whatever way, the
//   connection is closed and the frame is given back. If there is no memory for it, the connection is closed.
// - A connection takes its frame, of which `conn` is 256 bytes, and 80 bytes; and some 8 KB of wasmtime.
// - It sees the task-locals of the coroutine that serves.
// - At the limit, connections wait at the host, as many as the backlog has room for.
#ifndef WEFT_WASI_TCP_SERVER_H
#define WEFT_WASI_TCP_SERVER_H

#include "tcp.h"
#include "detail/tcp_server.h"

#ifdef __cplusplus
extern "C" {
#endif

// Zero-initialised is one that does not serve. Read-only: error; active, the connections that are served.
typedef struct weft_tcp_server {
    weft_error error;
    uint32_t active;
    weft_listener listener; // of tcp.h; where it listens, weft_listener_address tells
    WEFT__PRIVATE(TCP_SERVER)
} weft_tcp_server;

// Of weft_tcp_serve.
typedef struct weft_tcp_serve_options {
    uint32_t limit;             // of connections at a time; 0: 1000
    uint64_t finish;            // how long those in flight may go on after a stop; 0: 10 s
    void *data;                 // for each connection: conn.data
    bool stop_reads;            // a stop ends what the connections read: see weft_tcp_stop
    weft_listen_options listen; // .listen.backlog; 0: as many as the limit
} weft_tcp_serve_options;

// weft_tcp_serve(co, server, where, T, .limit = 100) listens at `where`, as weft_tcp_listen does, and runs the
// async function T for each connection, until weft_tcp_stop. With NULL for `where`, server->listener listens
// already. error: of the listening; or WEFT_OK, it was stopped. A cancel cancels the connections, too, and
// waits until they have ended; error: WEFT_ECANCELED.

// Stops listening, at once: connections that nobody has accepted are reset. Those that run go on for `finish`;
// those that have not ended then are cancelled. When all have ended, weft_tcp_serve is over. Any coroutine may
// call it, also one of a connection. Twice is once. If the server does not serve, nothing happens.
//
// A connection that waits for the next request would wait that long. With .stop_reads, its conn.in has ended,
// as if the peer had closed its side: a read that waits comes back with a count of 0, and no error, as do those
// that follow. What was read before, such as further lines, is there as ever, and writes go on. What the peer
// sends and nobody reads is lost, and may reset the connection when it is closed. So it is for protocols in
// which nobody would take what such an end cuts, such as half a line, for whole. A read that waits is stopped
// as by weft_stop_blocking.
void weft_tcp_stop(weft_tcp_server *server);

// A walk of the connections that live, the last one first:
//
//     for (echo *it = NULL; (it = weft_tcp_next(server, it));)
//         weft_cancel(&it->co);
//
// Takes NULL for the first, and returns NULL behind the last. Else it returns the frame of a connection that
// has begun, which stays until its finaliser has ended. So a walk has no wait in it, and is for the server's
// task.
void *weft_tcp_next(const weft_tcp_server *server, const void *frame);

#ifdef __cplusplus
}
#endif

#endif
