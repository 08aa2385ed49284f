// The peer of the bindings' tests: types that own memory, a resource, and more parameters than a core function
// takes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

uint64_t exports_weft_bindings_peer_probe(void)
{
    return probe() + __builtin_wasm_memory_size(0);
}

// A thing.

static uint32_t things;

struct exports_weft_bindings_peer_one_thing_t {
    uint32_t number;
};

exports_weft_bindings_peer_own_one_thing_t exports_weft_bindings_peer_constructor_one_thing(uint32_t number)
{
    exports_weft_bindings_peer_one_thing_t *rep = weft_alloc(sizeof *rep);
    rep->number = number;
    things++;
    return exports_weft_bindings_peer_one_thing_new(rep);
}

void exports_weft_bindings_peer_one_thing_destructor(exports_weft_bindings_peer_one_thing_t *rep)
{
    weft_free(rep, sizeof *rep);
    things--;
}

uint32_t exports_weft_bindings_peer_live(void)
{
    return things;
}

typedef struct {
    weft_coro co;
    exports_weft_bindings_peer_one_thing_t *thing;
} number;

WEFT_ASYNC(number)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_bindings_peer_method_one_thing_number, self->thing->number);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_bindings_peer_method_one_thing_number, number,
            (exports_weft_bindings_peer_borrow_one_thing_t thing), .thing = thing);

// Many parameters.

typedef struct {
    weft_coro co;
    uint64_t sum;
} sum;

WEFT_ASYNC(sum)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_bindings_peer_sum, self->sum);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_bindings_peer_sum, sum,
            (uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h,
             uint64_t i, uint64_t j, uint64_t k, uint64_t l, uint64_t m, uint64_t n, uint64_t o, uint64_t p,
             uint64_t q),
            .sum = a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q);

// All types, of two interfaces.

static void text(callee_option_string_t *it, uint32_t size)
{
    it->is_some = true;
    it->val = (callee_string_t){.ptr = calloc(1, size), .len = size};
}

static void bytes(callee_list_u8_t *it, uint32_t size)
{
    *it = (callee_list_u8_t){.ptr = calloc(1, size), .len = size};
}

typedef struct {
    weft_coro co;
    uint32_t length;
} take;

#define INTERFACE(x)                                                                                           \
    static void x##_note(exports_weft_##x##_note_t *it, uint32_t size)                                         \
    {                                                                                                          \
        text(&it->text, size);                                                                                 \
        bytes(&it->bytes, size);                                                                               \
    }                                                                                                          \
                                                                                                               \
    void exports_weft_##x##_give(uint32_t size, exports_weft_##x##_all_t *it)                                  \
    {                                                                                                          \
        x##_note(&it->note, size);                                                                             \
        x##_note(&it->shelf, size);                                                                            \
        it->text.tag = 2;                                                                                      \
        text(&it->text.val.text, size);                                                                        \
        it->notes.tag = 4;                                                                                     \
        it->notes.val.notes.ptr = calloc(2, sizeof *it->notes.val.notes.ptr);                                  \
        it->notes.val.notes.len = 2;                                                                           \
        for (int i = 0; i < 2; i++)                                                                            \
            x##_note(&it->notes.val.notes.ptr[i], size);                                                       \
        it->maybe.is_some = true;                                                                              \
        x##_note(&it->maybe.val, size);                                                                        \
        it->outcome.is_err = size % 2;                                                                         \
        if (it->outcome.is_err)                                                                                \
            text(&it->outcome.val.err, size);                                                                  \
        else                                                                                                   \
            x##_note(&it->outcome.val.ok, size);                                                               \
        it->failure.is_err = true;                                                                             \
        text(&it->failure.val.err, size);                                                                      \
        text(&it->pair.f0, size);                                                                              \
        bytes(&it->pair.f1, size);                                                                             \
        it->names.ptr = calloc(2, sizeof *it->names.ptr);                                                      \
        it->names.len = 2;                                                                                     \
        text(&it->names.ptr[1], size);                                                                         \
    }                                                                                                          \
                                                                                                               \
    static weft_stepped x##_take_run(weft_coro *co)                                                            \
    {                                                                                                          \
        take *self = weft_frame(co, take);                                                                     \
        WEFT_BEGIN;                                                                                            \
        WEFT_RETURN(co, exports_weft_##x##_take, self->length);                                                \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }                                                                                                          \
                                                                                                               \
    WEFT_EXPORT_STEP(callee, exports_weft_##x##_take, take, x##_take_run, (exports_weft_##x##_all_t * it),     \
                     self->length = (uint32_t)it->note.text.val.len, exports_weft_##x##_all_free(it))

INTERFACE(bindings_first);
INTERFACE(other_second);
