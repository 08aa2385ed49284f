// What the targets of seeded workloads share: how an input becomes a run of a workload, and what they see of
// the component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef FUZZ_H
#define FUZZ_H

#include "found.h"
#include "workload.h"

// ---- input.c ----

// An input: which workload, what the host may do, and then a byte for each choice, to be taken modulo its
// possibilities. After the last byte, the first possibility is taken.
typedef struct fuzz_input {
    uint32_t workload;
    bool without_blocking; // weft_cancel_without_blocking()
    weft_sim_options options;
    weft_sim_schedule schedule;
} fuzz_input;

// False if it is too short, or too long. To be freed with weft_sim_schedule_free(&input->schedule).
bool fuzz_decode(const uint8_t *data, size_t size, fuzz_input *input);

// ---- inside.c: what is known of the component, from inside of it ----

typedef enum fuzz_event {
    FUZZ_IGNORED,       // of nothing: must change nothing
    FUZZ_CANCEL,        // CANCEL that nobody asked for
    FUZZ_LIE,           // of an operation in flight, which is not over
    FUZZ_UNKNOWN_EVENT, // a code that no host has, or of another kind than the operation: the rule bad_event
    FUZZ_NO_TASK,       // a callback when the context slot holds no task: the rule lost_task
} fuzz_event;

typedef struct fuzzed {
    workloads *all;
    const weft_sim_component *component; // its callbacks look at nothing
    // Gets each line that Weft shows.
    void (*report)(const char *text, size_t length);
    // Of the current task: what this event would be to it; a waitable that it may know, out of `choice`.
    fuzz_event (*kind_of)(uint32_t event, uint32_t waitable);
    uint32_t (*waitable)(uint32_t choice);
    uint32_t (*set)(void);   // 0: none yet
    void (*lose_task)(void); // clears its context slot
    // The name of the rule whose message this line is; NULL if it is none.
    const char *(*rule_of)(const char *text, size_t length);
    // Told of all memory that the component takes and gives back, if not NULL.
    void (*allocated)(const void *memory);
    void (*freed)(const void *memory);
    char *counters, *counters_end; // libFuzzer's, in the component's data
} fuzzed;

extern fuzzed weft_fuzzed;

// ---- reset.c ----

// Keeps what the component's variables hold now, when it has no memory yet; and goes back to that.
void fuzz_keep(void);
void fuzz_reset(void);

#endif
