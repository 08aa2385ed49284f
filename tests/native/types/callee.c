// Returns what it is given; what was given is its own to keep or to pass on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include <stdlib.h>

void exports_weft_types_peer_all(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, int32_t f, uint64_t g,
                                 int64_t h, float i, double j, uint32_t k, bool l,
                                 exports_weft_types_peer_numbers_t *ret)
{
    *ret = (exports_weft_types_peer_numbers_t){a, b, c, d, e, f, g, h, i, j, k, l};
}

void exports_weft_types_peer_many(exports_weft_types_peer_numbers_t *first, callee_string_t *text,
                                  callee_list_u16_t *words, uint8_t last,
                                  exports_weft_types_peer_tuple4_numbers_string_list_u16_u8_t *ret)
{
    *ret = (exports_weft_types_peer_tuple4_numbers_string_list_u16_u8_t){*first, *text, *words, last};
}

void exports_weft_types_peer_shapes(exports_weft_types_peer_shape_t *one,
                                    exports_weft_types_peer_shape_t *other,
                                    exports_weft_types_peer_tuple2_shape_shape_t *ret)
{
    *ret = (exports_weft_types_peer_tuple2_shape_shape_t){*one, *other};
}

void exports_weft_types_peer_narrow_down(exports_weft_types_peer_narrow_t *it,
                                         exports_weft_types_peer_narrow_t *ret)
{
    *ret = *it;
}

void exports_weft_types_peer_nested(callee_list_list_option_string_t *lists,
                                    callee_list_list_option_string_t *ret)
{
    *ret = *lists;
}

callee_callback_code_t exports_weft_types_peer_later(exports_weft_types_peer_labelled_t *it)
{
    exports_weft_types_peer_later_return(*it);
    exports_weft_types_peer_labelled_free(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

struct exports_weft_types_peer_thing_t {
    uint32_t number;
};

exports_weft_types_peer_own_thing_t exports_weft_types_peer_constructor_thing(uint32_t number)
{
    exports_weft_types_peer_thing_t *thing = malloc(sizeof *thing);
    thing->number = number;
    return exports_weft_types_peer_thing_new(thing);
}

uint32_t exports_weft_types_peer_method_thing_number(exports_weft_types_peer_borrow_thing_t self)
{
    return self->number;
}

void exports_weft_types_peer_thing_destructor(exports_weft_types_peer_thing_t *thing)
{
    free(thing);
}

callee_callback_code_t exports_weft_types_peer_hand(exports_weft_types_peer_list_holder_t *things)
{
    for (size_t i = 0; i < things->len; i++)
        things->ptr[i].twice = 2 * exports_weft_types_peer_thing_rep(things->ptr[i].it)->number;
    exports_weft_types_peer_hand_return(*things);
    if (things->len)
        free(things->ptr);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_types_peer_look(exports_weft_types_peer_borrow_thing_t at, uint32_t number)
{
    exports_weft_types_peer_look_return(at->number == number);
    return CALLEE_CALLBACK_CODE_EXIT;
}

// None of them ever waits.
#define NO_CALLBACK(name)                                                                                      \
    callee_callback_code_t exports_weft_types_peer_##name##_callback(callee_event_t *event)                    \
    {                                                                                                          \
        (void)event;                                                                                           \
        __builtin_trap();                                                                                      \
    }
NO_CALLBACK(later)
NO_CALLBACK(hand)
NO_CALLBACK(look)
