// future-pingpong, the callee on Weft: it answers at once, then reads, then writes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_callee.h"
#include <weft/weft.h>

WEFT_FUTURE(ball, exports_bench_aio_future_pingpong_future_u32, uint32_t);

typedef struct {
    weft_coro co;
    ball_reader in;
    ball_writer out;
    uint32_t value;
} ping;

WEFT_ASYNC(ping)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_bench_aio_future_pingpong_ping, ball_new(&self->out, 0));
    WEFT_AWAIT(ball_read(co, &self->in, &self->value));
    WEFT_AWAIT(ball_write(co, &self->out, self->value + 1));
    WEFT_FINALLY;
    ball_close_reader(&self->in);
    ball_close_writer(co, &self->out);
    WEFT_END;
}

WEFT_EXPORT(future_pingpong_callee, exports_bench_aio_future_pingpong_ping, ping,
            (exports_bench_aio_future_pingpong_future_u32_t f), .in = ball_reader_of(f));
