// stream-items, the callee on Weft: one item a write.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_callee.h"
#include <weft/weft.h>

WEFT_STREAM(items, exports_bench_aio_stream_items_stream_u32, uint32_t);

typedef struct {
    weft_coro co;
    items_writer out;
    uint32_t n, i;
} source;

WEFT_ASYNC(source)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_bench_aio_stream_items_open, items_new(&self->out));
    for (; self->i < self->n; self->i++)
        WEFT_AWAIT(items_write(co, &self->out, &self->i, 1));
    WEFT_FINALLY;
    items_close_writer(&self->out);
    WEFT_END;
}

WEFT_EXPORT(stream_items_callee, exports_bench_aio_stream_items_open, source, (uint32_t n), .n = n);
