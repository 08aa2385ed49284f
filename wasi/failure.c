// The message about an async function that the library ran, and that has failed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../src/text.h"
#include "internal.h"
#include "log.h"

void weft__report_failure(const char *name, int code)
{
    if (weft__log_failure) {
        weft__log_failure(name, code);
        return;
    }
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
