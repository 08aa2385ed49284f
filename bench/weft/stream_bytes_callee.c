// stream-bytes, the callee on Weft: it writes one buffer again and again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_callee.h"
#include <string.h>
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_bench_aio_stream_bytes_stream_u8, uint8_t);

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    weft_coro co;
    bytes_writer out;
    uint32_t chunks;
} source;

WEFT_ASYNC(source)
{
    WEFT_BEGIN;
    memset(buffer, 0xa5, sizeof buffer);
    WEFT_RETURN(co, exports_bench_aio_stream_bytes_open, bytes_new(&self->out));
    for (; self->chunks > 0; self->chunks--)
        WEFT_AWAIT(bytes_write_all(co, &self->out, buffer, sizeof buffer));
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    WEFT_END;
}

WEFT_EXPORT(stream_bytes_callee, exports_bench_aio_stream_bytes_open, source, (uint32_t mib),
            .chunks = mib * 16);
