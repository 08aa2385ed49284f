// What the runners of the scripted topics share: a scenario, the peer's functions, the comparison of logs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Included after weft_script.h or raw_script.h and runner.h. Set PEER(x) to the import's prefix before.
#ifndef SCENARIO_H
#define SCENARIO_H

// GIVES: the runner writes, and the peer gets the readable end. MAKES: the peer writes and returns that.
enum { GIVES, MAKES };

typedef struct {
    const char *name;
    int role;
    const char *mine, *peers; // scripts
    const char *my_log, *peers_log;
} scenario;

// One kind of stream or future, and the peer's functions for it.
typedef struct {
    const char *name;
    const script_kind *kind;
    uint32_t (*take)(uint32_t end, runner_string_t script);
    uint32_t (*make)(runner_string_t script, uint32_t *end);
} scenario_kind;

#define SCENARIO_CALLS(name)                                                                                   \
    static uint32_t take_##name(uint32_t end, runner_string_t script)                                          \
    {                                                                                                          \
        return PEER(take_##name)(end, script);                                                                 \
    }                                                                                                          \
    static uint32_t make_##name(runner_string_t script, uint32_t *end)                                         \
    {                                                                                                          \
        return PEER(make_##name)(script, end);                                                                 \
    }
#define SCENARIO_KIND(name) {#name, &name##_kind, take_##name, make_##name},

static void script_stands(uint32_t where)
{
    (void)where;
}

static bool script_waits(script *self, bool again)
{
    bool waits = false;
    switch (*self->at) {
    case '>':
        if (!again)
            PEER(open)();
        waits = PEER(standing)() == STANDS_NOWHERE;
        break;
    case '.':
        waits = PEER(standing)() < STANDS_AT_GATE;
        break;
    case '!':
        PEER(push)();
        break;
    default:
        __builtin_trap();
    }
    self->at += !waits;
    return waits;
}

// How many turns the host gets for what goes on in the background before the logs and counts are taken.
enum { TURNS = 20 };

static bool scenario_waits(uint32_t turns)
{
    if (PEER(standing)() == STANDS_AT_GATE)
        PEER(open)(); // the last gates open by themselves
    return turns < TURNS || PEER(standing)() != STANDS_AT_END;
}

// A kind without payload has no numbers: its zeros stand for any.
static bool same_log(const char *log, const char *expected, bool unit)
{
    for (; *log && *expected; log++, expected++)
        if (*log != *expected && !(unit && *log == '0' && log[-1] == '['))
            return false;
    return *log == *expected;
}

static void check_log(const scenario *test, const scenario_kind *kind, const char *whose, const char *log,
                      const char *expected)
{
    if (check_text[0] || same_log(log, expected, kind->kind->item->size == 0))
        return;
    const char *parts[] = {test->name,   ": ", kind->name,        ": ",     whose,
                           " log is \"", log,  "\", expected \"", expected, "\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check_add(parts[i]);
}

// Compares and clears both logs.
static void scenario_check(const scenario *test, const scenario_kind *kind, uint32_t live_before)
{
    if (script_cleanup)
        script_cleanup();
    runner_string_t log;
    PEER(log)(&log);
    char peers[sizeof script_log] = "";
    if (log.len) {
        memcpy(peers, log.ptr, log.len);
        payload_free(log.ptr);
    }
    check_log(test, kind, "my", script_log, test->my_log);
    check_log(test, kind, "the peer's", peers, test->peers_log);
    script_log[0] = 0;
    if (payload_live != live_before || PEER(live)() != 0)
        check_log(test, kind, "leak", "payloads", "");
}

static uint64_t peer_probe(void)
{
    return PEER(probe)();
}

static runner_string_t text_of(const char *text)
{
    return (runner_string_t){(uint8_t *)text, strlen(text)};
}

#ifdef WEFT_H

typedef struct {
    weft_coro co;
    uint32_t i, turns, live_before, end;
    runner_string_t text;
    weft_subtask call;
    script script;
} scenario_frame;

// Runs the scenario on every kind of `kinds`.
static weft_stepped scenario_step(weft_coro *co, const scenario *test, const scenario_kind *kinds, size_t count)
{
    scenario_frame *self = weft_frame(co, scenario_frame);
    const scenario_kind *kind = &kinds[self->i];
    WEFT_BEGIN;
    for (; self->i < count; kind = &kinds[++self->i]) {
        self->live_before = payload_live;
        self->script = (script){.kind = kind->kind, .writes = test->role == GIVES, .at = test->mine};
        self->text = text_of(test->peers);
        if (test->role == GIVES) {
            self->end = kind->kind->make(&self->script.end);
            WEFT_AWAIT(weft_subtask_call(co, &self->call, kind->take(self->end, self->text)));
        } else {
            WEFT_AWAIT(weft_subtask_call(co, &self->call, kind->make(self->text, &self->end)));
            kind->kind->wrap(&self->script.end, self->end);
        }
        WEFT_AWAIT(weft_call(co, &self->script.co, script_run));
        for (self->turns = 0; scenario_waits(self->turns); self->turns++)
            WEFT_AWAIT(weft_yield(co));
        scenario_check(test, kind, self->live_before);
    }
    WEFT_FINALLY;
    WEFT_END;
}

#define SCENARIO(kinds, name, ...)                                                                             \
    typedef scenario_frame name;                                                                               \
    static weft_stepped name##_run(weft_coro *co)                                                              \
    {                                                                                                          \
        static const scenario test = {#name, __VA_ARGS__};                                                     \
        return scenario_step(co, &test, kinds, sizeof kinds / sizeof *kinds);                                  \
    }

#else

static void scenario_run(const scenario *test, const scenario_kind *kinds, size_t count)
{
    for (const scenario_kind *kind = kinds; kind < kinds + count; kind++) {
        uint32_t live_before = payload_live;
        script self = {.kind = kind->kind, .length = 1};
        uint32_t end = 0;
        if (test->role == GIVES) {
            end = script_make(&self, kind->kind);
            EXPECT(kind->take(end, text_of(test->peers)), WEFT_SUBTASK_RETURNED);
        } else {
            EXPECT(kind->make(text_of(test->peers), &end), WEFT_SUBTASK_RETURNED);
            self.handle = end;
        }
        self.at = test->mine;
        uint32_t answer = script_run(&self, WEFT_EVENT_NONE, 0, 0);
        while (answer != WEFT_CALLBACK_EXIT) {
            uint32_t code = WEFT_EVENT_NONE, event[2] = {0};
            if (answer == WEFT_CALLBACK_YIELD)
                __thread_yield();
            else
                code = __waitable_set_wait(answer >> 4, event);
            answer = script_run(&self, code, event[0], event[1]);
        }
        for (uint32_t turns = 0; scenario_waits(turns); turns++)
            __thread_yield();
        scenario_check(test, kind, live_before);
    }
}

#define SCENARIO(kinds, name, ...)                                                                             \
    static void name(void)                                                                                     \
    {                                                                                                          \
        static const scenario test = {#name, __VA_ARGS__};                                                     \
        scenario_run(&test, kinds, sizeof kinds / sizeof *kinds);                                              \
    }

#endif
#endif
