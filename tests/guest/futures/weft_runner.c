// The futures' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PEER(x) weft_futures_peer_##x
#include "scripts/weft_script.h"
// After check.h.
#include "counting_hooks.h"
#include "kinds.h"
#include "scenarios.h"
#include "scripts/scenario.h"

SCENARIO_CALLS(narrow)
SCENARIO_CALLS(wide)
SCENARIO_CALLS(unit)
SCENARIO_CALLS(mixed)

static const scenario_kind future_kinds[] = {SCENARIO_KIND(narrow) SCENARIO_KIND(wide) SCENARIO_KIND(unit)
                                                 SCENARIO_KIND(mixed)};
enum { KINDS = sizeof future_kinds / sizeof *future_kinds };

#define ON_ALL(...) SCENARIO(future_kinds, __VA_ARGS__)
SCENARIOS(ON_ALL)

WEFT_FUTURE(plain, weft_futures_peer_future_u32, uint32_t);

// Gives the host turns until the peer's script has ended and the background is quiet.
typedef struct {
    weft_coro co;
    uint32_t turns;
    bool scripted;
} settle;

static weft_stepped settle_run(weft_coro *co)
{
    settle *self = weft_frame(co, settle);
    WEFT_BEGIN;
    for (self->turns = 0; self->scripted ? scenario_waits(self->turns) : self->turns < TURNS; self->turns++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

// A writer that closes unwritten, in the frame of a child that is gone before the reader arrives.
typedef struct {
    weft_coro co;
    uint32_t i, live_before;
    weft_subtask call;
    script *child;
    settle settle;
} frame_gone;

static weft_stepped frame_gone_run(weft_coro *co)
{
    static const scenario test = {"frame_gone", GIVES, "", "|sc", "", "C[9]"};
    frame_gone *self = weft_frame(co, frame_gone);
    WEFT_BEGIN;
    for (self->i = 0; self->i < KINDS; self->i++) {
        self->live_before = payload_live;
        self->child = calloc(1, sizeof *self->child);
        *self->child = (script){.kind = future_kinds[self->i].kind, .writes = true, .at = "c"};
        uint32_t end = self->child->kind->make(&self->child->end);
        uint32_t status = future_kinds[self->i].take(end, text_of("|sc"));
        WEFT_AWAIT(weft_subtask_call(co, &self->call, status));
        WEFT_AWAIT(weft_call(co, &self->child->co, script_run));
        memset(self->child, 0x55, sizeof *self->child);
        free(self->child);
        PEER(open)();
        self->settle.scripted = true;
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        scenario_check(&test, &future_kinds[self->i], self->live_before);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// One kind's writer, given to the peer and closed unwritten.
typedef struct {
    weft_coro co;
    const scenario_kind *kind;
    const char *peers;
    weft_subtask call;
    script_end end;
} leave_default;

static weft_stepped leave_default_run(weft_coro *co)
{
    leave_default *self = weft_frame(co, leave_default);
    WEFT_BEGIN;
    uint32_t end = self->kind->kind->make(&self->end);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, self->kind->take(end, text_of(self->peers))));
    EXPECT(self->kind->kind->close_writer(co, &self->end), true);
    WEFT_FINALLY;
    WEFT_END;
}

// The default that a coroutine of weft_block_on left behind is taken after that has returned.
typedef struct {
    weft_coro co;
    uint32_t i, live_before;
    settle settle;
} block_on;

static weft_stepped block_on_run(weft_coro *co)
{
    static const scenario later = {"block_on", GIVES, "", "~~~~~~sc", "", "C[9]"};
    static const scenario goes = {"block_on", GIVES, "", "~~~~~~c", "", ""};
    block_on *self = weft_frame(co, block_on);
    WEFT_BEGIN;
    for (; self->i < 2 * KINDS; self->i++) {
        self->live_before = payload_live;
        leave_default root = {.kind = &future_kinds[self->i / 2],
                              .peers = self->i % 2 ? later.peers : goes.peers};
        EXPECT(weft_block_on(&root.co, leave_default_run), WEFT_DONE);
        self->settle.scripted = true;
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        weft_trim();
        scenario_check(self->i % 2 ? &later : &goes, &future_kinds[self->i / 2], self->live_before);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// A close without memory says so and leaves the writer as it is: to close again, or to write.
typedef struct {
    weft_coro co;
    uint32_t i, live_before;
    weft_subtask call;
    script_end end;
    char item[ITEM_SIZE_MAX];
    settle settle;
} no_memory;

static weft_stepped no_memory_run(weft_coro *co)
{
    static const scenario closes = {"no_memory", GIVES, "", "|sc", "", "C[9]"};
    static const scenario writes = {"no_memory", GIVES, "", "|sc", "", "C[1]"};
    no_memory *self = weft_frame(co, no_memory);
    const scenario_kind *kind = &future_kinds[self->i / 2];
    WEFT_BEGIN;
    for (; self->i < 2 * KINDS; kind = &future_kinds[++self->i / 2]) {
        self->live_before = payload_live;
        uint32_t end = kind->kind->make(&self->end);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, kind->take(end, text_of("|sc"))));
        fail_at = 1;
        EXPECT(kind->kind->close_writer(co, &self->end), false);
        EXPECT(fail_at, 0);
        EXPECT(weft_in_flight(&self->end), false);
        if (self->i % 2) {
            kind->kind->item->make(self->item, 1);
            kind->kind->start_write(co, &self->end, self->item, 1);
            EXPECT(weft_in_flight(&self->end), true);
            PEER(open)();
            WEFT_AWAIT(weft_await(co, &self->end));
            EXPECT(weft_resolved(&self->end), true);
        }
        EXPECT(kind->kind->close_writer(co, &self->end), true);
        EXPECT(self->end.op.handle, 0);
        if (self->i % 2 == 0)
            PEER(open)();
        self->settle.scripted = true;
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        scenario_check(self->i % 2 ? &writes : &closes, kind, self->live_before);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// The peer drops its end when this one is done and still in its task's set, which another read in flight makes
// the task look into: the host has an event there for an operation that is no more.
typedef struct {
    weft_coro co;
    uint32_t i, live_before, end;
    weft_subtask call;
    plain_writer other_out;
    plain_reader other_in;
    uint32_t other_value;
    script script;
    settle settle;
} unsolicited;

static weft_stepped unsolicited_run(weft_coro *co)
{
    static const scenario gives = {"unsolicited", GIVES, "s>ac", "|s~~~c", "B C", "C[1]"};
    static const scenario makes = {"unsolicited", MAKES, "s>a", "|s~~~c", "B C[1]", "C"};
    unsolicited *self = weft_frame(co, unsolicited);
    const scenario_kind *kind = &future_kinds[self->i / 2];
    const scenario *test = self->i % 2 ? &makes : &gives;
    WEFT_BEGIN;
    for (; self->i < 2 * KINDS; kind = &future_kinds[++self->i / 2], test = self->i % 2 ? &makes : &gives) {
        self->live_before = payload_live;
        self->other_in = plain_reader_of(plain_new(&self->other_out, 0));
        plain_start_read(co, &self->other_in, &self->other_value);
        if (test->role == GIVES) {
            self->end = kind->kind->make(&self->script.end);
            WEFT_AWAIT(weft_subtask_call(co, &self->call, kind->take(self->end, text_of(test->peers))));
        } else {
            WEFT_AWAIT(weft_subtask_call(co, &self->call, kind->make(text_of(test->peers), &self->end)));
            kind->kind->wrap(&self->script.end, self->end);
        }
        self->script.kind = kind->kind;
        self->script.writes = test->role == GIVES;
        self->script.made = 0;
        self->script.at = "s>a~~~~~~~~~~";
        WEFT_AWAIT(weft_call(co, &self->script.co, script_run));
        self->settle.scripted = true;
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        scenario_check(test, kind, self->live_before);
        EXPECT(weft_in_flight(&self->other_in), true);
        plain_close_reader_blocking(&self->other_in);
        EXPECT(plain_close_writer_blocking(co, &self->other_out), true);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// Waits for the reader to go: told by the host, and then the writer is closed unwritten; not chosen in a
// select, cancelled, and then written all the same.
typedef struct {
    weft_coro co;
    plain_writer *out;
} waits_gone;

static weft_stepped waits_gone_run(weft_coro *co)
{
    waits_gone *self = weft_frame(co, waits_gone);
    WEFT_BEGIN;
    WEFT_AWAIT(plain_reader_dropped(co, self->out));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_case cases[2];
    plain_writer out;
    weft_event event;
    weft_subtask call;
    waits_gone child;
    weft_scope scope;
    weft_child handle;
    settle settle;
} reader_gone;

static weft_stepped reader_gone_run(weft_coro *co)
{
    reader_gone *self = weft_frame(co, reader_gone);
    WEFT_BEGIN;
    WEFT_AWAIT(
        weft_subtask_call(co, &self->call, PEER(take_narrow)(plain_new(&self->out, 5), text_of("~~~c"))));
    WEFT_AWAIT(plain_reader_dropped(co, &self->out));
    EXPECT(weft_dropped(&self->out), true);
    WEFT_AWAIT(plain_reader_dropped(co, &self->out));
    WEFT_AWAIT(plain_write(co, &self->out, 6));
    EXPECT(weft_resolved(&self->out) || !weft_dropped(&self->out), false);
    EXPECT(plain_close_writer(co, &self->out), true);

    // The news come while nobody waits.
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(take_narrow)(plain_new(&self->out, 5), text_of("|c"))));
    plain_start_write(co, &self->out, 6);
    weft_stop_blocking(&self->out);
    PEER(open)();
    self->settle.scripted = true;
    WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
    EXPECT(weft_dropped(&self->out), false);
    WEFT_AWAIT(plain_reader_dropped(co, &self->out));
    EXPECT(plain_close_writer(co, &self->out), true);

    // Not chosen, then cancelled, then written.
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(take_narrow)(plain_new(&self->out, 5), text_of("|sc"))));
    weft_event_set(&self->event);
    WEFT_AWAIT(
        weft_select(co, self->cases, plain_reader_dropped(of, &self->out), weft_event_wait(of, &self->event)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_in_flight(&self->out), true);
    self->child.out = &self->out;
    weft_spawn(co, &self->scope, &self->handle, &self->child.co, waits_gone_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->child.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT(weft_in_flight(&self->out) || weft_dropped(&self->out), false);
    PEER(open)();
    WEFT_AWAIT(plain_write(co, &self->out, 7));
    EXPECT(weft_resolved(&self->out), true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(plain_close_writer(co, &self->out), true);
    WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
    WEFT_END;
}

// The functions that wait, and what they say.
typedef struct {
    weft_coro co;
    plain_writer out;
    plain_reader in;
    PEER(list_future_u32_t) list, relayed;
    uint32_t end, value;
    weft_subtask call;
    settle settle;
} typed;

static weft_stepped typed_run(weft_coro *co)
{
    typed *self = weft_frame(co, typed);
    WEFT_BEGIN;
    self->end = plain_new(&self->out, 5);
    self->list.ptr = &self->end;
    self->list.len = 1;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(relay)(self->list, &self->relayed)));
    self->in = plain_reader_of(self->relayed.ptr[0]);
    EXPECT(weft_resolved(&self->in) || weft_dropped(&self->in) || weft_in_flight(&self->in), false);
    EXPECT(weft_resolved(&self->out) || weft_dropped(&self->out) || weft_in_flight(&self->out), false);
    WEFT_AWAIT(plain_write(co, &self->out, 21));
    EXPECT(weft_resolved(&self->out), true);
    WEFT_AWAIT(plain_read(co, &self->in, &self->value));
    EXPECT(weft_resolved(&self->in), true);
    EXPECT(weft_dropped(&self->in) || weft_copy_cancelled(&self->in), false);
    EXPECT(self->value, 42);
    WEFT_FINALLY;
    plain_close_reader(&self->in);
    EXPECT(self->in.op.handle, 0);
    EXPECT(plain_close_writer(co, &self->out), true);
    EXPECT(self->out.op.handle, 0);
    payload_free(self->relayed.ptr);
    WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
    WEFT_END;
}

// The readable end goes to the peer and back a hundred times.
typedef struct {
    weft_coro co;
    bool try;
    int i;
    plain_writer out;
    plain_reader in;
    uint32_t end, value;
    weft_subtask call;
} pass_rounds;

static weft_stepped pass_rounds_run(weft_coro *co)
{
    pass_rounds *self = weft_frame(co, pass_rounds);
    WEFT_BEGIN;
    self->in = plain_reader_of(plain_new(&self->out, 0));
    for (self->i = 0; self->i < 100; self->i++) {
        if (self->try) {
            plain_start_read(co, &self->in, &self->value);
            weft_stop_blocking(&self->in);
            EXPECT(weft_copy_cancelled(&self->in), true);
        }
        self->end = plain_hand_on(&self->in);
        EXPECT(self->in.op.handle, 0);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(pass)(self->end, self->try, &self->end)));
        self->in = plain_reader_of(self->end);
    }
    plain_start_write(co, &self->out, 7);
    EXPECT(weft_in_flight(&self->out), true);
    self->end = plain_hand_on(&self->in);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(pass)(self->end, false, &self->end)));
    self->in = plain_reader_of(self->end);
    WEFT_AWAIT(plain_read(co, &self->in, &self->value));
    EXPECT(self->value, 7);
    WEFT_AWAIT(weft_await(co, &self->out));
    EXPECT(weft_resolved(&self->out), true);
    WEFT_FINALLY;
    plain_close_reader(&self->in);
    EXPECT(plain_close_writer(co, &self->out), true);
    WEFT_END;
}

typedef pass_rounds ping_pong, ping_pong_used;

static weft_stepped ping_pong_run(weft_coro *co)
{
    return pass_rounds_run(co);
}

static weft_stepped ping_pong_used_run(weft_coro *co)
{
    weft_frame(co, pass_rounds)->try = true;
    return pass_rounds_run(co);
}

// A wait for the first of three reads and a call, in an order that the test decides.
typedef struct {
    weft_coro co;
    plain_writer out[3];
    plain_reader in[3];
    uint32_t ends[3], values[3];
    PEER(list_future_u32_t) list, relayed;
    weft_subtask relay, wait;
    weft_op *ops[4];
    weft_any any;
    settle settle;
} any_of;

static weft_stepped any_of_run(weft_coro *co)
{
    any_of *self = weft_frame(co, any_of);
    WEFT_BEGIN;
    for (int i = 0; i < 3; i++)
        self->ends[i] = plain_new(&self->out[i], 0);
    self->list.ptr = self->ends;
    self->list.len = 3;
    WEFT_AWAIT(weft_subtask_call(co, &self->relay, PEER(relay)(self->list, &self->relayed)));
    for (int i = 0; i < 3; i++) {
        self->in[i] = plain_reader_of(self->relayed.ptr[i]);
        plain_start_read(co, &self->in[i], &self->values[i]);
        self->ops[2 - i] = &self->in[i].op; // the peer goes by its own order
    }
    weft_subtask_start(co, &self->wait, PEER(wait)());
    self->ops[3] = &self->wait.op;
    plain_start_write(co, &self->out[0], 10);
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 4));
    EXPECT(self->any.index, 2);
    EXPECT(self->values[0], 20);
    EXPECT(weft_in_flight(&self->in[1]) && weft_in_flight(&self->in[2]) && weft_in_flight(&self->wait), true);
    // One that is complete is so again.
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 4));
    EXPECT(self->any.index, 2);
    self->ops[2] = self->ops[3];
    PEER(open)();
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 3));
    EXPECT(self->any.index, 2);
    EXPECT(weft_subtask_state_of(&self->wait), WEFT_SUBTASK_RETURNED);
    plain_start_write(co, &self->out[1], 20);
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    EXPECT(self->any.index, 1);
    EXPECT(self->values[1], 40);
    plain_start_write(co, &self->out[2], 30);
    WEFT_AWAIT(weft_await(co, &self->in[2]));
    EXPECT(self->values[2], 60);
    WEFT_FINALLY;
    for (int i = 0; i < 3; i++) {
        plain_close_reader(&self->in[i]);
        EXPECT(plain_close_writer(co, &self->out[i]), true);
    }
    payload_free(self->relayed.ptr);
    WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
    WEFT_END;
}

// Ten thousand reads and writes in flight in one task, here and, twice over, at the peer.
typedef struct {
    weft_coro co;
    plain_writer *out;
    plain_reader *in;
    uint32_t *values;
    PEER(list_future_u32_t) list, relayed;
    weft_subtask call;
    uint32_t i;
    settle settle;
} many;

static weft_stepped many_run(weft_coro *co)
{
    many *self = weft_frame(co, many);
    WEFT_BEGIN;
    self->out = calloc(PLENTY, sizeof *self->out);
    self->in = calloc(PLENTY, sizeof *self->in);
    self->values = calloc(PLENTY, sizeof *self->values);
    for (uint32_t i = 0; i < PLENTY; i++)
        self->values[i] = plain_new(&self->out[i], 0);
    self->list.ptr = self->values;
    self->list.len = PLENTY;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, PEER(relay)(self->list, &self->relayed)));
    EXPECT(self->relayed.len, PLENTY);
    for (uint32_t i = 0; i < PLENTY; i++) {
        self->in[i] = plain_reader_of(self->relayed.ptr[i]);
        plain_start_read(co, &self->in[i], &self->values[i]);
        EXPECT(weft_in_flight(&self->in[i]), true);
    }
    for (uint32_t i = 0; i < PLENTY; i++)
        plain_start_write(co, &self->out[i], i + 1);
    for (self->i = 0; self->i < PLENTY; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->in[self->i]));
        EXPECT(weft_resolved(&self->in[self->i]), true);
        EXPECT(self->values[self->i], 2 * (self->i + 1));
        plain_close_reader(&self->in[self->i]);
        EXPECT(weft_resolved(&self->out[self->i]), true);
        EXPECT(plain_close_writer(co, &self->out[self->i]), true);
    }
    WEFT_FINALLY;
    payload_free(self->relayed.ptr);
    free(self->out);
    free(self->in);
    free(self->values);
    WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
    sort_handles(4 * PLENTY);
    PEER(sort)(4 * PLENTY);
    WEFT_END;
}

#define SCENARIO_TEST(name, ...) TEST(name)
#define TESTS                                                                                                  \
    SCENARIOS(SCENARIO_TEST)                                                                                   \
    TEST(ping_pong)                                                                                            \
    TEST(ping_pong_used)                                                                                       \
    TEST(any_of)                                                                                               \
    TEST(many)                                                                                                 \
    TEST(typed)                                                                                                \
    TEST(unsolicited)                                                                                          \
    TEST(frame_gone)                                                                                           \
    TEST(block_on)                                                                                             \
    TEST(no_memory)                                                                                            \
    TEST(reader_gone)
#include "weft_runner.h"
