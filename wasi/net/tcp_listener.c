// Listening for connections.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>
#include "internal.h"

WEFT_STREAM(sockets, weft__wasi_sockets_types_stream_own_tcp_socket, SOCKETS(own_tcp_socket_t));
_Static_assert(sizeof(sockets_reader) == sizeof(weft_stream_reader),
               "give the field the type of the stream of sockets: it is not laid out as any");

static sockets_reader *sockets_of(weft_listener *it)
{
    return (sockets_reader *)(void *)&it->weft__sockets;
}

void weft_listener_close(weft_listener *it)
{
    WEFT__CHECK(it->weft__conn, busy, "weft_listener_close", (uint32_t)it->weft__socket);
    sockets_close_reader(sockets_of(it));
    weft__tcp_drop(&it->weft__next);
    weft__tcp_drop(&it->weft__socket);
    *it = (weft_listener){.weft__socket = 0};
}

static weft_error begin(weft_listener *it, const weft_address *address, const weft_listen_options *options)
{
    SOCKETS(borrow_tcp_socket_t) socket = {it->weft__socket};
    weft__net_code code;
    if (address) {
        SOCKETS(ip_socket_address_t) at = weft__net_address(address);
        if (!TCP(bind)(socket, &at, &code))
            return weft__net_error(&code);
    }
    weft_error error = weft__tcp_set(it->weft__socket, &options->socket);
    if (error)
        return error;
    if ((options->backlog && !TCP(set_listen_backlog_size)(socket, options->backlog, &code)) ||
        !TCP(listen)(socket, &it->weft__sockets.op.handle, &code))
        return weft__net_error(&code);
    return WEFT_OK;
}

weft_error weft__tcp_listen_on(weft_listener *it, int32_t socket, const weft_listen_options *options)
{
    weft_listener_close(it);
    it->weft__socket = socket;
    weft_error error = begin(it, NULL, options);
    if (error)
        weft_listener_close(it);
    return error;
}

weft_error weft__tcp_listen_at(weft_listener *it, const weft_address *address,
                               const weft_listen_options *options)
{
    weft_listener_close(it);
    weft_error error = weft__tcp_create(address->family, &it->weft__socket);
    if (!error)
        error = begin(it, address, options);
    if (error)
        weft_listener_close(it);
    return error;
}

weft_error weft__tcp_listen(weft_listener *it, const char *where, const weft_listen_options *options)
{
    weft_address address = {.family = WEFT_NO_FAMILY}; // as it stays if `where` is none: WEFT_EINVAL
    weft_text_to_address(weft_text_z(where), &address);
    return weft__tcp_listen_at(it, &address, options);
}

weft_error weft_listener_address(const weft_listener *it, weft_address *address)
{
    return weft__tcp_address(it->weft__socket, TCP(get_local_address), address);
}

// ---- Accepting ----

static weft_listener *listener_of(weft_coro *co)
{
    return (weft_listener *)(void *)((char *)co - offsetof(weft_listener, weft__co));
}

// While the host is out of handles, a read of the stream brings sockets at once that are none. Only a look at
// their address shows it, by this error. A connection that was reset meanwhile has another error.
enum { NO_SOCKET = WEFT_EOTHER };

static weft_stepped accept_run(weft_coro *co)
{
    weft_listener *it = listener_of(co);
    weft_connection *conn = it->weft__conn;
    WEFT_BEGIN;
    while (conn->error) {
        if (!it->weft__next) {
            WEFT_AWAIT(
                sockets_read(co, sockets_of(it), (SOCKETS(own_tcp_socket_t) *)(void *)&it->weft__next, 1));
            if (!it->weft__next) {
                conn->error = WEFT_ESTATE;
                WEFT_FINISH;
            }
        }
        weft_address peer;
        weft_error error = weft__tcp_address(it->weft__next, TCP(get_remote_address), &peer);
        if (error)
            weft__tcp_drop(&it->weft__next);
        if (error == (weft_error)NO_SOCKET) {
            it->weft__pause = it->weft__pause ? it->weft__pause * 2 : WEFT_MILLISECONDS(10);
            if (it->weft__pause > WEFT_SECONDS(1))
                it->weft__pause = WEFT_SECONDS(1);
            WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &it->weft__timer, it->weft__pause));
        } else if (!error) {
            it->weft__pause = 0;
            weft__connection_open(conn, it->weft__next);
            conn->error = WEFT_OK;
            it->weft__next = 0;
        }
    }
    WEFT_FINALLY;
    it->weft__conn = NULL;
    WEFT_END;
}

weft_poll weft_accept(weft_coro *co, weft_listener *it, weft_connection *conn)
{
    WEFT__CHECK(it->weft__conn, busy, "weft_accept", it->weft__sockets.op.handle);
    weft_connection_close(conn);
    conn->error = it->weft__sockets.op.handle ? WEFT_ECANCELED : WEFT_ESTATE; // until it is known
    if (conn->error == WEFT_ESTATE)
        return weft_breathe(co);
    it->weft__conn = conn;
    return weft_call(co, &it->weft__co, accept_run);
}
