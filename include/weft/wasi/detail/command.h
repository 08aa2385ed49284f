// The export behind command.h. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_COMMAND_H
#define WEFT_WASI_DETAIL_COMMAND_H

#include "log.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the bindings call these.
typedef uint32_t weft__command_callback_code_t;
typedef weft_task_event weft__command_event_t;

// The head of the root's frame, which runs the program as its child.
typedef struct weft__command {
    weft_coro co;
    const char *name;
    weft_coro *program;
    weft_step *run;
    weft__log_host log;
} weft__command;

weft_stepped weft__command_run(weft_coro *co);

#ifdef __cplusplus
}
#endif

#define WEFT_COMMAND(T)                                                                                        \
    typedef struct T##__command {                                                                              \
        weft_coro co;                                                                                          \
        const char *name;                                                                                      \
        weft_coro *program;                                                                                    \
        weft_step *run;                                                                                        \
        weft__log_host log;                                                                                    \
        T##__WEFT_ASYNC_is_missing_above frame __attribute__((aligned(16)));                                   \
    } T##__command;                                                                                            \
    WEFT_UNZEROED(T##__command, frame);                                                                        \
    WEFT_EXPORT_STEP(weft__command, weft__exports_wasi_cli_run_run, T##__command, weft__command_run, (void),   \
                     __builtin_memset(&self->frame, 0, WEFT__ZEROED(T));                                       \
                     self->name = #T; self->program = &self->frame.co; self->run = T##__step)

#endif
