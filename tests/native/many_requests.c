// A program and the service that it asks, in one world, over loopback: prints at how many waiters the host
// looked. Usage: many-requests <program> <service> <how many at once>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static const weft_sim_component *load(const char *path)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const weft_sim_component *component = object ? dlsym(object, "weft_sim_component") : NULL;
    if (component)
        return component;
    fprintf(stderr, "%s: %s\n", path, dlerror());
    exit(1);
}

static weft_sim_instance *program;

static void script(weft_sim *sim, void *service)
{
    weft_sim_spawn(sim, weft_world_serve, service);
    weft_sim_call *call = weft_sim_call_export(program, "wasi:cli/run@0.3.2", "run", NULL);
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
    weft_sim_stop(sim);
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    char url[64];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (count < 4 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, SOMAXCONN))
        return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)ntohs(address.sin_port));
    const char *given[] = {"many", url, arguments[3]};

    weft_sim_schedule schedule = {.forgets = true};
    weft_sim *sim = weft_sim_new(NULL, &schedule);
    weft_world *world = weft_world_new(sim, &(weft_world_options){.arguments = given, .argument_count = 3});
    const weft_sim_component *asks = load(arguments[1]), *answers = load(arguments[2]);
    program = weft_sim_instantiate(sim, asks);
    weft_world_service service = {world, answers, weft_sim_instantiate(sim, answers), .listener = listener,
                                  .stop = -1};
    weft_world_answer(world, asks);
    weft_world_answer(world, answers);
    bool is_well = weft_sim_run(sim, script, &service) == WEFT_SIM_STOPPED;
    fputs(weft_sim_report(sim), stderr);
    printf("%llu looks\n", (unsigned long long)weft_sim_counted(sim).looks);
    weft_world_free(world);
    weft_sim_free(sim);
    return !is_well;
}
