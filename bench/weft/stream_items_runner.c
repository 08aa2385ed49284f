// stream-items, the runner on Weft: one item a read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_runner.h"
#include <weft/weft.h>

WEFT_STREAM(items, bench_aio_stream_items_stream_u32, uint32_t);

typedef struct {
    weft_coro co;
    weft_subtask call;
    bench_aio_stream_items_stream_u32_t opened;
    items_reader in;
    uint32_t n, item;
    uint64_t sum;
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, bench_aio_stream_items_open(self->n, &self->opened)));
    self->in = items_reader_of(self->opened);
    do {
        WEFT_AWAIT(items_read(co, &self->in, &self->item, 1));
        if (self->in.count)
            self->sum += self->item;
    } while (!weft_dropped(&self->in));
    WEFT_RETURN(co, exports_stream_items_runner_run_stream_items, self->sum);
    WEFT_FINALLY;
    items_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(stream_items_runner, exports_stream_items_runner_run_stream_items, run, (uint32_t n), .n = n);
