// The example serve has a script for its client. The directory that it serves is this machine's.
// Usage: script-client <directory>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <fcntl.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static void script(weft_world_test *test)
{
    static const weft_world_http asks[] = {{.path = "/healthz"},
                                           {.path = "/page.txt"},
                                           {.path = "/page.txt", .headers = "range: bytes=1-3"},
                                           {.method = "POST", .path = "/", .body = "a body"},
                                           {.path = "/../page.txt"}};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        weft_world_http answer = weft_world_ask(test, &asks[i]);
        printf("%u %s\n", answer.status, answer.body ? answer.body : "");
        weft_world_http_free(&answer);
    }
}

int main(int count, char **arguments)
{
    weft_world_directory site = {count > 1 ? open(arguments[1], O_RDONLY | O_DIRECTORY) : -1, "site"};
    return weft_world_test_run(
        &(weft_world_test){&component, {.directories = &site, .directory_count = 1}, .script = script});
}
