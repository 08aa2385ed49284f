// Calls each function of the host's sockets in states that the library never has them in, asks for names that
// it answers itself, and tells what the host said: a line each. Its argument is a port that nobody answers at.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "states.h"
#include <weft/wasi.h>

#define S(name) wasi_sockets_types_##name
#define TCP(name) wasi_sockets_types_method_tcp_socket_##name
#define UDP(name) wasi_sockets_types_method_udp_socket_##name

WEFT_FUTURE(end, wasi_sockets_types_future_result_void_error_code, S(result_void_error_code_t));
WEFT_STREAM(octets, wasi_sockets_types_stream_u8, uint8_t);
WEFT_STREAM(sockets, wasi_sockets_types_stream_own_tcp_socket, S(own_tcp_socket_t));
typedef S(ip_socket_address_t) where;

static char said[16384];
static uint8_t large[65536];
static size_t length;
static S(error_code_t) code;

static void say(const char *what, bool is_ok)
{
    static const char *const names[] = {"access-denied",
                                        "not-supported",
                                        "invalid-argument",
                                        "out-of-memory",
                                        "timeout",
                                        "invalid-state",
                                        "address-not-bindable",
                                        "address-in-use",
                                        "remote-unreachable",
                                        "connection-refused",
                                        "connection-broken",
                                        "connection-reset",
                                        "connection-aborted",
                                        "datagram-too-large",
                                        "other"};
    length +=
        weft_format(said + length, sizeof said - length, "%s: %s\n", what, is_ok ? "ok" : names[code.tag]);
    if (!is_ok)
        S(error_code_free)(&code);
}

static void say_number(const char *what, bool is_ok, uint64_t number)
{
    if (is_ok)
        length +=
            weft_format(said + length, sizeof said - length, "%s: %llu\n", what, (unsigned long long)number);
    else
        say(what, false);
}

static void say_result(const char *what, S(result_void_error_code_t) * result)
{
    if (result->is_err)
        code = result->val.err;
    say(what, !result->is_err);
}

static where ipv4(uint8_t first, uint8_t last, uint16_t port)
{
    return (where){.tag = WASI_SOCKETS_TYPES_IP_SOCKET_ADDRESS_IPV4, .val.ipv4 = {port, {first, 0, 0, last}}};
}

// ::ffff:127.0.0.1, or ::1.
static where ipv6(bool mapped, uint16_t port)
{
    return (where){
        .tag = WASI_SOCKETS_TYPES_IP_SOCKET_ADDRESS_IPV6,
        .val.ipv6 = {.port = port, .address = {.f5 = mapped ? 0xffff : 0, .f6 = mapped ? 0x7f00 : 0, .f7 = 1}}};
}

static S(own_tcp_socket_t) new_tcp(S(ip_address_family_t) family)
{
    S(own_tcp_socket_t) it = {0};
    say("create", S(static_tcp_socket_create)(family, &it, &code));
    return it;
}

static S(own_udp_socket_t) new_udp(S(ip_address_family_t) family)
{
    S(own_udp_socket_t) it = {0};
    say("create", S(static_udp_socket_create)(family, &it, &code));
    return it;
}

#define OF(owned) S(borrow_tcp_socket)(owned)
#define OF_UDP(owned) S(borrow_udp_socket)(owned)
#define SET(what, name, ...)                                                                                   \
    for (size_t i_ = 0; i_ < sizeof((uint64_t[]){__VA_ARGS__}) / 8; i_++) {                                    \
        say("set " #name,                                                                                      \
            what(set_##name)(it, (__typeof__(number.name))((uint64_t[]){__VA_ARGS__})[i_], &code));            \
        bool ok_ = what(get_##name)(it, &number.name, &code);                                                  \
        say_number("get " #name, ok_, number.name);                                                            \
    }

static void tcp_options(S(borrow_tcp_socket_t) it)
{
    struct {
        uint64_t keep_alive_idle_time, keep_alive_interval;
        uint32_t keep_alive_count;
        uint8_t hop_limit;
    } number = {0};
    bool is_on = false, is_told;
    SET(TCP, keep_alive_idle_time, 0, 1, 2500000000, UINT64_MAX);
    SET(TCP, keep_alive_interval, 0, 1, 2500000000, UINT64_MAX);
    SET(TCP, keep_alive_count, 0, 3, 1000);
    SET(TCP, hop_limit, 0, 7, 255);
    say("set keep-alive", TCP(set_keep_alive_enabled)(it, true, &code));
    is_told = TCP(get_keep_alive_enabled)(it, &is_on, &code);
    say_number("get keep-alive", is_told, is_on);
    say("set receive-buffer", TCP(set_receive_buffer_size)(it, 0, &code));
    say("set send-buffer", TCP(set_send_buffer_size)(it, 0, &code));
    say("set receive-buffer", TCP(set_receive_buffer_size)(it, UINT64_MAX, &code));
}

static void udp_options(S(borrow_udp_socket_t) it)
{
    struct {
        uint8_t unicast_hop_limit;
    } number = {0};
    uint64_t size = 0;
    bool is_told;
    SET(UDP, unicast_hop_limit, 0, 7);
    say("set receive-buffer", UDP(set_receive_buffer_size)(it, 0, &code));
    say("set receive-buffer", UDP(set_receive_buffer_size)(it, 20000, &code));
    is_told = UDP(get_receive_buffer_size)(it, &size, &code);
    say_number("get receive-buffer", is_told, size);
}

static void addresses(S(borrow_tcp_socket_t) it)
{
    where at;
    say("own", TCP(get_local_address)(it, &at, &code));
    say("peer", TCP(get_remote_address)(it, &at, &code));
    say_number("is listening", true, TCP(get_is_listening)(it));
    say_number("family", true, TCP(get_address_family)(it));
}

typedef struct {
    weft_coro co;
    S(borrow_tcp_socket_t) of;
    S(stream_u8_t) bytes;
    end_reader ended[2];
    S(result_void_error_code_t) result[2];
    weft_bytes_writer out;
    int i;
} streams;

// Takes both streams, tells how each ended if that is known, and closes them.
WEFT_ASYNC(streams)
{
    S(tuple2_stream_u8_future_result_void_error_code_t) ends;
    WEFT_BEGIN;
    TCP(receive)(self->of, &ends);
    self->bytes = ends.f0;
    self->ended[0] = end_reader_of(ends.f1);
    self->ended[1] = end_reader_of(TCP(send)(self->of, weft_bytes_new(&self->out)));
    weft_bytes_close_writer(&self->out);
    S(stream_u8_drop_readable)(self->bytes);
    for (self->i = 0; self->i < 2; self->i++) {
        WEFT_AWAIT(end_read(co, &self->ended[self->i], &self->result[self->i]));
        say_result(self->i ? "send" : "receive", &self->result[self->i]);
        end_close_reader(&self->ended[self->i]);
    }
    WEFT_END;
}

static const char *const names[] = {"127.0.0.1",
                                    "127.1",
                                    "0x7f.1",
                                    "017700000001",
                                    "[::1]",
                                    "::1",
                                    "[127.0.0.1]",
                                    "[::1",
                                    "1.2.3.4.5",
                                    "256.1.1.1",
                                    "1.2.3.x",
                                    "localhost:80",
                                    "a b",
                                    "",
                                    "http://a",
                                    "a%b",
                                    "::ffff:1.2.3.4",
                                    "fe80::1%1",
                                    "a.0x1",
                                    "1.2.3.4.",
                                    "a..invalid",
                                    "nothing.invalid",
                                    "a_b.invalid",
                                    "-.invalid",
                                    "::1."};

static void say_addresses(const char *name,
                          wasi_sockets_ip_name_lookup_result_list_ip_address_error_code_t *result)
{
    static const char *const errors[] = {"access-denied",
                                         "invalid-argument",
                                         "name-unresolvable",
                                         "temporary-resolver-failure",
                                         "permanent-resolver-failure",
                                         "other"};
    length += weft_format(said + length, sizeof said - length, "<%s>:", name);
    if (result->is_err)
        length += weft_format(said + length, sizeof said - length, " %s", errors[result->val.err.tag]);
    for (size_t i = 0; !result->is_err && i < result->val.ok.len; i++) {
        const S(ip_address_t) *it = &result->val.ok.ptr[i];
        if (it->tag == WASI_SOCKETS_TYPES_IP_ADDRESS_IPV4)
            length += weft_format(said + length, sizeof said - length, " %u.%u.%u.%u", it->val.ipv4.f0,
                                  it->val.ipv4.f1, it->val.ipv4.f2, it->val.ipv4.f3);
        else
            length += weft_format(said + length, sizeof said - length, " %x:...:%x:%x:%x", it->val.ipv6.f0,
                                  it->val.ipv6.f5, it->val.ipv6.f6, it->val.ipv6.f7);
    }
    length += weft_format(said + length, sizeof said - length, "\n");
    wasi_sockets_ip_name_lookup_result_list_ip_address_error_code_free(result);
}

typedef struct {
    weft_coro co;
    streams streams;
    weft_subtask call, pending;
    S(own_tcp_socket_t) fresh, listener, conn, accepted, dead, busy, six;
    S(own_udp_socket_t) udp, other;
    sockets_reader incoming;
    octets_reader in;
    weft_timer timer;
    where at, to, silent;
    TCP(connect_args_t) connect, pending_connect;
    UDP(send_args_t) send;
    S(result_void_error_code_t) result, pending_result;
    S(result_tuple2_list_u8_ip_socket_address_error_code_t) received;
    states_string_t name;
    wasi_sockets_ip_name_lookup_result_list_ip_address_error_code_t found;
    size_t i;
} states;

#define CONNECT(socket, address)                                                                               \
    do {                                                                                                       \
        self->connect = (TCP(connect_args_t)){OF(socket), (address)};                                          \
        self->call = (weft_subtask){0};                                                                        \
        WEFT_AWAIT(weft_subtask_call(co, &self->call, TCP(connect)(&self->connect, &self->result)));           \
        say_result("connect", &self->result);                                                                  \
    } while (0)
#define STREAMS(socket)                                                                                        \
    do {                                                                                                       \
        self->streams = (streams){.of = OF(socket)};                                                           \
        WEFT_AWAIT(weft_call(co, &self->streams.co, streams__step));                                           \
    } while (0)
#define SEND(...)                                                                                              \
    do {                                                                                                       \
        self->send = (UDP(send_args_t)){.self = OF_UDP(self->udp), .remote_address = {__VA_ARGS__}};           \
        self->call = (weft_subtask){0};                                                                        \
        WEFT_AWAIT(weft_subtask_call(co, &self->call, UDP(send)(&self->send, &self->result)));                 \
        say_result("send", &self->result);                                                                     \
    } while (0)
#define LISTEN(socket)                                                                                         \
    do {                                                                                                       \
        S(stream_own_tcp_socket_t) none_;                                                                      \
        say("listen", TCP(listen)(OF(socket), &none_, &code));                                                 \
    } while (0)
#define RESOLVE(text, size)                                                                                    \
    do {                                                                                                       \
        self->name = (states_string_t){(uint8_t *)(text), (size)};                                             \
        self->call = (weft_subtask){0};                                                                        \
        WEFT_AWAIT(weft_subtask_call(                                                                          \
            co, &self->call, wasi_sockets_ip_name_lookup_resolve_addresses(self->name, &self->found)));        \
        say_addresses((text), &self->found);                                                                   \
    } while (0)
#define BIND(socket, address) (self->at = (address), say("bind", TCP(bind)(OF(socket), &self->at, &code)))
#define ALL_BUT_CONNECT(socket)                                                                                \
    do {                                                                                                       \
        BIND(socket, ipv4(127, 1, 0));                                                                         \
        LISTEN(socket);                                                                                        \
        say("backlog", TCP(set_listen_backlog_size)(OF(socket), 7, &code));                                    \
        addresses(OF(socket));                                                                                 \
        tcp_options(OF(socket));                                                                               \
        STREAMS(socket);                                                                                       \
    } while (0)
#define BIND_UDP(address) (self->at = (address), say("bind", UDP(bind)(OF_UDP(self->udp), &self->at, &code)))
#define CONNECT_UDP(address)                                                                                   \
    (self->at = (address), say("connect", UDP(connect)(OF_UDP(self->udp), &self->at, &code)))

WEFT_ASYNC(states)
{
    WEFT_BEGIN;
    length += weft_format(said + length, sizeof said - length, "-- fresh\n");
    self->fresh = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    addresses(OF(self->fresh));
    tcp_options(OF(self->fresh));
    STREAMS(self->fresh);
    STREAMS(self->fresh);
    say("backlog", TCP(set_listen_backlog_size)(OF(self->fresh), 0, &code));
    say("backlog", TCP(set_listen_backlog_size)(OF(self->fresh), UINT64_MAX, &code));
    CONNECT(self->fresh, ipv6(false, 80));
    BIND(self->fresh, ipv4(224, 1, 0));
    BIND(self->fresh, ipv4(255, 255, 0));
    BIND(self->fresh, ipv6(false, 0));
    BIND(self->fresh, ipv4(127, 1, 0));
    BIND(self->fresh, ipv4(127, 1, 0));
    addresses(OF(self->fresh));

    length += weft_format(said + length, sizeof said - length, "-- listening\n");
    self->listener = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    BIND(self->listener, ipv4(127, 1, 0));
    {
        S(stream_own_tcp_socket_t) incoming;
        say("listen", TCP(listen)(OF(self->listener), &incoming, &code));
        self->incoming = sockets_reader_of(incoming);
    }
    LISTEN(self->listener);
    BIND(self->listener, ipv4(127, 1, 0));
    CONNECT(self->listener, ipv4(127, 1, 80));
    STREAMS(self->listener);
    say("backlog", TCP(set_listen_backlog_size)(OF(self->listener), 7, &code));
    addresses(OF(self->listener));
    TCP(get_local_address)(OF(self->listener), &self->to, &code);

    length += weft_format(said + length, sizeof said - length, "-- connected\n");
    self->conn = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    CONNECT(self->conn, self->to);
    WEFT_AWAIT(sockets_read(co, &self->incoming, &self->accepted, 1));
    addresses(OF(self->accepted));
    addresses(OF(self->conn));
    CONNECT(self->conn, self->to);
    BIND(self->conn, ipv4(127, 1, 0));
    LISTEN(self->conn);
    say("backlog", TCP(set_listen_backlog_size)(OF(self->conn), 7, &code));
    {
        S(tuple2_stream_u8_future_result_void_error_code_t) ends;
        TCP(receive)(OF(self->accepted), &ends);
        self->in = octets_reader_of(ends.f0);
        S(future_result_void_error_code_drop_readable)(ends.f1);
    }
    octets_start_read(co, &self->in, large, 0);
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
    say_number("read of none waits", true, weft_in_flight(&self->in));
    STREAMS(self->conn);
    STREAMS(self->conn);
    WEFT_AWAIT(weft_await(co, &self->in));
    say_number("read of none", !weft_dropped(&self->in), self->in.count);
    octets_close_reader(&self->in);
    CONNECT(self->fresh, self->to); // whose streams were asked for too early
    STREAMS(self->fresh);
    sockets_close_reader(&self->incoming);
    S(tcp_socket_drop_own)(self->listener);

    length += weft_format(said + length, sizeof said - length, "-- dead\n");
    self->dead = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    CONNECT(self->dead, ipv4(127, 1, 1)); // where nobody listens
    CONNECT(self->dead, ipv4(127, 1, 1));
    ALL_BUT_CONNECT(self->dead);

    length += weft_format(said + length, sizeof said - length, "-- connecting\n");
    self->busy = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    {
        uint64_t port = 0;
        weft_text_to_u64(weft_argument(1), &port);
        self->silent = ipv4(127, 1, (uint16_t)port);
    }
    self->pending_connect = (TCP(connect_args_t)){OF(self->busy), self->silent};
    weft_subtask_start(co, &self->pending, TCP(connect)(&self->pending_connect, &self->pending_result));
    CONNECT(self->busy, self->silent);
    ALL_BUT_CONNECT(self->busy);

    length += weft_format(said + length, sizeof said - length, "-- cancelled\n");
    WEFT_AWAIT(weft_stop(co, &self->pending));
    say_number("state", true, weft_subtask_state_of(&self->pending));
    CONNECT(self->busy, self->to);
    ALL_BUT_CONNECT(self->busy);

    length += weft_format(said + length, sizeof said - length, "-- IPv6\n");
    self->six = new_tcp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV6);
    CONNECT(self->six, ipv6(true, 80));
    BIND(self->six, ipv6(true, 0));
    BIND(self->six, ipv4(127, 1, 0));
    tcp_options(OF(self->six));
    addresses(OF(self->six));

    length += weft_format(said + length, sizeof said - length, "-- datagrams\n");
    self->udp = new_udp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    self->other = new_udp(WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4);
    self->at = ipv4(127, 1, 0);
    say("bind", UDP(bind)(OF_UDP(self->other), &self->at, &code));
    say("own", UDP(get_local_address)(OF_UDP(self->other), &self->to, &code));
    say("own", UDP(get_local_address)(OF_UDP(self->udp), &self->at, &code));
    say("peer", UDP(get_remote_address)(OF_UDP(self->udp), &self->at, &code));
    say_number("family", true, UDP(get_address_family)(OF_UDP(self->udp)));
    say("disconnect", UDP(disconnect)(OF_UDP(self->udp), &code));
    self->call = (weft_subtask){0};
    WEFT_AWAIT(weft_subtask_call(co, &self->call, UDP(receive)(OF_UDP(self->udp), &self->received)));
    if (self->received.is_err)
        code = self->received.val.err;
    say("receive", !self->received.is_err);
    SEND(false);
    self->send = (UDP(send_args_t)){.self = OF_UDP(self->udp), .data = {large, sizeof large}};
    self->call = (weft_subtask){0};
    WEFT_AWAIT(weft_subtask_call(co, &self->call, UDP(send)(&self->send, &self->result)));
    say_result("send too much", &self->result);
    SEND(true, ipv4(127, 1, 0));
    SEND(true, ipv6(false, 80));
    BIND_UDP(ipv6(false, 0));
    BIND_UDP(ipv4(127, 1, 0));
    BIND_UDP(ipv4(127, 1, 0));
    CONNECT_UDP(ipv4(127, 1, 0));
    CONNECT_UDP(ipv4(0, 0, 80));
    CONNECT_UDP(ipv6(false, 80));
    CONNECT_UDP(ipv4(127, 1, 9));
    CONNECT_UDP(self->to);
    say("peer", UDP(get_remote_address)(OF_UDP(self->udp), &self->at, &code));
    SEND(true, self->to);
    SEND(false);
    SEND(true, ipv4(127, 1, 9));
    BIND_UDP(ipv4(127, 1, 0));
    say("disconnect", UDP(disconnect)(OF_UDP(self->udp), &code));
    say("disconnect", UDP(disconnect)(OF_UDP(self->udp), &code));
    say("own", UDP(get_local_address)(OF_UDP(self->udp), &self->at, &code));
    SEND(true, self->to);
    SEND(false);
    udp_options(OF_UDP(self->udp));

    length += weft_format(said + length, sizeof said - length, "-- names\n");
    for (self->i = 0; self->i < sizeof names / sizeof *names; self->i++)
        RESOLVE(names[self->i], __builtin_strlen(names[self->i]));
    RESOLVE("127.0.0.1\0x", 11);
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), weft_text_of(said, length)));
    WEFT_FINALLY;
    S(tcp_socket_drop_own)(self->fresh);
    S(tcp_socket_drop_own)(self->conn);
    S(tcp_socket_drop_own)(self->accepted);
    S(tcp_socket_drop_own)(self->dead);
    S(tcp_socket_drop_own)(self->busy);
    S(tcp_socket_drop_own)(self->six);
    S(udp_socket_drop_own)(self->udp);
    S(udp_socket_drop_own)(self->other);
    WEFT_END;
}
WEFT_COMMAND(states);
