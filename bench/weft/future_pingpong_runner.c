// future-pingpong, the runner on Weft: a future there, a future back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_runner.h"
#include <weft/weft.h>

WEFT_FUTURE(ball, bench_aio_future_pingpong_future_u32, uint32_t);

typedef struct {
    weft_coro co;
    weft_subtask call;
    bench_aio_future_pingpong_future_u32_t answer;
    ball_reader in;
    ball_writer out;
    uint32_t n, value;
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    for (; self->n > 0; self->n--) {
        weft_subtask_start(co, &self->call,
                           bench_aio_future_pingpong_ping(ball_new(&self->out, 0), &self->answer));
        WEFT_AWAIT(ball_write(co, &self->out, self->value));
        ball_close_writer(co, &self->out);
        WEFT_AWAIT(weft_await(co, &self->call));
        self->in = ball_reader_of(self->answer);
        WEFT_AWAIT(ball_read(co, &self->in, &self->value));
        ball_close_reader(&self->in);
    }
    WEFT_RETURN(co, exports_future_pingpong_runner_run_future_pingpong, self->value);
    WEFT_FINALLY;
    weft_stop_blocking(&self->call);
    ball_close_reader(&self->in);
    ball_close_writer(co, &self->out);
    WEFT_END;
}

WEFT_EXPORT(future_pingpong_runner, exports_future_pingpong_runner_run_future_pingpong, run, (uint32_t n),
            .n = n);
