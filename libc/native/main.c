// The command around main() natively, which runs as a weft_program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <string.h>
#include <weft/libc.h>
#include <weft/wasi.h>

int main(int argc, char **argv);

static char *copy(weft_text text)
{
    return strndup(text.at, text.length);
}

static char **arguments(void)
{
    size_t count = weft_argument_count();
    char **all = calloc(count + 1, sizeof *all);
    for (size_t i = 0; all && i < count; i++)
        all[i] = copy(weft_argument(i));
    return all;
}

// Those that are given come to those of the process.
static void set_variables(void)
{
    weft_text name, value;
    for (size_t i = 0; weft_variable_at(i, &name, &value); i++) {
        char *own_name = copy(name), *own_value = copy(value);
        if (own_name && own_value)
            setenv(own_name, own_value, 1);
        free(own_name);
        free(own_value);
    }
}

enum { STACK = 1024 * 1024 };

typedef struct {
    weft_coro co;
    weft_program program;
    char **argv;
} weft__libc_main;

WEFT_ASYNC(weft__libc_main)
{
    WEFT_BEGIN;
    set_variables();
    self->argv = arguments();
    if (!self->argv)
        WEFT_FAIL(WEFT_ENOMEM);
    WEFT_TRY_CALL(weft_program, &self->program, .main = main, .argv = self->argv, .fiber.stack_size = STACK);
    WEFT_FINALLY;
    for (char **at = self->argv; at && *at; at++)
        free(*at);
    free(self->argv);
    if (self->program.code)
        weft_exit((uint8_t)self->program.code);
    WEFT_END;
}

WEFT_COMMAND(weft__libc_main);
