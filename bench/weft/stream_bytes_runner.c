// stream-bytes, the runner on Weft: it reads into one buffer until the writer is gone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_runner.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, bench_aio_stream_bytes_stream_u8, uint8_t);

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    weft_coro co;
    weft_subtask call;
    bench_aio_stream_bytes_stream_u8_t opened;
    bytes_reader in;
    uint32_t n;
    uint64_t total;
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, bench_aio_stream_bytes_open(self->n, &self->opened)));
    self->in = bytes_reader_of(self->opened);
    do {
        WEFT_AWAIT(bytes_read(co, &self->in, buffer, sizeof buffer));
        if (self->in.count && (buffer[0] != 0xa5 || buffer[self->in.count - 1] != 0xa5))
            WEFT_FAIL(1);
        self->total += self->in.count;
    } while (!weft_dropped(&self->in));
    WEFT_RETURN(co, exports_stream_bytes_runner_run_stream_bytes, self->total);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(stream_bytes_runner, exports_stream_bytes_runner_run_stream_bytes, run, (uint32_t n), .n = n);
