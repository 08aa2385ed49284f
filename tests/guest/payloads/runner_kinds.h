// The kinds of payloads of the runners, with the peer's functions for them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RUNNER_KINDS_H
#define RUNNER_KINDS_H

static uint32_t thing_value(weft_payloads_peer_own_thing_t it)
{
    return weft_payloads_peer_method_thing_value(weft_payloads_peer_borrow_thing(it));
}

#include "kinds.h"
#include "scenarios.h"
#include "scripts/scenario.h"

STREAMS(SCENARIO_CALLS)
FUTURES(SCENARIO_CALLS)

static const scenario_kind stream_kinds[] = {STREAMS(SCENARIO_KIND)};
static const scenario_kind future_kinds[] = {FUTURES(SCENARIO_KIND)};

#define ON_STREAMS(...) SCENARIO(stream_kinds, __VA_ARGS__)
#define ON_FUTURES(...) SCENARIO(future_kinds, __VA_ARGS__)
STREAM_SCENARIOS(ON_STREAMS)
FUTURE_SCENARIOS(ON_FUTURES)

#define SCENARIO_TEST(name, ...) TEST(name)

#endif
