// Files, a clock, standard output and TCP by hand: one export runs at a time, in static memory. What is awaited
// joins the set once, and an end stays there.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi_runner.h"
#include "../../heap.h"
#include "../lines.h"

typedef wasi_runner_callback_code_t code;
typedef wasi_runner_waitable_status_t status;

#define BLOCKED WASI_RUNNER_WAITABLE_STATUS_BLOCKED
#define COUNT(status) WASI_RUNNER_WAITABLE_COUNT(status)
#define EXIT WASI_RUNNER_CALLBACK_CODE_EXIT

static wasi_runner_waitable_set_t set;
static uint32_t n, i;
static _Alignas(16) uint8_t buffer[CHUNK];

static void begin(uint32_t runs)
{
    if (!set)
        set = wasi_runner_waitable_set_new();
    n = runs;
    i = 0;
}

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static code wait(void)
{
    return WASI_RUNNER_CALLBACK_CODE_WAIT(set);
}

// True if a call has returned; else it joins the set.
static bool returned(wasi_runner_subtask_status_t status)
{
    if (WASI_RUNNER_SUBTASK_STATE(status) == WASI_RUNNER_SUBTASK_RETURNED)
        return true;
    wasi_runner_waitable_join(WASI_RUNNER_SUBTASK_HANDLE(status), set);
    return false;
}

// ---- Files ----

#define FS(name) wasi_filesystem_types_##name

static FS(method_descriptor_open_at_args_t) args;
static FS(result_own_descriptor_error_code_t) file;
static FS(future_result_void_error_code_t) end;

static FS(borrow_descriptor_t) root(void)
{
    static FS(own_descriptor_t) it;
    if (!it.__handle) {
        wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t all;
        wasi_filesystem_preopens_get_directories(&all);
        it = all.ptr[0].f0;
    }
    return FS(borrow_descriptor)(it);
}

static bool open(const char *path, FS(open_flags_t) make, FS(descriptor_flags_t) flags)
{
    args = (FS(method_descriptor_open_at_args_t)){
        root(), WASI_FILESYSTEM_TYPES_PATH_FLAGS_SYMLINK_FOLLOW, {0}, make, flags};
    wasi_runner_string_set(&args.path, path);
    return returned(FS(method_descriptor_open_at)(&args, &file));
}

static FS(borrow_descriptor_t) descriptor(void)
{
    check(!file.is_err);
    return FS(borrow_descriptor)(file.val.ok);
}

static FS(stream_u8_t) in;
static uint64_t bytes;
static bool joined;

static code read_on(void)
{
    while (bytes < (uint64_t)n * CHUNK) {
        status answer = FS(stream_u8_read)(in, buffer, CHUNK);
        if (answer == BLOCKED) {
            if (!joined)
                wasi_runner_waitable_join(in, set);
            joined = true;
            return wait();
        }
        check(COUNT(answer));
        bytes += COUNT(answer);
    }
    FS(stream_u8_drop_readable)(in);
    FS(future_result_void_error_code_drop_readable)(end);
    FS(descriptor_drop_own)(file.val.ok);
    exports_wasi_runner_run_file_read_return(bytes);
    return EXIT;
}

static code read_opened(void)
{
    FS(tuple2_stream_u8_future_result_void_error_code_t) ends;
    FS(method_descriptor_read_via_stream)(descriptor(), 0, &ends);
    in = ends.f0;
    end = ends.f1;
    bytes = 0;
    joined = false;
    return read_on();
}

code exports_wasi_runner_run_file_read(uint32_t runs)
{
    begin(runs);
    return open("chunks", 0, WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ) ? read_opened() : wait();
}

code exports_wasi_runner_run_file_read_callback(wasi_runner_event_t *event)
{
    if (event->event == WASI_RUNNER_EVENT_STREAM_READ) {
        check(COUNT(event->code));
        bytes += COUNT(event->code);
        return read_on();
    }
    wasi_runner_subtask_drop(event->waitable);
    return read_opened();
}

static FS(stream_u8_writer_t) out;
static uint32_t sent; // of the chunk
static FS(result_void_error_code_t) written;

static code finished(void)
{
    check(!written.is_err);
    FS(future_result_void_error_code_drop_readable)(end);
    FS(descriptor_drop_own)(file.val.ok);
    exports_wasi_runner_run_file_write_return((uint64_t)n * CHUNK);
    return EXIT;
}

static void wrote(status answer)
{
    check(COUNT(answer));
    sent += COUNT(answer);
    if (sent == CHUNK) {
        sent = 0;
        i++;
    }
}

static code write_on(void)
{
    while (i < n) {
        status answer = FS(stream_u8_write)(out, buffer + sent, CHUNK - sent);
        if (answer == BLOCKED) {
            if (!joined)
                wasi_runner_waitable_join(out, set);
            joined = true;
            return wait();
        }
        wrote(answer);
    }
    FS(stream_u8_drop_writable)(out);
    if (FS(future_result_void_error_code_read)(end, &written) == BLOCKED) {
        wasi_runner_waitable_join(end, set);
        return wait();
    }
    return finished();
}

static code write_opened(void)
{
    end = FS(method_descriptor_write_via_stream)(descriptor(), FS(stream_u8_new)(&out), 0);
    sent = 0;
    joined = false;
    return write_on();
}

code exports_wasi_runner_run_file_write(uint32_t runs)
{
    begin(runs);
    return open("copy", WASI_FILESYSTEM_TYPES_OPEN_FLAGS_CREATE | WASI_FILESYSTEM_TYPES_OPEN_FLAGS_TRUNCATE,
                WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_WRITE)
               ? write_opened()
               : wait();
}

code exports_wasi_runner_run_file_write_callback(wasi_runner_event_t *event)
{
    switch (event->event) {
    case WASI_RUNNER_EVENT_STREAM_WRITE:
        wrote(event->code);
        return write_on();
    case WASI_RUNNER_EVENT_FUTURE_READ:
        return finished();
    default:
        wasi_runner_subtask_drop(event->waitable);
        return write_opened();
    }
}

static void open_done(void)
{
    descriptor();
    FS(descriptor_drop_own)(file.val.ok);
    i++;
}

static code open_on(void)
{
    while (i < n) {
        if (!open("chunks", 0, WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ))
            return wait();
        open_done();
    }
    exports_wasi_runner_run_file_open_return(n);
    return EXIT;
}

code exports_wasi_runner_run_file_open(uint32_t runs)
{
    begin(runs);
    return open_on();
}

code exports_wasi_runner_run_file_open_callback(wasi_runner_event_t *event)
{
    wasi_runner_subtask_drop(event->waitable);
    open_done();
    return open_on();
}

// ---- Standard output and the clock ----

static wasi_cli_stdout_stream_u8_writer_t console;
static wasi_cli_stdout_future_result_void_error_code_t console_end;
static uint32_t printed; // of the line

static void put(status answer)
{
    check(COUNT(answer));
    printed += COUNT(answer);
    if (printed == sizeof LINE - 1) {
        printed = 0;
        i++;
    }
}

static code print_on(void)
{
    while (i < n) {
        status answer = wasi_cli_stdout_stream_u8_write(console, (const uint8_t *)LINE + printed,
                                                        sizeof LINE - 1 - printed);
        if (answer == BLOCKED) {
            if (!joined)
                wasi_runner_waitable_join(console, set);
            joined = true;
            return wait();
        }
        put(answer);
    }
    wasi_cli_stdout_stream_u8_drop_writable(console);
    wasi_cli_stdout_future_result_void_error_code_drop_readable(console_end);
    exports_wasi_runner_run_stdout_return(n);
    return EXIT;
}

code exports_wasi_runner_run_stdout(uint32_t runs)
{
    begin(runs);
    joined = false;
    console_end = wasi_cli_stdout_write_via_stream(wasi_cli_stdout_stream_u8_new(&console));
    return print_on();
}

code exports_wasi_runner_run_stdout_callback(wasi_runner_event_t *event)
{
    put(event->code);
    return print_on();
}

static code sleep_on(void)
{
    for (; i < n; i++)
        if (!returned(wasi_clocks_monotonic_clock_wait_for(20000000)))
            return wait();
    exports_wasi_runner_run_sleep_return(n);
    return EXIT;
}

code exports_wasi_runner_run_sleep(uint32_t runs)
{
    begin(runs);
    return sleep_on();
}

code exports_wasi_runner_run_sleep_callback(wasi_runner_event_t *event)
{
    wasi_runner_subtask_drop(event->waitable);
    i++;
    return sleep_on();
}

// ---- TCP ----

#define TCP(name) wasi_sockets_types_##name

typedef struct {
    TCP(own_tcp_socket_t) socket;
    TCP(stream_u8_t) in;
    TCP(stream_u8_writer_t) out;
    TCP(future_result_void_error_code_t) sent, received;
    bool in_joined, out_joined;
    uint8_t byte;
} connection;

static connection conn;
static TCP(method_tcp_socket_connect_args_t) where;
static TCP(result_void_error_code_t) connected;

static bool connect(void)
{
    TCP(error_code_t) error;
    check(TCP(static_tcp_socket_create)(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4, &conn.socket, &error));
    where.self = TCP(borrow_tcp_socket)(conn.socket);
    where.remote_address.val.ipv4 = (TCP(ipv4_socket_address_t)){1, {127, 0, 0, 1}};
    return returned(TCP(method_tcp_socket_connect)(&where, &connected));
}

static void open_connection(connection *it)
{
    TCP(borrow_tcp_socket_t) socket = TCP(borrow_tcp_socket)(it->socket);
    TCP(tuple2_stream_u8_future_result_void_error_code_t) ends;
    TCP(method_tcp_socket_receive)(socket, &ends);
    it->in = ends.f0;
    it->received = ends.f1;
    it->sent = TCP(method_tcp_socket_send)(socket, TCP(stream_u8_new)(&it->out));
    it->in_joined = it->out_joined = false;
}

static void close_connection(connection *it)
{
    TCP(stream_u8_drop_readable)(it->in);
    TCP(stream_u8_drop_writable)(it->out);
    TCP(future_result_void_error_code_drop_readable)(it->received);
    TCP(future_result_void_error_code_drop_readable)(it->sent);
    TCP(tcp_socket_drop_own)(it->socket);
}

static code wait_for(uint32_t waitable, bool *is_joined)
{
    if (!*is_joined)
        wasi_runner_waitable_join(waitable, set);
    *is_joined = true;
    return wait();
}

static uint32_t size, gone, got;

// Goes on with a message: `answer` is the host's to a write if `writes`, else to a read.
static code talk(bool writes, status answer)
{
    for (;;) {
        if (answer == BLOCKED)
            return writes ? wait_for(conn.out, &conn.out_joined) : wait_for(conn.in, &conn.in_joined);
        check(COUNT(answer));
        if (writes)
            gone += COUNT(answer);
        else
            got += COUNT(answer);
        if (got == size) {
            gone = got = 0;
            if (++i == n) {
                close_connection(&conn);
                exports_wasi_runner_run_tcp_return(n);
                return EXIT;
            }
        }
        writes = gone < size;
        answer = writes ? TCP(stream_u8_write)(conn.out, buffer + gone, size - gone)
                        : TCP(stream_u8_read)(conn.in, buffer + got, size - got);
    }
}

static code begin_to_talk(void)
{
    check(!connected.is_err);
    open_connection(&conn);
    return talk(true, TCP(stream_u8_write)(conn.out, buffer, size));
}

code exports_wasi_runner_run_tcp(uint32_t bytes_each, uint32_t runs)
{
    begin(runs);
    size = bytes_each;
    gone = got = 0;
    return connect() ? begin_to_talk() : wait();
}

code exports_wasi_runner_run_tcp_callback(wasi_runner_event_t *event)
{
    if (event->event != WASI_RUNNER_EVENT_SUBTASK)
        return talk(event->event == WASI_RUNNER_EVENT_STREAM_WRITE, event->code);
    wasi_runner_subtask_drop(event->waitable);
    return begin_to_talk();
}

static void connect_done(void)
{
    check(!connected.is_err);
    open_connection(&conn);
    close_connection(&conn);
    i++;
}

static code connect_on(void)
{
    while (i < n) {
        if (!connect())
            return wait();
        connect_done();
    }
    exports_wasi_runner_run_tcp_connect_return(n);
    return EXIT;
}

code exports_wasi_runner_run_tcp_connect(uint32_t runs)
{
    begin(runs);
    return connect_on();
}

code exports_wasi_runner_run_tcp_connect_callback(wasi_runner_event_t *event)
{
    wasi_runner_subtask_drop(event->waitable);
    connect_done();
    return connect_on();
}

// ---- A server of TCP ----

// Connections by the handles of their ends, which are small numbers.
static connection **by_handle;
static uint32_t handles;

static TCP(own_tcp_socket_t) listener, accepted;
static TCP(stream_own_tcp_socket_t) sockets;
static uint32_t clients_call, came, served;
static uint64_t most;

static void know(uint32_t handle, connection *it)
{
    if (handle >= handles) {
        uint32_t more = handle * 2;
        by_handle = realloc(by_handle, more * sizeof *by_handle);
        check(by_handle);
        for (; handles < more; handles++)
            by_handle[handles] = NULL;
    }
    by_handle[handle] = it;
}

// Goes on with an echo, as `talk` does with a message.
static void echo(connection *it, bool wrote_byte, status answer)
{
    while (answer != BLOCKED) {
        if (!wrote_byte && !COUNT(answer)) {
            close_connection(it);
            heap_free(it, sizeof *it);
            served++;
            return;
        }
        wrote_byte = !wrote_byte;
        answer = wrote_byte ? TCP(stream_u8_write)(it->out, &it->byte, 1)
                            : TCP(stream_u8_read)(it->in, &it->byte, 1);
    }
    uint32_t end_of_it = wrote_byte ? it->out : it->in;
    know(end_of_it, it);
    wait_for(end_of_it, wrote_byte ? &it->out_joined : &it->in_joined);
}

static void take_accepted(void)
{
    connection *it = heap_alloc(sizeof *it);
    it->socket = accepted;
    open_connection(it);
    if (heap_live > (uint32_t)most)
        most = (uint64_t)heap_pages() << 48 | heap_live;
    i++;
    echo(it, false, TCP(stream_u8_read)(it->in, &it->byte, 1));
}

static void accept_on(void)
{
    while (i < n) {
        status answer = TCP(stream_own_tcp_socket_read)(sockets, &accepted, 1);
        if (answer == BLOCKED)
            return;
        check(COUNT(answer));
        take_accepted();
    }
}

static void serve(uint32_t runs)
{
    TCP(ip_socket_address_t) at = {.val.ipv4 = {1, {127, 0, 0, 1}}};
    TCP(error_code_t) error;
    begin(runs);
    served = 0;
    check(TCP(static_tcp_socket_create)(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4, &listener, &error) &&
          TCP(method_tcp_socket_bind)(TCP(borrow_tcp_socket)(listener), &at, &error) &&
          TCP(method_tcp_socket_listen)(TCP(borrow_tcp_socket)(listener), &sockets, &error));
    wasi_runner_waitable_join(sockets, set);
    wasi_runner_subtask_status_t answer = bench_wasi_clients_come(n, &came);
    clients_call = WASI_RUNNER_SUBTASK_HANDLE(answer);
    check(!returned(answer));
    accept_on();
}

// True when all is over.
static bool serve_event(wasi_runner_event_t *event)
{
    if (event->event == WASI_RUNNER_EVENT_SUBTASK) {
        if (event->code != WASI_RUNNER_SUBTASK_RETURNED)
            return false;
        wasi_runner_subtask_drop(event->waitable);
        clients_call = 0;
    } else if (event->waitable == sockets && i < n) {
        check(COUNT(event->code));
        take_accepted();
        accept_on();
    } else if (event->waitable < handles && by_handle[event->waitable]) {
        echo(by_handle[event->waitable], event->event == WASI_RUNNER_EVENT_STREAM_WRITE, event->code);
    }
    if (clients_call || served < n)
        return false;
    TCP(stream_own_tcp_socket_drop_readable)(sockets);
    TCP(tcp_socket_drop_own)(listener);
    return true;
}

#define SERVE(what, value)                                                                                     \
    code exports_wasi_runner_run_##what(uint32_t runs)                                                         \
    {                                                                                                          \
        serve(runs);                                                                                           \
        return wait();                                                                                         \
    }                                                                                                          \
    code exports_wasi_runner_run_##what##_callback(wasi_runner_event_t *event)                                 \
    {                                                                                                          \
        if (!serve_event(event))                                                                               \
            return wait();                                                                                     \
        exports_wasi_runner_run_##what##_return(value);                                                        \
        return EXIT;                                                                                           \
    }

SERVE(tcp_serve, came)
SERVE(tcp_memory, most)
