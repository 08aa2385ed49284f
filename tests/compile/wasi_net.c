// What ends.c is for addresses and sockets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

size_t addresses(weft_text text, weft_address *address);
size_t addresses(weft_text text, weft_address *address)
{
    char room[WEFT_ADDRESS_ROOM];
    weft_text host;
    weft_address other;
    if (weft_text_to_ip(text, address) || weft_text_to_address(text, &other) ||
        weft_text_to_host(text, &host, &other.port))
        return 0;
    return weft_ip_equal(address, &other) + weft_address_equal(address, &other) +
           weft_ip_text(address, room).length + weft_address_text(address, room).length;
}

typedef struct {
    weft_coro co;
    weft_connection conn, other;
    weft_names names;
    weft_address address;
    weft_tcp_options options;
} tcp;

WEFT_ASYNC(tcp)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &self->address));
    WEFT_TRY(&self->names, weft_resolve(co, &self->names, WEFT_TEXT("example.org"), 80));
    WEFT_TRY(&self->conn, weft_tcp_connect_any(co, &self->conn, self->names.addresses, self->names.count));
    WEFT_TRY(&self->conn, weft_tcp_connect(co, &self->conn, "example.org:80"));
    WEFT_TRY(&self->conn, weft_tcp_connect(co, &self->conn, "example.org:80",
                                           .head_start = WEFT_MILLISECONDS(100), .socket.keep_alive = 1));
    if (weft_connection_set(&self->conn, .keep_alive = 1, .hop_limit = 3) ||
        weft_connection_options(&self->conn, &self->options) ||
        weft_connection_own(&self->conn, &self->address))
        WEFT_FAIL(weft_connection_peer(&self->conn, &self->address));
    self->other = weft_connection_of(weft_connection_hand_on(&self->conn));
    WEFT_FINALLY;
    weft_connection_close(&self->conn);
    weft_connection_close(&self->other);
    weft_names_close(&self->names);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_udp udp, other;
    weft_datagram datagram;
    weft_address address;
    weft_udp_options options;
    uint8_t bytes[16];
} udp;

WEFT_ASYNC(udp)
{
    WEFT_BEGIN;
    if (weft_udp_bind(&self->udp, "[::]:53") || weft_udp_bind(&self->udp, "[::]:53", .hop_limit = 1) ||
        weft_udp_bind_at(&self->udp, &self->address) || weft_udp_connect(&self->udp, &self->address) ||
        weft_udp_set(&self->udp, .receive_buffer = 1 << 20) ||
        weft_udp_options_of(&self->udp, &self->options) || weft_udp_own(&self->udp, &self->address))
        WEFT_FAIL(weft_udp_peer(&self->udp, &self->address));
    self->other = weft_udp_of(weft_udp_hand_on(&self->udp));
    WEFT_TRY(&self->other, weft_udp_send(co, &self->other, self->bytes, sizeof self->bytes));
    WEFT_TRY(&self->udp, weft_udp_send_to(co, &self->udp, self->bytes, sizeof self->bytes, &self->address));
    WEFT_TRY(&self->datagram, weft_udp_receive(co, &self->udp, &self->datagram));
    WEFT_FINALLY;
    weft_datagram_close(&self->datagram);
    weft_udp_close(&self->udp);
    weft_udp_close(&self->other);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_connection conn;
} greeting;

WEFT_ASYNC(greeting)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("hello\n")));
    for (void *frame = NULL; (frame = weft_tcp_next((weft_tcp_server *)self->conn.data, frame));)
        weft_cancel(&((greeting *)frame)->co);
    weft_tcp_stop((weft_tcp_server *)self->conn.data);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    tcp client;
    udp datagrams;
    weft_listener listener;
    weft_connection conn;
    weft_address address;
    weft_tcp_server server;
} server;

WEFT_ASYNC(server)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(tcp, &self->client);
    WEFT_TRY_CALL(udp, &self->datagrams);
    if (weft_tcp_listen(&self->listener, "[::1]:0") || weft_listener_address(&self->listener, &self->address) ||
        weft_tcp_listen_at(&self->listener, &self->address, .backlog = 10, .socket.keep_alive = 1) ||
        weft_tcp_listen_on(&self->listener, weft_connection_hand_on(&self->conn)))
        WEFT_FAIL(WEFT_EADDRINUSE);
    WEFT_TRY(&self->conn, weft_accept(co, &self->listener, &self->conn));
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, "[::]:8080", greeting));
    WEFT_TRY(&self->server,
             weft_tcp_serve(co, &self->server, NULL, greeting, .limit = 10, .finish = WEFT_SECONDS(1),
                            .data = &self->server, .stop_reads = true, .listen.backlog = 8));
    WEFT_FINALLY;
    weft_connection_close(&self->conn);
    weft_listener_close(&self->listener);
    WEFT_END;
}
WEFT_COMMAND(server);
