// Workload: an export that the host calls synchronously, and that runs a coroutine on the machine stack. Model:
// it comes back when the coroutine has ended, and so have its children; the default of its future is taken.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { OTHERWISE = 77 };

WEFT_FUTURE(block_number, workloads_future_u32, uint32_t);

static uint32_t running, left; // coroutines; calls
static uint32_t given, taken;  // defaults of futures

// ---- The component ----

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t result;
    bool counted;
} block_child;

WEFT_ASYNC(block_child)
{
    WEFT_BEGIN;
    running++;
    self->counted = true;
    if (pick(2))
        WEFT_AWAIT(weft_yield(co));
    else
        WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(1, 5, &self->result)));
    WEFT_FINALLY;
    running -= self->counted;
    self->counted = false;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    block_child frame;
    weft_subtask call[2];
    uint32_t result[2], rounds;
    weft_any any;
    weft_op *ops[2];
    block_number_writer out;
} block;

WEFT_ASYNC(block)
{
    WEFT_BEGIN;
    running++;
    for (self->rounds = pick(4); self->rounds; self->rounds--) {
        switch (pick(7)) {
        case 0:
            WEFT_AWAIT(weft_yield(co));
            break;
        case 1:
            WEFT_AWAIT(weft_subtask_call(co, &self->call[0], workloads_add(2, 5, &self->result[0])));
            EXPECT(self->result[0] == 7, "the result is %u", self->result[0]);
            break;
        case 2:
            for (uint32_t i = 0; i < 2; i++) {
                weft_subtask_start(co, &self->call[i], workloads_add(i, 5, &self->result[i]));
                self->ops[i] = &self->call[i].op;
            }
            WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
            EXPECT(self->result[self->any.index] == self->any.index + 5, "the result is of another call");
            weft_stop_blocking(&self->call[1 - self->any.index]);
            break;
        case 3:
            WEFT_SPAWN(block_child, &self->frame, &self->scope, &self->child);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(2))
                WEFT_AWAIT(weft_join_all(co, &self->scope));
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
            break;
        case 4:
            WEFT_TASK_SPAWN(block_child, WEFT_CANCEL_TOO);
            break;
        case 5:
            weft_yield_blocking();
            break;
        default:
            WEFT_CALL(block_child, &self->frame);
        }
    }
    if (pick(3) == 0) {
        uint32_t readable = block_number_new(&self->out, OTHERWISE);
        given++;
        WEFT_AWAIT(weft_subtask_call(co, &self->call[0], workloads_take_number(readable)));
    }
    WEFT_FINALLY;
    while (!block_number_close_writer(co, &self->out))
        WEFT_AWAIT(weft_yield(co));
    running--;
    WEFT_END;
}

uint32_t exports_workloads_block(void)
{
    block frame = {0};
    weft_outcome outcome = WEFT_BLOCK_ON(block, &frame, .scope.policy = WEFT_GO_ON);
    if (outcome == WEFT_UNFINISHED)
        return NO_MEMORY;
    EXPECT(outcome == WEFT_DONE, "the outcome is %d", outcome);
    EXPECT(!running, "%u coroutines run still", running);
    return 7;
}

// ---- The world ----

// The value comes when the call has returned.
static void takes(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    linger();
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    linger();
    uint32_t value = 0;
    EXPECT((weft_sim_end_copy(end, &value, 1) & 15) == WEFT_COPY_COMPLETED, "a future came to nothing");
    EXPECT(value == OTHERWISE, "a future came to %u", value);
    taken++;
    weft_sim_end_drop(end);
}

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    uint32_t result = 7;
    if (call_and_wait("block", NULL, &result) == WEFT_SIM_RETURNED)
        EXPECT(result == 7 || result == NO_MEMORY, "the call returned %u", result);
    left--;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    running = given = taken = 0;
    answer_by_script("add", add);
    answer_by_script("take-number", takes);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(2);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
}

static void check(void)
{
    EXPECT(!left && !running, "a call came back, and its coroutine runs");
    EXPECT(taken == given, "%u defaults were given, and %u taken", given, taken);
}

const workload block_workload = {"blocking", play, check};
