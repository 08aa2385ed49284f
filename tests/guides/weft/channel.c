// A producer and a consumer, with a channel between them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

WEFT_CHANNEL(numbers, int, 2);

typedef struct {
    weft_coro co;
    numbers *to;
    numbers_slot slot;
    int at;
} produce;

WEFT_ASYNC(produce)
{
    WEFT_BEGIN;
    for (self->at = 1; self->at <= 10; self->at++)
        WEFT_AWAIT(numbers_send(co, self->to, &self->slot, self->at));
    WEFT_FINALLY;
    numbers_close(self->to);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    numbers numbers;
    numbers_slot slot;
    weft_scope scope;
    weft_child child;
    produce producer;
    int sum;
} consume;

WEFT_ASYNC(consume)
{
    WEFT_BEGIN;
    WEFT_SPAWN(produce, &self->producer, &self->scope, &self->child, .to = &self->numbers);
    for (;;) {
        WEFT_AWAIT(numbers_receive(co, &self->numbers, &self->slot));
        if (!weft_served(&self->slot))
            break;
        self->sum += self->slot.item;
    }
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d\n", self->sum));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(consume);
