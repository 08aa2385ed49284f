// What the files of the host share: its objects, and how they hang together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_INTERNAL_H
#define WEFT_SIM_INTERNAL_H

#include "transfer.h"
#include "weft_sim.h"

// AddressSanitizer's, which are there if anything in the process was compiled for it: a host that was not
// serves components that were.
#pragma weak __sanitizer_start_switch_fiber
#pragma weak __sanitizer_finish_switch_fiber
#pragma weak __asan_unpoison_memory_region
#pragma weak __asan_region_is_poisoned
void __sanitizer_start_switch_fiber(void **fake_stack, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack, const void **bottom, size_t *size);
void __asan_unpoison_memory_region(const volatile void *start, size_t size);
void *__asan_region_is_poisoned(void *start, size_t size);

// Events, callback codes and copy states, as in weft/abi.h, which a host does not need otherwise.
enum {
    EVENT_NONE,
    EVENT_SUBTASK,
    EVENT_STREAM_READ,
    EVENT_STREAM_WRITE,
    EVENT_FUTURE_READ,
    EVENT_FUTURE_WRITE,
    EVENT_CANCEL
};
enum { CODE_EXIT, CODE_YIELD, CODE_WAIT };
enum { COPY_COMPLETED, COPY_DROPPED, COPY_CANCELLED };
#define BLOCKED UINT32_MAX
#define MAX_LENGTH 0x0fffffffu

typedef struct weft_sim__fiber weft_sim__fiber;
typedef struct weft_sim__script weft_sim__script;
typedef struct weft_sim__task weft_sim__task;
typedef struct weft_sim__pipe weft_sim__pipe;
typedef struct weft_sim__set weft_sim__set;

// ---- choose.c: above, in weft_sim.h ----

// ---- memory.c: the host's own objects; all of them go with the host ----

typedef struct weft_sim__block {
    struct weft_sim__block *next, *previous;
} weft_sim__block;

void *weft_sim__new(weft_sim *sim, size_t size);
void weft_sim__release_all(weft_sim *sim);

// A list of pointers that grows; removal takes the last one into the gap.
typedef struct weft_sim__list {
    void **items;
    uint32_t count, capacity;
} weft_sim__list;
void weft_sim__list_add(weft_sim *sim, weft_sim__list *list, void *item);
void weft_sim__list_remove(weft_sim__list *list, const void *item); // which is in it

// ---- fiber.c: stacks of their own for guest code and scripts ----

// Runs `body` on a stack of its own, until it blocks or ends.
void weft_sim__fiber_start(weft_sim *sim, void (*body)(void *data), void *data);
void weft_sim__fiber_start_small(weft_sim *sim, void (*body)(void *data), void *data);
// Goes back to whoever started or resumed the current fiber, until someone resumes it.
void weft_sim__fiber_block(weft_sim *sim);
void weft_sim__fiber_resume(weft_sim *sim, weft_sim__fiber *fiber);
weft_sim__fiber *weft_sim__fiber_current(weft_sim *sim);
// Leaves all fibers for the place where the run began, for good.
_Noreturn void weft_sim__fiber_abandon(weft_sim *sim);
// Calls `body` as the first fiber; true if it returned, false if the run was abandoned.
bool weft_sim__fiber_run(weft_sim *sim, void (*body)(void *data), void *data);
void weft_sim__fiber_free_all(weft_sim *sim);

// ---- queue.c: those who wait and can go on, so that the others cost nothing ----

// A heap of objects that begin with their place in it: the lowest comes first.
typedef weft_sim__list weft_sim__queue;
typedef struct weft_sim__placed {
    uint64_t place;
    weft_sim__queue *queue; // that it is in, or NULL
    uint32_t index;         // in that
} weft_sim__placed;
void weft_sim__queue_add(weft_sim *sim, weft_sim__queue *queue, weft_sim__placed *it);
void weft_sim__queue_remove(weft_sim__placed *it); // if it is in one

// A walk through several queues at once, none of which changes meanwhile: the lowest comes first, but with the
// option `queue` in any order. NULL: those were all. It begins with sim->walk empty.
void weft_sim__walk_add(weft_sim *sim, const weft_sim__queue *queue);
weft_sim__placed *weft_sim__walk_next(weft_sim *sim);

// ---- run.c: the scheduler. A waiter is what can go on by itself once it is ready. ----

// One that waits is in the queue that is its own as long as it can go on, for all that it knows itself. What
// makes it so puts it there. A script that nobody tells is in weft_sim.polled instead, and is asked.
typedef struct weft_sim__waiter weft_sim__waiter;
struct weft_sim__waiter {
    weft_sim__placed in;               // among all that wait, in the order in which they began; 0: it does not
    weft_sim__waiter *next, *previous; // in weft_sim.polled, or settling, if next is not NULL
    bool (*ready)(weft_sim__waiter *waiter); // asked if it is polled, and once more before it goes on; or NULL
    void (*go)(weft_sim__waiter *waiter);    // waits no more
    bool yields;                             // it could have gone on
    uint64_t since;                          // it waits: a moment of weft_sim.clock
    uint64_t reserved;                       // the moment that its next wait begins at; 0: when it does
    const uint64_t *also[2];                 // what it waits for is there since; NULL if it is told nowhere
    uint32_t rank;                           // the lowest goes first of those with the same moment
};
void weft_sim__wait(weft_sim *sim, weft_sim__waiter *waiter); // begins to, in no queue and no list
void weft_sim__list_waiter(weft_sim__waiter *head, weft_sim__waiter *waiter); // at the end of that list
void weft_sim__unwait(weft_sim__waiter *waiter);
// One that is ready; NULL if there is none. With `instance`, a task of that alone which has begun, and not
// `holder`. If all that goes on has been yields for long, it is a script that waits for the rest to settle:
// what is polled for may be its to do.
weft_sim__waiter *weft_sim__pick(weft_sim *sim, weft_sim_instance *instance, const weft_sim__waiter *holder);
void weft_sim__count_step(weft_sim *sim); // does not come back if there were too many

// Instances that are on the stack may not be entered, except by themselves.
void weft_sim__enter(weft_sim_instance *instance, const weft_sim_instance *caller);
void weft_sim__leave(weft_sim_instance *instance, const weft_sim_instance *caller);

// ---- handles.c: an instance's table ----

typedef enum weft_sim__kind {
    KIND_NONE,
    KIND_SET,
    KIND_SUBTASK,
    KIND_STREAM_READER,
    KIND_STREAM_WRITER,
    KIND_FUTURE_READER,
    KIND_FUTURE_WRITER,
    KIND_RESOURCE,
    KIND_ERROR_CONTEXT
} weft_sim__kind;

typedef struct weft_sim__entry {
    weft_sim__kind kind;
    uint32_t next_free;
    void *object;
} weft_sim__entry;

const char *weft_sim__kind_name(weft_sim__kind kind);
void weft_sim__count_handle(weft_sim *sim); // one more, or a task, which takes as much in wasmtime's store
uint32_t weft_sim__handle_add(weft_sim_instance *instance, weft_sim__kind kind, void *object);
void *weft_sim__handle_get(weft_sim_instance *instance, uint32_t handle, weft_sim__kind kind);
weft_sim__entry *weft_sim__handle_entry(weft_sim_instance *instance, uint32_t handle);
void weft_sim__handle_remove(weft_sim_instance *instance, uint32_t handle);

// ---- waitable.c ----

typedef struct weft_sim__waitable {
    weft_sim__placed in;         // among those of the set that have an event
    weft_sim_instance *instance; // whose table it is in; NULL: no table
    uint32_t handle;
    weft_sim__kind kind;
    bool event;                  // of an operation
    bool unasked;                // of nothing: a peer dropped its end
    weft_sim__task *sync_waiter; // blocks on it alone, or NULL
    uint64_t since;              // there is an event
    weft_sim__set *set;
    uint32_t member_index; // in the set's list
} weft_sim__waitable;

struct weft_sim__set {
    weft_sim__list members, waiting; // tasks
    weft_sim__queue ready;           // members with an event: the one that is next is the first
    uint64_t since;                  // there are events
    uint32_t handle;
};

void weft_sim__waitable_join(weft_sim *sim, weft_sim__waitable *waitable, weft_sim__set *set);
void weft_sim__waitable_notify(weft_sim *sim,
                               weft_sim__waitable *waitable); // an event of an operation is there
void weft_sim__waitable_unasked(weft_sim *sim, weft_sim__waitable *waitable);
void weft_sim__waitable_taken(weft_sim__waitable *waitable); // the first of its events, if there is one
// Blocks the current task until the event is there.
void weft_sim__waitable_wait(weft_sim *sim, weft_sim__waitable *waitable);

typedef struct weft_sim__event {
    uint32_t code, waitable, payload;
} weft_sim__event;
weft_sim__event weft_sim__set_take(weft_sim_instance *instance, weft_sim__set *set); // one that is there

// ---- task.c: what runs in an instance ----

typedef enum weft_sim__task_state {
    TASK_INITIAL,
    TASK_STARTED,
    TASK_CANCEL_PENDING,
    TASK_CANCEL_DELIVERED,
    TASK_RESOLVED
} weft_sim__task_state;

typedef enum weft_sim__wait_kind {
    WAIT_NOT,
    WAIT_ENTER,    // backpressure, or the lock
    WAIT_YIELD,    // the callback said YIELD
    WAIT_SET,      // the callback said WAIT
    WAIT_BLOCKED,  // in waitable-set.wait, on `set`
    WAIT_WAITABLE, // in a built-in that blocks, on `waitable`
    WAIT_CALL,     // in a sync call of an import, on `call`
    WAIT_PAUSED    // in thread.yield
} weft_sim__wait_kind;

struct weft_sim__task {
    weft_sim__waiter waiter;
    weft_sim_instance *instance;
    weft_sim__task *next, *previous; // of the instance
    const weft_sim_export *export;   // NULL for a helper (realloc, a destructor)
    weft_sim_call *call;             // whose callee it is; NULL when it has resolved
    uint32_t number;
    weft_sim__task_state state;
    uint32_t borrows;
    uint32_t cancels; // CANCEL events still to come
    bool cancelled;   // one has come
    uint32_t slots[2];
    uint32_t answer; // of entry or callback
    weft_sim__wait_kind wait;
    weft_sim__fiber *fiber; // blocked on it
    const char *blocked_in; // the call, and its handle
    uint32_t blocked_on;
    union {
        weft_sim__set *set;
        weft_sim__waitable *waitable;
        weft_sim_call *on_call;
    };
};

void weft_sim__task_start(weft_sim_call *call, weft_sim_instance *instance, const weft_sim_export *export,
                          const weft_sim_instance *caller);
// Runs `body`, the code of a task that is not async, to its end.
void weft_sim__run_sync(weft_sim__task *task, void (*body)(void *data), void *data);
void weft_sim__task_cancel(weft_sim__task *task, const weft_sim_instance *caller);
bool weft_sim__task_wakes(weft_sim__task *task); // it would hear a cancel at once
// Something has happened to what it waits for: it can go on, or cannot any more.
void weft_sim__task_look(weft_sim__task *task);
// Blocks the current task until `ready`, in one of the waits from WAIT_BLOCKED on; its object is set by the
// caller.
void weft_sim__task_block(weft_sim__task *task, weft_sim__wait_kind wait);
// Code of the component that is not a task of its own: realloc, destructors.
typedef struct weft_sim__helper {
    weft_sim__task task, *previous;
    bool may_leave;
    const char *call;
    uint32_t call_handle;
} weft_sim__helper;
void weft_sim__helper_begin(weft_sim_instance *instance, weft_sim__helper *helper, bool may_leave);
void weft_sim__helper_end(weft_sim__helper *helper);
// The current task, which a built-in of `self` was called from, checked; notes the call for messages. The
// second is for those that a realloc or post-return function may call, too: they look at no handle but a
// resource's.
weft_sim__task *weft_sim__built_in(weft_sim_instance *self, const char *call, uint32_t handle);
weft_sim__task *weft_sim__built_in_anywhere(weft_sim_instance *self, const char *call, uint32_t handle);

// ---- subtask.c: calls ----

struct weft_sim_call {
    weft_sim__waitable base; // a subtask, when the caller is an instance and did not get its result at once
    weft_sim *sim;
    weft_sim_instance *caller; // NULL: the host
    const weft_sim_func *func; // as the caller describes it; the callee's if that is the host
    weft_sim_instance *callee; // of a call from the host
    weft_sim__task *task;      // of the callee
    weft_sim__task *blocked;   // that of the caller, which waits for it, or NULL
    weft_sim_call_state state;
    bool delivered; // the final state
    bool cancel_asked;
    bool cancel_told; // to the callee
    bool queued;      // to be accepted
    bool done_with; // by the component, or the script that made it; freed when no script waits for it any more
    uint32_t waiting_scripts;
    weft_sim_bell own, *rings; // for those scripts; for others that it is to be cancelled, or NULL
    weft_sim_core core[18];
    void *out; // where the result goes, in the caller
    weft_sim_core result_core;
    weft_sim_value *args;
    weft_sim_value result;
    bool has_result;
    weft_sim__list lent; // resource handles
    weft_sim__waiter canceller;
    weft_sim_call *next; // waits to be accepted
};

bool weft_sim__call_resolved(const weft_sim_call *call);
void weft_sim__call_take_args(weft_sim_call *call); // on_start
// on_resolve: the values are the callee's, and used up; NULL with `cancelled`.
void weft_sim__call_resolve(weft_sim_call *call, weft_sim_value *result, bool cancelled);
void weft_sim__call_done_with(weft_sim_call *call);
uint32_t weft_sim__subtask_take(weft_sim_call *call); // its event: the state
void weft_sim__call_cancel(weft_sim_call *call, const weft_sim_instance *caller, bool may_be_slow);
// An import that no instance exports: peer.c
void weft_sim__host_call(weft_sim_call *call);
void weft_sim__host_call_cancel(weft_sim_call *call);

// ---- copy.c: streams and futures ----

typedef enum weft_sim__end_state { END_IDLE, END_COPYING, END_CANCELLING, END_DONE } weft_sim__end_state;

struct weft_sim_end {
    weft_sim__waitable base;
    weft_sim__pipe *pipe;
    const weft_sim_type *type; // as its holder describes it
    weft_sim__end_state state;
    bool writable;
    bool host;                 // held by a script
    bool exact;                // its next copy is not partial: weft_sim_end_offer()
    weft_sim_bell own, *rings; // for who waits for its copy; for others that something is done here, or NULL
    // The operation in flight.
    bool pending; // in the pipe, for the other end to find
    unsigned char *items;
    uint32_t length, progress;
    uint32_t result; // COPY_..., when there is an event
    weft_sim__waiter canceller;
};

struct weft_sim__pipe {
    weft_sim *sim;
    const weft_sim_type *type; // as `instance` describes it
    weft_sim_instance *instance;
    bool is_future;
    bool dropped;
    weft_sim_end *ends[2]; // reader, writer; NULL when dropped
    void *mark;
    void (*gone)(void *mark); // or NULL
};

uint32_t weft_sim__end_take(weft_sim_end *end); // its event: the status word
void weft_sim__end_begin(weft_sim_end *end, void *items, uint32_t count);
void weft_sim__end_cancel(weft_sim_end *end, bool may_be_slow);
// Whoever sleeps for what is done with the other end asks again.
void weft_sim__end_ring_other(const weft_sim_end *end);
uint32_t weft_sim__partial(weft_sim *sim, uint32_t count); // so many items, or fewer
void weft_sim__end_close(weft_sim_end *end);
weft_sim_end *weft_sim__end_lift(weft_sim_instance *instance, const weft_sim_type *type, uint32_t handle);
uint32_t weft_sim__end_lower(weft_sim_instance *instance, const weft_sim_type *type, weft_sim_end *end);
weft_sim__pipe *weft_sim__pipe_new(weft_sim *sim, weft_sim_instance *instance, const weft_sim_type *type);

// ---- resource.c, error_context.c: what transfer.c moves ----

typedef struct weft_sim__resource_type {
    const weft_sim_resource *resource; // as its definer, or the first importer of a host's one, describes it
    weft_sim_instance *implementer;    // NULL: the host
} weft_sim__resource_type;

typedef struct weft_sim__resource_handle {
    const weft_sim__resource_type *type;
    uint32_t rep;
    bool own;
    uint32_t lends;
    weft_sim__task *borrower;
    uint32_t handle;
} weft_sim__resource_handle;

const weft_sim__resource_type *weft_sim__resource_type_of(weft_sim_instance *instance,
                                                          const weft_sim_resource *resource);
weft_sim__resource_handle *weft_sim__resource_lift(const weft_sim_context *context, const weft_sim_type *type,
                                                   uint32_t handle);
uint32_t weft_sim__resource_lower(const weft_sim_context *context, const weft_sim_type *type,
                                  weft_sim__resource_handle *moved);
// Ends an owned resource: runs its destructor.
void weft_sim__resource_end(weft_sim *sim, const weft_sim__resource_type *type, uint32_t rep,
                            const weft_sim_instance *caller);

typedef struct weft_sim__error_context {
    uint32_t references;
    uint32_t length;
    char *text;
} weft_sim__error_context;

weft_sim__error_context *weft_sim__error_context_make(weft_sim *sim, const char *text, uint32_t length);
void weft_sim__error_context_unref(weft_sim__error_context *context);

// ---- trap.c, report.c ----

// Goes before a trap whose rule has several texts in wasmtime: the one for this case.
void weft_sim__wasmtime_says(weft_sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void weft_sim__trap(weft_sim *sim, weft_sim_trap trap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// A line of the transcript. `text` is constant and outlives the host.
typedef struct weft_sim__line {
    const char *what; // "stream.read", or what happens by itself
    const char *text; // a function's name, or NULL
    uint32_t instance, task;
    uint32_t numbers[3];
    uint32_t answer;
    uint8_t shape; // how many numbers there are, and 0x80 if there is an answer
} weft_sim__line;
#define LINES 4096

void weft_sim__note(weft_sim *sim, const char *what, const char *text, int count, uint32_t a, uint32_t b,
                    uint32_t c);
// The same, with an answer.
void weft_sim__note_answer(weft_sim *sim, const char *what, const char *text, int count, uint32_t a, uint32_t b,
                           uint32_t c, uint32_t answer);

// Text that grows.
typedef struct weft_sim__text {
    char *data;
    size_t length, capacity;
} weft_sim__text;
void weft_sim__print(weft_sim__text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void weft_sim__describe_deadlock(weft_sim *sim);

// ---- script.c ----

struct weft_sim__script {
    weft_sim__waiter waiter;
    weft_sim *sim;
    weft_sim_script function;
    void *data;
    weft_sim__fiber *fiber;
    weft_sim__script *next, *previous; // of the host
    weft_sim_bell *bell;               // that it waits for, or NULL
    weft_sim__script *next_asleep;     // at that
    bool main, small, settled, accepting;
    const char *what; // it waits for
    bool (*until)(void *object);
    void *object;
};

// Adds the one that a run is about.
void weft_sim__script_main(weft_sim *sim, weft_sim_script function, void *data);
// Blocks the current script until `until(object)`, which is asked when that bell rings, or, if it is NULL, at
// each step; `what` says so in a report.
void weft_sim__script_block(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                            weft_sim_bell *bell);
// The same for what need not come: the run may end meanwhile.
void weft_sim__script_accept(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                             weft_sim_bell *bell);
// A script that was to go on, and now has to wait again.
void weft_sim__script_sleep(weft_sim__waiter *waiter);
// The script that has waited longest until nothing else can happen, which is so now, or that others only yield;
// NULL if there is none, or if they have gone on many times and nothing came of it.
weft_sim__waiter *weft_sim__settled(weft_sim *sim, bool others_yield);
bool weft_sim__settles(weft_sim *sim); // there is one that waits so
// True if nobody waits but scripts for further calls.
bool weft_sim__only_accept(const weft_sim *sim);

// ---- host.c ----

const weft_sim_export *weft_sim__export_named(const weft_sim_instance *instance, const char *interface,
                                              const char *name);
bool weft_sim__call_named(const weft_sim_call *call, const char *interface, const char *name);

typedef struct weft_sim__answer {
    struct weft_sim__answer *next;
    const char *interface, *name;
    weft_sim_handler handler;
    void *data;
} weft_sim__answer;

weft_sim__answer *weft_sim__answer_for(weft_sim *sim, const weft_sim_func *func);

// The callee of an import, or none: the host.
typedef struct weft_sim__link {
    weft_sim_instance *instance;
    const weft_sim_export *export;
} weft_sim__link;

// What an instance has of a component, or of a part of it.
typedef struct weft_sim__part {
    const weft_sim_component *component;
    weft_sim__link *links;                     // by import
    const weft_sim__resource_type **resources; // by description
} weft_sim__part;

weft_sim__link *weft_sim__link_of(const weft_sim_instance *instance, const weft_sim_func *import);

struct weft_sim_instance {
    weft_sim *sim;
    weft_sim_instance *next;
    const weft_sim_component *component;
    uint32_t number;
    weft_sim__entry *entries;
    uint32_t entry_count, entry_capacity, free_entry;
    const uint32_t *event_order; // weft_sim_event_order()
    uint32_t event_count;
    bool entered; // it is on the stack (the spec: not may_enter)
    bool may_leave;
    uint32_t backpressure;
    uint32_t waiting_to_enter;
    // Its tasks that could go on: they have not begun, they wait by their callback's answer, or block.
    weft_sim__queue entering, called_back, blocking;
    bool blocked;             // the lock was held while others ran
    uint64_t unlocked, eased; // since then there was no such lock, no backpressure
    weft_sim__task *exclusive;
    weft_sim__task *tasks;
    void *(*realloc)(void *old, size_t old_size, size_t alignment, size_t new_size); // NULL: none
    weft_sim__part *parts; // the component itself first
    uint32_t part_count;
};

struct weft_sim {
    weft_sim_options options;
    weft_sim_schedule *schedule;
    weft_sim__block blocks;
    weft_sim_instance *instances;
    uint32_t instance_count;
    weft_sim__answer *answers;
    weft_sim_call *calls, **calls_end; // that wait to be accepted
    void (*resource_drop)(const weft_sim_resource *resource, uint32_t rep, void *data);
    void *resource_drop_data;
    void (*on_call)(weft_sim *sim, void *data);
    void *on_call_data;
    bool (*idle)(weft_sim *sim, bool may_block, void *data);
    void *idle_data;

    weft_sim__waiter polled, settling; // the lists' heads
    weft_sim__queue going;             // of scripts, and of cancels
    weft_sim__list walk;               // who may come next, of those in a queue
    uint64_t places;
    weft_sim__script *scripts;
    weft_sim__script *script; // the current one, or NULL
    weft_sim__task *current;
    uint32_t task_count, handle_count; // made; of all instances, with what takes as much
    uint64_t step_limit, last_step, clock;
    uint32_t yields, settles; // one after the other
    uint64_t lines_at_settle;
    bool main_done;

    weft_sim__fiber *fiber, *outside, *fiber_pools[2], *fibers;

    weft_sim_trap trap;
    char words[128]; // of wasmtime's for it, if not those of the table
    bool abandoned, deadlock, endless, stopped;
    const char *call; // the built-in that is running
    uint32_t call_handle;
    weft_sim_counts counts;
    weft_sim__line *lines;
    uint64_t line_count, hash;
    weft_sim__text report, transcript, leftovers;
    FILE *transcript_file; // or NULL
};

#endif
