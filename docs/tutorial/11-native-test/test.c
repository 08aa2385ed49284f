// A test of the service that sells tea: three clients at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft_world.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static weft_world_test *test;
static int replies;

static void client(weft_sim *sim, void *path)
{
    (void)sim;
    weft_world_http reply = weft_world_ask(test, &(weft_world_http){.path = path});
    printf("%s: %d %s", (char *)path, reply.status, reply.status == 200 ? reply.body : "not here\n");
    test->failed |= reply.status != (strcmp(path, "/tea") ? 404 : 200);
    weft_world_http_free(&reply);
    replies++;
}

static bool all_have_replies(void *nothing)
{
    (void)nothing;
    return replies == 3;
}

static void clients(weft_world_test *it)
{
    static char tea[] = "/tea", coffee[] = "/coffee";
    test = it;
    weft_sim_spawn(it->sim, client, tea);
    weft_sim_spawn(it->sim, client, coffee);
    weft_sim_spawn(it->sim, client, tea);
    weft_sim_wait_until(it->sim, "replies", all_have_replies, NULL);
}

int main(int count, char **arguments)
{
    return weft_world_test_run(&(weft_world_test){&component, .options.virtual_time = true,
                                                  .seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 0,
                                                  .script = clients});
}
