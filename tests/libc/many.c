// Gives each connection to a program that knows nothing of it, and tells how each ended. A line on standard
// input stops the server.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <weft/fiber.h>
#include <weft/libc.h>
#include <weft/wasi.h>

#include "stop.h"

int guess(int argc, char **argv);

static int codes[256], served;

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_program program;
    char number[12];
    char *argv[3];
} serves;

WEFT_ASYNC(serves)
{
    WEFT_BEGIN;
    snprintf(self->number, sizeof self->number, "%d", ++served);
    self->argv[0] = self->argv[1] = self->number;
    WEFT_CALL(weft_program, &self->program, .main = guess, .argv = self->argv, .in = &self->conn.in,
              .out = &self->conn.out);
    WEFT_FINALLY;
    codes[self->program.code & 255]++;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_tcp_server server;
    weft_address address;
    weft_scope scope;
    weft_child handle;
    stop stop;
    int code;
} many;

WEFT_ASYNC(many)
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
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, serves, .finish = WEFT_MILLISECONDS(100)));
    for (self->code = 0; self->code < 256; self->code++)
        if (codes[self->code])
            WEFT_TRY(weft_stdout(), weft_printf(co, "%d ended with %d\n", codes[self->code], self->code));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(many);
