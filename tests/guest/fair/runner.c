// However busy a task is, its yields, timers and cancels, and other tasks get their turn.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    weft_subtask call, stop;
    uint32_t yields;
} frame;

static uint64_t peer_probe(void)
{
    return weft_fair_peer_probe();
}

#define WORKS(WORK)                                                                                            \
    WORK(channels, CHANNELS)                                                                                   \
    WORK(mutex, MUTEX)                                                                                         \
    WORK(reads, READS)                                                                                         \
    WORK(writes, WRITES)                                                                                       \
    WORK(calls, CALLS)                                                                                         \
    WORK(event, EVENT)                                                                                         \
    WORK(children, CHILDREN)                                                                                   \
    WORK(naps, NAPS)                                                                                           \
    WORK(ticks, TICKS)                                                                                         \
    WORK(virtual_naps, VIRTUAL_NAPS)                                                                           \
    WORK(virtual_ticks, VIRTUAL_TICKS)                                                                         \
    WORK(lines, LINES)                                                                                         \
    WORK(yields, YIELDS)                                                                                       \
    WORK(foreign, FOREIGN)                                                                                     \
    WORK(embedded, EMBEDDED)

static weft_stepped until_yielded(weft_coro *co, weft_fair_peer_work_t what)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_fair_peer_until_yielded(what)));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_deadline(weft_coro *co, weft_fair_peer_work_t what)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_fair_peer_until_deadline(what)));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_yielded_blocking(weft_coro *co, weft_fair_peer_work_t what)
{
    WEFT_BEGIN;
    weft_fair_peer_until_yielded_blocking(what);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_deadline_blocking(weft_coro *co, weft_fair_peer_work_t what)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_fair_peer_until_deadline_blocking(what)));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_cancelled(weft_coro *co, weft_fair_peer_work_t what)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_fair_peer_until_cancelled(what));
    for (self->yields = 0; self->yields < 5; self->yields++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->call), true);
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped until_stopped(weft_coro *co, weft_fair_peer_work_t what)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_fair_peer_until_stopped(what));
    for (self->yields = 0; self->yields < 5; self->yields++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->call), true);
    WEFT_AWAIT(weft_subtask_call(co, &self->stop, weft_fair_peer_stop()));
    WEFT_AWAIT(weft_await(co, &self->call));
    WEFT_FINALLY;
    WEFT_END;
}
// Each work with each way to end it.
#define CASE(name, NAME, until)                                                                                \
    typedef frame name##_##until;                                                                              \
    static weft_stepped name##_##until##_run(weft_coro *co)                                                    \
    {                                                                                                          \
        return until_##until(co, WEFT_FAIR_PEER_WORK_##NAME);                                                  \
    }
#define ENDS(END, name, NAME)                                                                                  \
    END(name, NAME, yielded)                                                                                   \
    END(name, NAME, yielded_blocking)                                                                          \
    END(name, NAME, deadline)                                                                                  \
    END(name, NAME, deadline_blocking)                                                                         \
    END(name, NAME, cancelled)                                                                                 \
    END(name, NAME, stopped)
#define CASES(name, NAME) ENDS(CASE, name, NAME)
WORKS(CASES)

#define TEST_OF(name, NAME, until) TEST(name##_##until)
#define TESTS_OF(name, NAME) ENDS(TEST_OF, name, NAME)
#define TESTS WORKS(TESTS_OF)
#include "weft_runner.h"
