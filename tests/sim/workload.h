// What a workload is: a component that acts at random, scripts that play its world at random, and a model of
// what must come of it. All of it is decided by one seed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "weft_sim.h"

typedef struct workload {
    const char *name;
    weft_sim_script script; // resets the model, and plays
    void (*check)(void);    // of the model, when all has ended
} workload;

// How often each event met each state: see observe.c.
enum { PAIRS_MAX = 256 };
typedef struct pair_name {
    const char *event, *state, *reason; // reason: why it cannot be, NULL if it must
} pair_name;

// What a sweep does to a run, at one of its allocations or host calls, counted from 1; 0: none.
typedef struct fault {
    uint64_t fail_at;                 // the allocation that fails
    bool for_good;                    // and all after it, until the liveness phase
    uint64_t cancel_at;               // the host call in which all calls of exports are cancelled
    uint64_t allocations, host_calls; // so far
} fault;

// What the driver finds in workloads.so.
typedef struct workloads {
    weft_sim_component (*component)(void);
    const workload *list;
    uint32_t count;
    uint32_t small_count; // behind those, cases that are small enough to run under each schedule there is
    void (*begin)(weft_sim *sim, weft_sim_instance *guest, uint64_t seed);
    uint32_t (*live_bytes)(void);
    fault *fault; // reset by begin
    uint64_t *pairs;
    uint32_t pair_count;
    pair_name (*pair)(uint32_t at);
    // Called with the message of a failure; does not return.
    void (**failed)(const char *message);
} workloads;

// Of the run: for both sides of a workload.
typedef struct run_state {
    weft_sim *sim;
    weft_sim_instance *guest;
    bool calm;         // the liveness phase: nothing is made difficult any more, all must end
    bool memory_lasts; // no allocation fails
} run_state;
extern run_state run;

// Recorded choices: 0 to count - 1; true in `weight` of a thousand, and never in the liveness phase.
uint32_t pick(uint32_t count);
bool maybe(uint32_t weight);
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define EXPECT(condition, ...) ((condition) ? (void)0 : fail(__VA_ARGS__))

// For scripts: lets others run, for a while; ends the phase of faults after a while; calls an export, cancels
// it perhaps, and says how it ended; the number of memory that an export without any returns.
void linger(void);
void calm_down(weft_sim *sim, void *data);
weft_sim_call_state call_and_wait(const char *name, const weft_sim_value *args, uint32_t *result);
#define NO_MEMORY UINT32_MAX
// Of the first parameter of an export.
const weft_sim_type *param_type(const char *export);
// A script for each call of an import: `body` gets the call, which may have started already.
void answer_by_script(const char *import, weft_sim_script body);
// The peer of most workloads, whose import add returns the sum: in its time, and unless it obeys a cancel.
void add(weft_sim *sim, void *call);
// True if a cancel came before the call has started, and it is obeyed.
bool never_starts(weft_sim_call *call);
// The end that a call of an import passes; NULL if the call obeyed a cancel instead.
weft_sim_end *take_end(weft_sim_call *call);
// A copy that is waited for, or cancelled; its status.
uint32_t copy_items(weft_sim_end *end, void *items, uint32_t count);

// What the export tick does beside turning the clock: wakes who waits in the workloads cancels, locks,
// channels, sleepers, shared, small, selects, together.
void set_stage(void);
void open_gate(void);
void close_channels(void);
void wake_dozers(uint32_t which); // 2: those of the first event, 3: of the second; else all
void close_shared(void);
void open_inner_gate(void);
void wake_small(void);
void turn_selects(uint32_t by);
void turn_together(void);

// Count what must be given back: strings, and the like.
extern int32_t owed;

extern const workload call_workload, read_workloads[4], write_workloads[4], future_workloads[4], scope_workload,
    cancel_workload, lock_workload, channel_workload, echo_workloads[2], crowd_workload, doze_workload,
    share_workload, flow_workloads[3], local_workload, foreign_workload, block_workload, busy_workload,
    promise_workload, select_workload, together_workload, fiber_workload;
enum { SMALL = 8 };
extern const workload small_workloads[SMALL];

#endif
