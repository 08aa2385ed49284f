// Arguments, environment and exit. The host's answers are kept.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/env.h>
#include "weft_wasi_env.h"

static weft_text text_of(weft_wasi_env_string_t string)
{
    return weft_text_of(string.ptr, string.len);
}

static const weft_wasi_env_list_string_t *arguments(void)
{
    static weft_wasi_env_list_string_t list;
    static bool asked;
    if (!asked)
        weft__wasi_cli_environment_get_arguments(&list);
    asked = true;
    return &list;
}

size_t weft_argument_count(void)
{
    return arguments()->len;
}

weft_text weft_argument(size_t place)
{
    return place < arguments()->len ? text_of(arguments()->ptr[place]) : weft_text_of(NULL, 0);
}

bool weft_variable_at(size_t place, weft_text *name, weft_text *value)
{
    static weft_wasi_env_list_tuple2_string_string_t list;
    static bool asked;
    if (!asked)
        weft__wasi_cli_environment_get_environment(&list);
    asked = true;
    if (place >= list.len)
        return false;
    *name = text_of(list.ptr[place].f0);
    *value = text_of(list.ptr[place].f1);
    return true;
}

bool weft_variable(const char *name, weft_text *value)
{
    weft_text one, its_value;
    for (size_t place = 0; weft_variable_at(place, &one, &its_value); place++) {
        if (weft_text_equal_z(one, name)) {
            *value = its_value;
            return true;
        }
    }
    return false;
}

bool weft_initial_directory(weft_text *path)
{
    static weft_wasi_env_string_t directory;
    static bool asked, has;
    if (!asked)
        has = weft__wasi_cli_environment_get_initial_cwd(&directory);
    asked = true;
    if (has)
        *path = text_of(directory);
    return has;
}

void weft_exit(uint8_t code)
{
    weft__wasi_cli_exit_exit_with_code(code);
    __builtin_trap();
}
