// Two components written by hand, for tests of the host: "guest" imports the interface "peer", which "other"
// exports. A test sets what their functions do; what it does not set returns at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef HOST_WORLD_H
#define HOST_WORLD_H

#include "weft_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT = 0, YIELD = 1 };
#define WAIT(set) (2 | (set) << 4)
enum { NONE, SUBTASK, STREAM_READ, STREAM_WRITE, FUTURE_READ, FUTURE_WRITE, CANCEL };
enum { COMPLETED, DROPPED, CANCELLED };
enum { STARTING, STARTED, RETURNED, STARTED_CANCELLED, RETURNED_CANCELLED };
#define BLOCKED UINT32_MAX

// ---- Types ----

static const weft_sim_type u8 = {.kind = WEFT_SIM_U8, .name = "u8"};
static const weft_sim_type u32 = {.kind = WEFT_SIM_U32, .name = "u32"};
static const weft_sim_type letter = {.kind = WEFT_SIM_CHAR, .name = "char"};
static const weft_sim_type text = {.kind = WEFT_SIM_STRING, .name = "string"};
static const weft_sim_type numbers = {.kind = WEFT_SIM_LIST, .name = "list<u32>", .element = &u32};
static const weft_sim_type maybe = {.kind = WEFT_SIM_OPTION, .name = "option<u32>", .element = &u32};
static const weft_sim_type error_context = {.kind = WEFT_SIM_ERROR_CONTEXT, .name = "error-context"};
static const weft_sim_type bytes_stream = {.kind = WEFT_SIM_STREAM, .name = "stream<u8>", .element = &u8};
static const weft_sim_type words_stream = {.kind = WEFT_SIM_STREAM, .name = "stream<u32>", .element = &u32};
static const weft_sim_type text_stream = {.kind = WEFT_SIM_STREAM, .name = "stream<string>", .element = &text};
static const weft_sim_type number_future = {.kind = WEFT_SIM_FUTURE, .name = "future<u32>", .element = &u32};

static uint32_t destroyed;
static void (*on_destroy)(void);
static void destroy(uint32_t rep)
{
    if (on_destroy)
        on_destroy();
    destroyed += rep;
}

static const weft_sim_resource imported_thing = {.interface = "peer", .name = "thing"};
static const weft_sim_resource exported_thing = {
    .interface = "peer", .name = "thing", .is_export = true, .destructor = destroy};
static const weft_sim_resource own_thing = {
    .interface = "guest", .name = "thing", .index = 1, .is_export = true, .destructor = destroy};

#define PARAMS(...)                                                                                            \
    (const weft_sim_part[])                                                                                    \
    {                                                                                                          \
        __VA_ARGS__                                                                                            \
    }

static const weft_sim_type guest_own = {.kind = WEFT_SIM_OWN, .name = "thing", .resource = &imported_thing};
static const weft_sim_type guest_borrow = {
    .kind = WEFT_SIM_BORROW, .name = "borrow<thing>", .resource = &imported_thing};
static const weft_sim_type other_own = {.kind = WEFT_SIM_OWN, .name = "thing", .resource = &exported_thing};
static const weft_sim_type other_borrow = {
    .kind = WEFT_SIM_BORROW, .name = "borrow<thing>", .resource = &exported_thing};

// ---- Functions: their order in a component's table is that of these names ----

enum {
    WORK,
    TAKE_BYTES,
    TAKE_TEXTS,
    TAKE_NUMBER,
    LEND,
    GIVE,
    MAKE,
    TAKE_TEXT,
    TAKE_NUMBERS,
    TAKE_LETTER,
    TAKE_MAYBE,
    TAKE_ERROR,
    BARGE,
    PEER_COUNT
};

#define FUNC(the_name, async_, result_, ...)                                                                   \
    {.interface = "peer",                                                                                      \
     .name = the_name,                                                                                         \
     .params = PARAMS(__VA_ARGS__),                                                                            \
     .param_count = sizeof PARAMS(__VA_ARGS__) / sizeof(weft_sim_part),                                        \
     .result = result_,                                                                                        \
     .is_async = async_,                                                                                       \
     .async_abi = async_}

#define PEER(X, own, borrow)                                                                                   \
    X(WORK, FUNC("work", true, &u32, {"x", &u32}))                                                             \
    X(TAKE_BYTES, FUNC("take-bytes", true, NULL, {"s", &bytes_stream}))                                        \
    X(TAKE_TEXTS, FUNC("take-texts", true, NULL, {"s", &text_stream}))                                         \
    X(TAKE_NUMBER, FUNC("take-number", true, NULL, {"f", &number_future}))                                     \
    X(LEND, FUNC("lend", true, NULL, {"t", &borrow}))                                                          \
    X(GIVE, FUNC("give", false, NULL, {"t", &own}))                                                            \
    X(MAKE, FUNC("make", false, &own, {"rep", &u32}))                                                          \
    X(TAKE_TEXT, FUNC("take-text", false, NULL, {"s", &text}))                                                 \
    X(TAKE_NUMBERS, FUNC("take-numbers", false, NULL, {"l", &numbers}))                                        \
    X(TAKE_LETTER, FUNC("take-letter", false, NULL, {"c", &letter}))                                           \
    X(TAKE_MAYBE, FUNC("take-maybe", false, NULL, {"m", &maybe}))                                              \
    X(TAKE_ERROR, FUNC("take-error", false, NULL, {"e", &error_context}))                                      \
    X(BARGE, FUNC("barge", false, NULL, {"x", &u32}))

#define IMPORT(at, func) [at] = func,
static const weft_sim_func guest_imports[PEER_COUNT] = {PEER(IMPORT, guest_own, guest_borrow)};

// ---- What they do ----

typedef uint32_t (*entry)(const uint32_t *args);
typedef uint32_t (*callback)(uint32_t event, uint32_t waitable, uint32_t code);

static weft_sim_instance *guest, *other;
static entry guest_run, guest_second, guest_sync;
static callback guest_callback, guest_second_callback;
static entry other_does[PEER_COUNT];
static callback other_callback[PEER_COUNT];
static void (*on_realloc)(void), (*on_post_return)(void);

enum { RUN, SECOND, SYNC, GUEST_COUNT }; // what the guest exports
static const weft_sim_export guest_exports[GUEST_COUNT], other_exports[PEER_COUNT];

static void guest_run_entry(const weft_sim_core *args, weft_sim_core *result)
{
    result->i32 = guest_run ? guest_run(&args->i32) : EXIT;
}

static void guest_second_entry(const weft_sim_core *args, weft_sim_core *result)
{
    result->i32 = guest_second ? guest_second(&args->i32) : EXIT;
}

static void guest_sync_entry(const weft_sim_core *args, weft_sim_core *result)
{
    result->i32 = guest_sync ? guest_sync(&args->i32) : 0;
}

static void guest_sync_post_return(const weft_sim_core *result)
{
    (void)result;
    if (on_post_return)
        on_post_return();
}

static uint32_t guest_run_callback(uint32_t event, uint32_t waitable, uint32_t code)
{
    return guest_callback(event, waitable, code);
}

static uint32_t guest_second_run_callback(uint32_t event, uint32_t waitable, uint32_t code)
{
    return guest_second_callback(event, waitable, code);
}

// Returns from the guest's `run`.
static void guest_return(uint32_t value)
{
    weft_sim_core core = {.i32 = value};
    weft_sim_task_return(guest, &guest_exports[0].func, &core);
}

static const weft_sim_export guest_exports[GUEST_COUNT] = {
    [RUN] = {.func = {.name = "run", .result = &u32, .is_async = true, .async_abi = true},
             .entry = guest_run_entry,
             .callback = guest_run_callback},
    [SECOND] = {.func = {.name = "second", .is_async = true, .async_abi = true},
                .entry = guest_second_entry,
                .callback = guest_second_run_callback},
    [SYNC] = {.func = {.name = "sync", .result = &u32},
              .entry = guest_sync_entry,
              .post_return = guest_sync_post_return},
};

static void other_entry(int at, const weft_sim_core *args, weft_sim_core *result)
{
    uint32_t words[2];
    memcpy(&words[0], &args[0], sizeof words[0]);
    memcpy(&words[1], &args[1], sizeof words[1]);
    if (other_does[at]) {
        result->i32 = other_does[at](words);
        return;
    }
    if (other_exports[at].func.async_abi) {
        weft_sim_core zero = {0};
        weft_sim_task_return(other, &other_exports[at].func, &zero);
    }
    result->i32 = 0;
}

#define OTHER(at, func)                                                                                        \
    static void other_entry_##at(const weft_sim_core *args, weft_sim_core *result)                             \
    {                                                                                                          \
        other_entry(at, args, result);                                                                         \
    }                                                                                                          \
    static uint32_t other_callback_##at(uint32_t event, uint32_t waitable, uint32_t code)                      \
    {                                                                                                          \
        return other_callback[at](event, waitable, code);                                                      \
    }
PEER(OTHER, other_own, other_borrow)
#define EXPORT(at, func_) [at] = {.func = func_, .entry = other_entry_##at, .callback = other_callback_##at},
static const weft_sim_export other_exports[PEER_COUNT] = {PEER(EXPORT, other_own, other_borrow)};

static void *component_realloc(void *old, size_t old_size, size_t alignment, size_t size)
{
    (void)old_size;
    if (on_realloc)
        on_realloc();
    return size ? realloc(old, size) : (void *)alignment;
}

static const weft_sim_resource *const guest_resources[] = {&imported_thing, &own_thing};
static const weft_sim_resource *const other_resources[] = {&exported_thing};

// Other imports what the guest exports, to call it back.
static const weft_sim_func other_imports[] = {{.name = "sync", .result = &u32}};

static const weft_sim_component guest_component = {.world = "guest",
                                                   .exports = guest_exports,
                                                   .export_count = GUEST_COUNT,
                                                   .imports = guest_imports,
                                                   .import_count = PEER_COUNT,
                                                   .resources = guest_resources,
                                                   .resource_count = 2,
                                                   .realloc = component_realloc,
                                                   .self = &guest};
static const weft_sim_component other_component = {.world = "other",
                                                   .exports = other_exports,
                                                   .export_count = PEER_COUNT,
                                                   .imports = other_imports,
                                                   .import_count = 1,
                                                   .resources = other_resources,
                                                   .resource_count = 1,
                                                   .realloc = component_realloc,
                                                   .self = &other};

// Calls an import of the guest with one flat argument, and where its result goes if it is async and has one.
static uint32_t call_import(int at, uint32_t argument, uint32_t *result)
{
    weft_sim_core args[2] = {{.i32 = argument}, {.i32 = (uint32_t)(uintptr_t)result}};
    return weft_sim_import_call(guest, &guest_imports[at], args).i32;
}

static inline uint32_t call_import_2(int at, const void *pointer, uint32_t length)
{
    weft_sim_core args[2] = {{.i32 = (uint32_t)(uintptr_t)pointer}, {.i32 = length}};
    return weft_sim_import_call(guest, &guest_imports[at], args).i32;
}

static inline void new_stream(const weft_sim_type *type, uint32_t *reader, uint32_t *writer)
{
    uint64_t both =
        type->kind == WEFT_SIM_FUTURE ? weft_sim_future_new(guest, type) : weft_sim_stream_new(guest, type);
    *reader = (uint32_t)both;
    *writer = (uint32_t)(both >> 32);
}

// A host with both, linked unless `alone`.
static weft_sim *make_host(const weft_sim_options *options, weft_sim_schedule *schedule, bool alone)
{
    weft_sim *sim = weft_sim_new(options, schedule);
    weft_sim_instantiate(sim, &guest_component);
    weft_sim_instantiate(sim, &other_component);
    if (!alone) {
        weft_sim_link(guest, other);
        weft_sim_link(other, guest);
    }
    return sim;
}

#endif
