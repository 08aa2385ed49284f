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
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int stopping; // an eventfd(2)

// Of each instance that serves.
typedef struct worker {
    int listener; // is here all the time, so that who comes while it begins again waits
    pid_t pid;    // 0: none
} worker;

static worker *workers;
static uint32_t worker_count;
static volatile sig_atomic_t is_stopping;

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
    bool is_port = port && port[1] && strspn(port + 1, "0123456789") == strlen(port + 1) &&
                   strtoul(port + 1, NULL, 10) <= UINT16_MAX; // getaddrinfo would take what is left of more
    if (!length || !is_port || getaddrinfo(host, port + 1, &hints, &found))
        stop(address, "is no ADDRESS:PORT");
    return found;
}

// Of sockets that share an address, those that listen take turns: clients are spread among them.
static int listening_at(const struct sockaddr *address, socklen_t length, bool shares)
{
    int one = 1, it = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (it < 0)
        return -1;
    setsockopt(it, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shares)
        setsockopt(it, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    return bind(it, address, length) || listen(it, SOMAXCONN) ? -1 : it;
}

weft_world_service serve_begin(const char *address, uint32_t count)
{
    workers = calloc(count, sizeof *workers);
    worker_count = count;
    if (!workers)
        abort();
    struct addrinfo *found = find(address);
    int listener = listening_at(found->ai_addr, found->ai_addrlen, false);
    if (listener >= 0 && count > 1) { // no other program has it, which those that share would not see
        close(listener);
        listener = listening_at(found->ai_addr, found->ai_addrlen, true);
    }
    if (listener < 0)
        stop(address, strerror(errno));
    workers[0].listener = listener;
    freeaddrinfo(found);

    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[64], port[8];
    getsockname(listener, (struct sockaddr *)&bound, &length);
    getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    for (uint32_t i = 1; i < count; i++)
        if ((workers[i].listener = listening_at((struct sockaddr *)&bound, length, true)) < 0)
            stop(address, strerror(errno));
    bool is_v6 = bound.ss_family == AF_INET6;
    stopping = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (stopping < 0)
        stop("eventfd", strerror(errno));
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupted}, NULL);
    fprintf(stderr, "Serving HTTP on http://%s%s%s:%s/\n", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
    return (weft_world_service){.listener = listener, .stop = stopping};
}

// ---- Many of them ----

static void pass_on(int number)
{
    is_stopping = is_stopping || number == SIGINT;
    for (uint32_t i = 0; i < worker_count; i++)
        if (workers[i].pid)
            kill(workers[i].pid, number);
}

static void begin_worker(weft_world_service *it, uint32_t number)
{
    for (uint32_t i = 0; i < worker_count; i++)
        if (i != number)
            close(workers[i].listener);
    it->listener = workers[number].listener;
    it->stop = stopping = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (it->stop < 0)
        stop("eventfd", strerror(errno));
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupted}, NULL);
}

// True in the process that is the new worker.
static bool start(weft_world_service *it, uint32_t number)
{
    pid_t parent = getpid();
    sigset_t interrupt, before;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before);
    pid_t pid = fork();
    if (pid < 0)
        stop("fork", strerror(errno));
    workers[number].pid = pid;
    if (pid == 0) {
        setpgid(0, 0); // what a terminal tells a group, the parent passes on
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        begin_worker(it, number);
    } else if (is_stopping) {
        kill(pid, SIGINT);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid == 0;
}

// Waits for one to end: its number. There may be other children, of who was this process before.
static uint32_t wait_for_one(int *status)
{
    for (;;) {
        pid_t pid = wait(status);
        if (pid < 0 && errno != EINTR)
            stop("wait", strerror(errno));
        for (uint32_t i = 0; pid > 0 && i < worker_count; i++)
            if (workers[i].pid == pid) {
                workers[i].pid = 0;
                return i;
            }
    }
}

uint32_t serve_many(weft_world_service *service, bool dumps)
{
    int code = 0, status;
    uint32_t left = worker_count;
    sigaction(SIGINT, &(struct sigaction){.sa_handler = pass_on}, NULL);
    if (dumps) {
        sigaction(SIGQUIT, &(struct sigaction){.sa_handler = pass_on}, NULL);
        sigaction(SIGUSR1, &(struct sigaction){.sa_handler = pass_on}, NULL);
    }
    for (uint32_t i = 0; i < worker_count; i++)
        if (start(service, i))
            return i;
    while (left) {
        uint32_t number = wait_for_one(&status);
        if (status) {
            code = 1;
            fprintf(stderr, "weft-native: instance %u has ended by %s %d\n", (unsigned)number,
                    WIFSIGNALED(status) ? "signal" : "code",
                    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        }
        if (is_stopping)
            left--;
        else if (start(service, number))
            return number;
    }
    exit(code);
}
