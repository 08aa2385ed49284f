// weft-seeds: runs small cases under all schedules that there are, and workloads under the first ones and under
// seeds, on all cores; replays and shrinks a failure.
// Usage: weft-seeds [--workload <name>] [--seed <n> | --seeds <n>] [--first <n>] [--jobs <n>] [--enumerate <n>]
//                   [--sweep allocations|calls|cancels] [--choices <n,n,...>] [--shrink] [--coverage]
//                   [--pending] [--workloads <path>]
// --pending: nothing is done at once that the host may let wait.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _DEFAULT_SOURCE // MAP_ANONYMOUS, setitimer
#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 200000, JOBS = 64, SMALL_MOST = 1000000 };

const workloads *all;
worker *self;
bool pending;
static weft_sim *current;
static bool loud; // tells the transcript

void hangs_after(int seconds)
{
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = seconds}, NULL);
}

void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        fputs("weft-seeds: no memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void failed(const char *message)
{
    fflush(stdout);
    if (loud)
        fputs(weft_sim_transcript(current), stderr);
    fprintf(stderr, "%s: %s\n", all->list[self->workload].name, message);
    _exit(1);
}

static void trim(weft_sim *sim, void *guest)
{
    weft_sim_call *call = weft_sim_call_export(guest, NULL, "trim", NULL);
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
    (void)sim;
}

// Bits that have nothing to do with the workload, which is told by the remainder.
static uint64_t mix(uint64_t seed)
{
    return (seed + 1) * 0x9e3779b97f4a7c15u >> 40;
}

void run_once(uint32_t at, uint64_t seed, const weft_sim_options *options)
{
    static weft_sim_component component;
    const workload *it = &all->list[at];
    self->workload = at;
    self->seed = seed;
    component = all->component();
    weft_sim *sim = current = weft_sim_new(options, &self->schedule);
    weft_sim_step_limit(sim, STEPS);
    weft_sim_instance *guest = weft_sim_instantiate(sim, &component);
    all->begin(sim, guest, mix(seed) / 8);
    all->fault->fail_at = self->fault.fail_at;
    all->fault->for_good = self->fault.for_good;
    all->fault->cancel_at = self->fault.cancel_at;
    if (weft_sim_run(sim, it->script, NULL) != WEFT_SIM_DONE)
        failed(weft_sim_report(sim));
    it->check();
    weft_sim_end_faults(sim);
    if (weft_sim_run(sim, trim, guest) != WEFT_SIM_DONE)
        failed(weft_sim_report(sim));
    if (*weft_sim_leftovers(sim))
        failed(weft_sim_leftovers(sim));
    if (all->live_bytes())
        failed("memory is left");
    weft_sim_counts counts = weft_sim_counted(sim);
    for (int i = 0; i < 7; i++)
        self->events[i] += counts.events[i];
    self->steps += counts.steps;
    self->choices += counts.choices;
    self->fault = *all->fault;
    self->runs++;
    weft_sim_free(sim);
}

// Its memory is the worker's, so that it can be read when that has died.
void schedule_from(uint64_t seed, uint32_t given)
{
    self->schedule =
        (weft_sim_schedule){.seed = seed, .choices = self->taken, .capacity = CHOICES, .given = given};
}

// A host that may do everything, and asks each time.
static const weft_sim_options enumerated = {.block = WEFT_SIM_CHOICE,
                                            .late = WEFT_SIM_CHOICE,
                                            .hold = WEFT_SIM_CHOICE,
                                            .partial = WEFT_SIM_CHOICE,
                                            .unasked = WEFT_SIM_CHOICE,
                                            .slow_cancel = WEFT_SIM_CHOICE};

weft_sim_options options_of(uint64_t seed)
{
    if (!seed)
        return enumerated;
    weft_sim_options options = weft_sim_options_swarm(seed);
    options.cancel_in_set = mix(seed) & 1;
    options.cancel_counts = mix(seed) & 2;
    options.cancel_again = mix(seed) & 4;
    options.cancel_yields = options.holder_goes_on = mix(seed) & 8;
    options.drops_twice = mix(seed) & 16;
    if (pending)
        options.block = options.late = options.hold = options.slow_cancel = 1000;
    return options;
}

static void run_seed(int64_t only, uint64_t seed)
{
    schedule_from(seed, 0);
    weft_sim_options options = options_of(seed);
    run_once(only >= 0 ? (uint32_t)only : (uint32_t)(seed % all->count), seed, &options);
}

// The first schedules there are, at most so many; true if that was all of them.
static bool enumerate(uint32_t at, uint64_t most)
{
    schedule_from(0, 0);
    self->enumerating = true;
    bool all_of_them = false;
    for (uint64_t left = most; left && !all_of_them; left--) {
        if (left == most || left % 1024 == 0)
            hangs_after(20);
        run_once(at, 0, &enumerated);
        self->enumerated++;
        all_of_them = !weft_sim_schedule_next(&self->schedule);
    }
    self->enumerating = false;
    return all_of_them;
}

// Runs `taken` in a child; true if it fails.
static bool fails(uint32_t at, uint64_t seed, const uint32_t *taken, uint32_t count, bool quiet)
{
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        if (quiet && (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)))
            _exit(1);
        hangs_after(20);
        loud = !quiet;
        weft_sim_options options = options_of(seed);
        schedule_from(0, count);
        for (uint32_t i = 0; i < count; i++)
            self->taken[i] = (weft_sim_choice){.taken = taken[i]};
        run_once(at, seed, &options);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

// Fewer choices, and more of them 0, as long as it fails: chunks are taken out, then set to 0, from large to
// small.
static void shrink(uint32_t at, uint64_t seed, const weft_sim_choice *from, uint32_t count)
{
    uint32_t *taken = calloc(2 * count + 1, sizeof *taken), *tried = taken + count, tries = 0;
    for (uint32_t i = 0; i < count; i++)
        taken[i] = from[i].taken;
    if (!fails(at, seed, taken, count, true)) {
        puts("shrink: the choices alone do not fail");
        free(taken);
        return;
    }
    uint32_t first_count = count;
    for (bool smaller = true; smaller && tries < 20000;) {
        smaller = false;
        for (uint32_t chunk = count ? count : 1; chunk; chunk /= 2) {
            for (uint32_t i = 0; i + chunk <= count;) {
                memcpy(tried, taken, i * sizeof *tried);
                memcpy(tried + i, taken + i + chunk, (count - i - chunk) * sizeof *tried);
                tries++;
                if (fails(at, seed, tried, count - chunk, true)) {
                    count -= chunk;
                    memcpy(taken, tried, count * sizeof *taken);
                    smaller = true;
                } else {
                    i += chunk;
                }
            }
            for (uint32_t i = 0; i + chunk <= count; i += chunk) {
                memcpy(tried, taken, count * sizeof *tried);
                memset(tried + i, 0, chunk * sizeof *tried);
                if (!memcmp(tried, taken, count * sizeof *tried))
                    continue;
                tries++;
                if (fails(at, seed, tried, count, true)) {
                    memcpy(taken, tried, count * sizeof *taken);
                    smaller = true;
                }
            }
        }
    }
    printf("shrunk from %u choices to %u, in %u runs: --workload %s --seed %llu%s --choices ", first_count,
           count, tries, all->list[at].name, (unsigned long long)seed, pending ? " --pending" : "");
    for (uint32_t i = 0; i < count; i++)
        printf("%s%u", i ? "," : "", taken[i]);
    printf("%s\n", count ? "" : "-");
    fflush(stdout);
    fails(at, seed, taken, count, false);
    free(taken);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int show_coverage(const uint64_t *seen)
{
    int missing = 0;
    puts("event x state, visits:");
    for (uint32_t at = 0; at < all->pair_count; at++) {
        pair_name name = all->pair(at);
        if (seen[at] || !name.reason)
            printf("  %-17s x %-28s %llu%s\n", name.event, name.state, (unsigned long long)seen[at],
                   !seen[at]     ? "  UNVISITED, without a reason"
                   : name.reason ? "  VISITED, and a reason says that it cannot be"
                                 : "");
        missing += !seen[at] == !name.reason;
    }
    return missing;
}

typedef struct {
    int64_t only, seed;
    uint64_t seeds, first, enumerate;
    uint32_t jobs;
    bool shrink, coverage;
    const char *program, *path, *choices, *sweep;
} command;

static int run_many(const command *it)
{
    worker *workers[JOBS];
    pid_t pids[JOBS];
    double start = now();
    for (uint32_t job = 0; job < it->jobs; job++) {
        self = workers[job] = shared(sizeof *self);
        fflush(stdout);
        pids[job] = fork();
        if (pids[job])
            continue;
        for (uint32_t at = job; it->enumerate && at < all->small_count; at += it->jobs)
            if (it->only < 0 || it->only == all->count + at) {
                uint64_t before = self->enumerated;
                if (enumerate(all->count + at, SMALL_MOST))
                    self->small[at] = self->enumerated - before;
            }
        for (uint32_t at = job; it->enumerate && at < all->count; at += it->jobs)
            if (it->only < 0 || it->only == at)
                (void)enumerate(at, it->enumerate);
        for (uint64_t i = job; i < it->seeds; i += it->jobs) {
            if (i / it->jobs % 256 == 0)
                hangs_after(20);
            run_seed(it->only, it->first + i);
        }
        memcpy(self->pairs, all->pairs, sizeof self->pairs);
        exit(0); // LeakSanitizer has its say here
    }
    bool ok = true;
    static worker total; // of some MB
    for (uint32_t left = it->jobs; left; left--) {
        int status;
        pid_t pid = wait(&status);
        for (uint32_t job = 0; job < it->jobs; job++) {
            worker *one = workers[job];
            if (pids[job] != pid)
                continue;
            pids[job] = 0;
            if (status && ok) {
                ok = false;
                printf("weft-seeds: a run failed (%s %d) after %llu runs of this worker; replay:\n",
                       WIFSIGNALED(status) ? "signal" : "exit code",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                       (unsigned long long)one->runs);
                if (one->enumerating) {
                    printf("  %s --workload %s --seed 0%s --choices ", it->program,
                           all->list[one->workload].name, pending ? " --pending" : "");
                    uint32_t count = one->schedule.choice_count;
                    while (count && !one->taken[count - 1].taken)
                        count--; // what is not given is 0
                    for (uint32_t i = 0; i < count; i++)
                        printf("%s%u", i ? "," : "", (unsigned)one->taken[i].taken);
                    puts("");
                } else {
                    printf("  %s --workload %s --seed %llu%s\n", it->program, all->list[one->workload].name,
                           (unsigned long long)one->seed, pending ? " --pending" : "");
                }
                for (uint32_t other = 0; other < it->jobs; other++)
                    if (pids[other])
                        kill(pids[other], SIGKILL);
            }
        }
    }
    for (uint32_t job = 0; job < it->jobs; job++) {
        worker *one = workers[job];
        total.runs += one->runs;
        total.enumerated += one->enumerated;
        total.steps += one->steps;
        total.choices += one->choices;
        for (int i = 0; i < 7; i++)
            total.events[i] += one->events[i];
        for (uint32_t i = 0; i < all->pair_count; i++)
            total.pairs[i] += one->pairs[i];
        for (uint32_t i = 0; i < all->small_count; i++)
            total.small[i] += one->small[i];
    }
    for (uint32_t i = 0; ok && it->enumerate && i < all->small_count; i++)
        if (it->only < 0 || it->only == all->count + i) {
            printf("small case: %-17s %7llu schedules, %s\n", all->list[all->count + i].name,
                   (unsigned long long)total.small[i], total.small[i] ? "complete" : "and more: NOT COMPLETE");
            ok = total.small[i];
        }
    uint64_t events = 0;
    for (int i = 0; i < 7; i++)
        events += total.events[i];
    double seconds = now() - start;
    printf("weft-seeds: %llu runs (%llu of them enumerated) of %u workloads: %llu events, %llu steps, %llu "
           "choices; "
           "%.1f s, %.0f runs/s with %u processes\n",
           (unsigned long long)total.runs, (unsigned long long)total.enumerated, all->count,
           (unsigned long long)events, (unsigned long long)total.steps, (unsigned long long)total.choices,
           seconds, (double)total.runs / seconds, it->jobs);
    if (ok && it->coverage) {
        int missing = show_coverage(total.pairs);
        if (missing)
            printf("weft-seeds: %d pairs of event and state are not as the table says\n", missing);
        ok = !missing;
    }
    return ok ? 0 : 1;
}

static int replay(const command *it)
{
    self = shared(sizeof *self);
    uint32_t at = it->only >= 0 ? (uint32_t)it->only : (uint32_t)((uint64_t)it->seed % all->count);
    if (it->choices) {
        static uint32_t taken[CHOICES];
        uint32_t count = 0;
        for (const char *text = it->choices; *text >= '0' && *text <= '9' && count < CHOICES;) {
            char *end;
            taken[count++] = (uint32_t)strtoul(text, &end, 10);
            text = *end == ',' ? end + 1 : end;
        }
        return fails(at, (uint64_t)it->seed, taken, count, false);
    }
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        hangs_after(20);
        loud = !it->shrink;
        run_seed(at, (uint64_t)it->seed);
        exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("weft-seeds: %s with seed %lld: %s, after %u choices\n", all->list[at].name, (long long)it->seed,
           status ? "fails" : "well", (unsigned)self->schedule.choice_count);
    if (!status || !it->shrink)
        return status ? 1 : 0;
    weft_sim_choice *choices = malloc((self->schedule.choice_count + 1) * sizeof *choices);
    uint32_t count = self->schedule.choice_count;
    memcpy(choices, self->taken, count * sizeof *choices);
    shrink(at, (uint64_t)it->seed, choices, count);
    free(choices);
    return 1;
}

int main(int count, char **arguments)
{
    command it = {.only = -1,
                  .seed = -1,
                  .seeds = 10000,
                  .first = 1,
                  .jobs = 2,
                  .program = arguments[0],
                  .path = WORKLOADS};
    const char *name = NULL;
    for (int at = 1; at < count; at++) {
        const char *option = arguments[at], *value = at + 1 < count ? arguments[at + 1] : "0";
        if (!strcmp(option, "--shrink")) {
            it.shrink = true;
            continue;
        }
        if (!strcmp(option, "--pending")) {
            pending = true;
            continue;
        }
        if (!strcmp(option, "--coverage")) {
            it.coverage = true;
            continue;
        }
        at++;
        if (!strcmp(option, "--workload")) {
            name = value;
        } else if (!strcmp(option, "--workloads")) {
            it.path = value;
        } else if (!strcmp(option, "--sweep")) {
            it.sweep = value;
        } else if (!strcmp(option, "--choices")) {
            it.choices = value;
        } else if (!strcmp(option, "--seed")) {
            it.seed = strtoll(value, NULL, 0);
        } else if (!strcmp(option, "--seeds")) {
            it.seeds = strtoull(value, NULL, 0);
        } else if (!strcmp(option, "--first")) {
            it.first = strtoull(value, NULL, 0);
        } else if (!strcmp(option, "--enumerate")) {
            it.enumerate = strtoull(value, NULL, 0);
        } else if (!strcmp(option, "--jobs")) {
            it.jobs = (uint32_t)strtoul(value, NULL, 0);
        } else {
            fprintf(stderr, "weft-seeds: no such option: %s\n", option);
            return 2;
        }
    }
    void *object = dlopen(it.path, RTLD_NOW);
    all = object ? dlsym(object, "weft_workloads") : NULL;
    if (!all || !it.jobs || it.jobs > JOBS) {
        fprintf(stderr, "weft-seeds: %s\n", object ? "jobs are 1 to 64" : dlerror());
        return 2;
    }
    *all->failed = failed;
    for (uint32_t at = 0; name && at < all->count + all->small_count; at++)
        if (!strcmp(all->list[at].name, name))
            it.only = at;
    if (name && it.only < 0) {
        fprintf(stderr, "weft-seeds: no such workload: %s\n", name);
        return 2;
    }
    if (it.sweep)
        return sweep(it.sweep, it.only, it.first, it.seeds);
    return it.seed >= 0 ? replay(&it) : run_many(&it);
}
