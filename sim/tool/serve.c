// The socket of `weft-native serve`, and its end by SIGINT.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "serve.h"
#include "invoke.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static int stopping; // an eventfd(2)

// The first one lets those in flight be answered; another one ends the program.
static void interrupted(int number)
{
    eventfd_write(stopping, 1);
    signal(number, SIG_DFL);
}

static struct addrinfo *find(const char *address)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[64] = "";
    const char *port = strrchr(address, ':'), *from = address;
    size_t length = port ? (size_t)(port - address) : 0;
    if (length > 1 && address[0] == '[' && address[length - 1] == ']') {
        from++;
        length -= 2;
    }
    if (length < sizeof host)
        memcpy(host, from, length);
    if (!length || getaddrinfo(host, port + 1, &hints, &found))
        stop(address, "is no ADDRESS:PORT");
    return found;
}

weft_world_service serve_begin(const char *address)
{
    struct addrinfo *found = find(address);
    int one = 1, listener = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (listener < 0 || bind(listener, found->ai_addr, found->ai_addrlen) || listen(listener, SOMAXCONN))
        stop(address, strerror(errno));
    freeaddrinfo(found);

    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[64], port[8];
    getsockname(listener, (struct sockaddr *)&bound, &length);
    getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    bool is_v6 = bound.ss_family == AF_INET6;
    stopping = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (stopping < 0)
        stop("eventfd", strerror(errno));
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupted}, NULL);
    fprintf(stderr, "Serving HTTP on http://%s%s%s:%s/\n", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
    return (weft_world_service){.listener = listener, .stop = stopping};
}
