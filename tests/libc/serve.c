// Gives each connection to session.c, which knows nothing of it. A line on standard input stops the server.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/fiber.h>
#include <weft/libc.h>
#include <weft/wasi.h>

#include "stop.h"

int session(int fd);

static int cancelled; // sessions

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_fiber fiber;
} served;

WEFT_FIBER(served)
{
    cancelled += session(weft_fd(&self->conn.in, &self->conn.out, NULL, NULL));
}

typedef struct {
    weft_coro co;
    weft_tcp_server server;
    weft_address address;
    weft_scope scope;
    weft_child handle;
    stop stop;
} serve;

WEFT_ASYNC(serve)
{
    char text[WEFT_ADDRESS_ROOM];
    weft_error error;
    WEFT_BEGIN;
    error = weft_tcp_listen(&self->server.listener, "127.0.0.1:0");
    if (!error)
        error = weft_listener_address(&self->server.listener, &self->address);
    if (error)
        WEFT_FAIL(error);
    WEFT_TRY(weft_stdout(),
             weft_printf(co, "%.*s\n", WEFT_TEXT_ARGUMENTS(weft_address_text(&self->address, text))));
    WEFT_SPAWN(stop, &self->stop, &self->scope, &self->handle, .server = &self->server);
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, served, .finish = WEFT_MILLISECONDS(100)));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d cancelled\n", cancelled));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(serve);
