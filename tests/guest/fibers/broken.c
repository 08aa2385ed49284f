// What Weft says of fibers: of those that break a rule, of one that does not end, and in a dump.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "broken.h"
#include <string.h>
#include <weft/fiber.h>
#include <weft/weft.h>

enum { STACK = 4096, REFUSED = 3000, USED = 5000 };

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int32_t left; // bytes
} greedy;

// Fills the stack down to `low`, and waits there if that is within it.
__attribute__((noinline)) static uint32_t eat(const greedy *self, const char *low, uint32_t depth)
{
    volatile uint8_t bytes[64];
    for (uint32_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)depth;
    uint32_t more = 0;
    if ((const char *)__builtin_frame_address(0) > low)
        more = eat(self, low, depth + 1);
    else if (self->left > 0)
        more = WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co()));
    return more + bytes[depth % sizeof bytes];
}

WEFT_FIBER(greedy)
{
    eat(self, (const char *)self->fiber.base + self->left, 1);
    (void)WEFT_FIBER_AWAIT(weft_yield(co));
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    weft_event *never;
    uint32_t refused;
} stubborn;

// For the dump, of which it must be a part.
__attribute__((noinline)) static uint32_t use_bytes(void)
{
    volatile uint8_t bytes[USED];
    for (uint32_t i = 0; i < USED; i++)
        bytes[i] = 1;
    return bytes[0];
}

WEFT_FIBER(stubborn)
{
    self->refused = use_bytes() - 1;
    while (self->refused < REFUSED)
        self->refused += !WEFT_FIBER_AWAIT(weft_event_wait(co, self->never));
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t size;
} overrun;

// For AddressSanitizer, with a size of 9.
__attribute__((noinline)) static uint8_t last_of(uint32_t size)
{
    volatile uint8_t bytes[8] = {0}, *first = bytes;
    return first[size - 1];
}

WEFT_FIBER(overrun)
{
    (void)WEFT_FIBER_AWAIT(weft_yield(co));
    self->size += last_of(self->size);
}

typedef struct {
    weft_coro co;
    broken_string_t test;
    weft_scope scope;
    weft_child handle;
    weft_event never;
    stubborn stubborn;
    greedy greedy;
    overrun overrun;
    uint8_t below[STACK], stack[STACK]; // what an overflow runs into is not used
} run;

static bool named(const run *self, const char *name)
{
    return self->test.len == strlen(name) && !memcmp(self->test.ptr, name, self->test.len);
}

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    if (named(self, "stack_overflow")) {
        WEFT_CALL(greedy, &self->greedy, .fiber.stack = self->stack, .fiber.stack_size = STACK, .left = -600);
    } else if (named(self, "no_room_to_save")) {
        WEFT_CALL(greedy, &self->greedy, .fiber.stack = self->stack, .fiber.stack_size = STACK, .left = 1000);
    } else if (named(self, "small_stack")) {
        WEFT_CALL(greedy, &self->greedy, .fiber.stack_size = WEFT_FIBER_STACK_LEAST - 1);
    } else if (named(self, "overrun")) {
        WEFT_CALL(overrun, &self->overrun, .size = 9);
    } else if (named(self, "no_fiber")) {
        (void)WEFT_FIBER_AWAIT(weft_yield(co));
    } else if (named(self, "no_fiber_to_clean_up")) {
        WEFT_FIBER_CLEANUP(weft_yield(co));
    } else {
        self->scope.policy = WEFT_GO_ON;
        WEFT_SPAWN(stubborn, &self->stubborn, &self->scope, &self->handle, .never = &self->never);
        WEFT_AWAIT(weft_yield(co));
        if (named(self, "dump"))
            weft_dump();
        weft_cancel(&self->stubborn.co);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    broken_result_void_string_t result = {.is_err = false};
    WEFT_RETURN(co, exports_broken_run, result);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    broken_string_free(&self->test);
    WEFT_END;
}

WEFT_EXPORT(broken, exports_broken_run, run, (broken_string_t * test), .test = *test);
