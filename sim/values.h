// Values on their way between two components, or between a component and the host: lifting, lowering, and what
// a type looks like in memory and as core values. Spec: CanonicalABI.md, "Loading" to "Lifting and Lowering
// Values".
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_VALUES_H
#define WEFT_SIM_VALUES_H

#include "stub.h"

#ifdef __cplusplus
extern "C" {
#endif

// A lifted value. Which member counts is told by its type.
typedef struct weft_sim_value weft_sim_value;
struct weft_sim_value {
    __extension__ union {
        // bool, integers (sign-extended to 64 bits), char, enum: the case, flags: up to 32 of them
        uint64_t number;
        float f32;
        double f64;
        void *handle; // own, borrow, stream, future, error-context: what weft_sim__lift_handle() gave
        struct {
            uint32_t which;          // variant; option: 0 none, 1 some; result: 0 ok, 1 error
            weft_sim_value *payload; // NULL for none
        };
        struct {
            uint32_t count;        // string: bytes; list, record, tuple: items
            weft_sim_value *items; // list, record, tuple
            void *bytes; // string: UTF-8; a list whose element is plain: the items as they lie in memory
        };
    };
};

uint32_t weft_sim_size(const weft_sim_type *type);      // 0 for NULL
uint32_t weft_sim_alignment(const weft_sim_type *type); // 1 for NULL
// Numbers, and records of them: lifted and lowered by a memcpy.
bool weft_sim_is_plain(const weft_sim_type *type);
bool weft_sim_same_type(weft_sim_instance *a, const weft_sim_type *of_a, weft_sim_instance *b,
                        const weft_sim_type *of_b);

// The bytes of the UTF-8 sequence at `text`, and its character; 0 if there is none in `left` bytes. `code` may
// be NULL.
uint32_t weft_sim_decode(const char *text, uint32_t left, uint32_t *code);
bool weft_sim_is_utf8(const char *text, size_t length);
// The number that the text is: digits, and no other character. False if it is none, or too large.
bool weft_sim_number(const char *text, uint64_t *number);

// Values that a test makes, of memory that weft_sim_value_free() takes back: a text, a text or list<u8>, and
// items, zero at first, of a list that is not plain, a record or a tuple.
weft_sim_value weft_sim_text_value(weft_sim_instance *instance, const char *text);
weft_sim_value weft_sim_bytes_value(weft_sim_instance *instance, const void *bytes, uint32_t count);
weft_sim_value weft_sim_items_value(weft_sim_instance *instance, uint32_t count);

// Where a value is lifted from or lowered into. `scope` is the task or call that borrowed handles belong to.
typedef struct weft_sim_context {
    weft_sim_instance *instance;
    void *scope;
} weft_sim_context;

// Memory. Both trap on what the spec traps on. Store and lower take the handles out of the value.
void weft_sim_load(const weft_sim_context *context, const weft_sim_type *type, const void *from,
                   weft_sim_value *value);
void weft_sim_store(const weft_sim_context *context, const weft_sim_type *type, weft_sim_value *value,
                    void *to);

// `count` items of a stream or future, from the writer's buffer to the reader's; either has its own description
// of their type, NULL for none.
void weft_sim_copy(const weft_sim_context *writer, const weft_sim_type *written, const void *from,
                   const weft_sim_context *reader, const weft_sim_type *read, void *to, uint32_t count);

// Core values. A list of parameters is `count` parts; a result one part, or none. More than `max_flat` core
// values travel in memory: lift reads a pointer to it; lower allocates it, or takes `*out` if that is not NULL
// (the caller's pointer). Lower returns how many core values it made.
uint32_t weft_sim_flat_count(const weft_sim_part *parts, uint32_t count);
void weft_sim_lift(const weft_sim_context *context, const weft_sim_part *parts, uint32_t count,
                   uint32_t max_flat, const weft_sim_core *core, weft_sim_value *values);
uint32_t weft_sim_lower(const weft_sim_context *context, const weft_sim_part *parts, uint32_t count,
                        uint32_t max_flat, weft_sim_value *values, weft_sim_core *core, void *out);

// Frees what a value holds; of handles that were not lowered, drops them. Then it is zero; a zero one holds
// nothing.
void weft_sim_value_free(const weft_sim_type *type, weft_sim_value *value);

#ifdef __cplusplus
}
#endif

#endif
