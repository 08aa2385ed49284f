// Files, a clock, standard output and TCP, on Weft's core with bindings of one's own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_runner.h"
#include <weft/weft.h>
#include "../run.h"

#define CHECK(holds)                                                                                           \
    if (!(holds))                                                                                              \
    WEFT_FAIL(1)

// ---- Files ----

WEFT_STREAM(file, wasi_filesystem_types_stream_u8, uint8_t);
typedef wasi_filesystem_types_result_void_error_code_t ended;
WEFT_FUTURE(ended, wasi_filesystem_types_future_result_void_error_code, ended);

enum { MAKE = WASI_FILESYSTEM_TYPES_OPEN_FLAGS_CREATE | WASI_FILESYSTEM_TYPES_OPEN_FLAGS_TRUNCATE };

typedef struct {
    weft_coro co;
    const char *path;
    bool write;
    wasi_filesystem_types_own_descriptor_t file;
    wasi_filesystem_types_method_descriptor_open_at_args_t args;
    wasi_filesystem_types_result_own_descriptor_error_code_t result;
    weft_subtask call;
} opened;

static wasi_filesystem_types_borrow_descriptor_t root(void)
{
    static wasi_filesystem_types_own_descriptor_t it;
    if (!it.__handle) {
        wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t all;
        wasi_filesystem_preopens_get_directories(&all);
        it = all.ptr[0].f0;
    }
    return wasi_filesystem_types_borrow_descriptor(it);
}

WEFT_ASYNC(opened)
{
    WEFT_BEGIN;
    self->args = (wasi_filesystem_types_method_descriptor_open_at_args_t){
        root(),
        WASI_FILESYSTEM_TYPES_PATH_FLAGS_SYMLINK_FOLLOW,
        {0},
        self->write ? MAKE : 0,
        self->write ? WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_WRITE
                    : WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ};
    wasi_runner_string_set(&self->args.path, self->path);
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 wasi_filesystem_types_method_descriptor_open_at(&self->args, &self->result)));
    CHECK(!self->result.is_err);
    self->file = self->result.val.ok;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t n;
    opened open;
    file_reader in;
    ended_reader end;
    uint64_t bytes;
    _Alignas(16) uint8_t buffer[CHUNK];
} reading;
WEFT_UNZEROED(reading, buffer);

static void begin_to_read(reading *self)
{
    wasi_filesystem_types_tuple2_stream_u8_future_result_void_error_code_t ends;
    wasi_filesystem_types_method_descriptor_read_via_stream(
        wasi_filesystem_types_borrow_descriptor(self->open.file), 0, &ends);
    self->in = file_reader_of(ends.f0);
    self->end = ended_reader_of(ends.f1);
}

WEFT_ASYNC(reading)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(opened, &self->open, .path = "chunks");
    begin_to_read(self);
    while (self->bytes < (uint64_t)self->n * CHUNK) {
        WEFT_AWAIT(file_read(co, &self->in, self->buffer, CHUNK));
        CHECK(self->in.count);
        self->bytes += self->in.count;
    }
    WEFT_RETURN(co, exports_wasi_runner_run_file_read, self->bytes);
    WEFT_FINALLY;
    file_close_reader(&self->in);
    ended_close_reader(&self->end);
    wasi_filesystem_types_descriptor_drop_own(self->open.file);
    WEFT_END;
}

RUN(reading, file_read);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    opened open;
    file_writer out;
    ended_reader end;
    ended result;
    _Alignas(16) uint8_t buffer[CHUNK];
} writing;

static void begin_to_write(writing *self)
{
    self->end = ended_reader_of(wasi_filesystem_types_method_descriptor_write_via_stream(
        wasi_filesystem_types_borrow_descriptor(self->open.file), file_new(&self->out), 0));
}

WEFT_ASYNC(writing)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(opened, &self->open, .path = "copy", .write = true);
    begin_to_write(self);
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(file_write_all(co, &self->out, self->buffer, CHUNK));
        CHECK(self->out.count == CHUNK);
    }
    file_close_writer(&self->out);
    WEFT_AWAIT(ended_read(co, &self->end, &self->result));
    CHECK(!self->result.is_err);
    WEFT_RETURN(co, exports_wasi_runner_run_file_write, (uint64_t)self->n * CHUNK);
    WEFT_FINALLY;
    file_close_writer(&self->out);
    ended_close_reader(&self->end);
    wasi_filesystem_types_descriptor_drop_own(self->open.file);
    WEFT_END;
}

RUN(writing, file_write);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    opened open;
} opening;

WEFT_ASYNC(opening)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY_CALL(opened, &self->open, .path = "chunks");
        wasi_filesystem_types_descriptor_drop_own(self->open.file);
    }
    WEFT_RETURN(co, exports_wasi_runner_run_file_open, self->n);
    WEFT_END;
}

RUN(opening, file_open);

// ---- Standard output and the clock ----

WEFT_STREAM(console, wasi_cli_stdout_stream_u8, uint8_t);

typedef struct {
    weft_coro co;
    uint32_t n, i, end;
    console_writer out;
} printing;

WEFT_ASYNC(printing)
{
    WEFT_BEGIN;
    self->end = wasi_cli_stdout_write_via_stream(console_new(&self->out));
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(console_write_all(co, &self->out, (const uint8_t *)LINE, sizeof LINE - 1));
        CHECK(self->out.count == sizeof LINE - 1);
    }
    WEFT_RETURN(co, exports_wasi_runner_run_stdout, self->n);
    WEFT_FINALLY;
    console_close_writer(&self->out);
    wasi_cli_stdout_future_result_void_error_code_drop_readable(self->end);
    WEFT_END;
}

RUN(printing, stdout);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    weft_timer timer;
} sleeping;

WEFT_CLOCK(host, wasi_clocks_monotonic_clock);

WEFT_ASYNC(sleeping)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++)
        WEFT_AWAIT(weft_sleep(co, &host, &self->timer, 20000000));
    WEFT_RETURN(co, exports_wasi_runner_run_sleep, self->n);
    WEFT_END;
}

RUN(sleeping, sleep);

// ---- TCP ----

#define TYPES(name) wasi_sockets_types_##name

WEFT_STREAM(bytes, wasi_sockets_types_stream_u8, uint8_t);
WEFT_STREAM(sockets, wasi_sockets_types_stream_own_tcp_socket, TYPES(own_tcp_socket_t));

typedef struct {
    TYPES(own_tcp_socket_t) socket;
    bytes_reader in;
    bytes_writer out;
    TYPES(future_result_void_error_code_t) sent, received;
} connection;

static void connection_open(connection *conn)
{
    TYPES(borrow_tcp_socket_t) socket = TYPES(borrow_tcp_socket)(conn->socket);
    TYPES(tuple2_stream_u8_future_result_void_error_code_t) ends;
    TYPES(method_tcp_socket_receive)(socket, &ends);
    conn->in = bytes_reader_of(ends.f0);
    conn->received = ends.f1;
    conn->sent = TYPES(method_tcp_socket_send)(socket, bytes_new(&conn->out));
}

static void connection_close(connection *conn)
{
    bytes_close_reader(&conn->in);
    bytes_close_writer(&conn->out);
    TYPES(future_result_void_error_code_drop_readable)(conn->received);
    TYPES(future_result_void_error_code_drop_readable)(conn->sent);
    TYPES(tcp_socket_drop_own)(conn->socket);
}

typedef struct {
    weft_coro co;
    connection *conn;
    TYPES(method_tcp_socket_connect_args_t) args;
    TYPES(result_void_error_code_t) result;
    weft_subtask call;
} connected;

WEFT_ASYNC(connected)
{
    TYPES(error_code_t) error;
    WEFT_BEGIN;
    CHECK(TYPES(static_tcp_socket_create)(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4, &self->conn->socket,
                                          &error));
    self->args.self = TYPES(borrow_tcp_socket)(self->conn->socket);
    self->args.remote_address.val.ipv4 = (TYPES(ipv4_socket_address_t)){1, {127, 0, 0, 1}};
    WEFT_AWAIT(
        weft_subtask_call(co, &self->call, TYPES(method_tcp_socket_connect)(&self->args, &self->result)));
    CHECK(!self->result.is_err);
    connection_open(self->conn);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t size, n, i, got;
    connection conn;
    connected connect;
    _Alignas(16) uint8_t buffer[CHUNK];
} talking;

WEFT_ASYNC(talking)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(connected, &self->connect, .conn = &self->conn);
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(bytes_write_all(co, &self->conn.out, self->buffer, self->size));
        CHECK(self->conn.out.count == self->size);
        for (self->got = 0; self->got < self->size; self->got += self->conn.in.count) {
            WEFT_AWAIT(bytes_read(co, &self->conn.in, self->buffer + self->got, self->size - self->got));
            CHECK(self->conn.in.count);
        }
    }
    WEFT_RETURN(co, exports_wasi_runner_run_tcp, self->n);
    WEFT_FINALLY;
    connection_close(&self->conn);
    WEFT_END;
}

WEFT_EXPORT(wasi_runner, exports_wasi_runner_run_tcp, talking, (uint32_t size, uint32_t n), .size = size,
            .n = n);

typedef struct {
    weft_coro co;
    uint32_t n, i;
    connection conn;
    connected connect;
} connecting;

WEFT_ASYNC(connecting)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++) {
        WEFT_TRY_CALL(connected, &self->connect, .conn = &self->conn);
        connection_close(&self->conn);
    }
    WEFT_RETURN(co, exports_wasi_runner_run_tcp_connect, self->n);
    WEFT_END;
}

RUN(connecting, tcp_connect);

typedef struct {
    weft_coro co;
    TYPES(own_tcp_socket_t) socket;
    connection conn;
    uint8_t byte;
} serving;

WEFT_ASYNC(serving)
{
    WEFT_BEGIN;
    self->conn.socket = self->socket;
    connection_open(&self->conn);
    look_at_memory();
    do {
        WEFT_AWAIT(bytes_read(co, &self->conn.in, &self->byte, 1));
        WEFT_AWAIT(bytes_write_all(co, &self->conn.out, &self->byte, self->conn.in.count));
    } while (self->conn.in.count);
    WEFT_FINALLY;
    connection_close(&self->conn);
    WEFT_END;
}

static weft_error listen(TYPES(own_tcp_socket_t) * listener, sockets_reader *in)
{
    TYPES(ip_socket_address_t) at = {.val.ipv4 = {1, {127, 0, 0, 1}}};
    TYPES(stream_own_tcp_socket_t) handle;
    TYPES(error_code_t) error;
    if (!TYPES(static_tcp_socket_create)(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4, listener, &error) ||
        !TYPES(method_tcp_socket_bind)(TYPES(borrow_tcp_socket)(*listener), &at, &error) ||
        !TYPES(method_tcp_socket_listen)(TYPES(borrow_tcp_socket)(*listener), &handle, &error))
        return WEFT_EOTHER;
    *in = sockets_reader_of(handle);
    return WEFT_OK;
}

typedef struct {
    weft_coro co;
    uint32_t n, i, came;
    weft_scope scope;
    TYPES(own_tcp_socket_t) listener, accepted;
    sockets_reader in;
    weft_subtask call;
} crowd;

WEFT_ASYNC(crowd)
{
    WEFT_BEGIN;
    CHECK(!listen(&self->listener, &self->in));
    weft_subtask_start(co, &self->call, bench_wasi_clients_come(self->n, &self->came));
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(sockets_read(co, &self->in, &self->accepted, 1));
        CHECK(self->in.count);
        weft_detach(weft_child_of(WEFT_SPAWN_NEW(serving, &self->scope, .socket = self->accepted)));
    }
    WEFT_AWAIT(weft_await(co, &self->call));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    sockets_close_reader(&self->in);
    TYPES(tcp_socket_drop_own)(self->listener);
    WEFT_END;
}

#include "../crowd.h"
