// The example fetch asks a site that is a script: one page is slow, one fails at first. All else is the
// world's.
// Usage: script-site [seed]
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <stdlib.h>
#include <string.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static void site(weft_sim *sim, void *data)
{
    static const weft_world_http to_slow = {.status = 302, .headers = "location: /slow"},
                                 to_flaky = {.status = 302, .headers = "location: /flaky"},
                                 failure = {.error = "connection-terminated"}, last = {.body = "found\n"},
                                 none = {.status = 404};
    bool has_failed = false;
    (void)sim;
    for (weft_world_http asked;; weft_world_http_free(&asked)) {
        weft_sim_call *call = weft_world_accept(data, &asked);
        const weft_world_http *page = &none;
        if (!strcmp(asked.path, "/")) {
            page = &to_slow;
        } else if (!strcmp(asked.path, "/slow")) {
            weft_world_wait(((weft_world_test *)data)->world, "is slow", -1, 0, UINT64_C(3600000000000));
            page = &to_flaky;
        } else if (!strcmp(asked.path, "/flaky")) {
            page = has_failed ? &last : &failure;
            has_failed = true;
        }
        printf("%s %s%s\n", asked.method, asked.authority, asked.path);
        weft_world_respond(data, call, page);
    }
}

static void script(weft_world_test *test)
{
    weft_sim_spawn(test->sim, site, test);
    test->failed = !weft_world_run(test->instance, test->component);
}

int main(int count, char **given)
{
    static const char *const arguments[] = {"fetch", "-L", "-r", "2", "http://example.org/"};
    return weft_world_test_run(
        &(weft_world_test){&component,
                           {.arguments = arguments, .argument_count = 5, .virtual_time = true},
                           .takes = "wasi:http/client",
                           .seed = count > 1 ? strtoull(given[1], NULL, 10) : 0,
                           .script = script});
}
