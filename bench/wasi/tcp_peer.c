// The other side of TCP: sockets without a network. Whoever connects is echoed; a listener has the clients that
// come.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tcp_peer.h"
#include <stdlib.h>
#include <weft/weft.h>

#define TYPES(name) exports_wasi_sockets_types_##name

typedef TYPES(result_void_error_code_t) result;
typedef TYPES(tcp_socket_t) connection;
typedef TYPES(borrow_tcp_socket_t) borrowed;

WEFT_STREAM(bytes, exports_wasi_sockets_types_stream_u8, uint8_t);
WEFT_STREAM(sockets, exports_wasi_sockets_types_stream_own_tcp_socket, TYPES(own_tcp_socket_t));
WEFT_FUTURE(told, exports_wasi_sockets_types_future_result_void_error_code, result);

// What is behind a socket, as the peer sees it.
struct TYPES(tcp_socket_t) {
    bytes_reader in;
    bytes_writer out;
    told_writer sent, received;
    weft_event opened; // both ways
    bool is_dropped, has_ended;
};

static sockets_writer listener;
static weft_event all_came;

static connection *create(void)
{
    connection *it = calloc(1, sizeof *it);
    if (!it)
        __builtin_trap();
    return it;
}

static void give_back(connection *it)
{
    if (it->is_dropped && it->has_ended)
        free(it);
}

// ---- Sockets ----

bool TYPES(static_tcp_socket_create)(TYPES(ip_address_family_t) family, TYPES(own_tcp_socket_t) * made,
                                     TYPES(error_code_t) * error)
{
    (void)family;
    (void)error;
    *made = TYPES(tcp_socket_new)(create());
    return true;
}

void TYPES(tcp_socket_destructor)(connection *it)
{
    it->is_dropped = true;
    it->has_ended = it->has_ended || !it->opened.is_set;
    give_back(it);
}

bool TYPES(method_tcp_socket_bind)(borrowed it, TYPES(ip_socket_address_t) * address,
                                   TYPES(error_code_t) * error)
{
    (void)it;
    (void)address;
    (void)error;
    return true;
}

bool TYPES(method_tcp_socket_listen)(borrowed it, TYPES(stream_own_tcp_socket_t) * made,
                                     TYPES(error_code_t) * error)
{
    (void)it;
    (void)error;
    *made = sockets_new(&listener);
    return true;
}

#define SETTER(name, T)                                                                                        \
    bool TYPES(method_tcp_socket_set_##name)(borrowed it, T value, TYPES(error_code_t) * error)                \
    {                                                                                                          \
        (void)it;                                                                                              \
        (void)value;                                                                                           \
        (void)error;                                                                                           \
        return true;                                                                                           \
    }

SETTER(listen_backlog_size, uint64_t)
SETTER(keep_alive_enabled, bool)
SETTER(keep_alive_idle_time, uint64_t)
SETTER(keep_alive_interval, uint64_t)
SETTER(keep_alive_count, uint32_t)
SETTER(hop_limit, uint8_t)
SETTER(receive_buffer_size, uint64_t)
SETTER(send_buffer_size, uint64_t)

static void opened(connection *it)
{
    if (it->in.op.handle && it->out.op.handle)
        weft_event_set(&it->opened);
}

TYPES(future_result_void_error_code_t) TYPES(method_tcp_socket_send)(borrowed it, TYPES(stream_u8_t) data)
{
    it->in = bytes_reader_of(data);
    opened(it);
    return told_new(&it->sent, (result){0});
}

void TYPES(method_tcp_socket_receive)(borrowed it,
                                      TYPES(tuple2_stream_u8_future_result_void_error_code_t) * ends)
{
    ends->f0 = bytes_new(&it->out);
    ends->f1 = told_new(&it->received, (result){0});
    opened(it);
}

bool TYPES(method_tcp_socket_get_remote_address)(borrowed it, TYPES(ip_socket_address_t) * address,
                                                 TYPES(error_code_t) * error)
{
    (void)it;
    (void)error;
    *address = (TYPES(ip_socket_address_t)){.val.ipv4 = {1, {127, 0, 0, 1}}};
    return true;
}

// ---- What the peer does ----

typedef struct {
    weft_coro co;
    connection *it;
    uint16_t port;
    _Alignas(16) uint8_t buffer[65536];
} echo;
WEFT_UNZEROED(echo, buffer);

WEFT_ASYNC(echo)
{
    connection *it = self->it;
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_wasi_sockets_types_method_tcp_socket_connect, (result){0});
    WEFT_AWAIT(weft_event_wait(co, &it->opened));
    do {
        WEFT_AWAIT(bytes_read(co, &it->in, self->buffer, sizeof self->buffer));
        WEFT_AWAIT(bytes_write_all(co, &it->out, self->buffer, it->in.count));
    } while (it->in.count);
    bytes_close_reader(&it->in);
    bytes_close_writer(&it->out);
    WEFT_AWAIT(told_write(co, &it->sent, (result){0}));
    WEFT_AWAIT(told_write(co, &it->received, (result){0}));
    told_close_writer(co, &it->sent);
    told_close_writer(co, &it->received);
    it->has_ended = true;
    give_back(it);
    WEFT_END;
}

WEFT_EXPORT(tcp_peer, exports_wasi_sockets_types_method_tcp_socket_connect, echo,
            (borrowed it, TYPES(ip_socket_address_t) * address), .it = it, .port = address->val.ipv4.port);

typedef struct {
    weft_coro co;
    connection *it;
    weft_child child;
    uint8_t byte;
} client;

WEFT_ASYNC(client)
{
    connection *it = self->it;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &it->opened));
    WEFT_AWAIT(weft_event_wait(co, &all_came));
    WEFT_AWAIT(bytes_write_all(co, &it->out, &self->byte, 1));
    WEFT_AWAIT(bytes_read(co, &it->in, &self->byte, 1));
    bytes_close_writer(&it->out);
    WEFT_AWAIT(told_write(co, &it->received, (result){0}));
    told_close_writer(co, &it->received);
    do
        WEFT_AWAIT(bytes_read(co, &it->in, &self->byte, 1));
    while (it->in.count);
    bytes_close_reader(&it->in);
    WEFT_AWAIT(told_write(co, &it->sent, (result){0}));
    told_close_writer(co, &it->sent);
    it->has_ended = true;
    give_back(it);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint32_t n, i;
    TYPES(own_tcp_socket_t) socket;
    client *clients;
} come;

WEFT_ASYNC(come)
{
    WEFT_BEGIN;
    self->clients = calloc(self->n, sizeof *self->clients);
    if (!self->clients)
        __builtin_trap();
    for (; self->i < self->n; self->i++) {
        client *it = &self->clients[self->i];
        WEFT_SPAWN(client, it, &self->scope, &it->child, .it = create());
        self->socket = TYPES(tcp_socket_new)(it->it);
        WEFT_AWAIT(sockets_write_all(co, &listener, &self->socket, 1));
    }
    weft_event_set(&all_came);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_bench_wasi_clients_come, self->n);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    free(self->clients);
    sockets_close_writer(&listener);
    WEFT_END;
}

WEFT_EXPORT(tcp_peer, exports_bench_wasi_clients_come, come, (uint32_t n), .n = n);
