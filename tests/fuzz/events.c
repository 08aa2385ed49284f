// Fuzz target: what no host could send. While a workload runs, a task's callback is also called with events
// that are made up: of waitables that are in flight or not, of any kind, with any code, out of turn; and events
// are kept back. Three things must hold, whatever comes:
//   - An event of nothing changes nothing: the workload's model holds, and all is given back.
//   - An event code that Weft does not know, or of another kind than the operation in flight, stops it by the
//     rule bad_event; a callback without a task by the rule lost_task.
//   - A lie about an operation in flight cannot be told from the truth. From there on host and component are at
//     odds, and anything but damage may be: the host's rules or Weft's stop the component, or it waits in vain.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz.h"
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, CANCEL = 6, EXIT = 0, YIELD = 1, WAIT = 2, EXTRA = 4 };

static weft_sim *sim;
static weft_sim_instance *guest;
static struct {
    bool lie, cancel; // so far
    bool own_memory;  // the items of this workload are pointers: no lie may say that there are some
    const char *due;  // the rule that Weft must stop by
    const char *rule; // that it stopped by
    bool wrong;       // the workload has seen what its model does not allow
} told;

// What was made up, and is not in the host's transcript.
enum { CALLS = 32 };
static struct {
    uint32_t event, waitable, code;
    fuzz_event kind;
} calls[CALLS];
static uint32_t call_count;

static const char *const kinds[] = {"of nothing", "cancels", "lies", "unknown", "without a task"};
static uint32_t totals[sizeof kinds / sizeof kinds[0]]; // of all inputs

static void tell_totals(void)
{
    fputs("made up:", stderr);
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        fprintf(stderr, " %u %s%s", (unsigned)totals[i], kinds[i],
                i + 1 < sizeof kinds / sizeof kinds[0] ? "," : "\n");
}

#define FOUND(...) (tell_calls(), fuzz_found(sim, __VA_ARGS__))

static void tell_calls(void)
{
    for (uint32_t i = 0; i < call_count && i < CALLS; i++)
        fprintf(stderr, "made up: (%u, %u, %u), %s\n", (unsigned)calls[i].event, (unsigned)calls[i].waitable,
                (unsigned)calls[i].code, kinds[calls[i].kind]);
}

static uint32_t choice(uint32_t count)
{
    return weft_sim_choose(sim, WEFT_SIM_CHOOSE_SCRIPT, count);
}

static uint32_t any_word(void)
{
    return choice(256) | choice(256) << 8 | choice(256) << 16 | choice(256) << 24;
}

static void failed(const char *message)
{
    if (!told.lie && !told.cancel)
        FOUND("%s", message);
    told.wrong = true;
    weft_sim_unreachable(guest, message);
}

static void report(const char *text, size_t length)
{
    told.rule = weft_fuzzed.rule_of(text, length);
    if (!told.rule)
        return; // a line of a dump; or no message at all, and what comes next is a trap
    weft_sim_unreachable(guest, told.rule);
}

// A lie's count is at most what was asked for: who writes past a buffer needs no event for that.
static uint32_t credible(uint32_t waitable, uint32_t code)
{
    if (waitable >= guest->entry_count)
        return code;
    const weft_sim__entry *entry = &guest->entries[waitable];
    if (entry->kind != KIND_STREAM_READER && entry->kind != KIND_STREAM_WRITER)
        return code;
    uint32_t most = ((const weft_sim_end *)entry->object)->length;
    return (code >> 4) > most ? (code & 15) | most << 4 : code;
}

static uint32_t call(const weft_sim_export *export, uint32_t event, uint32_t waitable, uint32_t code,
                     fuzz_event kind)
{
    if (kind == FUZZ_LIE)
        code = credible(waitable, code);
    if (call_count < CALLS) {
        calls[call_count].event = event;
        calls[call_count].waitable = waitable;
        calls[call_count].code = code;
        calls[call_count].kind = kind;
    }
    call_count++;
    totals[kind]++;
    switch (kind) {
    case FUZZ_IGNORED:
        break;
    case FUZZ_CANCEL:
        told.cancel = true;
        break;
    case FUZZ_LIE:
        told.lie = true;
        break;
    case FUZZ_UNKNOWN_EVENT:
        told.due = "bad_event";
        break;
    case FUZZ_NO_TASK:
        told.due = "lost_task";
        weft_fuzzed.lose_task();
        break;
    }
    uint32_t answer = export->callback(event, waitable, code);
    if (told.due)
        FOUND("event %u was taken as if it were one", (unsigned)event);
    return answer;
}

static uint32_t made_up(const weft_sim_export *export)
{
    uint32_t event = choice(8);
    bool no_task = event > CANCEL && choice(16) == 15;
    if (event > CANCEL)
        event = any_word();
    uint32_t waitable = weft_fuzzed.waitable(choice(256));
    if (choice(8) == 7)
        waitable = any_word();
    uint32_t code = choice(4) | (told.own_memory ? 0 : choice(10) << 4);
    if (told.own_memory && code == 0)
        code = 1; // completed is to say that a value is there
    if (choice(8) == 7 && !told.own_memory)
        code = any_word();
    return call(export, event, waitable, code, no_task ? FUZZ_NO_TASK : weft_fuzzed.kind_of(event, waitable));
}

static uint32_t call_back(const weft_sim_export *export, uint32_t event, uint32_t waitable, uint32_t code)
{
    uint32_t answer;
    uint32_t polled[2];
    if (event == NONE && weft_fuzzed.set() && choice(8) == 7) { // out of turn, but true
        uint32_t early = weft_sim_waitable_set_poll(guest, weft_fuzzed.set(), polled);
        if (export->callback(early, polled[0], polled[1]) == EXIT)
            return EXIT;
    }
    switch (choice(12)) {
    case 11: // kept back
        told.lie = true;
        answer = export->callback(NONE, 0, 0);
        break;
    case 10: // twice
        answer = export->callback(event, waitable, code);
        if (answer != EXIT)
            answer = call(export, event, waitable, code, weft_fuzzed.kind_of(event, waitable));
        break;
    default:
        answer = export->callback(event, waitable, code);
    }
    // After the true one: that the host holds as delivered, and nothing must come between.
    for (uint32_t left = EXTRA; answer != EXIT && left && choice(6) == 5; left--)
        answer = made_up(export);
    return (answer & 15) == WAIT && choice(6) == 5 ? YIELD : answer; // and it is called with NONE
}

// A callback is not told which export it is of: one function each.
enum { EXPORTS = 48 };
static weft_sim_export exports[EXPORTS];
#define CALLBACK(at)                                                                                           \
    static uint32_t call_back_##at(uint32_t event, uint32_t waitable, uint32_t code)                           \
    {                                                                                                          \
        return call_back(&weft_fuzzed.component->exports[at], event, waitable, code);                          \
    }
// clang-format off
#define EACH(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) \
    X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47)
// clang-format on
EACH(CALLBACK)
#define NAME(at) call_back_##at,
static uint32_t (*const callbacks[EXPORTS])(uint32_t event, uint32_t waitable, uint32_t code) = {EACH(NAME)};

static weft_sim_component component;

static void trim(weft_sim *of, void *data)
{
    (void)of;
    (void)data;
    weft_sim_call *it = weft_sim_call_export(guest, NULL, "trim", NULL);
    weft_sim_call_wait(it);
    weft_sim_call_free(it);
}

// What the host may stop a component by that has been lied to: it uses what is in flight, or what is gone. No
// other rule may be broken, and none by a component that was told the truth.
static bool may_follow(weft_sim_trap trap)
{
    switch (trap) {
    case WEFT_SIM_TRAP_HANDLE_UNKNOWN:
    case WEFT_SIM_TRAP_HANDLE_KIND:
    case WEFT_SIM_TRAP_SUBTASK_DROP:
    case WEFT_SIM_TRAP_SUBTASK_CANCEL_DONE:
    case WEFT_SIM_TRAP_SUBTASK_CANCEL_TWICE:
    case WEFT_SIM_TRAP_END_CONCURRENT:
    case WEFT_SIM_TRAP_END_DROP_BUSY:
    case WEFT_SIM_TRAP_END_CANCEL_IDLE:
    case WEFT_SIM_TRAP_READ_AFTER_DROPPED:
    case WEFT_SIM_TRAP_WRITE_AFTER_DROPPED:
    case WEFT_SIM_TRAP_FUTURE_READ_TWICE:
    case WEFT_SIM_TRAP_FUTURE_WRITE_TWICE:
    case WEFT_SIM_TRAP_FUTURE_UNWRITTEN:
    case WEFT_SIM_TRAP_TRANSFER_BUSY:
    case WEFT_SIM_TRAP_TRANSFER_DONE:
    case WEFT_SIM_TRAP_SET_MEMBERS:
    case WEFT_SIM_TRAP_BUFFER_BOUNDS: // it passes on what it was told to have read
        return told.lie;
    case WEFT_SIM_TRAP_CANCEL_UNASKED:
        return told.cancel || told.lie;
    case WEFT_SIM_TRAP_UNREACHABLE:
        return told.due ? told.rule && !strcmp(told.rule, told.due) : told.lie || told.wrong;
    default:
        return false;
    }
}

static void check_end(weft_sim_outcome outcome)
{
    switch (outcome) {
    case WEFT_SIM_DONE:
        return;
    case WEFT_SIM_TRAPPED:
        if (may_follow(weft_sim_trapped(sim)))
            return;
        break;
    default: // it waits for what was kept back, or the scripts do
        if (told.lie)
            return;
    }
    FOUND("%s%s", weft_sim_report(sim), told.lie ? "(after a lie)" : "");
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    component = *weft_fuzzed.component;
    if (component.export_count > EXPORTS) {
        fputs("weft fuzz: more exports than callbacks of events.c: add some\n", stderr);
        abort();
    }
    atexit(tell_totals);
    for (uint32_t i = 0; i < component.export_count; i++) {
        exports[i] = component.exports[i];
        if (exports[i].callback)
            exports[i].callback = callbacks[i];
    }
    component.exports = exports;
    *weft_fuzzed.all->failed = failed;
    weft_fuzzed.report = report;
    fuzz_keep();
    return 0;
}

static void play(const workload *it)
{
    weft_sim_outcome outcome = weft_sim_run(sim, it->script, NULL);
    check_end(outcome);
    if (outcome != WEFT_SIM_DONE || told.lie || told.cancel)
        return;
    it->check();
    weft_sim_end_faults(sim);
    if (weft_sim_run(sim, trim, NULL) != WEFT_SIM_DONE)
        FOUND("%s", weft_sim_report(sim));
    if (*weft_sim_leftovers(sim))
        FOUND("%s", weft_sim_leftovers(sim));
    if (weft_fuzzed.all->live_bytes())
        FOUND("memory is left");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input;
    if (!fuzz_decode(data, size, &input))
        return -1;
    memset(&told, 0, sizeof told);
    call_count = 0;
    const workload *it = &weft_fuzzed.all->list[input.workload];
    told.own_memory = strstr(it->name, "text") != NULL;
    sim = weft_sim_new(&input.options, &input.schedule);
    weft_sim_step_limit(sim, 50000); // the busy workload takes some thousands
    guest = weft_sim_instantiate(sim, &component);
    weft_fuzzed.all->begin(sim, guest, input.without_blocking);
    play(it);
    weft_sim_free(sim);
    weft_sim_schedule_free(&input.schedule);
    fuzz_reset();
    return 0;
}
