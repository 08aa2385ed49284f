// What macros.c is for addresses and sockets.
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
    weft_address address;
    weft_tcp_options options;
} tcp;

WEFT_ASYNC(tcp)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &self->address));
    if (weft_connection_set(&self->conn, .keep_alive = 1, .hop_limit = 3) ||
        weft_connection_options(&self->conn, &self->options) ||
        weft_connection_own(&self->conn, &self->address))
        WEFT_FAIL(weft_connection_peer(&self->conn, &self->address));
    self->other = weft_connection_of(weft_connection_release(&self->conn));
    WEFT_FINALLY;
    weft_connection_close(&self->conn);
    weft_connection_close(&self->other);
    WEFT_END;
}
WEFT_COMMAND(tcp);
