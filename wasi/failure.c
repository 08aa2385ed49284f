// The message about an async function that the library ran, and that has failed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../src/inspect.h"
#include "internal.h"
#include "log.h"

static const char mark[] = "weft: "; // begins a message that does not go to the log

void weft__report_failure(const char *name, const weft_coro *co)
{
    weft__text line;
    int32_t code = weft_failure(co);
    line.length = 0;
    weft__add(&line, mark);
    weft__add(&line, name);
    weft__add(&line, " failed: ");
    if (code < 0) {
        weft__add(&line, weft_error_text(code));
    } else {
        weft__add(&line, "code ");
        weft__add_number(&line, (uint64_t)code);
    }
#if WEFT_TRACE
    weft__add(&line, " (last waited in ");
    weft__add_spot(&line, weft_trace_place(co));
    weft__add(&line, ")");
#endif
    size_t marked = sizeof mark - 1;
    if (weft__log_failure)
        weft__log_failure(line.text + marked, line.length - marked);
    else
        weft__report_line(&line);
}
