// The root of a command: runs the program, and returns how it ended.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/command.h>
#include "../src/text.h"
#include "weft_wasi_command.h"

static void report(const char *name, int code)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: ");
    weft__add(&line, name);
    weft__add(&line, " failed: ");
    if (code < 0) {
        weft__add(&line, weft_error_text(code));
    } else {
        weft__add(&line, "code ");
        weft__add_number(&line, (uint64_t)code);
    }
    weft__report_line(&line);
}

weft_left weft__command_run(weft_coro *co)
{
    weft__command *self = weft_frame(co, weft__command);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, self->program, self->run));
    WEFT_FINALLY;
    if (weft_outcome_of(self->program) == WEFT_FAILED)
        report(self->name, weft_failure(self->program));
    if (!weft_returned(co)) {
        weft__exports_wasi_cli_run_result_void_void_t result = {.is_err = weft_outcome_of(self->program) !=
                                                                          WEFT_DONE};
        WEFT_RETURN(co, weft__exports_wasi_cli_run_run, result);
    }
    WEFT_END;
}
