// The peer of the tests of flow.h, by hand on the raw bindings: one state for all that write, one for all that
// read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include <stdlib.h>

uint64_t exports_weft_flow_peer_probe(void)
{
    return probe();
}

enum kind { NUMBERS, TEXT, NAMES, TICKS };

typedef struct {
    enum kind kind;
    bool reads;
    uint32_t end, set, until;
    bool in_flight, done;
    uint32_t at, count, chunk;
    uint64_t sum;
    callee_string_t text;
    callee_string_t names[3];
    uint32_t numbers[1000];
} state;

static state *make(enum kind kind, uint32_t end, uint32_t count, uint32_t chunk)
{
    state *it = calloc(1, sizeof *it);
    it->kind = kind;
    it->end = end;
    it->count = count;
    it->chunk = chunk < 1000 ? chunk : 1000;
    return it;
}

static callee_waitable_status_t copy(state *it)
{
    uint32_t n = it->count - it->at < it->chunk ? it->count - it->at : it->chunk;
    if (it->reads) {
        switch (it->kind) {
        case NUMBERS:
            return exports_weft_flow_peer_stream_u32_read(it->end, it->numbers, n);
        case NAMES:
            return exports_weft_flow_peer_stream_string_read(it->end, it->names, n < 3 ? n : 3);
        default:
            return exports_weft_flow_peer_stream_void_read(it->end, n);
        }
    }
    switch (it->kind) {
    case NUMBERS:
        for (uint32_t i = 0; i < n; i++)
            it->numbers[i] = it->at + i;
        return exports_weft_flow_peer_stream_u32_write(it->end, it->numbers, n);
    case TEXT:
        return exports_weft_flow_peer_stream_u8_write(it->end, it->text.ptr + it->at, n);
    case NAMES:
        it->names[0] = (callee_string_t){(uint8_t *)"name", 4};
        return exports_weft_flow_peer_stream_string_write(it->end, it->names, 1);
    default:
        return exports_weft_flow_peer_stream_void_write(it->end, n);
    }
}

static void moved(state *it, callee_waitable_status_t status)
{
    uint32_t n = CALLEE_WAITABLE_COUNT(status);
    it->in_flight = false;
    it->at += n;
    it->done = CALLEE_WAITABLE_STATE(status) != CALLEE_WAITABLE_COMPLETED;
    for (uint32_t i = 0; it->reads && i < n; i++) {
        if (it->kind == NUMBERS) {
            it->sum += it->numbers[i];
        } else if (it->kind == NAMES) {
            it->sum += it->names[i].len;
            if (it->names[i].len)
                free(it->names[i].ptr);
        }
    }
}

static void drop(state *it)
{
    static void (*const drops[2][4])(uint32_t) = {
        {exports_weft_flow_peer_stream_u32_drop_writable, exports_weft_flow_peer_stream_u8_drop_writable,
         exports_weft_flow_peer_stream_string_drop_writable, exports_weft_flow_peer_stream_void_drop_writable},
        {exports_weft_flow_peer_stream_u32_drop_readable, exports_weft_flow_peer_stream_u8_drop_readable,
         exports_weft_flow_peer_stream_string_drop_readable, exports_weft_flow_peer_stream_void_drop_readable}};
    drops[it->reads][it->kind](it->end);
    if (it->until)
        exports_weft_flow_peer_stream_void_drop_readable(it->until);
    if (it->set)
        callee_waitable_set_drop(it->set);
    if (it->text.len)
        free(it->text.ptr);
    free(it);
}

static callee_callback_code_t wait_for(state *it, uint32_t end)
{
    if (!it->set)
        it->set = callee_waitable_set_new();
    callee_waitable_join(end, it->set);
    it->in_flight = true;
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_WAIT(it->set);
}

static callee_callback_code_t go_on(state *it)
{
    while (!it->done && it->at < it->count) {
        callee_waitable_status_t status = copy(it);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            return wait_for(it, it->end);
        moved(it, status);
    }
    if (it->until && exports_weft_flow_peer_stream_void_read(it->until, 1) == CALLEE_WAITABLE_STATUS_BLOCKED)
        return wait_for(it, it->until);
    if (it->reads) {
        uint64_t result = (uint64_t)it->at << 32 | it->sum;
        if (it->kind == NUMBERS)
            exports_weft_flow_peer_sum_return(result);
        else if (it->kind == NAMES)
            exports_weft_flow_peer_measure_return(result);
        else
            exports_weft_flow_peer_count_return(result);
    }
    drop(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

static callee_callback_code_t cancel(state *it)
{
    static callee_waitable_status_t (*const cancels[4])(uint32_t) = {
        exports_weft_flow_peer_stream_u32_cancel_read, NULL, exports_weft_flow_peer_stream_string_cancel_read,
        exports_weft_flow_peer_stream_void_cancel_read};
    callee_waitable_join(it->end, 0);
    moved(it, cancels[it->kind](it->end));
    callee_task_cancel();
    drop(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

static callee_callback_code_t called_back(callee_event_t *event)
{
    state *it = callee_context_get_0();
    if (event->event == CALLEE_EVENT_CANCEL)
        return cancel(it);
    if (!it->in_flight || event->event == CALLEE_EVENT_NONE)
        return CALLEE_CALLBACK_CODE_WAIT(it->set);
    if (event->waitable == it->until) {
        exports_weft_flow_peer_stream_void_drop_readable(it->until);
        it->until = 0;
        it->in_flight = false;
        return go_on(it);
    }
    if (it->at == it->count && it->until) // the reader is gone, which nobody asked
        return CALLEE_CALLBACK_CODE_WAIT(it->set);
    moved(it, event->code);
    return go_on(it);
}

#define CALLBACK(name)                                                                                         \
    callee_callback_code_t exports_weft_flow_peer_##name##_callback(callee_event_t *event)                     \
    {                                                                                                          \
        return called_back(event);                                                                             \
    }

CALLBACK(numbers)
CALLBACK(slow)
CALLBACK(text)
CALLBACK(names)
CALLBACK(ticks)
CALLBACK(sum)
CALLBACK(measure)
CALLBACK(count)

callee_callback_code_t exports_weft_flow_peer_numbers(uint32_t count, uint32_t chunk)
{
    uint32_t writer;
    exports_weft_flow_peer_numbers_return(exports_weft_flow_peer_stream_u32_new(&writer));
    return go_on(make(NUMBERS, writer, count, chunk));
}

callee_callback_code_t exports_weft_flow_peer_slow(uint32_t count, exports_weft_flow_peer_stream_void_t until)
{
    uint32_t writer;
    exports_weft_flow_peer_slow_return(exports_weft_flow_peer_stream_u32_new(&writer));
    state *it = make(NUMBERS, writer, count, 1);
    it->until = until;
    return go_on(it);
}

callee_callback_code_t exports_weft_flow_peer_text(callee_string_t *text, uint32_t chunk)
{
    uint32_t writer;
    exports_weft_flow_peer_text_return(exports_weft_flow_peer_stream_u8_new(&writer));
    state *it = make(TEXT, writer, (uint32_t)text->len, chunk);
    it->text = *text;
    return go_on(it);
}

callee_callback_code_t exports_weft_flow_peer_names(uint32_t count)
{
    uint32_t writer;
    exports_weft_flow_peer_names_return(exports_weft_flow_peer_stream_string_new(&writer));
    return go_on(make(NAMES, writer, count, 1));
}

callee_callback_code_t exports_weft_flow_peer_ticks(uint32_t count)
{
    uint32_t writer;
    exports_weft_flow_peer_ticks_return(exports_weft_flow_peer_stream_void_new(&writer));
    return go_on(make(TICKS, writer, count, count));
}

static callee_callback_code_t take(enum kind kind, uint32_t end, uint32_t most)
{
    state *it = make(kind, end, most, 5);
    it->reads = true;
    return go_on(it);
}

callee_callback_code_t exports_weft_flow_peer_sum(exports_weft_flow_peer_stream_u32_t numbers, uint32_t most)
{
    return take(NUMBERS, numbers, most);
}

callee_callback_code_t exports_weft_flow_peer_measure(exports_weft_flow_peer_stream_string_t names,
                                                      uint32_t most)
{
    return take(NAMES, names, most);
}

callee_callback_code_t exports_weft_flow_peer_count(exports_weft_flow_peer_stream_void_t ticks, uint32_t most)
{
    return take(TICKS, ticks, most);
}
