// The kinds of futures that the scenarios run on: u32, u64, nothing, and result<option<u32>, string>.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Included by all four sides, after PEER(x) and weft_script.h or raw_script.h.
#ifndef KINDS_H
#define KINDS_H

static void narrow_make(void *item, uint32_t number)
{
    *(uint32_t *)item = 0x10000u + number;
}

static uint32_t narrow_number(const void *item)
{
    return *(const uint32_t *)item - 0x10000u;
}

static void wide_make(void *item, uint32_t number)
{
    *(uint64_t *)item = (uint64_t)number << 40 | number;
}

static uint32_t wide_number(const void *item)
{
    uint64_t value = *(const uint64_t *)item;
    return value >> 40 == (value & 0xffffffff) ? (uint32_t)value : 99;
}

static void no_drop(void *item, bool moved)
{
    (void)item, (void)moved;
}

static void unit_make(void *item, uint32_t number)
{
    (void)item, (void)number;
}

static uint32_t unit_number(const void *item)
{
    (void)item;
    return 0;
}

typedef PEER(result_option_u32_string_t) mixed_value;

// 2 and 9, the default, are texts of so many characters; 3 is none; the others are some.
static void mixed_make(void *item, uint32_t number)
{
    mixed_value *value = item;
    *value = (mixed_value){.is_err = number == 2 || number == DEFAULT_NUMBER};
    if (value->is_err) {
        value->val.err.len = number;
        value->val.err.ptr = payload_alloc(number);
        memset(value->val.err.ptr, 'x', number);
    } else if (number != 3) {
        value->val.ok.is_some = true;
        value->val.ok.val = number;
    }
}

static uint32_t mixed_number(const void *item)
{
    const mixed_value *value = item;
    if (!value->is_err)
        return value->val.ok.is_some ? value->val.ok.val : 3;
    for (size_t i = 0; i < value->val.err.len; i++)
        if (value->val.err.ptr[i] != 'x')
            return 98;
    return (uint32_t)value->val.err.len;
}

static void mixed_drop(void *item, bool moved)
{
    (void)moved; // no handles in it
    mixed_value *value = item;
    if (value->is_err && value->val.err.len)
        payload_free(value->val.err.ptr);
}

static const item_kind narrow_items = {sizeof(uint32_t), narrow_make, narrow_number, no_drop};
static const item_kind wide_items = {sizeof(uint64_t), wide_make, wide_number, no_drop};
static const item_kind unit_items = {0, unit_make, unit_number, no_drop};
static const item_kind mixed_items = {sizeof(mixed_value), mixed_make, mixed_number, mixed_drop};

SCRIPT_FUTURE(narrow, PEER(future_u32), uint32_t, narrow_items)
SCRIPT_FUTURE(wide, PEER(future_u64), uint64_t, wide_items)
SCRIPT_FUTURE_UNIT(unit, PEER(future_void), unit_items)
SCRIPT_FUTURE(mixed, PEER(future_result_option_u32_string), mixed_value, mixed_items)

#endif
