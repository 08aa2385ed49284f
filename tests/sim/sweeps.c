// The fault sweeps: for N = 1, 2, ..., until a run has no Nth any more, under each of some seeds, a workload
// runs with
//   allocations  its Nth allocation failing; and again, with all that follow failing, too
//   calls        the Nth thing that is the host's to choose in a host call, or its peers' to do, chosen
//   otherwise,
//                in each way that there is: it blocks though it could go on, copies less, is late, starts
//                later, a peer drops its end, answers, lingers
//   cancels      all calls of its exports cancelled in its Nth host call
// and ends clean, as its model says.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// A seed with more host calls than these, such as one that yields for long, has every so many of them tried:
// all would take the square of the time.
enum { MOST_RUNS = 1000 };

// Of a choice with many possibilities, those at both ends.
enum { WAYS = 6 };

static const char *const choice_names[] = {"order",        "event",         "blocks",      "late",   "start",
                                           "partial copy", "unasked event", "slow cancel", "memory", "peer"};
enum { CHOICE_KINDS = sizeof choice_names / sizeof choice_names[0] };

// Over all processes.
typedef struct {
    uint64_t runs, most, faults, of_kind[CHOICE_KINDS];
} tally;
static tally *total;

static void count_run(uint64_t n)
{
    total->runs++;
    total->most = n > total->most ? n : total->most;
    hangs_after(200); // of processor time, in the next
}

// All that a host may do is asked of the schedule.
static weft_sim_options options_for(uint64_t seed)
{
    weft_sim_options options = options_of(seed);
    options.block = options.late = options.hold = options.partial = options.unasked = options.slow_cancel =
        WEFT_SIM_CHOICE;
    options.no_memory = 0;
    return options;
}

static void run_with(uint32_t at, uint64_t seed, fault fault)
{
    weft_sim_options options = options_for(seed);
    schedule_from(seed, 0);
    self->fault = fault;
    run_once(at, seed, &options);
}

static void sweep_allocations(uint32_t at, uint64_t seed)
{
    for (int for_good = 0; for_good < 2; for_good++)
        for (uint64_t n = 1;; n++) {
            run_with(at, seed, (fault){.fail_at = n, .for_good = for_good});
            count_run(n);
            if (self->fault.allocations < n)
                break;
            total->faults++;
        }
}

static void sweep_cancels(uint32_t at, uint64_t seed)
{
    for (uint64_t n = 1;; n += 1 + self->fault.host_calls / MOST_RUNS) {
        run_with(at, seed, (fault){.cancel_at = n});
        count_run(n);
        if (self->fault.host_calls < n)
            break;
        total->faults++;
    }
}

// What is not the Nth stays as it was, as far as it is possible then.
static void sweep_calls(uint32_t at, uint64_t seed)
{
    weft_sim_options options = options_for(seed);
    run_with(at, seed, (fault){0});
    uint32_t count = self->schedule.choice_count;
    weft_sim_choice *plain = malloc((count + 1) * sizeof *plain);
    memcpy(plain, self->taken, count * sizeof *plain);
    for (uint32_t n = 0; n < count; n += 1 + count / MOST_RUNS)
        for (uint32_t other = 0; other < plain[n].count; other++) {
            if (other == plain[n].taken || (other >= WAYS / 2 && other + WAYS / 2 < plain[n].count))
                continue;
            schedule_from(seed, count);
            memcpy(self->taken, plain, count * sizeof *plain);
            self->taken[n].taken = other;
            self->fault = (fault){0};
            run_once(at, seed, &options);
            count_run(n + 1);
            total->faults++;
            total->of_kind[plain[n].kind]++;
        }
    free(plain);
}

int sweep(const char *kind, int64_t only, uint64_t first, uint64_t seeds)
{
    static const struct {
        const char *name;
        void (*run)(uint32_t at, uint64_t seed);
    } kinds[] = {{"allocations", sweep_allocations}, {"calls", sweep_calls}, {"cancels", sweep_cancels}};
    void (*run)(uint32_t at, uint64_t seed) = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!strcmp(kinds[i].name, kind))
            run = kinds[i].run;
    if (!run) {
        fprintf(stderr, "weft-seeds: sweeps are allocations, calls, cancels: %s\n", kind);
        return 2;
    }
    total = shared(sizeof *total);
    self = shared(sizeof *self);
    for (uint32_t at = 0; at < all->count; at++) {
        if (only >= 0 && only != at)
            continue;
        for (uint64_t seed = first; seed < first + seeds; seed++) {
            fflush(stdout);
            pid_t child = fork();
            if (!child) {
                hangs_after(200);
                run(at, seed);
                exit(0); // LeakSanitizer has its say here
            }
            int status = 0;
            waitpid(child, &status, 0);
            if (status) {
                printf(
                    "weft-seeds: sweep of %s: failed at the one after %llu; again:\n  --sweep %s --workload %s "
                    "--first %llu --seeds 1\n",
                    kind, (unsigned long long)total->faults, kind, all->list[at].name,
                    (unsigned long long)seed);
                return 1;
            }
        }
    }
    printf("weft-seeds: sweep of %s: %llu faults in %llu runs, the last of a run at its %lluth; all clean\n",
           kind, (unsigned long long)total->faults, (unsigned long long)total->runs,
           (unsigned long long)total->most);
    for (int i = 0; i < CHOICE_KINDS; i++)
        if (total->of_kind[i])
            printf("  %-14s %llu\n", choice_names[i], (unsigned long long)total->of_kind[i]);
    return 0;
}
