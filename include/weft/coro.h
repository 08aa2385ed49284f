// Coroutines: a frame struct and a step function, with await, child calls and a finaliser.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An async function is a struct whose first member is a weft_coro, and a function that runs one step of it:
//
//     typedef struct { weft_coro co; ...parameters, results, and locals that live across an await... } copy;
//
//     static weft_poll copy_run(weft_coro *co)
//     {
//         copy *self = weft_frame(co, copy);
//         WEFT_BEGIN(co);
//         ...straight-line code; WEFT_AWAIT(x) wherever it has to wait...
//         WEFT_FINALLY(co);
//         ...runs once, on every way out, and may await...
//         WEFT_END(co);
//     }
//
// Laws:
// - Locals do not survive an await; fields of the frame do. (clang -Wconditional-uninitialized finds the
//   scalars that slip, not arrays and structs; __attribute__((cleanup)) across an await is refused by clang.)
// - Awaits may stand inside the user's own if, for, while and switch.
// - The only ways out are WEFT_END, WEFT_FINISH and WEFT_FAIL. A return past them stops with a message.
// - A cancel is delivered where a coroutine waits, never between two statements. The operation below it is
//   cancelled at the host and its outcome kept; then the coroutine goes on at WEFT_FINALLY, children before
//   parents. A cancel does not reach into a finaliser. One that is cancelled before its first step skips its
//   body and runs its finaliser.
// - Frames start zeroed, and closing a zero handle does nothing, so a finaliser needs no flags.
// - A finished child resumes its parent through the ready queue: awaits, however deep, do not grow the
//   machine stack.
#ifndef WEFT_CORO_H
#define WEFT_CORO_H

#include "hooks.h"
#include "trace.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_coro weft_coro;
typedef struct weft_task weft_task;
typedef struct weft_op weft_op;
typedef struct weft_any weft_any;
typedef struct weft_child weft_child;
typedef struct weft_ticket weft_ticket;
typedef struct weft_timer weft_timer;
typedef struct weft_local weft_local;

// Whether something is still to be waited for. Made by the library, taken by WEFT_AWAIT.
typedef struct weft_poll {
    uint32_t pending; // 0: no. A word, so that no compiler masks it
} weft_poll;

// Runs a coroutine from where it stands to its next wait or to its end.
typedef weft_poll weft_step(weft_coro *co);

// How a coroutine ended.
typedef enum weft_outcome {
    WEFT_UNFINISHED, // it has not ended, or never started
    WEFT_DONE,
    WEFT_FAILED, // by WEFT_FAIL; weft_failure tells the code
    WEFT_CANCELLED
} weft_outcome;

enum weft__coro_state {
    WEFT__IDLE, // zeroed: never started
    WEFT__ENDED,
    WEFT__READY,
    WEFT__RUNNING,
    WEFT__ON_OP,
    WEFT__ON_START,
    WEFT__ON_ANY,
    WEFT__ON_CHILD,
    WEFT__ON_YIELD,
    WEFT__ON_SCOPE,  // in a queue of waiters, to be woken by a coroutine of its own task
    WEFT__ON_LOCAL,  // the same, by a coroutine of any task
    WEFT__ON_TICKET, // the same, with on.ticket
    WEFT__ON_TIMER   // on a virtual clock, with on.timer; woken by a coroutine of any task
};

enum {
    WEFT__CANCEL = 1,  // a cancel was asked for
    WEFT__UNWIND = 2,  // and delivered
    WEFT__FINALLY = 4, // it waits, or has waited, in its finaliser
    WEFT__FAIL = 8,
    WEFT__SHIELD = 16,
    WEFT__BINDS = 32, // has bindings of its own (local.h)
    WEFT__SPAWNS = 64 // has spawned, or who it called has; with WEFT_TRACE only
};

// What a wait that is not ready says. With WEFT__LEFT_BY_AWAIT added, it is what a step says that is left so;
// one that is left by WEFT_END says the coroutine's state and flags.
enum {
    WEFT__PENDING = 0x200,
    WEFT__PENDING_FLAGGED = 0x300, // and the coroutine has flags: a cancel may be due
    WEFT__PENDING_ALONE = 0x600,   // for the operation that is alone in its task: see op.c
    WEFT__LEFT_BY_AWAIT = 0x10000
};

// A coroutine's header. Zero-initialised is valid; all fields are private.
struct weft_coro {
    uint16_t line; // of the last await; 0 before that
    uint8_t state;
    uint8_t flags;
    int32_t code; // of WEFT_FAIL
    weft_step *run;
    uintptr_t resume; // the label to go on at; 0 before the first step, and to unwind
    uintptr_t up;    // who awaits the end: the parent; or, of one that was spawned, its handle + 1; see local.h
    weft_coro *next; // link of the queue that it is in; of the last of waiters, see weft__park_in
    weft_task *task;
    union {
        weft_op *op;
        weft_any *any;
        weft_coro *child;
        weft_coro *back; // link of the queue of waiters that it is in
        weft_ticket *ticket;
        weft_timer *timer;
    } on;
    WEFT__TRACE_CORO_FIELDS
};

// The frame of type `type` that `co` heads.
#define weft_frame(co, type) ((type *)(void *)(co))

// Opens the body. Declare what you need of the frame before it.
#define WEFT_BEGIN(co_)                                                                                        \
    weft_coro *const weft__co = (co_);                                                                         \
    typedef char weft__in_body __attribute__((unused));                                                        \
    enum { weft__finaliser = 0 };                                                                              \
    do {                                                                                                       \
        if (weft__co->resume)                                                                                  \
            WEFT__GOTO(weft__co->resume);                                                                      \
        WEFT__TRACE_BEGIN(weft__co);                                                                           \
        if (__builtin_expect(weft__co->flags, 0)) {                                                            \
            __asm__("" : : : "memory"); /* or the flags are kept from here on, by all who come by */           \
            if (weft__co->flags & WEFT__UNWIND) {                                                              \
                weft__co->resume = weft__co->line ? WEFT__LABEL(weft__finally) : WEFT__LABEL(weft__nowhere);   \
                goto weft__finally;                                                                            \
            }                                                                                                  \
        }                                                                                                      \
    } while (0)

// Waits for `wait_`, an expression of type weft_poll that is evaluated once. Costs a compare if it is ready.
// One a line: a second would have the same label, and does not compile.
// To LLVM, the asm goto may go where a resumed step does. So a loop around it is entered there, outside of the
// way of those that do not wait, who would else pass through its dispatch twice a turn.
#define WEFT_AWAIT(wait_)                                                                                      \
    do {                                                                                                       \
        uint32_t weft__wait;                                                                                   \
        weft__wait = (wait_).pending;                                                                          \
        if (__builtin_expect(weft__wait, 0)) {                                                                 \
            weft__co->line = WEFT__LINE;                                                                       \
            WEFT__TRACE_PLACE(weft__co);                                                                       \
            weft__co->resume = WEFT__LABEL(WEFT__HERE(__LINE__));                                              \
            if (weft__finaliser)                                                                               \
                weft__co->flags |= WEFT__FINALLY;                                                              \
            WEFT__SEEMS_TO_GO_TO(WEFT__HERE(__LINE__));                                                        \
            return weft__leave(weft__wait + WEFT__LEFT_BY_AWAIT);                                              \
            WEFT__HERE(__LINE__) : __asm__ volatile("");                                                       \
        }                                                                                                      \
    } while (0)

// Leaves the body for the finaliser: as done, or as failed with a code of yours. Does not compile in the
// finaliser itself.
#define WEFT_FINISH(co_)                                                                                       \
    do {                                                                                                       \
        (void)sizeof(weft__in_body);                                                                           \
        goto weft__finally;                                                                                    \
    } while (0)
#define WEFT_FAIL(co_, code_)                                                                                  \
    do {                                                                                                       \
        weft__fail((co_), (code_));                                                                            \
        WEFT_FINISH(co_);                                                                                      \
    } while (0)

// Opens the finaliser. Every coroutine has one, if an empty one.
#define WEFT_FINALLY(co_)                                                                                      \
    weft__finally:                                                                                             \
    {                                                                                                          \
        typedef struct weft__in_finally weft__in_body __attribute__((unused));                                 \
        enum { weft__finaliser = 1 }

// Ends the coroutine.
#define WEFT_END(co_)                                                                                          \
    }                                                                                                          \
    return weft__end(weft__co);                                                                                \
    weft__nowhere:                                                                                             \
    __builtin_trap()

// The line of an await, as a coroutine keeps it: never 0.
#define WEFT__LINE ((uint16_t)(__LINE__ % 0x10000 ? __LINE__ : 1))

// gcc targets no wasm, and would lose its warning of an array of variable length across an await.
#ifdef __clang__
#define WEFT__SEEMS_TO_GO_TO(label) __asm__ goto("" : : : : label)
#else
#define WEFT__SEEMS_TO_GO_TO(label) ((void)0)
#endif

// Labels as values work in every compiler that targets wasm, inside any statement of the user's. LLVM needs two
// of them that stay apart, so WEFT_BEGIN takes two that nothing goes to. They are kept as integers because
// gcc's -Wdangling-pointer takes a label for a local variable.
#define WEFT__HERE(line) WEFT__HERE_(line)
#define WEFT__HERE_(line) weft__line_##line
#define WEFT__LABEL(label) ((uintptr_t)__extension__ && label)
#define WEFT__GOTO(label) __extension__({ goto *(void *)(label); })

// Starts `child` at `run` and waits for its end. The child's frame is the caller's, often embedded in the
// parent's; set its parameters before, read its results after, and weft_outcome_of it if it may fail. A frame
// may run again after it ended: only its header is reset. A cancel of the parent cancels the child first.
weft_poll weft_call(weft_coro *co, weft_coro *child, weft_step *run) __attribute__((warn_unused_result));

// Waits for the next round: when nothing else of the task can run, the host gets its turn, and then all who
// yielded go on. Events are delivered between rounds. Spec: callback code YIELD.
weft_poll weft_yield(weft_coro *co) __attribute__((warn_unused_result));

// For a long loop that waits for nothing: free but for each 1,024th, which waits as weft_yield does. Waits that
// are ready at once do the same, for a loop over these must not keep the others and the host out.
static inline weft_poll weft_breathe(weft_coro *co) __attribute__((warn_unused_result));

// Asks any coroutine of the component to end early, by the law of cancellation above. Twice is once; an ended
// one stays as it is; one that is running is cancelled at its next wait.
void weft_cancel(weft_coro *co);

// Between the two, a cancel of `co` waits: it is delivered at the first wait after the shield that would park.
static inline void weft_shield(weft_coro *co)
{
    co->flags |= WEFT__SHIELD;
}

static inline void weft_unshield(weft_coro *co)
{
    co->flags &= (uint8_t)~WEFT__SHIELD;
}

// True from the request on, also in the finaliser.
static inline bool weft_cancelled(const weft_coro *co)
{
    return co->flags & WEFT__CANCEL;
}

// How `co` ended. A coroutine that was asked to cancel but reached its finaliser by itself is done.
static inline weft_outcome weft_outcome_of(const weft_coro *co)
{
    if (co->state != WEFT__ENDED)
        return WEFT_UNFINISHED;
    return co->flags & WEFT__FAIL ? WEFT_FAILED : co->flags & WEFT__UNWIND ? WEFT_CANCELLED : WEFT_DONE;
}

// The code of WEFT_FAIL; 0 if the coroutine did not fail.
static inline int32_t weft_failure(const weft_coro *co)
{
    return co->flags & WEFT__FAIL ? co->code : 0;
}

static inline weft_poll weft__ready(void)
{
    weft_poll poll = {0};
    return poll;
}

// How many of those may still be until one waits: above 0. Renewed when the host has had its turn after that.
extern uint32_t weft__breath;
weft_poll weft__nap(weft_coro *co) __attribute__((warn_unused_result));

static inline weft_poll weft_breathe(weft_coro *co)
{
    return __builtin_expect(--weft__breath != 0, 1) ? weft__ready() : weft__nap(co);
}

// What a step comes back with.
static inline weft_poll weft__leave(uint32_t how)
{
    weft_poll poll = {how};
    return poll;
}

// Both in one load. WEFT__RUNNING: it runs, and there is nothing to mind.
static inline uint32_t weft__state_and_flags(const weft_coro *co)
{
    uint16_t both;
    __builtin_memcpy(&both, (const char *)co + offsetof(weft_coro, state), sizeof both);
    return both;
}

static inline weft_poll weft__end(const weft_coro *co)
{
    return weft__leave(weft__state_and_flags(co));
}

// Of one that has no bindings; NULL if it was not called.
static inline weft_coro *weft__parent_of(const weft_coro *co)
{
    return co->up & 1 ? NULL : (weft_coro *)co->up;
}

// The same; NULL if it was not spawned.
static inline weft_child *weft__handle_of(const weft_coro *co)
{
    return co->up & 1 ? (weft_child *)(co->up - 1) : NULL;
}

static inline void weft__fail(weft_coro *co, int32_t code)
{
    co->flags |= WEFT__FAIL;
    co->code = code;
}

// For the other kinds of wait: `co` goes from running to `state`.
weft_poll weft__park(weft_coro *co, enum weft__coro_state state, const char *call)
    __attribute__((warn_unused_result));
// Makes a waiting coroutine ready.
void weft__wake(weft_coro *co);
// `co` waits in a queue until somebody takes it out and wakes it, or a cancel does. A queue of waiters is its
// first, or NULL; the first's link back is to the last, and the last's `next` is the address of the queue, + 1.
// So whoever leaves needs no search, wherever it is, and a queue is one pointer.
weft_poll weft__park_in(weft_coro *co, weft_coro **queue, enum weft__coro_state state, const char *call)
    __attribute__((warn_unused_result));
// Whether a waiter is the last of its queue; and that queue.
static inline bool weft__is_last(const weft_coro *co)
{
    return (uintptr_t)co->next & 1;
}

static inline weft_coro **weft__queue_of(const weft_coro *last)
{
    return (weft_coro **)((uintptr_t)last->next - 1);
}

// Takes the first out; NULL if there is none. All in a queue wait with tickets, or none does.
weft_coro *weft__waiters_pop(weft_coro **queue, bool with_tickets);
// Wakes all.
void weft__wake_all(weft_coro **queue);
// `co` begins.
static inline void weft__begin(weft_coro *co, enum weft__coro_state state)
{
    co->line = 0;
    co->state = (uint8_t)state;
    co->flags = 0;
}

// Makes `co`, of `task`, ready to run from its beginning.
static inline void weft__start(weft_coro *co, weft_step *run, weft_task *task, uintptr_t up)
{
    weft__begin(co, WEFT__READY);
    co->code = 0;
    co->run = run;
    co->resume = 0;
    co->up = up;
    co->task = task;
}

// Sees to it that a cancel that was asked for while `co` ran takes effect where it waits now.
void weft__unwind(weft_coro *co);

// Takes `timer` out of its virtual clock. Linked only with weft_virtual_clock_init.
void weft__timer_leave(weft_timer *timer);

// A queue of those who can run is its last one, whose link is the first; NULL if empty.
static inline void weft__queue_push_front(weft_coro **queue, weft_coro *co)
{
    weft_coro *last = *queue;
    if (last) {
        co->next = last->next;
        last->next = co;
    } else {
        co->next = co;
        *queue = co;
    }
}

static inline void weft__queue_push_back(weft_coro **queue, weft_coro *co)
{
    weft__queue_push_front(queue, co);
    *queue = co;
}

static inline weft_coro *weft__queue_pop(weft_coro **queue)
{
    weft_coro *last = *queue;
    if (!last)
        return NULL;
    weft_coro *first = last->next;
    if (first == last)
        *queue = NULL;
    else
        last->next = first->next;
    return first;
}

#ifdef __cplusplus
}
#endif

#endif
