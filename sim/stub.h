// What a component's native stubs are written against: the description of its world, and the built-ins of the
// canonical ABI. The stubs define each symbol that wit-bindgen's output leaves undefined, and call the function
// here that stands for it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_STUB_H
#define WEFT_SIM_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One component in a host. Each has its own handle table; the stubs of a component keep the instance that they
// run as in a static variable, which weft_sim_instantiate() sets (weft_sim_component.self).
typedef struct weft_sim_instance weft_sim_instance;

// ---- The description of a world. All of it is constant, and lives as long as the component is loaded. ----

typedef enum weft_sim_kind {
    WEFT_SIM_BOOL,
    WEFT_SIM_S8,
    WEFT_SIM_U8,
    WEFT_SIM_S16,
    WEFT_SIM_U16,
    WEFT_SIM_S32,
    WEFT_SIM_U32,
    WEFT_SIM_S64,
    WEFT_SIM_U64,
    WEFT_SIM_F32,
    WEFT_SIM_F64,
    WEFT_SIM_CHAR,
    WEFT_SIM_STRING,
    WEFT_SIM_LIST,    // element
    WEFT_SIM_RECORD,  // parts: the fields
    WEFT_SIM_TUPLE,   // parts: the members, without names
    WEFT_SIM_VARIANT, // parts: the cases, type NULL for a case without payload
    WEFT_SIM_ENUM,    // parts: the cases
    WEFT_SIM_OPTION,  // element
    WEFT_SIM_RESULT,  // parts: ok and error, either type may be NULL
    WEFT_SIM_FLAGS,   // parts: the flags
    WEFT_SIM_OWN,     // resource
    WEFT_SIM_BORROW,  // resource
    WEFT_SIM_STREAM,  // element, NULL for none
    WEFT_SIM_FUTURE,  // element, NULL for none
    WEFT_SIM_ERROR_CONTEXT
} weft_sim_kind;

typedef struct weft_sim_type weft_sim_type;
typedef struct weft_sim_resource weft_sim_resource;

typedef struct weft_sim_part {
    const char *name; // NULL in a tuple
    const weft_sim_type *type;
} weft_sim_part;

// Types are compared by structure, resources by what they are linked to; so each component may describe the
// same type for itself, and one component may describe it twice.
struct weft_sim_type {
    weft_sim_kind kind;
    const char *name; // as WIT would write it ("stream<u8>"), for messages
    const weft_sim_type *element;
    const weft_sim_part *parts;
    uint32_t part_count;
    const weft_sim_resource *resource;
};

// A resource type that the component exports (and implements) or imports. A component that imports and exports
// one interface has two descriptions of each of its resources.
struct weft_sim_resource {
    const char *interface; // "weft:calls/peer"; NULL for one of the world itself
    const char *name;      // "token"
    uint32_t index;        // of this description in weft_sim_component.resources
    bool is_export;
    void (*destructor)(uint32_t rep); // of an exported one; NULL if it has none
};

typedef struct weft_sim_func {
    const char *interface; // "weft:calls/peer"; NULL for one of the world itself
    const char *name;      // "add", "[constructor]token", "[method]token.id"
    const weft_sim_part *params;
    uint32_t param_count;
    const weft_sim_type *result; // NULL for none
    bool is_async;               // `async func` in WIT
    bool async_abi;              // lifted or lowered with `async`: what `--sync` turns off
} weft_sim_func;

// A core value, in the member of its core type; the rest is zero.
typedef union weft_sim_core {
    uint64_t i64;
    uint32_t i32;
    double f64;
    float f32;
} weft_sim_core;

typedef struct weft_sim_export {
    weft_sim_func func;
    // Calls __wasm_export_<fn> with the flat arguments; stores its core result, if it has one, in *result (a
    // lift with `async`: the callback code).
    void (*entry)(const weft_sim_core *args, weft_sim_core *result);
    uint32_t (*callback)(uint32_t event, uint32_t waitable, uint32_t code); // NULL without async_abi
    void (*post_return)(const weft_sim_core *result);                       // NULL for none
} weft_sim_export;

// A component. Its stubs define one, named weft_sim_component. A library that a component is linked with may
// bring bindings of its own: their stubs define another each, which is a part of that.
typedef struct weft_sim_component weft_sim_component;
struct weft_sim_component {
    const char *world;
    const weft_sim_export *exports;
    uint32_t export_count;
    const weft_sim_func *imports;
    uint32_t import_count;
    const weft_sim_resource *const *resources;
    uint32_t resource_count;
    void *(*realloc)(void *old, size_t old_size, size_t alignment,
                     size_t new_size); // cabi_realloc; NULL for none
    weft_sim_instance **self;
    const weft_sim_component *const *parts, *const *parts_end; // NULL: none
};

// The parts of what is linked to one shared object: each puts a pointer here, and the linker has the bounds.
#define WEFT_SIM_PART                                                                                          \
    __attribute__((__section__("weft_sim_parts"), __used__)) static const weft_sim_component *const
#define WEFT_SIM_HIDDEN_IF_ANY __attribute__((__weak__, __visibility__("hidden")))
extern const weft_sim_component *const __start_weft_sim_parts[] WEFT_SIM_HIDDEN_IF_ANY;
extern const weft_sim_component *const __stop_weft_sim_parts[] WEFT_SIM_HIDDEN_IF_ANY;

// ---- The built-ins. Each may trap, and then does not return. ----
// "async" is the form that is imported with [async-lower]: it may answer BLOCKED where the other blocks the
// task.

uint32_t weft_sim_waitable_set_new(weft_sim_instance *self);
void weft_sim_waitable_set_drop(weft_sim_instance *self, uint32_t set);
uint32_t weft_sim_waitable_set_wait(weft_sim_instance *self, uint32_t set, uint32_t *event); // {waitable, code}
uint32_t weft_sim_waitable_set_poll(weft_sim_instance *self, uint32_t set, uint32_t *event);
void weft_sim_waitable_join(weft_sim_instance *self, uint32_t waitable, uint32_t set);

uint32_t weft_sim_subtask_cancel(weft_sim_instance *self, uint32_t subtask, bool async);
void weft_sim_subtask_drop(weft_sim_instance *self, uint32_t subtask);

void weft_sim_backpressure_inc(weft_sim_instance *self);
void weft_sim_backpressure_dec(weft_sim_instance *self);
uint32_t weft_sim_context_get(weft_sim_instance *self, uint32_t slot);
void weft_sim_context_set(weft_sim_instance *self, uint32_t slot, uint32_t value);
uint32_t weft_sim_thread_yield(weft_sim_instance *self);
void weft_sim_task_cancel(weft_sim_instance *self);
// `func` is that of the export, from the component's table; `args` the flat result.
void weft_sim_task_return(weft_sim_instance *self, const weft_sim_func *func, const weft_sim_core *args);

// `type` is the stream or future type itself. new: the readable end in the low half, the writable one in the
// high.
uint64_t weft_sim_stream_new(weft_sim_instance *self, const weft_sim_type *type);
uint32_t weft_sim_stream_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end, void *items,
                              uint32_t count, bool async);
uint32_t weft_sim_stream_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                               const void *items, uint32_t count, bool async);
uint32_t weft_sim_stream_cancel_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                     bool async);
uint32_t weft_sim_stream_cancel_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                      bool async);
void weft_sim_stream_drop_readable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end);
void weft_sim_stream_drop_writable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end);

uint64_t weft_sim_future_new(weft_sim_instance *self, const weft_sim_type *type);
uint32_t weft_sim_future_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end, void *item,
                              bool async);
uint32_t weft_sim_future_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                               const void *item, bool async);
uint32_t weft_sim_future_cancel_read(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                     bool async);
uint32_t weft_sim_future_cancel_write(weft_sim_instance *self, const weft_sim_type *type, uint32_t end,
                                      bool async);
void weft_sim_future_drop_readable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end);
void weft_sim_future_drop_writable(weft_sim_instance *self, const weft_sim_type *type, uint32_t end);

uint32_t weft_sim_error_context_new(weft_sim_instance *self, const char *text, uint32_t length);
void weft_sim_error_context_debug_message(weft_sim_instance *self, uint32_t handle,
                                          void *message); // {pointer, length}
void weft_sim_error_context_drop(weft_sim_instance *self, uint32_t handle);

uint32_t weft_sim_resource_new(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t rep);
uint32_t weft_sim_resource_rep(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t handle);
void weft_sim_resource_drop(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t handle);

// Calls an import: `func` from the component's table, `args` the flat arguments (with the pointer to the result
// last, where the signature has one). The answer is the core result; zero if there is none.
weft_sim_core weft_sim_import_call(weft_sim_instance *self, const weft_sim_func *func,
                                   const weft_sim_core *args);

#ifdef __cplusplus
}
#endif

#endif
