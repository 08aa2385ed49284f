// The calls' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t sum;
} call_ready;

static weft_poll call_ready_run(weft_coro *co)
{
    call_ready *self = weft_frame(co, call_ready);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 2, &self->sum)));
    EXPECT(self->sum, 3);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef call_ready call_pending;

static weft_poll call_pending_run(weft_coro *co)
{
    call_pending *self = weft_frame(co, call_pending);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 2, &self->sum)));
    EXPECT(self->sum, 3);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(call_ready)                                                                                           \
    TEST(call_pending)
#include "weft_runner.h"
