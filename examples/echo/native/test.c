// The echo service's test in the native host. Usage: echo-test [case]; without one, all of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "peer.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(const char *name, bool so, const char *what, weft_sim *sim)
{
    if (so)
        return;
    printf("%s: %s\n%s%s", name, what, weft_sim_report(sim), weft_sim_leftovers(sim));
    failures++;
}

static const struct {
    const char *name;
    peer with;
    const char *echoed;
} cases[] = {
    {"plain", {.body = "hello, world"}, "HELLO, WORLD"},
    {"in-pieces", {.body = "hello, world", .chunk = 5, .room = 3}, "HELLO, WORLD"},
    {"empty", {.body = ""}, ""},
    {"trailers", {.body = "a", .trailers = true}, "A"},
    {"broken", {.body = "a", .broken = true}, "A"},
    {"hang-up", {.body = "hello, world", .room = 5, .hangs_up = true, .reads = 1}, "HELLO"},
    {"hang-up-with-trailers", {.body = "hello", .trailers = true, .hangs_up = true, .reads = 1}, "HELLO"},
    {"hang-up-when-broken", {.body = "hello", .broken = true, .hangs_up = true, .reads = 1}, "HELLO"},
};

int main(int count, char **arguments)
{
    // One host for all, as the component keeps its variables.
    weft_sim_options options = {0};
    weft_sim_schedule schedule = {0};
    weft_sim *sim = weft_sim_new(&options, &schedule);
    weft_sim_instance *service = weft_sim_instantiate(sim, &peer_component);
    bool found = false;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = cases[i].name;
        if (count > 1 && strcmp(arguments[1], name) != 0)
            continue;
        found = true;
        // Twice: Weft keeps a frame for the next task, and what is lost in it is found when that overwrites it.
        for (int time = 0; time < 2; time++) {
            peer it = cases[i].with;
            it.service = service;
            expect(name, weft_sim_run(sim, peer_request, &it) == WEFT_SIM_DONE, "did not end", sim);
            expect(name, !strcmp(it.echoed, cases[i].echoed), it.echoed, sim);
            expect(name, it.hangs_up || (it.came && it.error == it.broken), "other trailers came", sim);
            expect(name, peer_is_clean(sim), "handles are left", sim);
        }
    }
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    if (!found) {
        printf("there is no case %s\n", arguments[1]);
        return 1;
    }
    return failures != 0;
}
