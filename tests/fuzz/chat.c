// Fuzz target: the input is what the members of a chat do and say, over connections on loopback, and before
// that the choices of a host, a byte each. The chat goes on from input to input, as its variables do.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "found.h"

#include <weft_world.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern const weft_sim_component chat_component __asm__("weft_sim_component");

enum { MEMBERS = 4, CHOICES = 256, PATIENCE = 10000 /* ms */ };

static weft_sim *sim;
static weft_sim_schedule schedule;
static struct sockaddr_in address = {.sin_family = AF_INET};
static const uint8_t *input, *input_end;
static sem_t has_input, is_done;

// The host's stacks are not LeakSanitizer's to look at: what is left is asked of the host.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}

static uint32_t next(void)
{
    return input < input_end ? *input++ : 0;
}

// ---- A member ----

typedef struct {
    int socket; // -1: it is not there
    size_t heard;
    char first[32]; // that it heard
} member;

static void comes(member *it)
{
    *it = (member){.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    fuzz_check(sim, it->socket >= 0 && !connect(it->socket, (struct sockaddr *)&address, sizeof address),
               strerror(errno));
}

static void says(const member *it, const void *text, size_t length)
{
    if (send(it->socket, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        fuzz_check(sim, errno == EPIPE || errno == ECONNRESET || errno == EAGAIN, strerror(errno));
}

static bool begins_alike(const member *it, const char *line)
{
    size_t length = strlen(line);
    return !memcmp(it->first, line, it->heard < length ? it->heard : length);
}

// Whatever it has heard begins with the answer to its first line. False at the end.
static bool hears(member *it)
{
    char bytes[4096];
    ssize_t count;
    while ((count = recv(it->socket, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        for (ssize_t i = 0; i < count; i++)
            if (it->heard < sizeof it->first)
                it->first[it->heard++] = bytes[i];
    fuzz_check(sim, begins_alike(it, "welcome\n") || begins_alike(it, "send a line: ROOM NAME\n"),
               "it heard something else");
    return count < 0 && errno == EAGAIN;
}

static void leaves(member *it, bool by_reset)
{
    if (by_reset)
        setsockopt(it->socket, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(it->socket);
    it->socket = -1;
}

static void does(member *it)
{
    char text[256];
    uint32_t what = next();
    if (it->socket < 0) {
        comes(it);
        return;
    }
    switch (what % 8) {
    case 0:
        says(it, "tea Ann\n", what & 8 ? 4 : 8);
        break;
    case 1:
        shutdown(it->socket, SHUT_WR);
        break;
    case 2:
    case 3:
        leaves(it, what & 1);
        break;
    case 4:
        hears(it);
        break;
    case 5:
        weft_sim_settle(sim);
        break;
    default:
        for (uint32_t i = 0; i < what; i++)
            text[i] = (char)next();
        says(it, text, what);
    }
}

// ---- An input ----

static uint32_t left(void)
{
    uint32_t lines = 0;
    for (const char *it = weft_sim_leftovers(sim); *it; it++)
        lines += *it == '\n';
    return lines;
}

// The network may take its time.
static void wait_for_it(int *patience, const char *what)
{
    fuzz_check(sim, --*patience > 0, what);
    poll(NULL, 0, 1);
    weft_sim_settle(sim);
}

// The chat still serves, and forgets who leaves.
static void check_service(uint32_t before)
{
    int patience = PATIENCE;
    member last;
    comes(&last);
    says(&last, "tea Last\n", 9);
    weft_sim_settle(sim);
    while (hears(&last) && last.heard < 8)
        wait_for_it(&patience, "nobody is welcome");
    fuzz_check(sim, last.heard >= 8 && !memcmp(last.first, "welcome\n", 8), "it is not welcome");
    leaves(&last, true);
    weft_sim_settle(sim);
    while (left() != before)
        wait_for_it(&patience, "something is left");
}

static void play(uint32_t before)
{
    member members[MEMBERS];
    uint32_t taken[CHOICES], choices = next();
    for (uint32_t i = 0; i < choices; i++)
        taken[i] = next();
    weft_sim_schedule_give(&schedule, taken, choices);
    for (int i = 0; i < MEMBERS; i++)
        members[i].socket = -1;
    while (input < input_end)
        does(&members[next() % MEMBERS]);
    for (int i = 0; i < MEMBERS; i++)
        if (members[i].socket >= 0) {
            hears(&members[i]);
            leaves(&members[i], true);
        }
    check_service(before);
}

static void plays(weft_sim *host, void *service)
{
    weft_sim_call_export(service, weft_sim_export_at(&chat_component, 0)->func.interface, "run", NULL);
    weft_sim_settle(host);
    uint32_t before = left();
    check_service(before); // what it keeps from the first one
    for (before = left();;) {
        sem_wait(&has_input);
        play(before);
        sem_post(&is_done);
    }
}

// ---- The chat, in a thread of its own, since it does not end ----

static void *runs(void *data)
{
    static char where[32];
    static const char *arguments[] = {"chat", where};
    sigset_t alarms; // libFuzzer's: no call here is to be interrupted by them
    (void)data;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, NULL);
    snprintf(where, sizeof where, "127.0.0.1:%u", ntohs(address.sin_port));
    sim = weft_sim_new(&fuzz_asks_input, &schedule);
    weft_sim_step_limit(sim, UINT64_MAX);
    weft_world *world =
        weft_world_new(sim, &(weft_world_options){.arguments = arguments, .argument_count = 2, .tcp = true});
    weft_sim_instance *service = weft_sim_instantiate(sim, &chat_component);
    weft_world_answer(world, &chat_component);
    weft_sim_run(sim, plays, service);
    fuzz_check(sim, false, "it ended");
    return NULL;
}

static void begin(void)
{
    socklen_t length = sizeof address;
    int quiet[2], probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_t thread;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool has_port = !bind(probe, (struct sockaddr *)&address, length) &&
                    !getsockname(probe, (struct sockaddr *)&address, &length) && !close(probe);
    bool has_input_that_stays = !pipe(quiet) && dup2(quiet[0], STDIN_FILENO) == STDIN_FILENO;
    sem_init(&has_input, 0, 0);
    sem_init(&is_done, 0, 0);
    if (!has_port || !has_input_that_stays || pthread_create(&thread, NULL, runs, NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!sim)
        begin();
    input = data;
    input_end = data + size;
    sem_post(&has_input);
    while (sem_wait(&is_done) && errno == EINTR)
        continue;
    return 0;
}
