// weft-traps: the model. What the guest has in its table, which rule the next call breaks, and what it answers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TRAPS_MODEL_H
#define TRAPS_MODEL_H

#include "../native/host_poor.h"

#include <stdarg.h>

#define TRAP(name) WEFT_SIM_TRAP_##name
#define NONE_BROKEN WEFT_SIM_NO_TRAP
enum { HANDLES = 512 };

static weft_sim *sim;
static weft_sim_options options;
static uint64_t seed, calls_made, counts[WEFT_SIM_TRAP_COUNT];
static weft_sim_trap expected; // by the call that is being made
static const char *doing;

static uint32_t pick(uint32_t count)
{
    return weft_sim_choose(sim, WEFT_SIM_CHOOSE_SCRIPT, count);
}

static _Noreturn void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs(weft_sim_transcript(sim), stderr);
    fprintf(stderr, "weft-traps: seed %llu: %s: ", (unsigned long long)seed, doing);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n%s", weft_sim_report(sim));
    va_end(arguments);
    exit(1);
}

// ---- The model: the guest's table ----

typedef enum { GONE, SET, TASK, STREAM_IN, STREAM_OUT, FUTURE_IN, FUTURE_OUT, THING, ERROR } kind;
typedef enum { IDLE, BUSY, DONE } state;

typedef struct object {
    kind kind;
    const void *type; // of a stream or future: its type; of a thing: its resource
    state state;
    bool open;             // busy: the other end may still find it
    bool event;            // there is one
    uint32_t code;         // of the event, without the count
    uint32_t length, done; // of the copy
    uint32_t other;        // the other end's handle; 0: gone; UINT32_MAX: in another component
    uint32_t set;          // that it is in
    uint32_t members;      // of a set
    bool asked, delivered; // of a subtask: cancelled; told its final state
    uint32_t lent;         // of a thing
} object;

static object table[HANDLES];
static uint32_t live, others; // handles: of the guest, and of the other component
static uint32_t others_set;   // that its tasks wait for
static uint32_t tasks;        // of both
static bool returned;
static uint32_t pressure;

static object *at(uint32_t handle)
{
    return handle < HANDLES && table[handle].kind ? &table[handle] : NULL;
}

static object *added(uint32_t handle, kind what)
{
    if (!handle || handle >= HANDLES || table[handle].kind)
        fail("the new handle is %u", (unsigned)handle);
    table[handle] = (object){.kind = what};
    live++;
    return &table[handle];
}

static void removed(uint32_t handle)
{
    object *it = at(handle);
    if (it->set)
        table[it->set].members--;
    *it = (object){0};
    live--;
}

static bool is_waitable(const object *it)
{
    return it->kind >= TASK && it->kind <= FUTURE_OUT;
}

// A handle of that kind, mostly, and if there is one.
static uint32_t any_handle(kind wanted)
{
    uint32_t chosen[HANDLES], count = 0;
    uint32_t how = pick(12);
    if (how == 0)
        return pick(64);
    for (uint32_t i = 1; i < HANDLES; i++)
        if (table[i].kind && (how == 1 || table[i].kind == wanted))
            chosen[count++] = i;
    return count ? chosen[pick(count)] : pick(8);
}

static weft_sim_trap wrong_handle(uint32_t handle, kind wanted, const void *type)
{
    object *it = at(handle);
    if (!it)
        return TRAP(HANDLE_UNKNOWN);
    if (it->kind != wanted)
        return TRAP(HANDLE_KIND);
    return type && it->type != type ? TRAP(HANDLE_TYPE) : NONE_BROKEN;
}

// From here to `made`, the call must trap so, or not at all.
static void must_break(const char *call, weft_sim_trap trap)
{
    doing = call;
    expected = trap;
    calls_made++;
}

// The same; false if the call is left out, as most that would trap are, so that runs get anywhere.
static bool making(const char *call, weft_sim_trap trap)
{
    if (trap && pick(12))
        return false;
    must_break(call, trap);
    return true;
}

static void made(void)
{
    if (expected)
        fail("%s was to be provoked, and was not", weft_sim_trap_name(expected));
}

static void answered(uint32_t answer, uint32_t due)
{
    made();
    if (answer != due)
        fail("the answer is %#x, and due is %#x", (unsigned)answer, (unsigned)due);
}

static weft_sim_trap full(uint32_t more)
{
    return options.max_handles && live + others + tasks + more > options.max_handles ? TRAP(HANDLES_FULL)
                                                                                     : NONE_BROKEN;
}

#define FIRST(...) first_of((weft_sim_trap[]){__VA_ARGS__, WEFT_SIM_TRAP_COUNT})
static weft_sim_trap first_of(const weft_sim_trap *list)
{
    while (!*list)
        list++;
    return *list == WEFT_SIM_TRAP_COUNT ? NONE_BROKEN : *list;
}
// A call is a task more before its arguments are looked at.
#define CALL(...) FIRST(full(1), __VA_ARGS__)
#define IF(condition, name) ((condition) ? TRAP(name) : NONE_BROKEN)

#endif
