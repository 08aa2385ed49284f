// Connections of TCP.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

WEFT__BYTES_SOURCE(stream_source, weft__wasi_sockets_types_future_result_void_error_code,
                   SOCKETS(result_void_error_code_t), weft__net_result);

static SOCKETS(borrow_tcp_socket_t) borrowed(const weft_connection *conn)
{
    return (SOCKETS(borrow_tcp_socket_t)){conn->weft__socket};
}

void weft__tcp_drop(int32_t *socket)
{
    if (*socket)
        SOCKETS(tcp_socket_drop_own)((SOCKETS(own_tcp_socket_t)){*socket});
    *socket = 0;
}

void weft__connection_open(weft_connection *conn, int32_t socket)
{
    SOCKETS(tuple2_stream_u8_future_result_void_error_code_t) ends;
    conn->weft__socket = socket;
    TCP(receive)(borrowed(conn), &ends);
    conn->in = weft__bytes_reader_from(ends.f0, ends.f1, &stream_source);
    weft__bytes_writer_to(&conn->out, TCP(send)(borrowed(conn), weft_bytes_new(&conn->out)), &stream_source);
}

weft_connection weft_connection_of(int32_t socket)
{
    weft_connection conn = {.error = WEFT_OK};
    weft__connection_open(&conn, socket);
    return conn;
}

int32_t weft_connection_hand_on(weft_connection *conn)
{
    int32_t socket = conn->weft__socket;
    conn->weft__socket = 0;
    return socket;
}

void weft_connection_close(weft_connection *conn)
{
    WEFT__CHECK(conn->weft__work, busy, "weft_connection_close", (uint32_t)conn->weft__socket);
    weft_bytes_close_reader_blocking(&conn->in);
    weft_bytes_close_writer_blocking(&conn->out);
    weft__tcp_drop(&conn->weft__socket);
}

// ---- Connecting ----

struct weft__connecting {
    weft_subtask call;
    TCP(connect_args_t) args;
    SOCKETS(result_void_error_code_t) result;
};

weft_connection *weft__connection_of_co(weft_coro *co)
{
    return (weft_connection *)(void *)((char *)co - offsetof(weft_connection, weft__co));
}

weft_stepped weft__tcp_connect_run(weft_coro *co)
{
    weft_connection *conn = weft__connection_of_co(co);
    struct weft__connecting *self = conn->weft__work;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, TCP(connect)(&self->args, &self->result)));
    conn->error = weft__net_result(&self->result);
    if (!conn->error)
        weft__connection_open(conn, conn->weft__socket);
    WEFT_FINALLY;
    if (conn->error == WEFT_ECANCELED && weft_subtask_state_of(&self->call) == WEFT_SUBTASK_RETURNED)
        weft__net_result(&self->result); // frees the host's words in it
    if (conn->error)
        weft__tcp_drop(&conn->weft__socket);
    conn->weft__work = NULL;
    weft_free(self, sizeof *self);
    WEFT_END;
}

weft_error weft__tcp_create(weft_family family, int32_t *socket)
{
    weft__net_code code;
    if (!family)
        return WEFT_EINVAL;
    if (!SOCKETS(static_tcp_socket_create)(weft__net_family(family),
                                           (SOCKETS(own_tcp_socket_t) *)(void *)socket, &code))
        return weft__net_error(&code);
    return WEFT_OK;
}

static weft_error ready(weft_connection *conn, const weft_address *address, const weft_tcp_options *options)
{
    weft_error error = weft__tcp_create(address->family, &conn->weft__socket);
    if (!error && options)
        error = weft__tcp_set(conn->weft__socket, options);
    if (error)
        return error;
    struct weft__connecting *it = weft_alloc(sizeof *it);
    if (!it)
        return WEFT_ENOMEM;
    it->call = (weft_subtask){0};
    it->args.self = borrowed(conn);
    it->args.remote_address = weft__net_address(address);
    conn->weft__work = it;
    return WEFT_OK;
}

weft_error weft__tcp_ready(weft_connection *conn, const weft_address *address, const weft_tcp_options *options)
{
    weft_error error = ready(conn, address, options);
    if (error)
        weft__tcp_drop(&conn->weft__socket);
    conn->error = error ? error : WEFT_ECANCELED; // until it is known
    return error;
}

weft_poll weft_tcp_connect_to(weft_coro *co, weft_connection *conn, const weft_address *address)
{
    weft_connection_close(conn);
    if (weft__tcp_ready(conn, address, NULL))
        return weft_breathe(co);
    return weft_call(co, &conn->weft__co, weft__tcp_connect_run);
}

// ---- Addresses and options ----

weft_error weft__tcp_address(int32_t socket, weft__tcp_address_call *call, weft_address *address)
{
    weft__net_code code;
    SOCKETS(ip_socket_address_t) it;
    if (!socket)
        return WEFT_ESTATE;
    if (!call((SOCKETS(borrow_tcp_socket_t)){socket}, &it, &code))
        return weft__net_error(&code);
    *address = weft__net_address_of(&it);
    return WEFT_OK;
}

weft_error weft_connection_peer(const weft_connection *conn, weft_address *address)
{
    return weft__tcp_address(conn->weft__socket, TCP(get_remote_address), address);
}

weft_error weft_connection_own(const weft_connection *conn, weft_address *address)
{
    return weft__tcp_address(conn->weft__socket, TCP(get_local_address), address);
}

weft_error weft__tcp_set(int32_t socket, const weft_tcp_options *options)
{
    SOCKETS(borrow_tcp_socket_t) it = {socket};
    weft__net_code code;
    if (!socket)
        return WEFT_ESTATE;
#define SET(option, name, value)                                                                               \
    if (options->option && !TCP(set_##name)(it, (value), &code))                                               \
    return weft__net_error(&code)
    SET(keep_alive, keep_alive_enabled, options->keep_alive > 0);
    SET(keep_alive_idle, keep_alive_idle_time, options->keep_alive_idle);
    SET(keep_alive_interval, keep_alive_interval, options->keep_alive_interval);
    SET(keep_alive_count, keep_alive_count, options->keep_alive_count);
    SET(hop_limit, hop_limit, options->hop_limit);
    SET(receive_buffer, receive_buffer_size, options->receive_buffer);
    SET(send_buffer, send_buffer_size, options->send_buffer);
#undef SET
    return WEFT_OK;
}

weft_error weft__connection_set(weft_connection *conn, const weft_tcp_options *options)
{
    return weft__tcp_set(conn->weft__socket, options);
}

weft_error weft_connection_options(const weft_connection *conn, weft_tcp_options *options)
{
    SOCKETS(borrow_tcp_socket_t) it = borrowed(conn);
    weft__net_code code;
    bool on;
    if (!conn->weft__socket)
        return WEFT_ESTATE;
    if (!TCP(get_keep_alive_enabled)(it, &on, &code) ||
        !TCP(get_keep_alive_idle_time)(it, &options->keep_alive_idle, &code) ||
        !TCP(get_keep_alive_interval)(it, &options->keep_alive_interval, &code) ||
        !TCP(get_keep_alive_count)(it, &options->keep_alive_count, &code) ||
        !TCP(get_hop_limit)(it, &options->hop_limit, &code) ||
        !TCP(get_receive_buffer_size)(it, &options->receive_buffer, &code) ||
        !TCP(get_send_buffer_size)(it, &options->send_buffer, &code))
        return weft__net_error(&code);
    options->keep_alive = on ? 1 : -1;
    return WEFT_OK;
}
