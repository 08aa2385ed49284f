// Lifting and lowering of values, in memory and as core values.
// All components share one address space, so what a pointer's bounds are only AddressSanitizer knows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "layout.h"
#include "transfer.h"
#include <string.h>

enum { BYTES_MAX = (1 << 28) - 1 }; // of a string or list

// ---- Numbers, with their range: the same from memory and from core values. ----

// The value of the low bits; sign-extended for a signed type.
static uint64_t to_number(const weft_sim_context *context, const weft_sim_type *type, uint64_t bits)
{
    switch (type->kind) {
    case WEFT_SIM_BOOL:
        return bits != 0;
    case WEFT_SIM_S8:
        return (uint64_t)(int64_t)(int8_t)bits;
    case WEFT_SIM_U8:
        return (uint8_t)bits;
    case WEFT_SIM_S16:
        return (uint64_t)(int64_t)(int16_t)bits;
    case WEFT_SIM_U16:
        return (uint16_t)bits;
    case WEFT_SIM_S32:
        return (uint64_t)(int64_t)(int32_t)bits;
    case WEFT_SIM_U32:
        return (uint32_t)bits;
    case WEFT_SIM_CHAR:
        if (bits >= 0x110000 || (bits >= 0xd800 && bits < 0xe000))
            weft_sim__value_trap(context->instance, WEFT_SIM_TRAP_VALUE_CHAR, "0x%x", (uint32_t)bits);
        return bits;
    case WEFT_SIM_FLAGS:
        return bits & (UINT64_MAX >> (64 - type->part_count));
    default:
        return bits;
    }
}

static uint64_t read_bits(const void *from, uint32_t size)
{
    uint64_t bits = 0; // little-endian, as WebAssembly is
    memcpy(&bits, from, size);
    return bits;
}

static void check_aligned(const weft_sim_context *context, weft_sim_trap trap, const char *what,
                          const void *pointer, uint32_t alignment)
{
    if ((uintptr_t)pointer % alignment != 0)
        weft_sim__value_trap(context->instance, trap, "%s at %p, which must be a multiple of %u", what, pointer,
                             alignment);
}

static void check_memory(const weft_sim_context *context, weft_sim_trap trap, const char *what,
                         const void *pointer, size_t size)
{
    if (!weft_sim__is_memory(pointer, size))
        weft_sim__value_trap(context->instance, trap, "%s at %p, of %u bytes", what, pointer, (unsigned)size);
}

// Items of the host's own memory.
static void *allocate(const weft_sim_context *context, uint32_t count, size_t size)
{
    return weft_sim__allocate(context->instance, count * size);
}

// ---- Strings and lists: a pointer and a length on either way. ----

bool weft_sim_number(const char *text, uint64_t *number)
{
    *number = 0;
    for (const char *at = text; *at; at++) {
        uint64_t digit = (uint64_t)*at - '0';
        if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
            return false;
        *number = 10 * *number + digit;
    }
    return *text;
}

uint32_t weft_sim_decode(const char *text, uint32_t left, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = left ? (uint8_t)*text : 0xff;
    uint32_t length = first < 0x80   ? 1
                      : first < 0xc2 ? 0
                      : first < 0xe0 ? 2
                      : first < 0xf0 ? 3
                      : first < 0xf5 ? 4
                                     : 0;
    uint32_t character = length == 1 ? first : first & (0x7fu >> length);
    if (length > left)
        return 0;
    for (uint32_t i = 1; i < length; i++) {
        if (((uint8_t)text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | ((uint8_t)text[i] & 0x3f);
    }
    bool surrogate = character >= 0xd800 && character < 0xe000;
    if (character < least[length] || character > 0x10ffff || surrogate)
        return 0;
    if (code)
        *code = character;
    return length;
}

bool weft_sim_is_utf8(const char *text, size_t length)
{
    for (size_t at = 0, more; at < length; at += more)
        if (!(more = weft_sim_decode(text + at, (uint32_t)(length - at), NULL)))
            return false;
    return true;
}

static void lift_string(const weft_sim_context *context, const void *bytes, uint32_t length,
                        weft_sim_value *value)
{
    if (length > BYTES_MAX)
        weft_sim__value_trap(context->instance, WEFT_SIM_TRAP_TEXT_BOUNDS, "a string of %u bytes", length);
    check_memory(context, WEFT_SIM_TRAP_TEXT_BOUNDS, "a string", bytes, length);
    for (uint32_t at = 0, step; at < length; at += step)
        if ((step = weft_sim_decode((const char *)bytes + at, length - at, NULL)) == 0)
            weft_sim__value_trap(context->instance, WEFT_SIM_TRAP_VALUE_UTF8, "byte %u of the string at %p", at,
                                 bytes);
    value->count = length;
    value->bytes = allocate(context, length, 1);
    if (length)
        memcpy(value->bytes, bytes, length);
}

static void lift_list(const weft_sim_context *context, const weft_sim_type *element, const void *items,
                      uint32_t count, weft_sim_value *value)
{
    uint32_t size = weft_sim_size(element);
    if ((uint64_t)count * size > BYTES_MAX)
        weft_sim__value_trap(context->instance, WEFT_SIM_TRAP_LIST_BOUNDS, "a list of %u items of %u bytes",
                             count, size);
    check_aligned(context, WEFT_SIM_TRAP_VALUE_ALIGNMENT, "a list", items, weft_sim_alignment(element));
    check_memory(context, WEFT_SIM_TRAP_LIST_BOUNDS, "a list", items, (size_t)count * size);
    value->count = count;
    if (weft_sim_is_plain(element)) {
        value->bytes = allocate(context, count, size);
        if (count)
            memcpy(value->bytes, items, (size_t)count * size);
        return;
    }
    value->items = allocate(context, count, sizeof *value->items);
    for (uint32_t i = 0; i < count; i++)
        weft_sim_load(context, element, (const char *)items + (size_t)i * size, &value->items[i]);
}

// Both return the pointer that was allocated in the component.
static void *lower_string(const weft_sim_context *context, const weft_sim_value *value)
{
    void *bytes = weft_sim__realloc(context->instance, WEFT_SIM_TRAP_TEXT_BOUNDS, 1, value->count);
    if (value->count)
        memcpy(bytes, value->bytes, value->count);
    return bytes;
}

static void *lower_list(const weft_sim_context *context, const weft_sim_type *element, weft_sim_value *value)
{
    uint32_t size = weft_sim_size(element);
    void *items = weft_sim__realloc(context->instance, WEFT_SIM_TRAP_LIST_BOUNDS, weft_sim_alignment(element),
                                    (size_t)value->count * size);
    if (weft_sim_is_plain(element)) {
        if (value->count)
            memcpy(items, value->bytes, (size_t)value->count * size);
        return items;
    }
    for (uint32_t i = 0; i < value->count; i++)
        weft_sim_store(context, element, &value->items[i], (char *)items + (size_t)i * size);
    return items;
}

static weft_sim_value *lift_case(const weft_sim_context *context, const weft_sim_type *type, uint32_t which,
                                 weft_sim_value *value)
{
    if (which >= weft_sim__case_count(type))
        weft_sim__value_trap(context->instance, WEFT_SIM_TRAP_VALUE_CASE, "case %u of %s, which has %u", which,
                             type->name, weft_sim__case_count(type));
    if (type->kind == WEFT_SIM_ENUM) {
        value->number = which;
        return NULL;
    }
    value->which = which;
    value->payload = weft_sim__case_type(type, which) ? allocate(context, 1, sizeof *value->payload) : NULL;
    return value->payload;
}

static uint32_t which_case(const weft_sim_type *type, const weft_sim_value *value)
{
    return type->kind == WEFT_SIM_ENUM ? (uint32_t)value->number : value->which;
}

static uint32_t lower_handle(const weft_sim_context *context, const weft_sim_type *type, weft_sim_value *value)
{
    void *lifted = value->handle;
    value->handle = NULL;
    return weft_sim__lower_handle(context, type, lifted);
}

// ---- Memory. ----

void weft_sim_load(const weft_sim_context *context, const weft_sim_type *type, const void *from,
                   weft_sim_value *value)
{
    memset(value, 0, sizeof *value);
    switch (type->kind) {
    case WEFT_SIM_F32:
        memcpy(&value->f32, from, sizeof value->f32);
        break;
    case WEFT_SIM_F64:
        memcpy(&value->f64, from, sizeof value->f64);
        break;
    case WEFT_SIM_STRING:
    case WEFT_SIM_LIST: {
        const void *begin;
        uint32_t length;
        memcpy(&begin, from, sizeof begin);
        memcpy(&length, (const char *)from + sizeof begin, sizeof length);
        if (type->kind == WEFT_SIM_STRING)
            lift_string(context, begin, length, value);
        else
            lift_list(context, type->element, begin, length, value);
        break;
    }
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE: {
        value->count = type->part_count;
        value->items = allocate(context, type->part_count, sizeof *value->items);
        uint32_t offset = 0;
        for (uint32_t i = 0; i < type->part_count; i++) {
            const weft_sim_type *part = type->parts[i].type;
            offset = weft_sim__align_to(offset, weft_sim_alignment(part));
            weft_sim_load(context, part, (const char *)from + offset, &value->items[i]);
            offset += weft_sim_size(part);
        }
        break;
    }
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT: {
        uint32_t which = (uint32_t)read_bits(from, weft_sim__discriminant_size(type));
        weft_sim_value *payload = lift_case(context, type, which, value);
        if (payload)
            weft_sim_load(context, weft_sim__case_type(type, which),
                          (const char *)from + weft_sim__payload_offset(type), payload);
        break;
    }
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT:
        value->handle = weft_sim__lift_handle(context, type, (uint32_t)read_bits(from, 4));
        break;
    default:
        value->number = to_number(context, type, read_bits(from, weft_sim_size(type)));
    }
}

void weft_sim_store(const weft_sim_context *context, const weft_sim_type *type, weft_sim_value *value, void *to)
{
    switch (type->kind) {
    case WEFT_SIM_F32:
        memcpy(to, &value->f32, sizeof value->f32);
        break;
    case WEFT_SIM_F64:
        memcpy(to, &value->f64, sizeof value->f64);
        break;
    case WEFT_SIM_STRING:
    case WEFT_SIM_LIST: {
        void *begin = type->kind == WEFT_SIM_STRING ? lower_string(context, value)
                                                    : lower_list(context, type->element, value);
        memcpy(to, &begin, sizeof begin);
        memcpy((char *)to + sizeof begin, &value->count, sizeof value->count);
        break;
    }
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE: {
        uint32_t offset = 0;
        for (uint32_t i = 0; i < type->part_count; i++) {
            const weft_sim_type *part = type->parts[i].type;
            offset = weft_sim__align_to(offset, weft_sim_alignment(part));
            weft_sim_store(context, part, &value->items[i], (char *)to + offset);
            offset += weft_sim_size(part);
        }
        break;
    }
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT: {
        uint32_t which = which_case(type, value);
        memcpy(to, &which, weft_sim__discriminant_size(type));
        if (weft_sim__case_type(type, which))
            weft_sim_store(context, weft_sim__case_type(type, which), value->payload,
                           (char *)to + weft_sim__payload_offset(type));
        break;
    }
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT: {
        uint32_t handle = lower_handle(context, type, value);
        memcpy(to, &handle, sizeof handle);
        break;
    }
    default:
        memcpy(to, &value->number, weft_sim_size(type));
    }
}

void weft_sim_copy(const weft_sim_context *writer, const weft_sim_type *written, const void *from,
                   const weft_sim_context *reader, const weft_sim_type *read, void *to, uint32_t count)
{
    if (!written || !count)
        return;
    uint32_t size = weft_sim_size(written), alignment = weft_sim_alignment(written);
    check_aligned(writer, WEFT_SIM_TRAP_BUFFER_ALIGNMENT, "a write's buffer", from, alignment);
    check_aligned(reader, WEFT_SIM_TRAP_BUFFER_ALIGNMENT, "a read's buffer", to, alignment);
    if (weft_sim_is_plain(written)) {
        memmove(to, from, (size_t)count * size); // both ends may be in one component
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        weft_sim_value item;
        weft_sim_load(writer, written, (const char *)from + (size_t)i * size, &item);
        weft_sim_store(reader, read, &item, (char *)to + (size_t)i * size);
        weft_sim_value_free(read, &item);
    }
}

// ---- Core values. ----
// A case's payload shares its core values with those of the other cases, so one may be wider than it needs, or
// an integer that holds the bits of a float. In the union all that is the same bits, with zeros above.

// Returns where the next value begins.
static const weft_sim_core *lift_flat(const weft_sim_context *context, const weft_sim_type *type,
                                      const weft_sim_core *core, weft_sim_value *value)
{
    memset(value, 0, sizeof *value);
    switch (type->kind) {
    case WEFT_SIM_S64:
    case WEFT_SIM_U64:
        value->number = core->i64;
        break;
    case WEFT_SIM_F32:
        value->f32 = core->f32;
        break;
    case WEFT_SIM_F64:
        value->f64 = core->f64;
        break;
    case WEFT_SIM_STRING:
        // wasm32: a pointer is a core value of 32 bits, and so it is here
        lift_string(context, (const void *)(uintptr_t)core[0].i32, core[1].i32, value);
        break;
    case WEFT_SIM_LIST:
        lift_list(context, type->element, (const void *)(uintptr_t)core[0].i32, core[1].i32, value);
        break;
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE: {
        value->count = type->part_count;
        value->items = allocate(context, type->part_count, sizeof *value->items);
        const weft_sim_core *next = core;
        for (uint32_t i = 0; i < type->part_count; i++)
            next = lift_flat(context, type->parts[i].type, next, &value->items[i]);
        break;
    }
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT: {
        weft_sim_value *payload = lift_case(context, type, core->i32, value);
        if (payload)
            lift_flat(context, weft_sim__case_type(type, core->i32), core + 1, payload);
        break;
    }
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT:
        value->handle = weft_sim__lift_handle(context, type, core->i32);
        break;
    default:
        value->number = to_number(context, type, core->i32);
    }
    return core + weft_sim__flat_count_of(type);
}

static weft_sim_core *lower_flat(const weft_sim_context *context, const weft_sim_type *type,
                                 weft_sim_value *value, weft_sim_core *core)
{
    uint32_t count = weft_sim__flat_count_of(type);
    memset(core, 0, count * sizeof *core);
    switch (type->kind) {
    case WEFT_SIM_S64:
    case WEFT_SIM_U64:
        core->i64 = value->number;
        break;
    case WEFT_SIM_F32:
        core->f32 = value->f32;
        break;
    case WEFT_SIM_F64:
        core->f64 = value->f64;
        break;
    case WEFT_SIM_STRING:
    case WEFT_SIM_LIST:
        core[0].i32 =
            (uint32_t)(uintptr_t)(type->kind == WEFT_SIM_STRING ? lower_string(context, value)
                                                                : lower_list(context, type->element, value));
        core[1].i32 = value->count;
        break;
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE: {
        weft_sim_core *next = core;
        for (uint32_t i = 0; i < type->part_count; i++)
            next = lower_flat(context, type->parts[i].type, &value->items[i], next);
        break;
    }
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_ENUM:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT: {
        uint32_t which = which_case(type, value);
        core->i32 = which;
        if (weft_sim__case_type(type, which))
            lower_flat(context, weft_sim__case_type(type, which), value->payload, core + 1);
        break;
    }
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT:
        core->i32 = lower_handle(context, type, value);
        break;
    default:
        core->i32 = (uint32_t)value->number;
    }
    return core + count;
}

void weft_sim_lift(const weft_sim_context *context, const weft_sim_part *parts, uint32_t count,
                   uint32_t max_flat, const weft_sim_core *core, weft_sim_value *values)
{
    if (weft_sim_flat_count(parts, count) <= max_flat) {
        for (uint32_t i = 0; i < count; i++)
            core = lift_flat(context, parts[i].type, core, &values[i]);
        return;
    }
    const char *from = (const char *)(uintptr_t)core->i32;
    check_aligned(context, WEFT_SIM_TRAP_VALUE_ALIGNMENT, "values", from,
                  weft_sim__parts_alignment(parts, count));
    check_memory(context, WEFT_SIM_TRAP_VALUE_BOUNDS, "values", from, weft_sim__parts_size(parts, count));
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        offset = weft_sim__align_to(offset, weft_sim_alignment(parts[i].type));
        weft_sim_load(context, parts[i].type, from + offset, &values[i]);
        offset += weft_sim_size(parts[i].type);
    }
}

uint32_t weft_sim_lower(const weft_sim_context *context, const weft_sim_part *parts, uint32_t count,
                        uint32_t max_flat, weft_sim_value *values, weft_sim_core *core, void *out)
{
    uint32_t flat = weft_sim_flat_count(parts, count);
    if (flat <= max_flat) {
        for (uint32_t i = 0; i < count; i++)
            core = lower_flat(context, parts[i].type, &values[i], core);
        return flat;
    }
    uint32_t alignment = weft_sim__parts_alignment(parts, count);
    char *to = out ? out
                   : weft_sim__realloc(context->instance, WEFT_SIM_TRAP_VALUE_BOUNDS, alignment,
                                       weft_sim__parts_size(parts, count));
    check_aligned(context, WEFT_SIM_TRAP_VALUE_ALIGNMENT, "the place for values", to, alignment);
    check_memory(context, WEFT_SIM_TRAP_VALUE_BOUNDS, "the place for values", to,
                 weft_sim__parts_size(parts, count));
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        offset = weft_sim__align_to(offset, weft_sim_alignment(parts[i].type));
        weft_sim_store(context, parts[i].type, &values[i], to + offset);
        offset += weft_sim_size(parts[i].type);
    }
    if (out)
        return 0;
    core->i64 = 0;
    core->i32 = (uint32_t)(uintptr_t)to;
    return 1;
}

void weft_sim_value_free(const weft_sim_type *type, weft_sim_value *value)
{
    switch (type->kind) {
    case WEFT_SIM_STRING:
        weft_sim__release(value->bytes);
        break;
    case WEFT_SIM_LIST:
        if (weft_sim_is_plain(type->element)) {
            weft_sim__release(value->bytes);
            break;
        }
        for (uint32_t i = 0; i < value->count; i++)
            weft_sim_value_free(type->element, &value->items[i]);
        weft_sim__release(value->items);
        break;
    case WEFT_SIM_RECORD:
    case WEFT_SIM_TUPLE:
        for (uint32_t i = 0; i < value->count; i++)
            weft_sim_value_free(type->parts[i].type, &value->items[i]);
        weft_sim__release(value->items);
        break;
    case WEFT_SIM_VARIANT:
    case WEFT_SIM_OPTION:
    case WEFT_SIM_RESULT:
        if (value->payload) {
            weft_sim_value_free(weft_sim__case_type(type, value->which), value->payload);
            weft_sim__release(value->payload);
        }
        break;
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT:
        if (value->handle)
            weft_sim__drop_handle(type, value->handle);
        break;
    default:
        break;
    }
    memset(value, 0, sizeof *value);
}

weft_sim_value weft_sim_text_value(weft_sim_instance *instance, const char *text)
{
    return weft_sim_bytes_value(instance, text, (uint32_t)strlen(text));
}

weft_sim_value weft_sim_bytes_value(weft_sim_instance *instance, const void *bytes, uint32_t count)
{
    weft_sim_value value = {.count = count, .bytes = weft_sim__allocate(instance, count)};
    if (count)
        memcpy(value.bytes, bytes, count);
    return value;
}

weft_sim_value weft_sim_items_value(weft_sim_instance *instance, uint32_t count)
{
    return (weft_sim_value){.count = count,
                            .items = weft_sim__allocate(instance, count * sizeof(weft_sim_value))};
}
