// The peer of the tests of fibers: fibers in several tasks of one instance.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/fiber.h>
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_fibers_peer_stream_u8, uint8_t);

uint64_t exports_weft_fibers_peer_probe(void)
{
    return probe();
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    bytes_reader in;
    uint32_t lines;
    uint32_t (*then)(weft_coro *co, uint32_t lines);
} count;

static bool next_byte(bytes_reader *in, uint8_t *byte)
{
    return WEFT_FIBER_AWAIT(bytes_read(weft_fiber_co(), in, byte, 1)) && in->count;
}

WEFT_FIBER(count)
{
    for (uint8_t byte; next_byte(&self->in, &byte);)
        self->lines += byte == '\n';
    bytes_close_reader(&self->in);
    if (self->then)
        self->then(co, self->lines);
}

static uint32_t and_return(weft_coro *co, uint32_t lines)
{
    WEFT_RETURN(co, exports_weft_fibers_peer_count, lines);
    return lines;
}

WEFT_EXPORT(callee, exports_weft_fibers_peer_count, count, (exports_weft_fibers_peer_stream_u8_t text),
            .in = bytes_reader_of(text), .then = and_return);

typedef struct {
    weft_coro co;
    bytes_reader in;
    count count;
} caller;

WEFT_ASYNC(caller)
{
    WEFT_BEGIN;
    WEFT_CALL(count, &self->count, .in = self->in, .fiber.stack_size = 4096);
    WEFT_RETURN(co, exports_weft_fibers_peer_count_called, self->count.lines);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_fibers_peer_count_called, caller, (exports_weft_fibers_peer_stream_u8_t text),
            .in = bytes_reader_of(text));

uint32_t exports_weft_fibers_peer_count_blocking(exports_weft_fibers_peer_stream_u8_t text)
{
    count it = {0};
    WEFT_BLOCK_ON(count, &it, .in = bytes_reader_of(text));
    return it.lines;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t times, done;
} yields;

WEFT_FIBER(yields)
{
    while (self->done < self->times && WEFT_FIBER_AWAIT(weft_yield(co)))
        self->done++;
}

uint32_t exports_weft_fibers_peer_yield_blocking(uint32_t times)
{
    yields it = {0};
    WEFT_BLOCK_ON(yields, &it, .times = times);
    return it.done;
}
