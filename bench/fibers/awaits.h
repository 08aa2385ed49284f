// The three exports of fibers.wit, on the async functions `awaits`, `deep` and `asleep` of who includes it,
// which have a field `times`. `asleep` ends when `go` is set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BENCH_AWAITS_H
#define BENCH_AWAITS_H

#include <weft/scope.h>

typedef struct {
    weft_coro co;
    uint32_t n;
    awaits awaits;
} run_awaits;

WEFT_ASYNC(run_awaits)
{
    WEFT_BEGIN;
    WEFT_CALL(awaits, &self->awaits, .times = self->n);
    WEFT_RETURN(co, exports_fibers_run_awaits, self->n);
    WEFT_END;
}

WEFT_EXPORT(fibers, exports_fibers_run_awaits, run_awaits, (uint32_t n), .n = n);

typedef struct {
    weft_coro co;
    uint32_t n;
    deep deep;
} run_deep;

WEFT_ASYNC(run_deep)
{
    WEFT_BEGIN;
    WEFT_CALL(deep, &self->deep, .times = self->n);
    WEFT_RETURN(co, exports_fibers_run_deep, self->n);
    WEFT_END;
}

WEFT_EXPORT(fibers, exports_fibers_run_deep, run_deep, (uint32_t n), .n = n);

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint32_t n;
    uint64_t memory;
} run_asleep;

WEFT_ASYNC(run_asleep)
{
    WEFT_BEGIN;
    for (uint32_t i = 0; i < self->n; i++)
        weft_detach(weft_child_of(WEFT_SPAWN_NEW(asleep, &self->scope)));
    WEFT_AWAIT(weft_yield(co));
    self->memory = (uint64_t)heap_pages() << 48 | heap_live;
    weft_event_set(&go);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_fibers_run_asleep, self->memory);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(fibers, exports_fibers_run_asleep, run_asleep, (uint32_t n), .n = n);

#endif
