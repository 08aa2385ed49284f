// The trace points of the runtime. Included by trace.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TRACE_H
#define WEFT_DETAIL_TRACE_H

// Each is one statement, so that a test can take them out and compare.
#if WEFT_TRACE

// What a coroutine, a task and a child have in addition.
#define WEFT__TRACE_CORO_FIELDS                                                                                \
    const weft_place *place;                                                                                   \
    const char *function; /* that it waits in */                                                               \
    uint32_t since;       /* turn */
#define WEFT__TRACE_TASK_FIELDS                                                                                \
    weft_coro *root;                                                                                           \
    weft_task *newer;                                                                                          \
    weft_task *older;                                                                                          \
    weft_child *spawned;                                                                                       \
    uint32_t number;
#define WEFT__TRACE_CHILD_FIELDS                                                                               \
    weft_child *newer; /* of the task */                                                                       \
    weft_child *older;

void weft__trace_task(weft_task *task, weft_trace_what what);
void weft__trace_coro(weft_coro *co, weft_trace_what what);
void weft__trace_op(weft_op *op, weft_trace_what what, uint32_t status);
void weft__trace_spawned(weft_child *child);
void weft__trace_ended(weft_child *child);

#define WEFT__TRACE_TASK(task, what) weft__trace_task((task), WEFT_TRACE_##what)
#define WEFT__TRACE_CORO(co, what) weft__trace_coro((co), WEFT_TRACE_##what)
#define WEFT__TRACE_OP(op, what, status) weft__trace_op((op), WEFT_TRACE_##what, (status))
#define WEFT__TRACE_SPAWNED(child) weft__trace_spawned(child)
#define WEFT__TRACE_ENDED(child) weft__trace_ended(child)
#define WEFT__TRACE_FUNCTION(co, function_) ((co)->function = (function_))
// For a message: the coroutine that runs, or ran last in this turn, and its last await.
struct weft__text;
void weft__trace_running(struct weft__text *to);
#define WEFT__TRACE_RUNNING(text) weft__trace_running(text)
#define WEFT__TRACE_DUMP_IF(condition) ((condition) ? weft_dump() : (void)0)

// The part of the machine stack below `weft__stack_top` goes when a turn ends.
extern const char *weft__stack_top;
void weft__stays(const void *memory, const char *function);
void weft__stack_spoil(void);
void weft__spawns(weft_coro *co);
void weft__frame_ends(const weft_coro *co, size_t size);
#define WEFT__TRACE_STACK_BEGIN()                                                                              \
    const char weft__here = 0, *const weft__before = weft__stack_top;                                          \
    weft__stack_top = &weft__here
// Between these two, code runs on another stack, which stays, and may be small.
extern uint32_t weft__stack_others;
#define WEFT__TRACE_STACK_OTHER()                                                                              \
    const char *const weft__before = weft__stack_top;                                                          \
    weft__stack_top = NULL;                                                                                    \
    weft__stack_others++
#define WEFT__TRACE_STACK_SAME() (weft__stack_top = weft__before, weft__stack_others--)
#define WEFT__TRACE_STACK_END() (weft__stack_top = weft__before)
#define WEFT__TRACE_STACK_SPOIL() weft__stack_spoil()
// Stops if `memory`, which somebody is to use during a wait, is there.
#define WEFT__TRACE_STAYS(memory, call) weft__stays((memory), (call))
// The same for the items of a copy, if it has any; the second only if the copy is in flight on `end`.
#define WEFT__TRACE_ITEMS_STAY(...) WEFT__TRACE_FIRST_STAYS(__VA_ARGS__, NULL)
#define WEFT__TRACE_FIRST_STAYS(call, items, ...) weft__stays((items), (call))
#define WEFT__TRACE_ITEMS(end, ...) (weft_in_flight(end) ? WEFT__TRACE_ITEMS_STAY(__VA_ARGS__) : (void)0)
#define WEFT__TRACE_SPAWNS(co) weft__spawns(co)
// `co` has ended, and the `size` bytes of its frame go: nothing may be in use in them.
#define WEFT__TRACE_FRAME_ENDS(co, size) weft__frame_ends((co), (size))
#define WEFT__TRACE_PLACE(co)                                                                                  \
    do {                                                                                                       \
        static const weft_place weft__place = {__FILE__, __func__, __LINE__};                                  \
        WEFT__TRACE_AT(co, &weft__place);                                                                      \
    } while (0)
#define WEFT__TRACE_AT(co, at) ((co)->place = (at))
#define WEFT__TRACE_BEGIN(co)                                                                                  \
    do {                                                                                                       \
        if (!(co)->line) {                                                                                     \
            WEFT__TRACE_PLACE(co);                                                                             \
            WEFT__TRACE_CORO((co), START);                                                                     \
        }                                                                                                      \
    } while (0)

// A program and a library that differ in WEFT_TRACE differ in their structs: they must not link.
#define weft_task_start weft_task_start_traced
#define weft_block_on weft_block_on_traced

#else

#define WEFT__TRACE_CORO_FIELDS
#define WEFT__TRACE_TASK_FIELDS
#define WEFT__TRACE_CHILD_FIELDS
#define WEFT__TRACE_TASK(task, what) ((void)0)
#define WEFT__TRACE_CORO(co, what) ((void)0)
#define WEFT__TRACE_OP(op, what, status) ((void)0)
#define WEFT__TRACE_SPAWNED(child) ((void)0)
#define WEFT__TRACE_ENDED(child) ((void)0)
#define WEFT__TRACE_FUNCTION(co, function) ((void)0)
#define WEFT__TRACE_RUNNING(text) ((void)0)
#define WEFT__TRACE_DUMP_IF(condition) ((void)0)
#define WEFT__TRACE_STACK_BEGIN() ((void)0)
#define WEFT__TRACE_STACK_OTHER() ((void)0)
#define WEFT__TRACE_STACK_SAME() ((void)0)
#define WEFT__TRACE_STACK_END() ((void)0)
#define WEFT__TRACE_STACK_SPOIL() ((void)0)
#define WEFT__TRACE_STAYS(memory, call) ((void)0)
#define WEFT__TRACE_ITEMS_STAY(...) ((void)0)
#define WEFT__TRACE_ITEMS(...) ((void)0)
#define WEFT__TRACE_SPAWNS(co) ((void)0)
#define WEFT__TRACE_FRAME_ENDS(co, size) ((void)0)
#define WEFT__TRACE_BEGIN(co) ((void)0)
#define WEFT__TRACE_PLACE(co) ((void)0)
#define WEFT__TRACE_AT(co, at) ((void)0)

#endif

#endif
