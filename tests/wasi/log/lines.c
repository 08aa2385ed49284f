// Lines of all levels, with what must be escaped, from a coroutine and from plain functions; then it ends, and
// fails.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_log_level level;
} lines;

static void plain(weft_log_level level)
{
    weft_log(level, "a line of level %d\n", (int)level);
}

WEFT_ASYNC(lines)
{
    WEFT_BEGIN;
    weft_text name;
    if (weft_variable("LOG", &name)) {
        if (weft_text_to_log_level(name, &self->level))
            WEFT_FAIL(7);
        weft_log_up_to(self->level);
    }
    for (int level = WEFT_LOG_ERROR; level <= WEFT_LOG_DEBUG; level++)
        plain((weft_log_level)level);
    WEFT_TRY(weft_stderr(), weft_eprintf(co, "printed\n"));
    weft_log(WEFT_LOG_ERROR, "one\ntwo\r\t\x1b[31m\x7f%c\xc2\x9b \xc3\xa4 \\ %s\n\n", 0, "end");
    weft_log(WEFT_LOG_ERROR, "%*d", 1000, 1);
    weft_log(WEFT_LOG_ERROR, "%*d", 1001, 1);
    weft_log(WEFT_LOG_ERROR, "%*d%s", 999, 1, "\xc3\xa4");
    weft_log(WEFT_LOG_ERROR, "%*d%s", 997, 1, "\xf0\x9f\x98\x80");
    weft_log(WEFT_LOG_ERROR, "%s", "");
    WEFT_FAIL(WEFT_ENOENT);
    WEFT_END;
}
WEFT_COMMAND(lines);
