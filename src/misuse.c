// Misuse: says in which function which rule was broken, and stops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/hooks.h>
#include <weft/trace.h>
#include "text.h"

#if WEFT_CHECKS
static void report(const char *function, const char *object, uint32_t handle, const char *rule)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: ");
    weft__add(&line, function);
    weft__add(&line, ": the ");
    weft__add(&line, object);
    if (handle) {
        weft__add(&line, " ");
        weft__add_number(&line, handle);
    }
    weft__add(&line, " ");
    weft__add(&line, rule);
    WEFT__TRACE_RUNNING(&line);
    weft__report_line(&line);
}
#define REPORT report
#else
#define REPORT(function, object, handle, rule) ((void)(function), (void)(handle))
#endif

#define WEFT__STOP(name, object, rule)                                                                         \
    void weft_misuse_##name(const char *function, uint32_t handle)                                             \
    {                                                                                                          \
        REPORT(function, object, handle, rule);                                                                \
        __builtin_trap();                                                                                      \
    }
WEFT_RULES(WEFT__STOP)
