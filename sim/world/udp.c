// wasi:sockets: UDP.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sockets.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static void create(weft_sim_call *call, void *data)
{
    weft_world__socket_create(call, data, SOCK_DGRAM, ((weft_world *)data)->options.udp);
}

static void bind_to(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    weft_world__socket *it = weft_world__socket_of(&args[0]);
    weft_world__address address;
    int error = 0;
    (void)data;
    if (it->state != FRESH)
        error = EISCONN;
    else if (!weft_world__address_of(it, &args[1], &address))
        error = EINVAL;
    else if (bind(it->number, &address.any, weft_world__address_length(&address)))
        error = errno;
    else
        it->state = BOUND;
    weft_world__socket_answer(call, error, NULL);
}

// The system forgets the peer.
static int disconnects(weft_world__socket *it)
{
    if (it->state == CONNECTED && connect(it->number, &(struct sockaddr){AF_UNSPEC}, sizeof(struct sockaddr)))
        return errno;
    it->state = it->state == CONNECTED ? BOUND : it->state;
    return 0;
}

static void connect_to(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    weft_world__socket *it = weft_world__socket_of(&args[0]);
    weft_world__address address;
    int error = EINVAL;
    (void)data;
    if (weft_world__address_of(it, &args[1], &address) && weft_world__address_is_remote(&address))
        error = disconnects(it); // or the own address would stay that of the way to the other one
    if (!error && connect(it->number, &address.any, weft_world__address_length(&address)))
        error = errno;
    if (!error)
        it->state = CONNECTED;
    weft_world__socket_answer(call, error, NULL);
}

static void disconnect(weft_sim_call *call, void *data)
{
    weft_world__socket *it = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    (void)data;
    weft_world__socket_answer(call, it->state == CONNECTED ? disconnects(it) : ENOTCONN, NULL);
}

static bool is_peer(const weft_world__socket *it, const weft_world__address *address)
{
    weft_world__address peer = {.any.sa_family = AF_UNSPEC};
    socklen_t length = sizeof peer;
    if (getpeername(it->number, &peer.any, &length) || peer.any.sa_family != address->any.sa_family)
        return false;
    return peer.any.sa_family == AF_INET
               ? peer.ipv4.sin_port == address->ipv4.sin_port &&
                     peer.ipv4.sin_addr.s_addr == address->ipv4.sin_addr.s_addr
               : peer.ipv6.sin6_port == address->ipv6.sin6_port &&
                     !memcmp(&peer.ipv6.sin6_addr, &address->ipv6.sin6_addr, sizeof peer.ipv6.sin6_addr);
}

static int sends(weft_world__socket *it, weft_sim_call *call, weft_sim_value *ok)
{
    const weft_sim_value *args = weft_sim_call_start(call), *to = args[2].which ? args[2].payload : NULL;
    weft_world__address address;
    bool is_connected = it->state == CONNECTED;
    (void)ok;
    if (args[1].count > UINT16_MAX) // wasmtime's order
        return EMSGSIZE;
    if (!to && !is_connected)
        return EINVAL;
    if (to && (!weft_world__address_of(it, to, &address) || !weft_world__address_is_remote(&address) ||
               (is_connected && !is_peer(it, &address))))
        return EINVAL;
    if (sendto(it->number, args[1].bytes, args[1].count, MSG_NOSIGNAL, is_connected ? NULL : &address.any,
               is_connected ? 0 : weft_world__address_length(&address)) < 0)
        return errno;
    if (!is_connected)
        it->state = BOUND; // by the system
    return 0;
}

static void send_one(weft_sim_call *call, void *data)
{
    (void)data;
    weft_world__socket_do(call, POLLOUT, sends);
}

static int receives(weft_world__socket *it, weft_sim_call *call, weft_sim_value *ok)
{
    static uint8_t bytes[65536];
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_world__address from;
    socklen_t length = sizeof from;
    if (it->state == FRESH)
        return ENOTCONN;
    ssize_t count = recvfrom(it->number, bytes, sizeof bytes, 0, &from.any, &length);
    if (count < 0)
        return errno;
    *ok = weft_sim_items_value(instance, 2);
    ok->items[0] = weft_sim_bytes_value(instance, bytes, (uint32_t)count);
    ok->items[1] = weft_world__address_value(instance, &from);
    return 0;
}

static void receive(weft_sim_call *call, void *data)
{
    (void)data;
    weft_world__socket_do(call, POLLIN, receives);
}

#define METHOD(name, handler) WEFT_WORLD__METHOD("udp", name, handler)

const weft_world__row weft_world__udp[] = WEFT_WORLD__ROWS(
    {"wasi:sockets/types", "[static]udp-socket.create", create}, METHOD("bind", bind_to),
    METHOD("connect", connect_to), METHOD("disconnect", disconnect), METHOD("send", send_one),
    METHOD("receive", receive), WEFT_WORLD__OF_BOTH("udp"), WEFT_WORLD__OPTION("udp", "unicast-hop-limit"));
