// The peer of the memory tests: exports that start without memory, and a look at what the runtime keeps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_FUTURE(number, exports_weft_memory_peer_future_u32, uint32_t);

typedef exports_weft_memory_peer_result_string_string_t text_result;
typedef exports_weft_memory_peer_result_u32_string_t number_result;

uint64_t exports_weft_memory_peer_probe(void)
{
    return probe();
}

uint32_t exports_weft_memory_peer_fail(uint32_t at)
{
    uint32_t left = fail_at;
    fail_at = at;
    return left;
}

void exports_weft_memory_peer_trim(void)
{
    weft_trim();
}

typedef struct {
    weft_coro co;
    callee_string_t text;
    uint32_t yields;
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    while (self->yields--)
        WEFT_AWAIT(weft_yield(co));
    text_result result = {.val.ok = self->text};
    WEFT_RETURN(co, exports_weft_memory_peer_work, result);
    WEFT_FINALLY;
    callee_string_free(&self->text);
    WEFT_END;
}

// Without a task there is still the parameters' memory to give back, and a value to return.
static void work_without_memory(callee_string_t *text)
{
    callee_string_free(text);
    text_result result = {.is_err = true};
    callee_string_set(&result.val.err, "no memory");
    exports_weft_memory_peer_work_return(result);
}

WEFT_EXPORT_OR(callee, exports_weft_memory_peer_work, work, (callee_string_t * text, uint32_t yields),
               work_without_memory(text), .text = *text, .yields = yields);

typedef struct {
    weft_coro co;
    number_reader in;
    uint32_t value;
    uint8_t large[33000]; // a megabyte holds 31 of these
} hold;

WEFT_UNZEROED(hold, large);

WEFT_ASYNC(hold)
{
    WEFT_BEGIN;
    WEFT_AWAIT(number_read(co, &self->in, &self->value));
    number_result result = {.val.ok = self->value};
    WEFT_RETURN(co, exports_weft_memory_peer_hold, result);
    WEFT_FINALLY;
    number_close_reader(&self->in);
    WEFT_END;
}

static void hold_without_memory(exports_weft_memory_peer_future_u32_t number)
{
    exports_weft_memory_peer_future_u32_drop_readable(number);
    number_result result = {.is_err = true};
    callee_string_set(&result.val.err, "no memory");
    exports_weft_memory_peer_hold_return(result);
}

WEFT_EXPORT_OR(callee, exports_weft_memory_peer_hold, hold, (exports_weft_memory_peer_future_u32_t number),
               hold_without_memory(number), .in = number_reader_of(number));

typedef struct {
    weft_coro co;
    uint32_t next, zeroed;
    uint32_t kept[1000];
} reuse;

WEFT_UNZEROED(reuse, kept);

WEFT_ASYNC(reuse)
{
    WEFT_BEGIN;
    callee_tuple2_u32_u32_t had = {self->zeroed, self->kept[999]};
    self->zeroed = self->kept[999] = self->next;
    WEFT_RETURN(co, exports_weft_memory_peer_reuse, had);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_memory_peer_reuse, reuse, (uint32_t next), .next = next);
