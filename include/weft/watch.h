// Watching a component: figures of what runs, and a watchdog for what does not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that calls none of these pays nothing for them. In one that does, each step is counted, and each
// wait takes the general way, so that all of them can be found.
#ifndef WEFT_WATCH_H
#define WEFT_WATCH_H

#include "scope.h"
#include "time.h"

#ifdef __cplusplus
extern "C" {
#endif

// Figures of this component, as they are now or since it was instantiated.
typedef struct weft_stats {
    uint32_t tasks;        // whose root has begun, and not ended
    uint32_t coroutines;   // that have begun, and not ended; roots are among them
    uint32_t operations;   // in flight
    size_t bytes;          // that the runtime has from weft_alloc; an export's first task takes none
    uint64_t turns;        // entries of the host into this component
    uint64_t steps;        // of coroutines, from one wait to the next
    uint64_t longest_step; // ns; 0 without weft_watch_steps
} weft_stats;

// Walks over the operations in flight, and copies the rest.
weft_stats weft_stats_now(void);

// From here on each step is timed, by two looks at `clock`, and weft_stats_now tells the longest. One of
// `limit` ns or more is reported through weft_report, with the lines where it began and ended; with limit 0,
// none is. With clock NULL, steps are timed no more.
void weft_watch_steps(weft_clock *clock, uint64_t limit);

// A watchdog. Zero-initialised is valid; all fields are private.
typedef struct weft_watchdog {
    weft_coro co;
    weft_child child;
    weft_clock *clock;
    weft_timer timer;
    uint64_t quiet, steps;
    bool barked;
} weft_watchdog;

// Spawns the watchdog into `scope`. When no step but its own was run for `quiet` ns, it reports so, and then
// all who wait, by weft_dump. It reports again only after something has moved. It looks once in that time, so
// it may take twice as long to tell. It runs until it is cancelled: let the scope be one that is closed, not
// joined. `it` is the scope's until then.
void weft_watchdog_start(weft_coro *co, weft_scope *scope, weft_watchdog *it, weft_clock *clock,
                         uint64_t quiet);

#ifdef __cplusplus
}
#endif

#endif
