// wasi:sockets: TCP.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sockets.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

static void create(weft_sim_call *call, void *data)
{
    weft_world__socket_create(call, data, SOCK_STREAM, ((weft_world *)data)->options.tcp);
}

static void bind_to(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    weft_world__socket *it = weft_world__socket_of(&args[0]);
    weft_world__address address;
    int error = 0, one = 1;
    (void)data;
    if (!weft_world__address_of(it, &args[1], &address) || !weft_world__address_is_unicast(&address))
        error = EINVAL;
    else if (it->state != FRESH)
        error = EISCONN;
    else if (setsockopt(it->number, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
             bind(it->number, &address.any, weft_world__address_length(&address)))
        error = errno;
    else
        it->state = BOUND;
    weft_world__socket_answer(call, error, NULL);
}

// ---- Connecting ----

static int begins_to_connect(weft_world__socket *it, const weft_sim_value *to)
{
    weft_world__address address;
    if (it->state != FRESH && it->state != BOUND)
        return EISCONN;
    if (!weft_world__address_of(it, to, &address) || !weft_world__address_is_unicast(&address) ||
        !weft_world__address_is_remote(&address))
        return EINVAL;
    it->state = CONNECTING;
    return connect(it->number, &address.any, weft_world__address_length(&address)) ? errno : 0;
}

static int connects(weft_world__socket *it, weft_sim_call *call, weft_sim_value *ok)
{
    int error = 0;
    socklen_t length = sizeof error;
    (void)ok;
    if (it->state == CONNECTING)
        getsockopt(it->number, SOL_SOCKET, SO_ERROR, &error, &length);
    else
        error = begins_to_connect(it, &weft_sim_call_start(call)[1]);
    if (error == EINPROGRESS)
        return EAGAIN;
    if (error == EAGAIN) // the system has no room for another way
        error = ENOBUFS;
    if (it->state == CONNECTING && error)
        weft_world__socket_die(it, error);
    else if (it->state == CONNECTING)
        it->state = CONNECTED;
    return error;
}

static void connect_to(weft_sim_call *call, void *data)
{
    weft_world__socket *it = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    (void)data;
    if (it->state == CONNECTING)
        weft_world__socket_answer(call, EISCONN, NULL);
    else
        weft_world__socket_do(call, POLLOUT, connects);
}

// ---- Listening ----

typedef struct listening {
    weft_world__job job;
    weft_world__socket *socket;
    weft_sim_instance *instance;
    const weft_sim_type *type; // of the stream's items
    weft_sim_end *sockets;
} listening;

static void free_listening(weft_world__job *job)
{
    listening *it = (listening *)job;
    weft_world__socket_release(it->socket);
    free(it);
}

// The next connection, or an errno below 0. What the network did to a connection before it was accepted is told
// as one thing.
static int accepted(int number)
{
    static const int of_network[] = {ECONNRESET,  ENETRESET, EHOSTUNREACH, EHOSTDOWN,  ENETDOWN,
                                     ENETUNREACH, EPROTO,    ENOPROTOOPT,  EOPNOTSUPP, ENONET};
    int its = accept4(number, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (its >= 0)
        return its;
    for (size_t i = 0; i < sizeof of_network / sizeof *of_network; i++)
        if (errno == of_network[i])
            return -ECONNABORTED;
    return -errno;
}

static void listens(weft_sim *sim, void *data)
{
    listening *it = data;
    weft_world__socket *listener = it->socket;
    (void)sim;
    while (weft_world__meet(listener->world, "accepts", it->sockets, listener->number, POLLIN, NULL)) {
        int number = accepted(listener->number);
        if (number == -EAGAIN || number == -EINTR)
            continue;
        weft_world__socket *socket = weft_world__socket_new(listener->world, listener->family, number);
        if (number >= 0)
            socket->state = CONNECTED;
        weft_sim_value value = weft_world__socket_value(it->instance, it->type->resource, socket);
        if (weft_sim_end_copy(it->sockets, &value, 1) >> 4 == 0) { // nobody took it
            weft_sim_value_free(it->type, &value);
            weft_world__socket_release(socket);
        }
    }
    weft_sim_end_drop(it->sockets);
    weft_world__job_end(&it->job);
}

static void listen_on(weft_sim_call *call, void *data)
{
    weft_world__socket *socket = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    int error = socket->state == FRESH || socket->state == BOUND ? 0 : EISCONN;
    if (!error && listen(socket->number, socket->backlog))
        weft_world__socket_die(socket, error = errno);
    if (error) {
        weft_world__socket_answer(call, error, NULL);
        return;
    }
    const weft_sim_type *stream = weft_sim_call_func(call)->result->parts[0].type;
    listening *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = (listening){.socket = weft_world__socket_use(socket),
                      .instance = weft_sim_call_caller(call),
                      .type = stream->element};
    socket->state = LISTENING;
    weft_sim_value ok = {.handle = weft_sim_stream_make(it->instance, stream, &it->sockets)};
    weft_world__job_begin(data, &it->job, free_listening);
    weft_sim_spawn_small(socket->world->sim, listens, it);
    weft_world__socket_answer(call, 0, &ok);
}

static void is_listening(weft_sim_call *call, void *data)
{
    (void)data;
    bool is = weft_world__socket_of(&weft_sim_call_start(call)[0])->state == LISTENING;
    weft_sim_call_return(call, &(weft_sim_value){.number = is});
}

static void set_backlog(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    weft_world__socket *it = weft_world__socket_of(&args[0]);
    int backlog = args[1].number < INT_MAX ? (int)args[1].number : INT_MAX, error = 0;
    (void)data;
    if (!backlog)
        error = EINVAL;
    else if (it->state > LISTENING)
        error = it->state == DEAD ? it->error : EISCONN;
    else if (it->state == LISTENING && listen(it->number, backlog))
        error = EOPNOTSUPP;
    else
        it->backlog = backlog;
    weft_world__socket_answer(call, error, NULL);
}

// ---- The streams of a connection ----

static ssize_t move_in(weft_world__pump *it, void *bytes, size_t count)
{
    return recv(it->descriptor, bytes, count, 0);
}

static ssize_t move_out(weft_world__pump *it, void *bytes, size_t count)
{
    return send(it->descriptor, bytes, count, MSG_NOSIGNAL);
}

// *taken tells whether its stream that way has been taken, and is set if this takes it.
static weft_world__pump pump_of(weft_world__socket *socket, bool *taken)
{
    weft_world__pump pump = {.world = socket->world,
                             .error_name = weft_world__socket_error,
                             .descriptor = socket->number,
                             .waits = -1};
    if (socket->state == DEAD)
        pump.error = socket->error;
    else if (socket->state != CONNECTED || *taken)
        pump.error = ENOTCONN;
    else
        pump.socket = weft_world__socket_use(socket);
    *taken = *taken || pump.socket;
    return pump;
}

static void receive(weft_sim_call *call, void *data)
{
    weft_world__socket *it = weft_world__socket_of(&weft_sim_call_start(call)[0]);
    weft_world__pump pump = pump_of(it, &it->receives);
    (void)data;
    pump.move = move_in;
    pump.waits = pump.descriptor; // a read of none, too
    weft_world__pump_in(call, pump);
}

static void send_to(weft_sim_call *call, void *data)
{
    weft_sim_value *args = weft_sim_call_start(call);
    weft_world__socket *it = weft_world__socket_of(&args[0]);
    weft_world__pump pump = pump_of(it, &it->sends);
    (void)data;
    pump.move = move_out;
    weft_world__pump_out(call, &args[1], pump);
}

#define METHOD(name, handler) WEFT_WORLD__METHOD("tcp", name, handler)

const weft_world__row weft_world__tcp[] = WEFT_WORLD__ROWS(
    {"wasi:sockets/types", "[static]tcp-socket.create", create}, METHOD("bind", bind_to),
    METHOD("connect", connect_to), METHOD("listen", listen_on), METHOD("send", send_to),
    METHOD("receive", receive), METHOD("get-is-listening", is_listening),
    METHOD("set-listen-backlog-size", set_backlog), WEFT_WORLD__OF_BOTH("tcp"),
    WEFT_WORLD__OPTION("tcp", "keep-alive-enabled"), WEFT_WORLD__OPTION("tcp", "keep-alive-idle-time"),
    WEFT_WORLD__OPTION("tcp", "keep-alive-interval"), WEFT_WORLD__OPTION("tcp", "keep-alive-count"),
    WEFT_WORLD__OPTION("tcp", "hop-limit"));
