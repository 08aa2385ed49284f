// The root of a command: runs the program, and returns how it ended.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/command.h>
#include "internal.h"
#include "log.h"
#include "weft_wasi_command.h"

weft_stepped weft__command_run(weft_coro *co)
{
    weft__command *self = weft_frame(co, weft__command);
    WEFT_BEGIN;
    if (weft__log_begin)
        weft__log_begin(&self->log, co);
    WEFT_AWAIT(weft_call(co, self->program, self->run));
    WEFT_FINALLY;
    if (weft_outcome_of(self->program) == WEFT_FAILED)
        weft__report_failure(self->name, self->program);
    if (weft__log_end) {
        weft__log_end(&self->log);
        WEFT_AWAIT(weft__log_flush(co));
    }
    if (!weft_returned(co)) {
        weft__exports_wasi_cli_run_result_void_void_t result = {.is_err = weft_outcome_of(self->program) !=
                                                                          WEFT_DONE};
        WEFT_RETURN(co, weft__exports_wasi_cli_run_run, result);
    }
    WEFT_END;
}
