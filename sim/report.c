// What a host tells afterwards: the transcript, who waits for what, and what is left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void weft_sim__print(weft_sim__text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t needed = text->length + (size_t)length + 1;
    if (needed > text->capacity) {
        size_t capacity = needed < 256 ? 256 : 2 * needed;
        char *data = realloc(text->data, capacity);
        if (!data)
            abort();
        text->data = data;
        text->capacity = capacity;
    }
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

static void mix(weft_sim *sim, uint32_t number)
{
    sim->hash = (sim->hash ^ number) * 0x100000001b3u;
}

static const char *clear(weft_sim__text *text)
{
    text->length = 0;
    weft_sim__print(text, "%s", "");
    return text->data;
}

static char *put_text(char *at, const char *end, const char *text)
{
    while (*text && at < end)
        *at++ = *text++;
    return at;
}

static char *put_number(char *at, const char *end, uint32_t number)
{
    char digits[16];
    size_t count = 0;
    if (number == BLOCKED)
        return put_text(at, end, "BLOCKED");
    uint32_t base = number > 0xffff ? 16 : 10;
    do
        digits[count++] = "0123456789abcdef"[number % base];
    while (number /= base);
    if (base == 16)
        at = put_text(at, end, "0x");
    while (count && at < end)
        *at++ = digits[--count];
    return at;
}

// By hand, for a run has many: the bytes of a line, cut if it is too long.
static size_t line_text(const weft_sim__line *line, char *buffer, size_t size)
{
    char *at = buffer;
    const char *end = buffer + size - 1;
    if (line->instance) {
        at = put_number(at, end, line->instance);
        at = put_text(at, end, ".");
        at = put_number(at, end, line->task);
        at = put_text(at, end, " ");
    }
    at = put_text(at, end, line->what);
    if (line->text) {
        at = put_text(at, end, " ");
        at = put_text(at, end, line->text);
    }
    for (int i = 0; i < (line->shape & 0x7f); i++) {
        at = put_text(at, end, i ? ", " : " (");
        at = put_number(at, end, line->numbers[i]);
    }
    if (line->shape & 0x7f)
        at = put_text(at, end, ")");
    if (line->shape & 0x80) {
        at = put_text(at, end, " -> ");
        at = put_number(at, end, line->answer);
    }
    *at++ = '\n';
    return (size_t)(at - buffer);
}

#define LINE_LENGTH 512

static void add(weft_sim *sim, weft_sim__line line)
{
    if (sim->current) {
        line.instance = sim->current->instance->number;
        line.task = sim->current->number;
    }
    for (const char *at = line.what; *at; at++)
        mix(sim, (unsigned char)*at);
    mix(sim, line.task);
    for (int i = 0; i < (line.shape & 0x7f); i++)
        mix(sim, line.numbers[i]);
    mix(sim, line.answer);
    sim->lines[sim->line_count++ % LINES] = line;
    if (sim->transcript_file) {
        char buffer[LINE_LENGTH];
        fwrite(buffer, 1, line_text(&line, buffer, sizeof buffer), sim->transcript_file);
    }
}

void weft_sim__note(weft_sim *sim, const char *what, const char *text, int count, uint32_t a, uint32_t b,
                    uint32_t c)
{
    add(sim, (weft_sim__line){.what = what, .text = text, .numbers = {a, b, c}, .shape = (uint8_t)count});
}

void weft_sim__note_answer(weft_sim *sim, const char *what, const char *text, int count, uint32_t a, uint32_t b,
                           uint32_t c, uint32_t answer)
{
    add(sim, (weft_sim__line){.what = what,
                              .text = text,
                              .numbers = {a, b, c},
                              .answer = answer,
                              .shape = (uint8_t)(count | 0x80)});
}

void weft_sim_note(weft_sim *sim, const char *what, const char *text)
{
    weft_sim__note(sim, what, text, 0, 0, 0, 0);
}

const char *weft_sim_transcript(weft_sim *sim)
{
    weft_sim__text *text = &sim->transcript;
    clear(text);
    uint64_t first = sim->line_count > LINES ? sim->line_count - LINES : 0;
    for (uint64_t at = first; at < sim->line_count; at++) {
        char buffer[LINE_LENGTH];
        int length = (int)line_text(&sim->lines[at % LINES], buffer, sizeof buffer);
        weft_sim__print(text, "%.*s", length, buffer);
    }
    return text->data;
}

void weft_sim_transcript_to(weft_sim *sim, FILE *file)
{
    sim->transcript_file = file;
}

uint64_t weft_sim_transcript_hash(const weft_sim *sim)
{
    return sim->hash;
}

const char *weft_sim_report(weft_sim *sim)
{
    if (!sim->report.length)
        clear(&sim->report);
    return sim->report.data;
}

static const char *const call_states[] = {"STARTING", "STARTED", "RETURNED", "STARTED_CANCELLED",
                                          "RETURNED_CANCELLED"};

static void describe_waitable(weft_sim__text *text, const weft_sim__waitable *waitable)
{
    weft_sim__print(text, "%s %u", weft_sim__kind_name(waitable->kind), (unsigned)waitable->handle);
    if (waitable->kind == KIND_SUBTASK) {
        const weft_sim_call *call = (const weft_sim_call *)waitable;
        weft_sim__print(text, " of %s, %s", call->func->name, call_states[call->state]);
        if (call->task)
            weft_sim__print(text, ", in task %u", (unsigned)call->task->number);
        else if (!weft_sim__call_resolved(call))
            weft_sim__print(text, ", the host's to answer");
    } else {
        const weft_sim_end *end = (const weft_sim_end *)waitable;
        const weft_sim_end *other = end->pipe->ends[!end->writable];
        static const char *const states[] = {"idle", "copying", "cancelling", "done"};
        weft_sim__print(text, " of %s, %s", end->pipe->type->name, states[end->state]);
        if (!other)
            weft_sim__print(text, ", the other end is gone");
        else if (other->host)
            weft_sim__print(text, ", the other end is the host's, %s", states[other->state]);
        else if (other->base.instance)
            weft_sim__print(text, ", the other end is instance %u's %u, %s",
                            (unsigned)other->base.instance->number, (unsigned)other->base.handle,
                            states[other->state]);
    }
    if (waitable->event)
        weft_sim__print(text, ", has an event");
}

static void describe_set(weft_sim__text *text, const weft_sim__set *set)
{
    weft_sim__print(text, "waits for set %u", (unsigned)set->handle);
    if (!set->members.count)
        weft_sim__print(text, ", which is empty");
    weft_sim__print(text, "\n");
    for (uint32_t i = 0; i < set->members.count && i < 20; i++) {
        weft_sim__print(text, "    ");
        describe_waitable(text, set->members.items[i]);
        weft_sim__print(text, "\n");
    }
}

static void describe_task(weft_sim__text *text, const weft_sim__task *task)
{
    static const char *const states[] = {"", "", ", asked to cancel", ", told to cancel", ", has returned"};
    weft_sim__print(text, "  instance %u (%s), task %u (%s%s): ", (unsigned)task->instance->number,
                    task->instance->component->world, (unsigned)task->number, task->export->func.name,
                    states[task->state]);
    if (task->wait >= WAIT_BLOCKED && task->wait < WAIT_PAUSED)
        weft_sim__print(text, "blocks %s: ", task->instance->exclusive == task ? "the instance" : "its caller");
    switch (task->wait) {
    case WAIT_ENTER:
        if (task->instance->backpressure)
            weft_sim__print(text, "waits to start: backpressure is %u\n",
                            (unsigned)task->instance->backpressure);
        else if (task->instance->exclusive)
            weft_sim__print(text, "waits to start: task %u has not gone back to the host\n",
                            (unsigned)task->instance->exclusive->number);
        else
            weft_sim__print(text, "may start\n");
        break;
    case WAIT_SET:
    case WAIT_BLOCKED:
        if (task->wait == WAIT_SET && task->instance->exclusive && task->set->ready.count)
            weft_sim__print(text, "has an event, but task %u has not gone back to the host: ",
                            (unsigned)task->instance->exclusive->number);
        describe_set(text, task->set);
        break;
    case WAIT_WAITABLE:
        weft_sim__print(text, "waits for ");
        describe_waitable(text, task->waitable);
        weft_sim__print(text, "\n");
        break;
    case WAIT_CALL:
        weft_sim__print(text, "waits for its call of %s, %s\n", task->on_call->func->name,
                        call_states[task->on_call->state]);
        break;
    default:
        weft_sim__print(text, "could go on\n");
    }
}

void weft_sim__describe_deadlock(weft_sim *sim)
{
    for (weft_sim__script *script = sim->scripts; script; script = script->next)
        weft_sim__print(&sim->report, "  %s: waits: %s\n", script->main ? "the script" : "another script",
                        script->what ? script->what : "to start");
    for (weft_sim_instance *instance = sim->instances; instance; instance = instance->next)
        for (weft_sim__task *task = instance->tasks; task; task = task->next)
            describe_task(&sim->report, task);
    for (weft_sim_call *call = sim->calls; call; call = call->next)
        weft_sim__print(&sim->report, "  the call of %s is not accepted by any script\n", call->func->name);
}

static bool is_kept(const weft_sim_instance *instance, const weft_sim__entry *entry)
{
    if (entry->kind != KIND_STREAM_READER && entry->kind != KIND_STREAM_WRITER)
        return entry->kind == KIND_SET;
    const weft_sim_end *end = entry->object, *other = end->pipe->ends[!end->writable];
    return other && other->base.instance == instance && !end->pipe->type->element && end->state == END_IDLE &&
           other->state == END_IDLE;
}

static const char *left(weft_sim *sim, bool all)
{
    weft_sim__text *text = &sim->leftovers;
    clear(text);
    for (weft_sim_instance *instance = sim->instances; instance; instance = instance->next) {
        for (uint32_t i = 1; i < instance->entry_count; i++) {
            const weft_sim__entry *entry = &instance->entries[i];
            if (!entry->kind || (!all && is_kept(instance, entry)))
                continue;
            weft_sim__print(text, "instance %u (%s): ", (unsigned)instance->number, instance->component->world);
            if (entry->kind >= KIND_SUBTASK && entry->kind <= KIND_FUTURE_WRITER)
                describe_waitable(text, entry->object);
            else if (entry->kind == KIND_RESOURCE)
                weft_sim__print(
                    text, "%s %u, a %s", ((weft_sim__resource_handle *)entry->object)->own ? "own" : "borrow",
                    (unsigned)i, ((weft_sim__resource_handle *)entry->object)->type->resource->name);
            else
                weft_sim__print(text, "%s %u", weft_sim__kind_name(entry->kind), (unsigned)i);
            weft_sim__print(text, "\n");
        }
        if (instance->backpressure)
            weft_sim__print(text, "instance %u (%s): backpressure is %u\n", (unsigned)instance->number,
                            instance->component->world, (unsigned)instance->backpressure);
        for (weft_sim__task *task = instance->tasks; task; task = task->next)
            describe_task(text, task);
    }
    for (weft_sim__script *script = sim->scripts; script; script = script->next)
        if (!script->accepting && (script->what || !script->fiber)) // the one that asks is not left
            weft_sim__print(text, "a script: waits: %s\n", script->what ? script->what : "to start");
    return text->data;
}

const char *weft_sim_leftovers(weft_sim *sim)
{
    return left(sim, true);
}

const char *weft_sim_leaks(weft_sim *sim)
{
    return left(sim, false);
}
