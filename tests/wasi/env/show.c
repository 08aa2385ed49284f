// Tells all that it was started with.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    size_t place;
} show;

WEFT_ASYNC(show)
{
    WEFT_BEGIN;
    for (self->place = 1; self->place <= weft_argument_count(); self->place++) // one more than there are
        WEFT_TRY(weft_stdout(),
                 weft_printf(co, "argument <%.*s>\n", WEFT_TEXT_ARGUMENTS(weft_argument(self->place))));
    for (self->place = 0;; self->place++) {
        weft_text name, value;
        if (!weft_variable_at(self->place, &name, &value))
            break;
        WEFT_TRY(weft_stdout(), weft_printf(co, "variable <%.*s> <%.*s>\n", WEFT_TEXT_ARGUMENTS(name),
                                            WEFT_TEXT_ARGUMENTS(value)));
    }
    weft_text value = WEFT_TEXT("as it was");
    bool is_set = weft_variable("ONE", &value);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d <%.*s>\n", is_set, WEFT_TEXT_ARGUMENTS(value)));
    weft_text path = WEFT_TEXT("as it was");
    bool has = weft_initial_directory(&path);
    WEFT_TRY(weft_stdout(), weft_printf(co, "directory %d <%.*s>\n", has, WEFT_TEXT_ARGUMENTS(path)));
    WEFT_END;
}
WEFT_COMMAND(show);
