// A native host for components: the async half of the canonical ABI, in C. A component's own C and the output
// of wit-bindgen run in it unchanged, under a debugger and sanitizers, against other components and against
// peers that a test scripts.
//
// A host (weft_sim) has instances of components, and scripts: functions of the test that play the outside
// world. A script is written straight down: it calls exports, answers imports, reads and writes streams, and
// blocks meanwhile, for scripts and components run on fibers of one thread. weft_sim_run() runs until the given
// script has ended and nothing else can happen, or until a rule is broken (a trap), or nothing can go on (a
// deadlock).
//
// Nothing happens by itself. Whenever a host may choose (which of several things is next, how many items are
// copied, if a call returns at once), it asks its schedule, and the schedule is replayed from its seed or from
// the list of choices.
//
// Memory: what a host allocates for calls, ends and values goes with weft_sim_free() at the latest.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_H
#define WEFT_SIM_H

#include "stub.h"
#include "trap.h"
#include "values.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_sim weft_sim;

// ---- Choices ----

typedef enum weft_sim_choice_kind {
    WEFT_SIM_CHOOSE_NEXT,    // which of those that are ready goes on; first is who has waited longest
    WEFT_SIM_CHOOSE_EVENT,   // which event of a waitable set is delivered
    WEFT_SIM_CHOOSE_PASS,    // a wait that need not block: 0 goes on at once
    WEFT_SIM_CHOOSE_LATE,    // an operation that is done: 0 says so at once, 1 says BLOCKED, and an event comes
    WEFT_SIM_CHOOSE_START,   // a call to an async export: 1 keeps it STARTING for a while
    WEFT_SIM_CHOOSE_PARTIAL, // a copy: 0 takes all that it can, n takes n items
    WEFT_SIM_CHOOSE_UNASKED, // a peer drops its end: 1 sends an event that no operation asked for
    WEFT_SIM_CHOOSE_CANCEL,  // a cancel: 0 reaches the peer at once, 1 later
    WEFT_SIM_CHOOSE_MEMORY,  // an allocation: 1 fails
    WEFT_SIM_CHOOSE_SCRIPT   // for scripts
} weft_sim_choice_kind;

typedef struct weft_sim_choice {
    uint32_t kind;  // weft_sim_choice_kind
    uint32_t count; // of the possibilities
    uint32_t taken; // which one
} weft_sim_choice;

// What decides. Zero-initialised, it is the plain schedule: the first possibility always, which is first come
// first served, nothing late, nothing partial. Yours: seed, forgets, and choices with choice_count; the rest is
// the host's. Freed with weft_sim_schedule_free().
typedef struct weft_sim_schedule {
    uint64_t seed; // 0: no randomness
    bool forgets;  // no choice is recorded: for runs without an end
    // The choices so far, and how many of them are given: those are taken again, modulo what is possible. After
    // them the seed decides, or the first possibility is taken.
    weft_sim_choice *choices;
    uint32_t choice_count;
    uint32_t given;
    uint32_t capacity;
    uint64_t random[2];
} weft_sim_schedule;

// Replays the run that the schedule has recorded.
void weft_sim_schedule_replay(weft_sim_schedule *schedule);
// Takes these choices first.
void weft_sim_schedule_give(weft_sim_schedule *schedule, const uint32_t *taken, uint32_t count);
// Makes the recorded schedule the next of all schedules that there are, in order; false after the last. Start
// with a plain one, whose seed stays 0.
bool weft_sim_schedule_next(weft_sim_schedule *schedule);
void weft_sim_schedule_free(weft_sim_schedule *schedule);

// ---- The host ----

// What the host may do beyond the plain, each in thousandths of the occasions, 0 never, 1000 always; one that
// is between them is asked of the schedule (WEFT_SIM_CHOICE: always asked, to enumerate).
typedef struct weft_sim_options {
    uint16_t block;       // a wait that need not block does: others run first
    uint16_t eager_yield; // a yield lets nobody else run
    uint16_t late;        // what is done at once is told by an event
    uint16_t hold;        // a call to an async export, or to an import, stays STARTING at first
    uint16_t partial;     // a copy moves fewer items than it could
    uint16_t unasked;     // events that no operation asked for, when a peer drops its end
    uint16_t slow_cancel; // a cancel reaches its peer later: the async form says BLOCKED
    uint16_t no_memory;   // weft_sim_allocation_fails() says so

    // How hosts differ. All off is the spec, together with whatever stricter rule wasmtime has; docs/sim.md has
    // a table of both.
    bool cancel_in_set; // the async form of subtask.cancel is allowed in a set (the spec does, wasmtime does
                        // not)
    bool cancel_counts; // a stream's cancel that comes when a copy has moved items, but before its event, says
                        // CANCELLED with their count (wasmtime), instead of COMPLETED (spec)
    bool cancel_again;  // a second subtask.cancel of a component's call sends CANCEL again (wasmtime), instead
                        // of a trap (spec)
    bool cancel_yields; // a subtask.cancel that wakes its callee lets others run, too, before it answers; a
                        // callee that could go on anyhow, and the host, hear of it in their turn (wasmtime)
    bool drops_twice; // an operation tells DROPPED, and the event that nothing asked for still comes (wasmtime)
    bool holder_goes_on; // while a function that is not async waits, even the task that blocks its instance may
                         // go on (wasmtime)
    bool queue; // who has been ready for longest goes on, but who yields only when nobody else can (wasmtime)
    bool ordered_events;  // of a set's events, those of subtasks come first, and then the lowest handle
                          // (wasmtime, nearly: it has an order of its own objects)
    bool fresh_handles;   // no handle is used twice, so that a stale one is always found
    uint32_t max_handles; // of all instances, with one for each task; 0: 2^28 - 1
} weft_sim_options;

#define WEFT_SIM_CHOICE 500

// Options drawn from the schedule's seed: a part of the possibilities is off in each run, the rest has some
// weight.
weft_sim_options weft_sim_options_swarm(uint64_t seed);

// What wasmtime 49 does wherever it may choose, or differs.
weft_sim_options weft_sim_options_wasmtime(void);

// `schedule` is the caller's, and outlives the host.
weft_sim *weft_sim_new(const weft_sim_options *options, weft_sim_schedule *schedule);
// Makes a component live in this host: sets its stubs' instance. A component can be in one host at a time. Its
// own variables are not reset.
weft_sim_instance *weft_sim_instantiate(weft_sim *sim, const weft_sim_component *component);
// The imports, exports and resources of a component and of all its parts, from 0 on; NULL behind the last.
const weft_sim_func *weft_sim_import_at(const weft_sim_component *component, uint32_t i);
const weft_sim_export *weft_sim_export_at(const weft_sim_component *component, uint32_t i);
const weft_sim_resource *weft_sim_resource_at(const weft_sim_component *component, uint32_t i);
// Imports of `importer` that `exporter` exports are calls to it from now on. Other imports are scripts' to
// answer.
void weft_sim_link(weft_sim_instance *importer, weft_sim_instance *exporter);
// The instance's next events are of these waitables, in turn, each unless there is none of it: to follow what
// another host chose. The array outlives the run.
void weft_sim_event_order(weft_sim_instance *instance, const uint32_t *waitables, uint32_t count);
void weft_sim_free(weft_sim *sim);
// The phase of faults is over: from here on nothing of the first part of the options happens any more.
void weft_sim_end_faults(weft_sim *sim);

// A choice among `count`, at least 1, recorded in the schedule: for scripts, and what they stand for.
uint32_t weft_sim_choose(weft_sim *sim, weft_sim_choice_kind kind, uint32_t count);
// True in `weight` of a thousand.
bool weft_sim_chance(weft_sim *sim, weft_sim_choice_kind kind, uint32_t weight);
// For the allocator of a component: shall this allocation fail?
bool weft_sim_allocation_fails(weft_sim_instance *instance);

// ---- Runs ----

typedef void (*weft_sim_script)(weft_sim *sim, void *data);

typedef enum weft_sim_outcome {
    WEFT_SIM_DONE,     // the script has ended, and nothing is left to run
    WEFT_SIM_TRAPPED,  // a rule was broken: weft_sim_trapped()
    WEFT_SIM_DEADLOCK, // someone waits for what cannot come: weft_sim_report()
    WEFT_SIM_ENDLESS,  // more steps than weft_sim_step_limit() allows
    WEFT_SIM_STOPPED   // by weft_sim_stop()
} weft_sim_outcome;

// Runs the script, and all that follows. May be called again, unless it trapped, was endless or was stopped. A
// script that only waits for another call of an import (weft_sim_accept) does not keep a run from its end, and
// goes on in the next one.
weft_sim_outcome weft_sim_run(weft_sim *sim, weft_sim_script script, void *data);
// The number of steps after which a run is endless; the default is 10 million.
void weft_sim_step_limit(weft_sim *sim, uint64_t steps);

// Ends the run where it stands, from a script or from the handler of a call.
__attribute__((noreturn)) void weft_sim_stop(weft_sim *sim);
// What comes from outside: `idle` is asked when nobody can go on, and now and then, so that those who are
// always busy do not keep it out. It looks whether something is so that a script waits for
// (weft_sim_wait_until); with `may_block`, it waits for that, and false says that it will never be.
void weft_sim_on_idle(weft_sim *sim, bool (*idle)(weft_sim *sim, bool may_block, void *data), void *data);

weft_sim_trap weft_sim_trapped(const weft_sim *sim);
// The whole story of how a run ended, of a trap: which call, on what, which rule; of a deadlock: who waits for
// what. Valid until the next run or weft_sim_free(). Empty if all is well.
const char *weft_sim_report(weft_sim *sim);
// What was called and what came of it, a line each, since the host was made (the last 4096 of them).
const char *weft_sim_transcript(weft_sim *sim);
// Writes each line to `file`, too, as soon as it happens: all of them, also of a run that crashes. NULL: no
// more.
void weft_sim_transcript_to(weft_sim *sim, FILE *file);
// Adds a line. Both texts outlive the host.
void weft_sim_note(weft_sim *sim, const char *what, const char *text);
// A number that tells two transcripts apart, over all of the run.
uint64_t weft_sim_transcript_hash(const weft_sim *sim);
// What is left: handles of instances, tasks, calls and ends of scripts, a line each; "" if nothing is.
const char *weft_sim_leftovers(weft_sim *sim);
// The same without what a runtime keeps for its next task: waitable sets, and idle streams without payload of
// which an instance has both ends.
const char *weft_sim_leaks(weft_sim *sim);
// How much has happened.
typedef struct weft_sim_counts {
    uint64_t steps;     // of the scheduler
    uint64_t calls;     // of built-ins and imports
    uint64_t events[7]; // delivered, by weft_event_code
    uint64_t choices;
    uint64_t looks; // at who might go on
} weft_sim_counts;
weft_sim_counts weft_sim_counted(const weft_sim *sim);
// Has `seen` told of each call of a built-in or an import, before anything comes of it. It may cancel calls; it
// must not block.
void weft_sim_on_call(weft_sim *sim, void (*seen)(weft_sim *sim, void *data), void *data);

// ---- In scripts only. Those that block say so; a script may be in one of them at a time. ----

// Another script beside this one.
void weft_sim_spawn(weft_sim *sim, weft_sim_script script, void *data);
// The same with a stack of 64 KB, in place of 512: where there are many of them at a time.
void weft_sim_spawn_small(weft_sim *sim, weft_sim_script script, void *data);
// Blocks: lets others run, if they can.
void weft_sim_pause(weft_sim *sim);
// Blocks until nothing else can happen without this script. False if something can, but for long it was only
// tasks that yield: they may poll for what the script does. Of several scripts, the one that has waited longest
// goes on.
bool weft_sim_settle(weft_sim *sim);

// Blocks until `until(object)` is true, which others make so, or what weft_sim_on_idle() asks. `what` is said
// in reports. As one that waits in weft_sim_accept(), such a script does not keep a run from its end.
void weft_sim_wait_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object);

// A call between a component and the host, in either direction.
typedef struct weft_sim_call weft_sim_call;
// An end of a stream or future that the script holds.
typedef struct weft_sim_end weft_sim_end;

// As weft_sim_wait_until(), for scripts of which there are many, each of which waits for long: `until` is asked
// only when a bell rings. Whoever may change what it depends on rings it; so do the ends and calls that are
// told to. Zero-initialised is one at which nobody sleeps; it stays while somebody does.
typedef struct weft_sim_bell {
    struct weft_sim__script *asleep; // the host's
} weft_sim_bell;
void weft_sim_sleep_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                          weft_sim_bell *bell);
void weft_sim_ring(weft_sim_bell *bell); // not only scripts may call it
// Whatever is done with the other end, or ends a copy of this one, rings that bell, NULL for none any more.
// Returns the one that it rang before.
weft_sim_bell *weft_sim_end_rings(weft_sim_end *end, weft_sim_bell *bell);
// The same for that the caller asks to cancel.
weft_sim_bell *weft_sim_call_rings(weft_sim_call *call, weft_sim_bell *bell);

typedef enum weft_sim_call_state { // the states of a subtask
    WEFT_SIM_STARTING,
    WEFT_SIM_STARTED,
    WEFT_SIM_RETURNED,
    WEFT_SIM_STARTED_CANCELLED,
    WEFT_SIM_RETURNED_CANCELLED
} weft_sim_call_state;

// Calls the export `interface`#`name`, interface NULL for one of the world. The arguments move into the call;
// they are read when it starts. Does not block.
weft_sim_call *weft_sim_call_export(weft_sim_instance *instance, const char *interface, const char *name,
                                    const weft_sim_value *args);
weft_sim_call_state weft_sim_call_status(const weft_sim_call *call);
// Blocks until it has resolved.
weft_sim_call_state weft_sim_call_wait(weft_sim_call *call);
// Asks the callee to stop, once; each time, with the option cancel_again. Does not block.
void weft_sim_call_cancel(weft_sim_call *call);
// The result, once RETURNED, of a function that has one. It stays the call's: what moves out of it, such as an
// end, is to be set to zero there.
weft_sim_value *weft_sim_call_result(weft_sim_call *call);
// Forgets a call that has resolved.
void weft_sim_call_free(weft_sim_call *call);

// An import call that a component made and no instance exports. Blocks until there is one; interface and name
// NULL: any.
weft_sim_call *weft_sim_accept(weft_sim *sim, const char *interface, const char *name);
// Answers such a call by a function, at once, on the caller's stack, instead of by weft_sim_accept(). A call to
// a function that is not async can only be answered so; it must have returned when the handler does. The last
// one that is told for a function counts; NULL: it is left to weft_sim_accept() again.
typedef void (*weft_sim_handler)(weft_sim_call *call, void *data);
void weft_sim_answer(weft_sim *sim, const char *interface, const char *name, weft_sim_handler handler,
                     void *data);
const weft_sim_func *weft_sim_call_func(const weft_sim_call *call);
weft_sim_instance *weft_sim_call_caller(const weft_sim_call *call);
// Takes the arguments: STARTED. The values are the call's.
weft_sim_value *weft_sim_call_start(weft_sim_call *call);
// Returns, after start; the value moves into the caller. `result` NULL for none.
void weft_sim_call_return(weft_sim_call *call, weft_sim_value *result);
// True when the caller has asked to cancel. It is answered by weft_sim_call_return() or
// weft_sim_call_cancelled().
bool weft_sim_call_cancel_asked(const weft_sim_call *call);
// Blocks until then; false if the call has resolved before: it must not be touched any more, for it goes when
// its caller is done with it.
bool weft_sim_call_wait_cancel(weft_sim_call *call);
void weft_sim_call_cancelled(weft_sim_call *call);

// Makes both; the type is one that the instance describes. To give the readable end away, put it into a value's
// handle.
weft_sim_end *weft_sim_stream_make(weft_sim_instance *instance, const weft_sim_type *type,
                                   weft_sim_end **writer);
weft_sim_end *weft_sim_value_end(weft_sim_value *value); // takes a readable end out of a value
// Starts a copy of up to `count` items: plain ones as they lie in memory, others as weft_sim_value. Futures:
// count 1. Does not block; the memory stays in use until it is done.
void weft_sim_end_start(weft_sim_end *end, void *items, uint32_t count);
bool weft_sim_end_done(const weft_sim_end *end);
// Blocks until it is done; the status word is that of the built-ins.
uint32_t weft_sim_end_wait(weft_sim_end *end);
uint32_t weft_sim_end_copy(weft_sim_end *end, void *items, uint32_t count); // both: blocks
uint32_t weft_sim_end_cancel(weft_sim_end *end);
void weft_sim_end_drop(weft_sim_end *end);
// The other end is gone.
bool weft_sim_end_dropped(const weft_sim_end *end);
// Marks a stream or future, for who looks at either end later. `gone` is called when neither is there any more.
void weft_sim_end_mark(weft_sim_end *end, void *mark, void (*gone)(void *mark));
// Its mark; NULL if it has none with that `gone`.
void *weft_sim_end_marked(const weft_sim_end *end, void (*gone)(void *mark));
// The other end is a script's, too.
bool weft_sim_end_is_between_scripts(const weft_sim_end *end);
// True if a copy is in flight on the other end. Then a copy moves as many items as it has, or wants, at once.
bool weft_sim_end_met(const weft_sim_end *end);
// How many these are, or fewer, if the schedule makes the next copy partial: that copy moves all that is asked
// of it, up to this. `items`, unless it is NULL: where they lie. Of a copy of none, which this completes, and
// of none in flight: 0.
uint32_t weft_sim_end_offer(weft_sim_end *end, void **items);

// A resource of the host, as a value: the component imports `resource`. `rep` is what weft_sim_value_rep()
// tells later.
weft_sim_value weft_sim_resource_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                       uint32_t rep);
uint32_t weft_sim_value_rep(const weft_sim_value *value);
// Called when a resource of the host is dropped by a component.
void weft_sim_on_resource_drop(weft_sim *sim,
                               void (*drop)(const weft_sim_resource *resource, uint32_t rep, void *data),
                               void *data);
weft_sim_value weft_sim_error_context_value(weft_sim_instance *instance, const char *text);

// Ends the run from inside a component, as `unreachable` does in one: for its hook of last words.
__attribute__((noreturn)) void weft_sim_unreachable(weft_sim_instance *instance, const char *message);

#ifdef __cplusplus
}
#endif

#endif
