// A server that echoes, and is told by lines of standard input what to do; each is answered by a line, as
// script.c does. Of what a connection sends, the first byte tells: `f`, it fails; `w`, it waits for ever; `s`,
// it stops the server; `e`, it waits for ever, and stops the server at its end; `?`, it is told the hop limit.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.h"

typedef struct {
    weft_coro co;
    weft_tcp_server *server; // the same each time
    uint32_t limit;
    uint64_t finish;
    bool stop_reads;
} serving;

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_event never;
    char first;
    weft_tcp_options options;
    uint8_t buffer[16384];
} echo;
WEFT_UNZEROED(echo, buffer);

static uint64_t ended; // connections, whatever way

WEFT_ASYNC(echo)
{
    serving *by = self->conn.data;
    WEFT_BEGIN;
    do {
        WEFT_TRY(&self->conn.in, weft_bytes_read(co, &self->conn.in, self->buffer, sizeof self->buffer));
        if (!self->first && self->conn.in.count)
            self->first = (char)self->buffer[0];
        WEFT_TRY(&self->conn.out, weft_bytes_write_all(co, &self->conn.out, self->buffer, self->conn.in.count));
        if (self->first == '?' && !weft_connection_options(&self->conn, &self->options)) {
            WEFT_TRY(&self->conn.out, weft_bytes_write_all(co, &self->conn.out, &self->options.hop_limit, 1));
            self->first = '.';
        }
        if (self->first == 'f')
            WEFT_FAIL(3);
        if (self->first == 's')
            weft_tcp_stop(by->server);
        if (self->first == 'w' || self->first == 'e')
            WEFT_AWAIT(weft_event_wait(co, &self->never));
    } while (self->conn.in.count);
    WEFT_FINALLY;
    if (self->first == 'e')
        weft_tcp_stop(by->server);
    ended++;
    WEFT_END;
}

WEFT_ASYNC(serving)
{
    WEFT_BEGIN;
    WEFT_TRY(self->server,
             weft_tcp_serve(co, self->server, NULL, echo, .limit = self->limit, .finish = self->finish,
                            .data = self, .stop_reads = self->stop_reads));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    serving serving;
    weft_tcp_server server;
    weft_listener listener;
    weft_scope scope;
    weft_child child;
    weft_lines lines;
    weft_address address;
    weft_text command, argument, text;
    weft_error error;
    uint64_t done, number, finish;
    bool stop_reads;
    char room[WEFT_ADDRESS_ROOM];
    uint8_t line[512];
} serve;

static bool is(const serve *self, const char *command)
{
    return weft_text_equal_z(self->command, command);
}

WEFT_ASYNC(serve)
{
    weft_tcp_server *server = &self->server;
    WEFT_BEGIN;
    weft_bytes_lines(&self->lines, weft_stdin(), self->line, sizeof self->line, WEFT_LINES_CUT);
    self->finish = WEFT_MILLISECONDS(500);
    for (;;) {
        WEFT_TRY(weft_stdin(), weft_line_next(co, &self->lines));
        if (!self->lines.is)
            WEFT_FINISH;
        self->argument = weft_text_of(self->lines.line, self->lines.length);
        weft_text_next(&self->argument, ' ', &self->command);
        self->number = self->done = 0;
        weft_text_to_u64(self->argument, &self->number);
        self->error = WEFT_OK;
        self->text = WEFT_TEXT("");
        if (is(self, "listen")) {
            char where[64];
            self->error = weft_text_to_z(self->argument, where, sizeof where);
            if (!self->error)
                self->error = weft_tcp_listen(&self->listener, where, .backlog = 1000, .socket.hop_limit = 7);
            if (!self->error)
                self->error = weft_listener_address(&self->listener, &self->address);
            if (!self->error)
                self->text = weft_address_text(&self->address, self->room);
        } else if (is(self, "unlisten")) {
            weft_listener_close(&self->listener);
        } else if (is(self, "finish")) {
            self->finish = WEFT_MILLISECONDS(self->number);
        } else if (is(self, "reads")) { // end with a stop
            self->stop_reads = true;
        } else if (is(self, "walk")) { // the first bytes of those that live, and ends those that begin so
            for (echo *it = NULL; (it = weft_tcp_next(server, it)) && self->done < sizeof self->room;) {
                self->room[self->done++] = it->first;
                if (self->argument.length && it->first == *self->argument.at)
                    weft_cancel(&it->co);
            }
            self->text = weft_text_of(self->room, (size_t)self->done);
        } else if (is(self, "serve")) { // with that limit, at the listener
            server->listener = self->listener;
            WEFT_SPAWN(serving, &self->serving, &self->scope, &self->child, .server = server,
                       .limit = (uint32_t)self->number, .finish = self->finish, .stop_reads = self->stop_reads);
            self->listener = (weft_listener){0};
        } else if (is(self, "stop")) {
            weft_tcp_stop(server);
        } else if (is(self, "wait")) { // until it has stopped
            WEFT_AWAIT(weft_join_all(co, &self->scope));
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
            self->error = server->error;
        } else if (is(self, "cancel")) {
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
            self->error = server->error;
        } else if (is(self, "active")) {
            self->done = server->active;
        } else if (is(self, "ended")) {
            self->done = ended;
        } else if (is(self, "fail")) {
            failing = self->number;
        } else if (is(self, "left")) {
            self->done = allocated;
            self->text = weft_text_of(
                self->room, weft_format(self->room, sizeof self->room, "%u", (unsigned)next_handle()));
        } else {
            self->text = WEFT_TEXT("what?");
        }
        WEFT_TRY(weft_stdout(),
                 weft_printf(co, "%llu %s %.*s\n", (unsigned long long)self->done, weft_error_name(self->error),
                             (int)self->text.length, self->text.at));
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_listener_close(&self->listener);
    WEFT_END;
}
WEFT_COMMAND(serve);
