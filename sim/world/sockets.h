// What the files of sockets tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_SOCKETS_H
#define WEFT_WORLD_SOCKETS_H

#include "internal.h"

#include <netinet/in.h>
#include <sys/socket.h>

typedef enum weft_world__socket_state {
    FRESH,
    BOUND,
    LISTENING,
    CONNECTING,
    CONNECTED,
    DEAD
} weft_world__socket_state;

// It lives as long as the component has it, or a stream of it. The resource's number is its address.
struct weft_world__socket {
    weft_world__job
        job; // begun before those of what is done with it, so that at the end of a world they go first
    weft_world *world;
    uint32_t references;
    int number; // of the process; -1: it is closed
    int family; // AF_INET, AF_INET6
    weft_world__socket_state state;
    int error; // of one that is DEAD: what each call says
    int backlog;
    bool receives, sends; // its stream that way has been taken
};

typedef union weft_world__address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
} weft_world__address;

// `number` is a descriptor that is not blocking, or an errno below 0: then the socket is DEAD.
weft_world__socket *weft_world__socket_new(weft_world *world, int family, int number);
weft_world__socket *weft_world__socket_of(const weft_sim_value *value);
// The value that a component gets, which has a reference of its own.
weft_sim_value weft_world__socket_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                        weft_world__socket *socket);
// Closes it: from now on each call says that error.
void weft_world__socket_die(weft_world__socket *it, int error);
// Answers a call that makes one, of SOCK_STREAM or SOCK_DGRAM.
void weft_world__socket_create(weft_sim_call *call, weft_world *world, int type, bool may);

// An address of a component; false if it is none of the socket's family.
bool weft_world__address_of(const weft_world__socket *socket, const weft_sim_value *value,
                            weft_world__address *address);
socklen_t weft_world__address_length(const weft_world__address *address);
// True if a packet can go to it.
bool weft_world__address_is_remote(const weft_world__address *address);
bool weft_world__address_is_unicast(const weft_world__address *address);
// As an ip-socket-address, and as an ip-address.
weft_sim_value weft_world__address_value(weft_sim_instance *instance, const weft_world__address *address);
weft_sim_value weft_world__ip_value(weft_sim_instance *instance, const weft_world__address *address);

// The name of an errno's case in error-code.
const char *weft_world__socket_error(int error);
// Answers a call that returns a result: `ok` or NULL for 0, or an errno.
void weft_world__socket_answer(weft_sim_call *call, int error, weft_sim_value *ok);

// Does what a call of an async function wants, and answers it. `attempt` returns 0 or an errno, and at EAGAIN
// it is called again when the socket is ready for `events`. A socket that is CONNECTING is dead after a cancel.
typedef int weft_world__attempt(weft_world__socket *socket, weft_sim_call *call, weft_sim_value *ok);
void weft_world__socket_do(weft_sim_call *call, short events, weft_world__attempt *attempt);

// For methods of both kinds of socket.
void weft_world__socket_own(weft_sim_call *call, void *data);
void weft_world__socket_peer(weft_sim_call *call, void *data);
void weft_world__socket_family(weft_sim_call *call, void *data);
// Which option is told by the name of the function.
void weft_world__socket_get(weft_sim_call *call, void *data);
void weft_world__socket_set(weft_sim_call *call, void *data);

// Rows of a table, of what both kinds of socket have.
#define WEFT_WORLD__METHOD(kind, name, handler) {"wasi:sockets/types", "[method]" kind "-socket." name, handler}
#define WEFT_WORLD__OPTION(kind, name)                                                                         \
    WEFT_WORLD__METHOD(kind, "get-" name, weft_world__socket_get),                                             \
        WEFT_WORLD__METHOD(kind, "set-" name, weft_world__socket_set)
#define WEFT_WORLD__OF_BOTH(kind)                                                                              \
    WEFT_WORLD__METHOD(kind, "get-local-address", weft_world__socket_own),                                     \
        WEFT_WORLD__METHOD(kind, "get-remote-address", weft_world__socket_peer),                               \
        WEFT_WORLD__METHOD(kind, "get-address-family", weft_world__socket_family),                             \
        WEFT_WORLD__OPTION(kind, "receive-buffer-size"), WEFT_WORLD__OPTION(kind, "send-buffer-size")

#endif
