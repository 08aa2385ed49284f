// A component in which nothing waits: what waits is not linked, and tasks end all the same.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include <stdlib.h>
#include <weft/weft.h>

#include "../../../src/upcalls.h"

void exports_runner_ends(runner_stream_u32_t numbers, runner_future_u32_t number)
{
    runner_stream_u32_drop_readable(numbers);
    runner_future_u32_drop_readable(number);
}

typedef struct {
    weft_coro co;
    runner_string_t name;
} run;

// With a name, it fails after it has returned.
static weft_stepped run_run(weft_coro *co)
{
    run *self = weft_frame(co, run);
    WEFT_BEGIN;
    weft_trim();
    runner_result_void_string_t result = {.is_err = weft__task_go_on && !WEFT__HOSTILE};
    if (result.is_err)
        runner_string_set(&result.val.err, "what waits is linked");
    WEFT_RETURN(co, exports_runner_run, result);
    if (self->name.len)
        WEFT_FAIL(1);
    WEFT_FINALLY;
    if (self->name.len)
        free(self->name.ptr);
    WEFT_END;
}

WEFT_EXPORT_STEP(runner, exports_runner_run, run, run_run, (runner_string_t * name), self->name = *name);
