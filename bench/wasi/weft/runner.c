// Files, a clock, standard output and TCP, through the library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include "../run.h"
#include "wasi_runner.h"

// ---- Files ----

typedef struct {
    weft_coro co;
    uint32_t n;
    weft_file file;
    weft_bytes_reader in;
    uint64_t bytes;
    _Alignas(16) uint8_t buffer[CHUNK];
} reading;
WEFT_UNZEROED(reading, buffer);

WEFT_ASYNC(reading)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->file, weft_file_open(co, &self->file, "chunks"));
    self->in = weft_file_reader(&self->file, 0);
    while (self->bytes < (uint64_t)self->n * CHUNK) {
        WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, CHUNK));
        self->bytes += self->in.count;
    }
    WEFT_RETURN(co, exports_wasi_runner_run_file_read, self->bytes);
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_file_close(&self->file);
    WEFT_END;
}

RUN(reading, file_read);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_file file;
    weft_bytes_writer out;
    _Alignas(16) uint8_t buffer[CHUNK];
} writing;

WEFT_ASYNC(writing)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->file,
             weft_file_open(co, &self->file, "copy", .write = true, .create = true, .truncate = true));
    self->out = weft_file_writer(&self->file, 0);
    for (; self->i < self->n; self->i++)
        WEFT_TRY(&self->out, weft_bytes_write_all(co, &self->out, self->buffer, CHUNK));
    WEFT_TRY(&self->out, weft_bytes_finish(co, &self->out));
    WEFT_RETURN(co, exports_wasi_runner_run_file_write, (uint64_t)self->n * CHUNK);
    WEFT_FINALLY;
    weft_bytes_close_writer(&self->out);
    weft_file_close(&self->file);
    WEFT_END;
}

RUN(writing, file_write);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_file file;
} opening;

WEFT_ASYNC(opening)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY(&self->file, weft_file_open(co, &self->file, "chunks"));
        weft_file_close(&self->file);
    }
    WEFT_RETURN(co, exports_wasi_runner_run_file_open, self->n);
    WEFT_END;
}

RUN(opening, file_open);

// ---- Standard output and the clock ----

typedef struct {
    weft_coro co;
    uint32_t n, i;
} printing;

WEFT_ASYNC(printing)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++)
        WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT(LINE)));
    WEFT_RETURN(co, exports_wasi_runner_run_stdout, self->n);
    WEFT_END;
}

RUN(printing, stdout);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_timer timer;
} sleeping;

WEFT_ASYNC(sleeping)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++)
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, 20000000));
    WEFT_RETURN(co, exports_wasi_runner_run_sleep, self->n);
    WEFT_END;
}

RUN(sleeping, sleep);

// ---- TCP ----

static const weft_address peer = {.family = WEFT_IPV4, .port = 1, .ip = {127, 0, 0, 1}};

typedef struct {
    weft_coro co;
    uint32_t size, n, i, got;
    weft_connection conn;
    _Alignas(16) uint8_t buffer[CHUNK];
} talking;

WEFT_ASYNC(talking)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &peer));
    for (; self->i < self->n; self->i++) {
        WEFT_TRY(&self->conn.out, weft_bytes_write_all(co, &self->conn.out, self->buffer, self->size));
        for (self->got = 0; self->got < self->size; self->got += self->conn.in.count)
            WEFT_TRY(&self->conn.in,
                     weft_bytes_read(co, &self->conn.in, self->buffer + self->got, self->size - self->got));
    }
    WEFT_RETURN(co, exports_wasi_runner_run_tcp, self->n);
    WEFT_FINALLY;
    weft_connection_close(&self->conn);
    WEFT_END;
}

WEFT_EXPORT(wasi_runner, exports_wasi_runner_run_tcp, talking, (uint32_t size, uint32_t n), .size = size,
            .n = n);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_connection conn;
} connecting;

WEFT_ASYNC(connecting)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &peer));
        weft_connection_close(&self->conn);
    }
    WEFT_RETURN(co, exports_wasi_runner_run_tcp_connect, self->n);
    WEFT_END;
}

RUN(connecting, tcp_connect);

typedef struct {
    weft_coro co;
    weft_connection conn;
    uint8_t byte;
} serving;

WEFT_ASYNC(serving)
{
    WEFT_BEGIN;
    look_at_memory();
    do {
        WEFT_TRY(&self->conn.in, weft_bytes_read(co, &self->conn.in, &self->byte, 1));
        WEFT_TRY(&self->conn.out, weft_bytes_write_all(co, &self->conn.out, &self->byte, self->conn.in.count));
    } while (self->conn.in.count);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_tcp_server *server;
    uint32_t n;
    weft_child child;
} listening;

WEFT_ASYNC(listening)
{
    WEFT_BEGIN;
    WEFT_TRY(self->server, weft_tcp_serve(co, self->server, "127.0.0.1:1", serving, .limit = self->n));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t n, came;
    weft_scope scope;
    weft_tcp_server server;
    listening listening;
    weft_subtask call;
} crowd;

WEFT_ASYNC(crowd)
{
    WEFT_BEGIN;
    WEFT_SPAWN(listening, &self->listening, &self->scope, &self->listening.child, .server = &self->server,
               .n = self->n);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_subtask_call(co, &self->call, bench_wasi_clients_come(self->n, &self->came)));
    weft_tcp_stop(&self->server);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

#include "../crowd.h"
