// The exports that run a `crowd`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define CROWD(what, value)                                                                                     \
    typedef struct {                                                                                           \
        weft_coro co;                                                                                          \
        uint32_t n;                                                                                            \
        crowd crowd;                                                                                           \
    } what;                                                                                                    \
    WEFT_ASYNC(what)                                                                                           \
    {                                                                                                          \
        WEFT_BEGIN;                                                                                            \
        WEFT_CALL(crowd, &self->crowd, .n = self->n);                                                          \
        WEFT_RETURN(co, exports_wasi_runner_run_##what, value);                                                \
        WEFT_END;                                                                                              \
    }                                                                                                          \
    RUN(what, what)

CROWD(tcp_serve, self->crowd.came);
CROWD(tcp_memory, most);
