// What the files of sockets share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_NET_INTERNAL_H
#define WEFT_WASI_NET_INTERNAL_H

#include <weft/wasi/tcp.h>
#include "../internal.h"
#include "weft_wasi_net.h"

// Short names for those of the bindings.
#define SOCKETS(name) weft__wasi_sockets_types_##name
#define TCP(call) weft__wasi_sockets_types_method_tcp_socket_##call
#define UDP(call) weft__wasi_sockets_types_method_udp_socket_##call

typedef SOCKETS(error_code_t) weft__net_code;

// The weft_error of a code of the host's. Takes the code.
weft_error weft__net_error(weft__net_code *code);

// The same for a result; WEFT_OK if it is none.
weft_error weft__net_result(SOCKETS(result_void_error_code_t) * result);

SOCKETS(ip_address_family_t) weft__net_family(weft_family family);

// An address as the host has it, and back.
SOCKETS(ip_socket_address_t) weft__net_address(const weft_address *address);
weft_address weft__net_address_of(const SOCKETS(ip_socket_address_t) * it);
weft_address weft__net_ip_of(const SOCKETS(ip_address_t) * it);

// A new socket of TCP.
weft_error weft__tcp_create(weft_family family, int32_t *socket);
void weft__tcp_drop(int32_t *socket);
weft_error weft__tcp_set(int32_t socket, const weft_tcp_options *options);

typedef bool weft__tcp_address_call(SOCKETS(borrow_tcp_socket_t) self, SOCKETS(ip_socket_address_t) * it,
                                    weft__net_code *code);
weft_error weft__tcp_address(int32_t socket, weft__tcp_address_call *call, weft_address *address);

// The connection whose connect `co` runs.
weft_connection *weft__connection_of_co(weft_coro *co);

// Readies `conn`, which is closed, for weft__tcp_connect_run on its weft__co. options: NULL for none.
weft_error weft__tcp_ready(weft_connection *conn, const weft_address *address, const weft_tcp_options *options);
weft_stepped weft__tcp_connect_run(weft_coro *co);

// Opens `conn`, which is closed, on a connected socket.
void weft__connection_open(weft_connection *conn, int32_t socket);

#endif
