// A server that answers each line in upper case. The line "bye" ends a connection.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_connection conn; // second
    weft_lines lines;
    uint8_t line[1024];
} shout;
WEFT_UNZEROED(shout, line);

WEFT_ASYNC(shout)
{
    weft_lines *lines = &self->lines;
    WEFT_BEGIN;
    weft_bytes_lines(lines, &self->conn.in, self->line, sizeof self->line, WEFT_LINES_CUT);
    for (;;) {
        WEFT_TRY(&self->conn.in, weft_line_next(co, lines));
        if (!lines->is || weft_text_equal_z(weft_text_of(lines->line, lines->length), "bye"))
            break;
        for (size_t i = 0; i < lines->length; i++)
            lines->line[i] -= 32 * (lines->line[i] >= 'a' && lines->line[i] <= 'z');
        WEFT_TRY(&self->conn.out, weft_bytes_write_all(co, &self->conn.out, lines->line, lines->length));
        WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("\n")));
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_tcp_server server;
    weft_address address;
} serve;

WEFT_ASYNC(serve)
{
    weft_error error;
    char where[WEFT_ADDRESS_ROOM], text[WEFT_ADDRESS_ROOM];
    WEFT_BEGIN;
    error = weft_text_to_z(weft_argument(1), where, sizeof where);
    if (!error)
        error = weft_tcp_listen(&self->server.listener, where);
    if (!error)
        error = weft_listener_address(&self->server.listener, &self->address);
    if (error)
        WEFT_FAIL(error);
    WEFT_TRY(weft_stdout(), weft_printf(co, "listening at %.*s\n",
                                        WEFT_TEXT_ARGUMENTS(weft_address_text(&self->address, text))));
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, shout, .limit = 100));

    WEFT_FINALLY;
    weft_listener_close(&self->server.listener);
    WEFT_END;
}
WEFT_COMMAND(serve);
