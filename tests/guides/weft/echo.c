// A TCP server that sends back what it gets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_connection conn; // second
    uint8_t buffer[4096];
} echo;
WEFT_UNZEROED(echo, buffer);

WEFT_ASYNC(echo)
{
    weft_connection *conn = &self->conn; // anew at each step
    WEFT_BEGIN;
    do {
        WEFT_TRY(&conn->in, weft_bytes_read(co, &conn->in, self->buffer, sizeof self->buffer));
        WEFT_TRY(&conn->out, weft_bytes_write_all(co, &conn->out, self->buffer, conn->in.count));
    } while (conn->in.count);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_tcp_server server;
} serve;

WEFT_ASYNC(serve)
{
    weft_address address;
    char text[WEFT_ADDRESS_ROOM];
    WEFT_BEGIN;
    if (weft_tcp_listen(&self->server.listener, "127.0.0.1:0") ||
        weft_listener_address(&self->server.listener, &address))
        WEFT_FAIL(1);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%.*s\n", WEFT_TEXT_ARGUMENTS(weft_address_text(&address, text))));
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, echo));
    WEFT_END;
}
WEFT_COMMAND(serve);
