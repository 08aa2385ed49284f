// Fuzz target: the serve example as weft-native serves it. The input is what a host chooses, and then what a
// client sends, in pieces: the bytes of the network, with all that parses them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "found.h"
#include "weft_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHOICES = 12, HEADER = CHOICES + 2, LARGEST = 4096, MOST_PIECES = 200 };

extern const weft_sim_component serve_component __asm__("weft_sim_component");

// One for all inputs, as the component keeps its variables.
static weft_sim *sim;
static weft_world *world;
static weft_world_service service;
static weft_sim_schedule schedule;
static struct sockaddr_un address = {.sun_family = AF_UNIX}; // a name that is no file

static void begin(void)
{
    static weft_world_directory site = {.name = "site"};
    site.number = open(SITE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "weft-fuzz-serve-%d", (int)getpid());
    sim = weft_sim_new(&fuzz_asks_input, &schedule);
    world =
        weft_world_new(sim, &(weft_world_options){.directories = &site, .directory_count = 1, .seeded = true});
    service = (weft_world_service){
        .world = world, .component = &serve_component, .instance = weft_sim_instantiate(sim, &serve_component)};
    weft_world_answer(world, &serve_component);
    service.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    service.stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    fuzz_check(sim,
               site.number >= 0 && !bind(service.listener, (const struct sockaddr *)&address, sizeof address) &&
                   !listen(service.listener, 8),
               "no socket, or no site");
}

typedef struct client {
    const uint8_t *bytes;
    size_t count, piece; // of which so many go at a time
    bool closes;         // for sending, before it has read the answers
    char start[16];      // of what came back
    size_t came;
} client;

static void read_all(client *it, int descriptor)
{
    char part[4096];
    for (ssize_t count; (count = recv(descriptor, part, sizeof part, MSG_DONTWAIT)) > 0;
         it->came += (size_t)count)
        if (it->came < sizeof it->start)
            memcpy(it->start + it->came, part,
                   (size_t)count < sizeof it->start - it->came ? (size_t)count : sizeof it->start - it->came);
}

static void asks(weft_sim *of, void *data)
{
    client *it = data;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fuzz_check(sim, !connect(descriptor, (const struct sockaddr *)&address, sizeof address), "no connection");
    for (size_t at = 0; at < it->count; at += it->piece) {
        size_t piece = it->count - at < it->piece ? it->count - at : it->piece;
        if (send(descriptor, it->bytes + at, piece, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            break;
        weft_sim_settle(of);
        read_all(it, descriptor);
    }
    if (it->closes)
        shutdown(descriptor, SHUT_WR);
    weft_sim_settle(of);
    read_all(it, descriptor);
    close(descriptor);
    weft_sim_settle(of);
    eventfd_write(service.stop, 1);
}

static void serves(weft_sim *of, void *data)
{
    eventfd_t none;
    weft_sim_spawn(of, asks, data);
    weft_world_serve(of, &service);
    eventfd_read(service.stop, &none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER || size > LARGEST)
        return -1;
    client it = {.bytes = data + HEADER,
                 .count = size - HEADER,
                 .piece = data[0] < 64 ? data[0] + 1u + size / MOST_PIECES : LARGEST,
                 .closes = data[1] & 1};
    uint32_t taken[CHOICES];
    for (size_t i = 0; i < CHOICES; i++)
        taken[i] = data[2 + i];
    weft_sim_schedule_give(&schedule, taken, CHOICES);
    if (!sim)
        begin();
    fuzz_check(sim, weft_sim_run(sim, serves, &it) == WEFT_SIM_DONE, "it did not end");
    fuzz_check(sim, !it.came || !strncmp(it.start, "HTTP/1.1 ", 9), "what came back is no answer");
    const char *left = weft_sim_leaks(sim), *line = strchr(left, '\n');
    fuzz_check(sim, !line || (strstr(left, "a descriptor") && !line[1]),
               "handles are left"); // but for the site's
    return 0;
}
