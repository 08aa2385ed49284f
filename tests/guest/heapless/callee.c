// The peer of the tests without a heap.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include <weft/weft.h>

WEFT_FUTURE(number, exports_weft_heapless_peer_future_u32, uint32_t);

uint64_t exports_weft_heapless_peer_probe(void)
{
    WEFT_LIMIT(exports_weft_heapless_peer_limited, 1);
    weft_trim();
    return probe();
}

typedef struct {
    weft_coro co;
    number_reader in;
    uint32_t value;
} read;

static weft_stepped limited_run(weft_coro *co)
{
    read *self = weft_frame(co, read);
    WEFT_BEGIN;
    WEFT_AWAIT(number_read(co, &self->in, &self->value));
    WEFT_RETURN(co, exports_weft_heapless_peer_limited, self->value);
    WEFT_FINALLY;
    number_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_heapless_peer_limited, read, limited_run,
                 (exports_weft_heapless_peer_future_u32_t number), self->in = number_reader_of(number));

static weft_stepped hold_run(weft_coro *co)
{
    read *self = weft_frame(co, read);
    WEFT_BEGIN;
    WEFT_AWAIT(number_read(co, &self->in, &self->value));
    WEFT_RETURN(co, exports_weft_heapless_peer_hold, (callee_option_u32_t){true, self->value});
    WEFT_FINALLY;
    number_close_reader(&self->in);
    WEFT_END;
}

static void hold_without_memory(exports_weft_heapless_peer_future_u32_t number)
{
    exports_weft_heapless_peer_future_u32_drop_readable(number);
    exports_weft_heapless_peer_hold_return((callee_option_u32_t){0});
}

WEFT_EXPORT_STEP_OR(callee, exports_weft_heapless_peer_hold, read, hold_run,
                    (exports_weft_heapless_peer_future_u32_t number), hold_without_memory(number),
                    self->in = number_reader_of(number));

typedef struct {
    weft_coro co;
} greet;

WEFT_ASYNC(greet)
{
    WEFT_BEGIN;
    WEFT_RETURN_VOID(co, exports_weft_heapless_peer_greet);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_heapless_peer_greet, greet, greet__step, (callee_string_t * name),
                 (void)name);
