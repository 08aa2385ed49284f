// A chat over TCP. Who connects sends a line "ROOM NAME"; each line after that goes to all others in the room.
// Who reads too slowly is dropped. The end of standard input stops it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,inherit-network -W component-model-async chat.wasm 127.0.0.1:7000
//     nc 127.0.0.1 7000
#include <weft/wasi.h>

enum { WORD = 32, LINE = 256, BEHIND = 16384, MEMBERS = 1000 };

static weft_tcp_server server;
static bool stops;

// ---- A member of a room ----

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_outbox out;
    char room[WORD], name[WORD]; // empty: it is in none
    weft_lines lines;
    uint8_t line[LINE];
} chat;
WEFT_UNZEROED(chat, line);

// Tells all others in the room. Who is too far behind is dropped.
static void say(chat *self, const char *between, weft_text text)
{
    char line[2 * WORD + LINE];
    weft_text room = weft_text_z(self->room);
    size_t length =
        weft_format(line, sizeof line, "%s%s%.*s\n", self->name, between, WEFT_TEXT_ARGUMENTS(text));
    for (chat *to = NULL; (to = weft_tcp_next(&server, to));)
        if (to != self && weft_text_equal_z(room, to->room) &&
            weft_outbox_put(&to->out, weft_text_of(line, length)))
            weft_cancel(&to->co);
}

// Takes the first line. False if it is not as it should be.
static bool introduced(chat *self)
{
    weft_text rest = weft_text_of(self->lines.line, self->lines.length), room;
    return weft_text_next(&rest, ' ', &room) && room.length && rest.length &&
           !weft_text_to_z(rest, self->name, WORD) && !weft_text_to_z(room, self->room, WORD);
}

WEFT_ASYNC(chat)
{
    WEFT_BEGIN;
    weft_outbox_open(co, &self->out, &self->conn.out, BEHIND);
    weft_bytes_lines(&self->lines, &self->conn.in, self->line, LINE, WEFT_LINES_CUT);
    WEFT_TRY(&self->conn.in, weft_line_next(co, &self->lines));
    if (!self->lines.is || stops)
        WEFT_FINISH;
    if (!introduced(self)) {
        weft_outbox_put(&self->out, WEFT_TEXT("send a line: ROOM NAME\n"));
        WEFT_TRY(&self->out, weft_outbox_drain(co, &self->out, 0));
        WEFT_FINISH;
    }
    weft_outbox_put(&self->out, WEFT_TEXT("welcome\n"));
    say(self, " is here", WEFT_TEXT(""));
    for (;;) {
        WEFT_TRY(&self->conn.in, weft_line_next(co, &self->lines));
        if (!self->lines.is || stops) // it has left, or its last line may be cut
            WEFT_FINISH;
        say(self, ": ", weft_text_of(self->lines.line, self->lines.length));
    }
    WEFT_FINALLY;
    if (*self->room)
        say(self, " has left", WEFT_TEXT(""));
    *self->room = 0;
    WEFT_AWAIT(weft_outbox_close(co, &self->out));
    WEFT_END;
}

// ---- The server ----

typedef struct {
    weft_coro co;
    uint8_t bytes[256];
} until_the_end; // of standard input

WEFT_ASYNC(until_the_end)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(weft_bytes_read(co, weft_stdin(), self->bytes, sizeof self->bytes));
    } while (weft_stdin()->count);
    stops = true;
    weft_tcp_stop(&server);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_address address;
    weft_scope scope;
    weft_child child;
    until_the_end end;
} serve;

WEFT_ASYNC(serve)
{
    weft_error error;
    char where[WEFT_ADDRESS_ROOM + 1] = "127.0.0.1:7000";
    char text[WEFT_ADDRESS_ROOM];
    WEFT_BEGIN;
    error = weft_argument_count() > 1 ? weft_text_to_z(weft_argument(1), where, sizeof where) : WEFT_OK;
    if (!error)
        error = weft_tcp_listen(&server.listener, where, .backlog = MEMBERS);
    if (!error)
        error = weft_listener_address(&server.listener, &self->address);
    if (error)
        WEFT_FAIL(error);
    WEFT_TRY(weft_stdout(), weft_printf(co, "listening at %.*s\n",
                                        WEFT_TEXT_ARGUMENTS(weft_address_text(&self->address, text))));
    WEFT_SPAWN(until_the_end, &self->end, &self->scope, &self->child);
    WEFT_TRY(&server, weft_tcp_serve(co, &server, NULL, chat, .limit = MEMBERS, .stop_reads = true));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_listener_close(&server.listener);
    WEFT_END;
}
WEFT_COMMAND(serve);
