// The example chat has scripts for its members: one comes, says a line and goes; the other hears that.
// Usage: script-peer <port>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static weft_world *world;
static struct sockaddr_in address = {.sin_family = AF_INET};

static int comes(const char *introduction)
{
    int it = socket(AF_INET, SOCK_STREAM, 0);
    connect(it, (struct sockaddr *)&address, sizeof address);
    send(it, introduction, strlen(introduction), 0);
    return it;
}

static void hears(int it, size_t length)
{
    for (char byte; length; length--) {
        weft_world_wait(world, "hears", it, POLLIN, UINT64_MAX);
        putchar(recv(it, &byte, 1, 0) == 1 ? byte : '!');
    }
}

static void members(weft_sim *sim, void *end_of_input)
{
    weft_sim_settle(sim); // it listens
    int ann = comes("tea Ann\n");
    hears(ann, strlen("welcome\n"));
    int bob = comes("tea Bob\nhello\n");
    hears(ann, strlen("Bob is here\nBob: hello\n"));
    hears(bob, strlen("welcome\n"));
    close(bob);
    hears(ann, strlen("Bob has left\n"));
    close(ann);
    close(*(int *)end_of_input);
}

static void script(weft_world_test *test)
{
    int input[2];
    world = test->world;
    if (!pipe(input)) // it ends with its standard input
        dup2(input[0], STDIN_FILENO);
    weft_sim_spawn(test->sim, members, &input[1]);
    test->failed = !weft_world_run(test->instance, test->component);
}

int main(int count, char **given)
{
    static char where[32];
    snprintf(where, sizeof where, "127.0.0.1:%s", count > 1 ? given[1] : "0");
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    address.sin_port = htons((in_port_t)atoi(where + 10));
    const char *const arguments[] = {"chat", where};
    return weft_world_test_run(&(weft_world_test){
        &component, {.arguments = arguments, .argument_count = 2, .tcp = true}, .script = script});
}
