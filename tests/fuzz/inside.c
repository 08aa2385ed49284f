// Of the component: what it knows of an event before that is delivered, and which lines of Weft's are messages
// of misuse.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz.h"
#include "observe.h"
#include "workloads.h"

#include <stdio.h>
#include <string.h>
#include "../../src/internal.h"
#include <weft/weft.h>

static const weft_task *current(void)
{
    return __context_get_0();
}

static bool is_bell(const weft_task *task, uint32_t waitable)
{
    return task->rouse.bell && !(task->flags & WEFT__QUEUED) &&
           *(const uint32_t *)(const void *)task->rouse.bell == waitable; // its reader comes first: wake.c
}

static fuzz_event kind_of(uint32_t event, uint32_t waitable)
{
    const weft_task *task = current();
    if (event > WEFT_EVENT_CANCEL)
        return FUZZ_UNKNOWN_EVENT;
    if (event == WEFT_EVENT_NONE)
        return FUZZ_IGNORED;
    if (event == WEFT_EVENT_CANCEL)
        return task->returned || task->flags & WEFT__TASK_CANCELLED ? FUZZ_IGNORED : FUZZ_CANCEL;
    const weft_coro *alone = task->alone;
    const weft_op *op = alone && alone->on.op->handle == waitable ? alone->on.op : weft__op_find(waitable);
    if (op) {
        uint32_t kind = op->status & 7;
        bool any = kind == WEFT_EVENT_NONE && !op->cancel; // what foreign code has registered
        return any || event == (kind ? kind : WEFT_EVENT_SUBTASK) ? FUZZ_LIE : FUZZ_UNKNOWN_EVENT;
    }
    return is_bell(task, waitable) ? FUZZ_LIE : FUZZ_IGNORED;
}

static uint32_t waitable(uint32_t choice)
{
    const weft_task *task = current();
    const weft_op *op = NULL;
    switch (choice % 4) {
    case 0:
        return task->alone ? task->alone->on.op->handle : 0;
    case 1:
        return task->rouse.bell ? *(const uint32_t *)(const void *)task->rouse.bell : 0;
    case 2:
        for (choice /= 4, op = weft__op_next(NULL); op && choice; choice--)
            op = weft__op_next(op);
        return op ? op->handle : 0;
    default:
        return choice / 4;
    }
}

static uint32_t set(void)
{
    return current()->wait >> 4;
}

static void lose_task(void)
{
    __context_set_0(NULL);
}

#define RULE(name, object, text) {#name, text},
static const struct {
    const char *name, *text;
} rules[] = {WEFT_RULES(RULE)};

static const char *rule_of(const char *text, size_t length)
{
    if (length < 6 || memcmp(text, "weft: ", 6) != 0 || text[length - 1] != '\n')
        return NULL;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        size_t rule = strlen(rules[i].text);
        if (length > rule && !memcmp(text + length - 1 - rule, rules[i].text, rule))
            return rules[i].name;
    }
    return NULL;
}

static void show(const char *text, size_t length)
{
    fwrite(text, 1, length, stderr);
}

void weft_report(const char *text, size_t length)
{
    weft_fuzzed.report(text, length);
}

// The linker gives these the place of libc's in the component (--wrap).
void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

static void note(void (*told)(const void *memory), const void *memory)
{
    if (memory && told)
        told(memory);
}

void *__wrap_malloc(size_t size)
{
    void *memory = __real_malloc(size);
    note(weft_fuzzed.allocated, memory);
    return memory;
}

void *__wrap_realloc(void *old, size_t size)
{
    note(weft_fuzzed.freed, old);
    void *memory = __real_realloc(old, size);
    note(weft_fuzzed.allocated, memory);
    return memory;
}

void __wrap_free(void *memory)
{
    note(weft_fuzzed.freed, memory);
    __real_free(memory);
}

extern __attribute__((visibility("default"))) workloads weft_workloads;
extern char __start___sancov_cntrs[] __attribute__((weak, visibility("hidden")));
extern char __stop___sancov_cntrs[] __attribute__((weak, visibility("hidden")));

extern __attribute__((visibility("default"))) fuzzed weft_fuzzed;
fuzzed weft_fuzzed = {.all = &weft_workloads,
                      .component = &component_of_stubs,
                      .report = show,
                      .kind_of = kind_of,
                      .waitable = waitable,
                      .set = set,
                      .lose_task = lose_task,
                      .rule_of = rule_of,
                      .counters = __start___sancov_cntrs,
                      .counters_end = __stop___sancov_cntrs};
