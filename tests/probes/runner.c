// The two exports that run a probe, and what the probes share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "note.h"
#include "probe.h"
#include <stdlib.h>
#include <string.h>

static probe *probes;

uint32_t items[64], result;
runner_string_t text_result;
void (*before_return)(void);
enum allocation allocation;

void add_probe(probe *it)
{
    it->next = probes;
    probes = it;
}

static const probe *named(runner_string_t *name)
{
    for (const probe *it = probes; it; it = it->next)
        if (strlen(it->name) == name->len && !memcmp(it->name, name->ptr, name->len))
            return it;
    __builtin_trap();
}

static runner_callback_code_t end(void)
{
    exports_runner_run_return((runner_string_t){(uint8_t *)noted, noted_length});
    return RUNNER_CALLBACK_CODE_EXIT;
}

runner_callback_code_t exports_runner_run(runner_string_t *name)
{
    const probe *it = named(name);
    if (it->answer)
        return it->answer();
    it->steps();
    return end();
}

runner_callback_code_t exports_runner_run_callback(runner_event_t *event)
{
    note("callback: event %u of %u, %x; ", (unsigned)event->event, (unsigned)event->waitable,
         (unsigned)event->code);
    if (before_return)
        before_return();
    return end();
}

void exports_runner_run_sync(runner_string_t *name, runner_string_t *ret)
{
    named(name)->steps();
    runner_string_dup_n(ret, noted, noted_length);
}

runner_callback_code_t exports_runner_other(void)
{
    exports_runner_other_return(1);
    return RUNNER_CALLBACK_CODE_EXIT;
}

runner_callback_code_t exports_runner_other_callback(runner_event_t *event)
{
    (void)event;
    __builtin_trap();
}

void tell(const char *what, uint32_t it)
{
    note("%s %x; ", what, (unsigned)it);
}

void tell_text(runner_string_t text)
{
    note("\"%.*s\"; ", (int)text.len, (char *)text.ptr);
}

uint32_t the_set(void)
{
    static uint32_t set;
    return set ? set : (set = runner_waitable_set_new());
}

void join(uint32_t waitable)
{
    runner_waitable_join(waitable, the_set());
}

void leave(uint32_t waitable)
{
    runner_waitable_join(waitable, 0);
}

static void tell_event(const char *how, const runner_event_t *event)
{
    note("%s: event %u of %u, %x; ", how, (unsigned)event->event, (unsigned)event->waitable,
         (unsigned)event->code);
}

void wait_event(void)
{
    runner_event_t event;
    runner_waitable_set_wait(the_set(), &event);
    tell_event("wait", &event);
}

void poll_event(void)
{
    runner_event_t event;
    runner_waitable_set_poll(the_set(), &event);
    tell_event("poll", &event);
}

uint32_t held(peer(manner_t) how)
{
    uint32_t status = peer(held)(how, &result);
    tell("held", status);
    return status >> 4;
}

uint32_t later(uint32_t turns)
{
    uint32_t status = peer(later)(turns, &result);
    tell("later", status);
    return status >> 4;
}

uint32_t does(peer(act_t) what, uint32_t count)
{
    uint32_t got = 0, status = peer(does)(what, count, &got);
    if (status != RUNNER_SUBTASK_RETURNED)
        tell("does", status);
    return got;
}

uint32_t peers_numbers(void)
{
    uint32_t reader;
    peer(numbers)(&reader);
    return reader;
}

uint32_t peers_number(void)
{
    uint32_t reader;
    peer(number)(&reader);
    return reader;
}

uint32_t numbers_to_peer(void)
{
    uint32_t writer;
    peer(take_numbers)(numbers(new)(&writer));
    return writer;
}

uint32_t number_to_peer(void)
{
    uint32_t writer;
    peer(take_number)(number(new)(&writer));
    return writer;
}

void tell_log(void)
{
    runner_string_t log;
    peer(log)(&log);
    note("[%.*s] ", (int)log.len, (char *)log.ptr);
    runner_string_free(&log);
}

// In place of the generated one.
__attribute__((__export_name__("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size,
                                                                    size_t alignment, size_t size)
{
    (void)old_size;
    switch (allocation) {
    case MAKES_SET:
        runner_waitable_set_new();
        break;
    case MOVES_BACKPRESSURE:
        runner_backpressure_inc();
        runner_backpressure_dec();
        break;
    case HAS_CONTEXT:
        if (runner_context_get_0())
            __builtin_trap();
        runner_context_set_0(items);
        break;
    case MISALIGNED:
        return (char *)items + 1;
    case OUT_OF_BOUNDS:
        return (void *)0xfffffff0;
    case HONEST:
        break;
    }
    return size ? realloc(old, size) : (void *)alignment;
}
