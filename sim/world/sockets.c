// wasi:sockets: what TCP and UDP have in common.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- Sockets ----

static void free_socket(weft_world__job *job)
{
    weft_world__socket *it = (weft_world__socket *)job;
    if (it->number >= 0)
        close(it->number);
    free(it);
}

weft_world__socket *weft_world__socket_new(weft_world *world, int family, int number)
{
    weft_world__socket *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = (weft_world__socket){
        .world = world, .number = number < 0 ? -1 : number, .family = family, .backlog = 128};
    weft_world__job_begin(world, &it->job, free_socket);
    if (number < 0)
        weft_world__socket_die(it, -number);
    return it;
}

weft_world__socket *weft_world__socket_of(const weft_sim_value *value)
{
    return weft_world__object(value);
}

weft_sim_value weft_world__socket_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                        weft_world__socket *socket)
{
    return weft_world__object_value(instance, resource, weft_world__socket_use(socket));
}

weft_world__socket *weft_world__socket_use(weft_world__socket *it)
{
    it->references++;
    return it;
}

void weft_world__socket_release(weft_world__socket *it)
{
    if (!--it->references)
        weft_world__job_end(&it->job);
}

void weft_world__socket_drop(uint32_t rep)
{
    weft_world__socket_release((weft_world__socket *)(uintptr_t)rep);
}

void weft_world__socket_die(weft_world__socket *it, int error)
{
    if (it->number >= 0)
        close(it->number);
    it->number = -1;
    it->state = DEAD;
    it->error = error;
}

void weft_world__socket_create(weft_sim_call *call, weft_world *world, int type, bool may)
{
    int family = weft_sim_call_start(call)[0].number ? AF_INET6 : AF_INET, one = 1;
    int number = may ? socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
    if (number < 0) {
        weft_world__socket_answer(call, may ? errno : EACCES, NULL);
        return;
    }
    if (family == AF_INET6)
        setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->parts[0].type->resource;
    weft_sim_value ok = weft_world__socket_value(weft_sim_call_caller(call), resource,
                                                 weft_world__socket_new(world, family, number));
    weft_world__socket_answer(call, 0, &ok);
}

// ---- Errors ----

const char *weft_world__socket_error(int error)
{
    static const weft_world__name names[] = {{EACCES, "access-denied"},
                                             {EPERM, "access-denied"},
                                             {EOPNOTSUPP, "not-supported"},
                                             {EPROTOTYPE, "not-supported"},
                                             {ENOPROTOOPT, "not-supported"},
                                             {EPFNOSUPPORT, "not-supported"},
                                             {EPROTONOSUPPORT, "not-supported"},
                                             {ESOCKTNOSUPPORT, "not-supported"},
                                             {EAFNOSUPPORT, "not-supported"},
                                             {EINVAL, "invalid-argument"},
                                             {ENOMEM, "out-of-memory"},
                                             {ENOBUFS, "out-of-memory"},
                                             {ETIMEDOUT, "timeout"},
                                             {EISCONN, "invalid-state"},
                                             {ENOTCONN, "invalid-state"},
                                             {EDESTADDRREQ, "invalid-state"},
                                             {EADDRNOTAVAIL, "address-not-bindable"},
                                             {EADDRINUSE, "address-in-use"},
                                             {EHOSTUNREACH, "remote-unreachable"},
                                             {EHOSTDOWN, "remote-unreachable"},
                                             {ENETDOWN, "remote-unreachable"},
                                             {ENETUNREACH, "remote-unreachable"},
                                             {ENONET, "remote-unreachable"},
                                             {ECONNREFUSED, "connection-refused"},
                                             {EPIPE, "connection-broken"},
                                             {ECONNRESET, "connection-reset"},
                                             {ECONNABORTED, "connection-aborted"},
                                             {EMSGSIZE, "datagram-too-large"},
                                             {0, "other"}};
    return weft_world__name_of(names, error);
}

void weft_world__socket_answer(weft_sim_call *call, int error, weft_sim_value *ok)
{
    weft_world__answer_result(call, error ? weft_world__socket_error(error) : NULL, ok);
}

// ---- Addresses ----

// Such as stand for one of IPv4.
static bool has_ipv4_inside(const struct in6_addr *ip)
{
    return IN6_IS_ADDR_V4MAPPED(ip) || IN6_IS_ADDR_V4COMPAT(ip);
}

bool weft_world__address_of(const weft_world__socket *socket, const weft_sim_value *value,
                            weft_world__address *address)
{
    const weft_sim_value *fields = value->payload->items;
    *address = (weft_world__address){.any.sa_family = value->which ? AF_INET6 : AF_INET};
    if (!value->which) {
        uint8_t *ip = (uint8_t *)&address->ipv4.sin_addr;
        address->ipv4.sin_port = htons((uint16_t)fields[0].number);
        for (int i = 0; i < 4; i++)
            ip[i] = (uint8_t)fields[1].items[i].number;
    } else {
        address->ipv6.sin6_port = htons((uint16_t)fields[0].number);
        address->ipv6.sin6_flowinfo = htonl((uint32_t)fields[1].number);
        for (int i = 0; i < 8; i++)
            address->ipv6.sin6_addr.s6_addr16[i] = htons((uint16_t)fields[2].items[i].number);
        address->ipv6.sin6_scope_id = (uint32_t)fields[3].number;
    }
    return address->any.sa_family == socket->family &&
           (!value->which || !has_ipv4_inside(&address->ipv6.sin6_addr));
}

socklen_t weft_world__address_length(const weft_world__address *address)
{
    return address->any.sa_family == AF_INET ? sizeof address->ipv4 : sizeof address->ipv6;
}

bool weft_world__address_is_remote(const weft_world__address *address)
{
    if (address->any.sa_family == AF_INET)
        return address->ipv4.sin_port && address->ipv4.sin_addr.s_addr != htonl(INADDR_ANY);
    return address->ipv6.sin6_port && !IN6_IS_ADDR_UNSPECIFIED(&address->ipv6.sin6_addr);
}

bool weft_world__address_is_unicast(const weft_world__address *address)
{
    uint32_t ipv4 = ntohl(address->ipv4.sin_addr.s_addr);
    if (address->any.sa_family == AF_INET)
        return !IN_MULTICAST(ipv4) && ipv4 != INADDR_BROADCAST;
    return !IN6_IS_ADDR_MULTICAST(&address->ipv6.sin6_addr);
}

// The parts of its ip-address: bytes, or words of 16 bits.
static weft_sim_value ip_of(weft_sim_instance *instance, const weft_world__address *address)
{
    bool is_ipv4 = address->any.sa_family == AF_INET;
    weft_sim_value ip = weft_sim_items_value(instance, is_ipv4 ? 4 : 8);
    for (uint32_t i = 0; i < ip.count; i++)
        ip.items[i].number = is_ipv4 ? ((const uint8_t *)&address->ipv4.sin_addr)[i]
                                     : ntohs(address->ipv6.sin6_addr.s6_addr16[i]);
    return ip;
}

weft_sim_value weft_world__ip_value(weft_sim_instance *instance, const weft_world__address *address)
{
    return (weft_sim_value){.which = address->any.sa_family == AF_INET6,
                            .payload = weft_world__boxed(instance, ip_of(instance, address))};
}

weft_sim_value weft_world__address_value(weft_sim_instance *instance, const weft_world__address *address)
{
    bool is_ipv6 = address->any.sa_family == AF_INET6;
    weft_sim_value fields = weft_sim_items_value(instance, is_ipv6 ? 4 : 2);
    fields.items[1 + is_ipv6] = ip_of(instance, address);
    fields.items[0].number = ntohs(is_ipv6 ? address->ipv6.sin6_port : address->ipv4.sin_port);
    if (is_ipv6) {
        fields.items[1].number = ntohl(address->ipv6.sin6_flowinfo);
        fields.items[3].number = address->ipv6.sin6_scope_id;
    }
    return (weft_sim_value){.which = is_ipv6, .payload = weft_world__boxed(instance, fields)};
}

static void answer_address(weft_sim_call *call, bool has_one,
                           int (*ask)(int number, struct sockaddr *address, socklen_t *length))
{
    const weft_world__socket *it = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    weft_world__address address;
    socklen_t length = sizeof address;
    int error = it->state == DEAD ? it->error : !has_one ? ENOTCONN : 0;
    weft_sim_value ok;
    if (!error && ask(it->number, &address.any, &length))
        error = errno;
    if (!error)
        ok = weft_world__address_value(weft_sim_call_caller(call), &address);
    weft_world__socket_answer(call, error, &ok);
}

void weft_world__socket_own(weft_sim_call *call, void *data)
{
    weft_world__socket_state state = weft_world__socket_of(&weft_sim_call_start(call)[0])->state;
    (void)data;
    answer_address(call, state != FRESH && state != CONNECTING, getsockname);
}

void weft_world__socket_peer(weft_sim_call *call, void *data)
{
    (void)data;
    answer_address(call, weft_world__socket_of(&weft_sim_call_start(call)[0])->state == CONNECTED, getpeername);
}

void weft_world__socket_family(weft_sim_call *call, void *data)
{
    (void)data;
    int family = weft_world__socket_of(&weft_sim_call_start(call)[0])->family;
    weft_sim_call_return(call, &(weft_sim_value){.number = family == AF_INET6});
}

// ---- Options ----

static const struct option {
    const char *name; // behind "get-" or "set-"
    int level, option;
    uint64_t unit, most; // the system counts in such units, and takes as many
} options[] = {{"keep-alive-enabled", SOL_SOCKET, SO_KEEPALIVE, 1, 1},
               {"keep-alive-idle-time", IPPROTO_TCP, TCP_KEEPIDLE, 1000000000, SHRT_MAX},
               {"keep-alive-interval", IPPROTO_TCP, TCP_KEEPINTVL, 1000000000, SHRT_MAX},
               {"keep-alive-count", IPPROTO_TCP, TCP_KEEPCNT, 1, SCHAR_MAX},
               {"hop-limit", IPPROTO_IP, IP_TTL, 1, UCHAR_MAX},
               {"unicast-hop-limit", IPPROTO_IP, IP_TTL, 1, UCHAR_MAX},
               {"receive-buffer-size", SOL_SOCKET, SO_RCVBUF, 1, INT_MAX},
               {"send-buffer-size", SOL_SOCKET, SO_SNDBUF, 1, INT_MAX}};

// Of "[method]tcp-socket.get-hop-limit".
static struct option option_of(const weft_sim_call *call, const weft_world__socket *socket)
{
    const char *name = strchr(weft_sim_call_func(call)->name, '.') + sizeof "get-";
    const struct option *it = options;
    while (strcmp(it->name, name) != 0)
        it++;
    if (it->level != IPPROTO_IP || socket->family == AF_INET)
        return *it;
    return (struct option){it->name, IPPROTO_IPV6, IPV6_UNICAST_HOPS, it->unit, it->most};
}

static int options_error(const weft_world__socket *it)
{
    return it->state == DEAD ? it->error : it->state == CONNECTING ? ENOTCONN : 0;
}

void weft_world__socket_get(weft_sim_call *call, void *data)
{
    const weft_world__socket *it = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    struct option option = option_of(call, it);
    int number = 0, error = options_error(it);
    socklen_t length = sizeof number;
    (void)data;
    if (!error && getsockopt(it->number, option.level, option.option, &number, &length))
        error = errno;
    if (option.most == INT_MAX)
        number /= 2; // the system tells twice what was asked for
    weft_world__socket_answer(call, error, &(weft_sim_value){.number = (uint64_t)number * option.unit});
}

void weft_world__socket_set(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    const weft_world__socket *it = weft_world__socket_of(&args[0]);
    struct option option = option_of(call, it);
    uint64_t value = args[1].number, units = value / option.unit + (value % option.unit != 0);
    int number = (int)(units > option.most ? option.most : units), error = options_error(it);
    (void)data;
    if (!value && option.most > 1 && (!error || option.level == IPPROTO_TCP)) // wasmtime's order
        error = EINVAL;
    if (!error && setsockopt(it->number, option.level, option.option, &number, sizeof number))
        error = errno;
    weft_world__socket_answer(call, error, NULL);
}

// ---- Calls that may wait ----

typedef struct waiting {
    weft_world__job job;
    weft_world__socket *socket;
    weft_sim_call *call;
    short events;
    weft_world__attempt *attempt;
} waiting;

static void free_waiting(weft_world__job *job)
{
    waiting *it = (waiting *)job;
    weft_world__socket_release(it->socket);
    free(it);
}

// False if it is still to wait.
static bool tries(weft_world__socket *socket, weft_sim_call *call, weft_world__attempt *attempt)
{
    weft_sim_value ok = {0};
    int error;
    do
        error = attempt(socket, call, &ok);
    while (error == EINTR);
    if (error == EAGAIN)
        return false;
    weft_world__socket_answer(call, error, weft_sim_call_func(call)->result->parts[0].type ? &ok : NULL);
    return true;
}

static void waits(weft_sim *sim, void *data)
{
    waiting *it = data;
    weft_world__wait ready = {
        .descriptor = it->socket->number, .events = it->events, .when = UINT64_MAX, .call = it->call};
    const char *what = weft_sim_call_func(it->call)->name;
    bool is_done = false;
    (void)sim;
    while (!is_done && weft_world__wait_for(it->socket->world, what, ready))
        is_done = tries(it->socket, it->call, it->attempt);
    if (!is_done) {
        weft_sim_call_cancelled(it->call);
        if (it->socket->state == CONNECTING)
            weft_world__socket_die(it->socket, ENOTCONN);
    }
    weft_world__job_end(&it->job);
}

void weft_world__socket_do(weft_sim_call *call, short events, weft_world__attempt *attempt)
{
    weft_world__socket *socket = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    if (tries(socket, call, attempt))
        return;
    waiting *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it =
        (waiting){.socket = weft_world__socket_use(socket), .call = call, .events = events, .attempt = attempt};
    weft_world__job_begin(socket->world, &it->job, free_waiting);
    weft_sim_spawn_small(socket->world->sim, waits, it);
}
