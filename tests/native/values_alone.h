// What values.c and wave_*.c of the native host are tested with by themselves: stand-ins for the rest of the
// host, which are the functions of transfer.h, expectations, and types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef VALUES_ALONE_H
#define VALUES_ALONE_H

#include "transfer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- The stand-ins. ----

static int allocated;              // blocks of the host
static int reallocs;               // in the component
static void *component_memory[64]; // to be freed after a test
static jmp_buf trapped;
static weft_sim_trap trap;
static int handles[8]; // how often each was lifted, less lowered and dropped; its number is the index

void *weft_sim__allocate(weft_sim_instance *instance, size_t size)
{
    (void)instance;
    allocated++;
    return calloc(1, size ? size : 1);
}

void weft_sim__release(void *memory)
{
    allocated -= memory != NULL;
    free(memory);
}

void *weft_sim__realloc(weft_sim_instance *instance, weft_sim_trap bounds, size_t alignment, size_t size)
{
    (void)instance;
    (void)bounds;
    if (size == 0)
        return (void *)alignment; // as wit-bindgen's
    return component_memory[reallocs++] = malloc(size);
}

bool weft_sim__is_memory(const void *pointer, size_t size)
{
    return size == 0 || (uintptr_t)pointer >= 4096;
}

void weft_sim__value_trap(weft_sim_instance *instance, weft_sim_trap which, const char *format, ...)
{
    (void)instance;
    (void)format;
    trap = which;
    longjmp(trapped, 1);
}

void *weft_sim__lift_handle(const weft_sim_context *context, const weft_sim_type *type, uint32_t handle)
{
    (void)context;
    (void)type;
    handles[handle]++;
    return &handles[handle];
}

uint32_t weft_sim__lower_handle(const weft_sim_context *context, const weft_sim_type *type, void *in_transit)
{
    (void)context;
    (void)type;
    --*(int *)in_transit;
    return (uint32_t)((int *)in_transit - handles);
}

void weft_sim__drop_handle(const weft_sim_type *type, void *in_transit)
{
    (void)type;
    --*(int *)in_transit;
}

bool weft_sim__same_resource(weft_sim_instance *a, const weft_sim_resource *of_a, weft_sim_instance *b,
                             const weft_sim_resource *of_b)
{
    (void)a;
    (void)b;
    return !strcmp(of_a->name, of_b->name);
}

// ---- Expectations. ----

static int failures;

#define EXPECT(actual, expected)                                                                               \
    do {                                                                                                       \
        unsigned long long actual_value = (unsigned long long)(actual);                                        \
        unsigned long long expected_value = (unsigned long long)(expected);                                    \
        if (actual_value != expected_value) {                                                                  \
            printf("%s:%d: %s is %llu, expected %llu\n", __FILE__, __LINE__, #actual, actual_value,            \
                   expected_value);                                                                            \
            failures++;                                                                                        \
        }                                                                                                      \
    } while (0)

#define EXPECT_TRAP(which, statement)                                                                          \
    do {                                                                                                       \
        trap = WEFT_SIM_NO_TRAP;                                                                               \
        if (!setjmp(trapped)) {                                                                                \
            statement;                                                                                         \
        }                                                                                                      \
        EXPECT(trap, WEFT_SIM_TRAP_##which);                                                                   \
    } while (0)

// ---- Types. ----

#define PRIMITIVE(type, KIND) static const weft_sim_type type = {.kind = WEFT_SIM_##KIND, .name = #type}
PRIMITIVE(t_bool, BOOL);
PRIMITIVE(t_s8, S8);
PRIMITIVE(t_u8, U8);
PRIMITIVE(t_s16, S16);
PRIMITIVE(t_u16, U16);
PRIMITIVE(t_s32, S32);
PRIMITIVE(t_u32, U32);
PRIMITIVE(t_s64, S64);
PRIMITIVE(t_u64, U64);
PRIMITIVE(t_f32, F32);
PRIMITIVE(t_f64, F64);
PRIMITIVE(t_char, CHAR);
PRIMITIVE(t_string, STRING);
PRIMITIVE(t_error, ERROR_CONTEXT);

#define LIST(type, of)                                                                                         \
    static const weft_sim_type type = {.kind = WEFT_SIM_LIST, .name = #type, .element = &(of)}
#define OPTION(type, of)                                                                                       \
    static const weft_sim_type type = {.kind = WEFT_SIM_OPTION, .name = #type, .element = &(of)}
#define COMPOUND(type, KIND, ...)                                                                              \
    static const weft_sim_part type##_parts[] = {__VA_ARGS__};                                                 \
    static const weft_sim_type type = {.kind = WEFT_SIM_##KIND,                                                \
                                       .name = #type,                                                          \
                                       .parts = type##_parts,                                                  \
                                       .part_count = sizeof type##_parts / sizeof *type##_parts}

#endif
