// What a type looks like in memory and as core values. Spec: "Alignment", "Element Size", "Flattening".
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "layout.h"

#include "transfer.h"
#include <string.h>

uint32_t weft_sim__align_to(uint32_t offset, uint32_t alignment)
{
    return (offset + alignment - 1) / alignment * alignment;
}

static uint32_t max(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

// Variants, and what the spec makes them of: enum, option, result. An option has no parts, so ask here for its
// cases.
static bool is_variant(const weft_sim_type *type)
{
    return type->kind == WEFT_SIM_VARIANT || type->kind == WEFT_SIM_ENUM || type->kind == WEFT_SIM_OPTION ||
           type->kind == WEFT_SIM_RESULT;
}

uint32_t weft_sim__case_count(const weft_sim_type *type)
{
    return type->kind == WEFT_SIM_OPTION ? 2 : type->part_count;
}

// The payload's type; NULL for none.
const weft_sim_type *weft_sim__case_type(const weft_sim_type *type, uint32_t which)
{
    if (type->kind == WEFT_SIM_OPTION)
        return which == 0 ? NULL : type->element;
    return type->parts[which].type;
}

static bool is_record(const weft_sim_type *type)
{
    return type->kind == WEFT_SIM_RECORD || type->kind == WEFT_SIM_TUPLE;
}

uint32_t weft_sim__discriminant_size(const weft_sim_type *type)
{
    uint32_t count = weft_sim__case_count(type);
    return count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4;
}

static uint32_t payload_alignment(const weft_sim_type *type)
{
    uint32_t alignment = 1;
    for (uint32_t i = 0; i < weft_sim__case_count(type); i++)
        alignment = max(alignment, weft_sim_alignment(weft_sim__case_type(type, i)));
    return alignment;
}

// Where in a variant its payload lies: behind the discriminant, aligned as the payload. Both are powers of two.
uint32_t weft_sim__payload_offset(const weft_sim_type *type)
{
    return weft_sim_alignment(type);
}

uint32_t weft_sim__parts_alignment(const weft_sim_part *parts, uint32_t count)
{
    uint32_t alignment = 1;
    for (uint32_t i = 0; i < count; i++)
        alignment = max(alignment, weft_sim_alignment(parts[i].type));
    return alignment;
}

uint32_t weft_sim__parts_size(const weft_sim_part *parts, uint32_t count)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size = weft_sim__align_to(size, weft_sim_alignment(parts[i].type)) + weft_sim_size(parts[i].type);
    return weft_sim__align_to(size, weft_sim__parts_alignment(parts, count));
}

static uint32_t flags_size(const weft_sim_type *type)
{
    return type->part_count <= 8 ? 1 : type->part_count <= 16 ? 2 : 4;
}

static uint32_t compute_alignment(const weft_sim_type *type)
{
    switch (type->kind) {
    case WEFT_SIM_BOOL:
    case WEFT_SIM_S8:
    case WEFT_SIM_U8:
        return 1;
    case WEFT_SIM_S16:
    case WEFT_SIM_U16:
        return 2;
    case WEFT_SIM_S64:
    case WEFT_SIM_U64:
    case WEFT_SIM_F64:
        return 8;
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE:
        return weft_sim__parts_alignment(type->parts, type->part_count);
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT:
        return max(weft_sim__discriminant_size(type), payload_alignment(type));
    case WEFT_SIM_FLAGS:
        return flags_size(type);
    default: // 32 bits, a pointer and a length, or a handle
        return 4;
    }
}

static uint32_t compute_size(const weft_sim_type *type)
{
    switch (type->kind) {
    case WEFT_SIM_BOOL:
    case WEFT_SIM_S8:
    case WEFT_SIM_U8:
        return 1;
    case WEFT_SIM_S16:
    case WEFT_SIM_U16:
        return 2;
    case WEFT_SIM_S64:
    case WEFT_SIM_U64:
    case WEFT_SIM_F64:
    case WEFT_SIM_STRING:
    case WEFT_SIM_LIST:
        return 8;
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE:
        return weft_sim__parts_size(type->parts, type->part_count);
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT: {
        uint32_t payload = 0;
        for (uint32_t i = 0; i < weft_sim__case_count(type); i++)
            payload = max(payload, weft_sim_size(weft_sim__case_type(type, i)));
        return weft_sim__align_to(weft_sim__payload_offset(type) + payload, weft_sim_alignment(type));
    }
    case WEFT_SIM_FLAGS:
        return flags_size(type);
    default:
        return 4;
    }
}

// Both are looked up, not computed again: they are asked for at each call and copy. A description is constant,
// but may be another one's place once a component is unloaded.
enum { PLACES = 1024 };
typedef struct known {
    const weft_sim_type *type;
    uint32_t number;
} known;
static known sizes[PLACES], alignments[PLACES];

void weft_sim__layout_forget(void)
{
    memset(sizes, 0, sizeof sizes);
    memset(alignments, 0, sizeof alignments);
}

static uint32_t look_up(known *in, const weft_sim_type *type, uint32_t (*compute)(const weft_sim_type *type))
{
    known *it = &in[(uint32_t)((uintptr_t)type >> 2) * 2654435761u >> 22];
    if (it->type != type) {
        uint32_t number = compute(type); // which may take this place meanwhile
        *it = (known){type, number};
    }
    return it->number;
}

uint32_t weft_sim_size(const weft_sim_type *type)
{
    return type ? look_up(sizes, type, compute_size) : 0;
}

uint32_t weft_sim_alignment(const weft_sim_type *type)
{
    return type ? look_up(alignments, type, compute_alignment) : 1;
}

bool weft_sim_is_plain(const weft_sim_type *type)
{
    if (!type)
        return true;
    if (is_record(type)) {
        for (uint32_t i = 0; i < type->part_count; i++)
            if (!weft_sim_is_plain(type->parts[i].type))
                return false;
        return true;
    }
    // Bool and char are not: any byte may stand for true, and not every 32 bits are a char.
    return type->kind >= WEFT_SIM_S8 && type->kind <= WEFT_SIM_F64;
}

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

bool weft_sim_same_type(weft_sim_instance *a, const weft_sim_type *of_a, weft_sim_instance *b,
                        const weft_sim_type *of_b)
{
    if (!of_a || !of_b)
        return of_a == of_b;
    if (of_a->kind != of_b->kind || of_a->part_count != of_b->part_count)
        return false;
    if (of_a->resource && !weft_sim__same_resource(a, of_a->resource, b, of_b->resource))
        return false;
    for (uint32_t i = 0; i < of_a->part_count; i++)
        if (!same_name(of_a->parts[i].name, of_b->parts[i].name) ||
            !weft_sim_same_type(a, of_a->parts[i].type, b, of_b->parts[i].type))
            return false;
    return weft_sim_same_type(a, of_a->element, b, of_b->element);
}

uint32_t weft_sim__flat_count_of(const weft_sim_type *type)
{
    if (!type)
        return 0;
    if (type->kind == WEFT_SIM_STRING || type->kind == WEFT_SIM_LIST)
        return 2;
    if (is_record(type))
        return weft_sim_flat_count(type->parts, type->part_count);
    if (!is_variant(type))
        return 1;
    uint32_t payload = 0;
    for (uint32_t i = 0; i < weft_sim__case_count(type); i++)
        payload = max(payload, weft_sim__flat_count_of(weft_sim__case_type(type, i)));
    return 1 + payload;
}

uint32_t weft_sim_flat_count(const weft_sim_part *parts, uint32_t count)
{
    uint32_t flat = 0;
    for (uint32_t i = 0; i < count; i++)
        flat += weft_sim__flat_count_of(parts[i].type);
    return flat;
}
