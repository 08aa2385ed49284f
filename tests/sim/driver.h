// What seeds.c and sweeps.c share: a run of a workload, in a worker process.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef DRIVER_H
#define DRIVER_H

#include "workload.h"

enum { CHOICES = 1 << 18 };

// What a worker has done and is at, in memory that outlives it.
typedef struct {
    uint64_t seed, runs, enumerated, events[7], steps, choices, pairs[PAIRS_MAX], small[SMALL];
    uint32_t workload;
    bool enumerating;
    fault fault; // of a sweep
    weft_sim_schedule schedule;
    weft_sim_choice taken[CHOICES];
} worker;

extern const workloads *all;
extern worker *self; // of this process
extern bool pending; // nothing is done at once that may wait

// From here on, so many seconds of processor time are a hang, which ends the process by SIGPROF.
void hangs_after(int seconds);
// Memory that child processes share.
void *shared(size_t size);
// The worker's schedule: `given` choices are in it.
void schedule_from(uint64_t seed, uint32_t given);
weft_sim_options options_of(uint64_t seed);
// One run, with the worker's fault: does not come back if it fails.
void run_once(uint32_t at, uint64_t seed, const weft_sim_options *options);

// Runs the sweep of that name over each workload, or one, under `seeds` seeds; the exit code.
int sweep(const char *kind, int64_t only, uint64_t first, uint64_t seeds);

#endif
