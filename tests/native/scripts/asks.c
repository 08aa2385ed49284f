// A proxy has scripts on both sides of it, or only for its client.
// Usage: script-asks <method> <path> [<port>: "taken" if a script is the server, too]
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <string.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static const char *const *given;

static void say(const char *who, const char *first, const weft_world_http *it)
{
    printf("%s: %s: %s", who, first, it->body ? it->body : "");
    printf("%s%s\n", it->error ? ": " : "", it->error ? it->error : "");
}

static void site(weft_sim *sim, void *data)
{
    (void)sim;
    for (weft_world_http asked;; weft_world_http_free(&asked)) {
        weft_sim_call *call = weft_world_accept(data, &asked);
        say("asked", asked.method, &asked);
        weft_world_respond(data, call, &(weft_world_http){.body = "hello"});
    }
}

static void script(weft_world_test *test)
{
    char status[16];
    if (test->takes)
        weft_sim_spawn(test->sim, site, test);
    weft_world_http request = {.method = (char *)(uintptr_t)given[1],
                               .path = (char *)(uintptr_t)given[2],
                               .authority = (char *)(uintptr_t)given[4],
                               .headers = "host: here\nX-Own: 1",
                               .body = !strcmp(given[1], "POST") ? "mine" : NULL};
    weft_world_http answer = weft_world_ask(test, &request);
    snprintf(status, sizeof status, "%u", answer.status);
    say("answer", status, &answer);
    test->failed = !answer.status;
    weft_world_http_free(&answer);
}

int main(int count, char **arguments)
{
    given = (const char *const *)arguments;
    return count < 4 || weft_world_test_run(
                            &(weft_world_test){&component,
                                               {.virtual_time = true},
                                               .takes = !strcmp(given[3], "taken") ? "wasi:http/client" : NULL,
                                               .script = script});
}
