// What wit-bindgen c gets wrong, and weft_add_component mends: destructors that never run, and memory that is
// not freed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

// With the pages of both memories, which grow if a test leaks: it leaks more than a page.
static uint64_t peer_probe(void)
{
    return weft_bindings_peer_probe() + __builtin_wasm_memory_size(0);
}

// The destructor of a resource whose name has a hyphen.
typedef struct {
    weft_coro co;
    weft_subtask call;
    weft_bindings_peer_own_one_thing_t things[3];
    uint32_t number;
} destructor;

static weft_stepped destructor_run(weft_coro *co)
{
    destructor *self = weft_frame(co, destructor);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < 3; i++)
        self->things[i] = weft_bindings_peer_constructor_one_thing(i + 1);
    EXPECT(weft_bindings_peer_live(), 3);
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 weft_bindings_peer_method_one_thing_number(
                                     weft_bindings_peer_borrow_one_thing(self->things[1]), &self->number)));
    EXPECT(self->number, 2);
    WEFT_FINALLY;
    for (uint32_t i = 0; i < 3; i++) {
        weft_bindings_peer_one_thing_drop_own(self->things[i]);
        EXPECT(weft_bindings_peer_live(), 2 - i);
    }
    WEFT_END;
}

// The block of memory in which parameters come that are too many.
typedef struct {
    weft_coro co;
    weft_subtask call;
    weft_bindings_peer_sum_args_t parameters;
    uint64_t result;
    int i;
} parameters;

static weft_stepped parameters_run(weft_coro *co)
{
    parameters *self = weft_frame(co, parameters);
    WEFT_BEGIN;
    self->parameters.a = 1;
    self->parameters.q = 41;
    for (; self->i < 1000; self->i++) {
        WEFT_AWAIT(
            weft_subtask_call(co, &self->call, weft_bindings_peer_sum(&self->parameters, &self->result)));
        EXPECT(self->result, 42);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// What ..._free gives back, on both sides, of the interface that comes first and of the other.
#define INTERFACE(x)                                                                                           \
    typedef struct {                                                                                           \
        weft_coro co;                                                                                          \
        weft_subtask call;                                                                                     \
        weft_##x##_all_t all;                                                                                  \
        uint32_t i, length;                                                                                    \
    } x;                                                                                                       \
                                                                                                               \
    static weft_stepped x##_run(weft_coro *co)                                                                 \
    {                                                                                                          \
        x *self = weft_frame(co, x);                                                                           \
        WEFT_BEGIN;                                                                                            \
        for (; self->i < 100; self->i++) {                                                                     \
            weft_##x##_give(1000 + self->i, &self->all);                                                       \
            WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_##x##_take(&self->all, &self->length)));        \
            EXPECT(self->length, 1000 + self->i);                                                              \
            weft_##x##_all_free(&self->all);                                                                   \
        }                                                                                                      \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }

INTERFACE(bindings_first)
INTERFACE(other_second)

#define TESTS                                                                                                  \
    TEST(destructor)                                                                                           \
    TEST(parameters)                                                                                           \
    TEST(bindings_first)                                                                                       \
    TEST(other_second)
#include "weft_runner.h"
