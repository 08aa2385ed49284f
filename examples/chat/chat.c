// A chat over TCP. Who connects sends a line "ROOM NAME"; each line after that goes to all others in the room.
// Who reads too slowly is dropped. The end of standard input stops it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,inherit-network -W component-model-async chat.wasm 127.0.0.1:7000
//     nc 127.0.0.1 7000
#include <weft/wasi.h>

enum { ROOMS = 64, WORD = 32, LINE = 256, BEHIND = 64, MEMBERS = 1000 };
#define PATIENCE WEFT_SECONDS(5) // with one write

typedef struct {
    const void *by; // who need not hear it
    size_t length;
    char text[WORD + LINE + 4];
} message;

WEFT_BROADCAST(talk, message, BEHIND);

typedef struct {
    char name[WORD];
    uint32_t members; // 0: the room is free
    talk talk;
} room;

static room rooms[ROOMS];

static room *enter(weft_text name)
{
    room *empty = NULL;
    for (room *it = rooms; it < rooms + ROOMS; it++) {
        if (it->members && weft_text_equal_z(name, it->name)) {
            it->members++;
            return it;
        }
        if (!it->members)
            empty = it;
    }
    if (!empty || !name.length || weft_text_to_z(name, empty->name, WORD))
        return NULL;
    empty->talk = (talk){0};
    empty->members = 1;
    return empty;
}

// ---- A member of a room ----

typedef struct chat chat;

// Says what its member says, until that is all.
typedef struct {
    weft_coro co;
    chat *of;
} saying;
WEFT_ASYNC_DECLARE(saying);

struct chat {
    weft_coro co;
    weft_connection conn;
    room *room;
    char name[WORD];
    weft_lines lines;
    saying saying;
    weft_scope scope;
    weft_child child;
    talk_subscriber heard;
    weft_case cases[2];
    weft_timer timer;
    uint8_t line[LINE];
};
WEFT_UNZEROED(chat, line);

static void say(chat *self, const char *between, weft_text text)
{
    message it = {.by = self};
    it.length =
        weft_format(it.text, sizeof it.text, "%s%s%.*s\n", self->name, between, WEFT_TEXT_ARGUMENTS(text));
    talk_send(&self->room->talk, it);
}

WEFT_ASYNC(saying)
{
    chat *of = self->of;
    WEFT_BEGIN;
    for (;;) {
        WEFT_TRY(&of->conn.in, weft_line_next(co, &of->lines));
        if (!of->lines.is)
            WEFT_FINISH;
        say(of, ": ", weft_text_of(of->lines.line, of->lines.length));
    }
    WEFT_END;
}

// Takes the first line. False if it is not as it should be, or no room is free.
static bool introduced(chat *self)
{
    weft_text rest = weft_text_of(self->lines.line, self->lines.length), name;
    if (!weft_text_next(&rest, ' ', &name) || !rest.length || weft_text_to_z(rest, self->name, WORD))
        return false;
    self->room = enter(name);
    return self->room;
}

WEFT_ASYNC(chat)
{
    WEFT_BEGIN;
    weft_bytes_lines(&self->lines, &self->conn.in, self->line, LINE, WEFT_LINES_CUT);
    WEFT_TRY(&self->conn.in, weft_line_next(co, &self->lines));
    if (!self->lines.is)
        WEFT_FINISH;
    if (!introduced(self)) {
        WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("send a line: ROOM NAME\n")));
        WEFT_FINISH;
    }
    talk_subscribe(&self->room->talk, &self->heard);
    say(self, " is here", WEFT_TEXT(""));
    WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("welcome\n")));
    WEFT_SPAWN(saying, &self->saying, &self->scope, &self->child, .of = self);
    for (;;) {
        WEFT_AWAIT(weft_select(co, self->cases, talk_receive(of, &self->room->talk, &self->heard),
                               weft_join_any(of, &self->scope)));
        if (!weft_served(&self->heard)) // it has left, or fallen behind, or the chat stops
            WEFT_FINISH;
        if (self->heard.item.by == self)
            continue;
        weft_bytes_start_write_all(co, &self->conn.out, (const uint8_t *)self->heard.item.text,
                                   self->heard.item.length);
        WEFT_AWAIT(weft_select(co, self->cases, weft_await(of, &self->conn.out),
                               weft_sleep(of, &weft_host_clock, &self->timer, PATIENCE)));
        if (weft_in_flight(&self->conn.out) || self->conn.out.error)
            WEFT_FINISH;
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_timer_stop(co, &self->timer));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    if (self->room) {
        say(self, " has left", WEFT_TEXT(""));
        self->room->members--;
    }
    WEFT_END;
}

// ---- The server ----

typedef struct {
    weft_coro co;
    weft_tcp_server *server;
    uint8_t bytes[256];
} until_the_end; // of standard input

WEFT_ASYNC(until_the_end)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(weft_bytes_read(co, weft_stdin(), self->bytes, sizeof self->bytes));
    } while (weft_stdin()->count);
    weft_tcp_stop(self->server);
    for (room *it = rooms; it < rooms + ROOMS; it++)
        talk_close(&it->talk);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_tcp_server server;
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
        error = weft_tcp_listen(&self->server.listener, where, .backlog = MEMBERS);
    if (error)
        WEFT_FAIL(error);
    weft_listener_address(&self->server.listener, &self->address);
    WEFT_TRY(weft_stdout(), weft_printf(co, "listening at %.*s\n",
                                        WEFT_TEXT_ARGUMENTS(weft_address_text(&self->address, text))));
    WEFT_SPAWN(until_the_end, &self->end, &self->scope, &self->child, .server = &self->server);
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, chat, .limit = MEMBERS));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(serve);
