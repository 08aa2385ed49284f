// The peer of the probes, by hand on the raw bindings. It notes what it is told.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "note.h"
#include <stdlib.h>

#define peer(name) exports_weft_probes_peer_##name
#define numbers(function) peer(stream_u32_##function)
#define number(function) peer(future_u32_##function)
#define ACT(name) EXPORTS_WEFT_PROBES_PEER_ACT_##name
#define MANNER(name) EXPORTS_WEFT_PROBES_PEER_MANNER_##name
#define EXIT CALLEE_CALLBACK_CODE_EXIT
#define YIELD CALLEE_CALLBACK_CODE_YIELD
#define WAIT(set) CALLEE_CALLBACK_CODE_WAIT(set)

// Of exports that never wait.
#define NO_CALLBACK(name)                                                                                      \
    callee_callback_code_t peer(name##_callback)(callee_event_t * event)                                       \
    {                                                                                                          \
        (void)event;                                                                                           \
        __builtin_trap();                                                                                      \
    }

void peer(log)(callee_string_t *ret)
{
    callee_string_dup_n(ret, noted, noted_length);
    noted_length = 0;
}

// ---- Things ----

struct peer(thing_t) {
    uint32_t number;
};

peer(own_thing_t) peer(constructor_thing)(uint32_t number)
{
    peer(thing_t) *thing = malloc(sizeof *thing);
    thing->number = number;
    return peer(thing_new)(thing);
}

uint32_t peer(method_thing_number)(peer(borrow_thing_t) self)
{
    return self->number;
}

void peer(thing_destructor)(peer(thing_t) * thing)
{
    note("destructor of %u; ", (unsigned)thing->number);
    free(thing);
}

struct peer(another_t) {
    char nothing;
};

static peer(another_t) the_other;

peer(own_another_t) peer(constructor_another)(void)
{
    return peer(another_new)(&the_other);
}

void peer(another_destructor)(peer(another_t) * other)
{
    (void)other;
}

void peer(given)(peer(own_thing_t) it)
{
    peer(thing_drop_own)(it);
}

// ---- Calls ----

callee_callback_code_t peer(at_once)(uint32_t number)
{
    peer(at_once_return)(number + 1);
    return EXIT;
}
NO_CALLBACK(at_once)

uint32_t peer(at_once_sync)(uint32_t number)
{
    return number + 1;
}

static void set_turns(uint32_t turns)
{
    callee_context_set_0((void *)(uintptr_t)turns);
}

// One turn less; true if there are more.
static bool next_turn(void)
{
    uint32_t turns = (uint32_t)(uintptr_t)callee_context_get_0() - 1;
    set_turns(turns);
    return turns;
}

callee_callback_code_t peer(later)(uint32_t turns)
{
    set_turns(turns);
    if (turns)
        return YIELD;
    peer(later_return)(77);
    return EXIT;
}

callee_callback_code_t peer(later_callback)(callee_event_t *event)
{
    note("later: event %u; ", (unsigned)event->event);
    if (event->event == CALLEE_EVENT_CANCEL)
        callee_task_cancel();
    else if (next_turn())
        return YIELD;
    else
        peer(later_return)(77);
    return EXIT;
}

static peer(borrow_thing_t) borrowed;

callee_callback_code_t peer(lent)(peer(borrow_thing_t) it, uint32_t turns)
{
    borrowed = it;
    set_turns(turns);
    if (turns)
        return YIELD;
    peer(lent_return)(it->number);
    return EXIT;
}

callee_callback_code_t peer(lent_callback)(callee_event_t *event)
{
    (void)event;
    if (next_turn())
        return YIELD;
    peer(lent_return)(borrowed->number);
    return EXIT;
}

// ---- Held calls ----

typedef struct held_call {
    struct held_call *next;
    peer(manner_t) how;
    uint32_t set, gate, opener, value;
} held_call;

static held_call *held_calls;

callee_callback_code_t peer(held)(peer(manner_t) how)
{
    held_call *it = calloc(1, sizeof *it);
    it->how = how;
    it->gate = number(new)(&it->opener);
    it->set = callee_waitable_set_new();
    number(read)(it->gate, &it->value);
    callee_waitable_join(it->gate, it->set);
    it->next = held_calls;
    held_calls = it;
    callee_context_set_0(it);
    if (how == MANNER(RETURNED))
        peer(held_return)(9);
    if (how != MANNER(BLOCKS))
        return WAIT(it->set);
    callee_event_t event;
    callee_waitable_set_wait(it->set, &event);
    note("held: on its stack, event %u; ", (unsigned)event.event);
    callee_waitable_join(it->gate, 0);
    peer(held_return)(4);
    return EXIT;
}

static void give_up(held_call *it)
{
    callee_task_cancel();
    callee_waitable_join(it->gate, 0);
    note("held: cancel of its read %x; ", (unsigned)number(cancel_read)(it->gate));
    number(drop_readable)(it->gate);
    note("held: write %x; ", (unsigned)number(write)(it->opener, &it->value));
    number(drop_writable)(it->opener);
    held_call **at = &held_calls;
    while (*at != it)
        at = &(*at)->next;
    *at = it->next;
}

callee_callback_code_t peer(held_callback)(callee_event_t *event)
{
    held_call *it = callee_context_get_0();
    note("held: event %u; ", (unsigned)event->event);
    if (event->event == CALLEE_EVENT_CANCEL && it->how == MANNER(GIVES_UP)) {
        give_up(it);
        return EXIT;
    }
    if (event->event == CALLEE_EVENT_CANCEL && it->how == MANNER(RETURNS)) {
        peer(held_return)(7);
        return EXIT;
    }
    if (event->event == CALLEE_EVENT_CANCEL)
        return WAIT(it->set);
    number(drop_readable)(it->gate);
    callee_waitable_set_drop(it->set);
    if (it->how != MANNER(RETURNED))
        peer(held_return)(5);
    return EXIT;
}

static void open_gate(void)
{
    for (held_call *it = held_calls; it; it = it->next) {
        uint32_t value = 1;
        note("open: write %x; ", (unsigned)number(write)(it->opener, &value));
        number(drop_writable)(it->opener);
    }
    held_calls = NULL;
}

callee_callback_code_t peer(open)(void)
{
    open_gate();
    peer(open_return)();
    return EXIT;
}
NO_CALLBACK(open)

void peer(open_sync)(void)
{
    open_gate();
}

void peer(backpressure)(int32_t by)
{
    for (; by > 0; by--)
        callee_backpressure_inc();
    for (; by < 0; by++)
        callee_backpressure_dec();
}

// ---- Values ----

callee_callback_code_t peer(all)(callee_string_t *text, peer(own_thing_t) it, peer(stream_u8_t) bytes,
                                 callee_list_u32_t *list, uint64_t last)
{
    static char told[200];
    int length = snprintf(told, sizeof told, "%.*s %u %u %llu", (int)text->len, (char *)text->ptr,
                          (unsigned)peer(thing_rep)(it)->number, (unsigned)(list->len ? list->ptr[0] : 0),
                          (unsigned long long)last);
    peer(thing_drop_own)(it);
    peer(stream_u8_drop_readable)(bytes);
    callee_string_t result = {(uint8_t *)told, (size_t)length};
    peer(all_return)(result);
    if (text->len)
        free(text->ptr);
    if (list->len)
        free(list->ptr);
    return EXIT;
}
NO_CALLBACK(all)

uint32_t peer(values)(callee_string_t *text, uint32_t letter, callee_list_u64_t *list)
{
    uint32_t sum = (uint32_t)(text->len + letter + list->len);
    if (text->len)
        free(text->ptr);
    if (list->len)
        free(list->ptr);
    return sum;
}

static peer(afterwards_t) afterwards;

void peer(text)(peer(afterwards_t) then, callee_string_t *ret)
{
    afterwards = then;
    ret->ptr = (uint8_t *)"hi";
    ret->len = 2;
}

// In place of the generated one.
__attribute__((__export_name__("cabi_post_weft:probes/peer#text"))) void
__wasm_export_exports_weft_probes_peer_text_post_return(uint8_t *result)
{
    (void)result;
    if (afterwards == EXPORTS_WEFT_PROBES_PEER_AFTERWARDS_MAKES_SET)
        callee_waitable_set_new();
    if (afterwards == EXPORTS_WEFT_PROBES_PEER_AFTERWARDS_MOVES_BACKPRESSURE) {
        callee_backpressure_inc();
        callee_backpressure_dec();
    }
}

void peer(longs)(callee_list_u64_t *ret)
{
    ret->len = 3;
    ret->ptr = calloc(ret->len, sizeof *ret->ptr);
}

// ---- Ends ----

// Those that were made or taken last: of a stream of numbers, of a future, of a stream of texts.
static uint32_t writer, reader, number_writer, number_reader, text_reader;

callee_callback_code_t peer(numbers)(void)
{
    peer(numbers_return)(numbers(new)(&writer));
    return EXIT;
}
NO_CALLBACK(numbers)

callee_callback_code_t peer(take_numbers)(peer(stream_u32_t) it)
{
    reader = it;
    peer(take_numbers_return)();
    return EXIT;
}
NO_CALLBACK(take_numbers)

callee_callback_code_t peer(number)(void)
{
    peer(number_return)(number(new)(&number_writer));
    return EXIT;
}
NO_CALLBACK(number)

callee_callback_code_t peer(take_number)(peer(future_u32_t) it)
{
    number_reader = it;
    peer(take_number_return)();
    return EXIT;
}
NO_CALLBACK(take_number)

callee_callback_code_t peer(take_texts)(peer(stream_string_t) it)
{
    text_reader = it;
    peer(take_texts_return)();
    return EXIT;
}
NO_CALLBACK(take_texts)

callee_callback_code_t peer(things)(peer(stream_own_thing_t) it, uint32_t count)
{
    static peer(own_thing_t) held[8];
    uint32_t status = peer(stream_own_thing_read)(it, held, count);
    note("things: read %x, first %u; ", (unsigned)status, (unsigned)peer(thing_rep)(held[0])->number);
    peer(stream_own_thing_drop_readable)(it);
    peer(things_return)(status);
    return EXIT;
}
NO_CALLBACK(things)

// ---- Acts ----

static uint32_t set, items[16] = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

static uint32_t poll_writer(void)
{
    callee_event_t event;
    set = set ? set : callee_waitable_set_new();
    callee_waitable_join(writer, set);
    callee_waitable_set_poll(set, &event);
    note("poll of the writer: event %u, %x; ", (unsigned)event.event, (unsigned)event.code);
    callee_waitable_join(writer, 0);
    return event.code;
}

static uint32_t read_numbers(uint32_t count)
{
    uint32_t into[16] = {0}, status = numbers(read)(reader, into, count);
    note("read %x, first %u; ", (unsigned)status, (unsigned)into[0]);
    return status;
}

static uint32_t read_text(void)
{
    static callee_string_t text;
    uint32_t status = peer(stream_string_read)(text_reader, &text, 1);
    note("read %x, \"%.*s\"; ", (unsigned)status, (int)text.len, (char *)text.ptr);
    return status;
}

static void block_on_new_set(void)
{
    callee_event_t event;
    set = callee_waitable_set_new();
    callee_waitable_set_wait(set, &event);
}

// What ends at once: the status, or 0.
static uint32_t act(peer(act_t) what, uint32_t count)
{
    switch (what) {
    case ACT(WRITE):
        return numbers(write)(writer, items, count);
    case ACT(DROP_WRITER):
        numbers(drop_writable)(writer);
        return 0;
    case ACT(CANCEL_WRITE):
        return numbers(cancel_write)(writer);
    case ACT(POLL_WRITER):
        return poll_writer();
    case ACT(READ):
        return read_numbers(count);
    case ACT(DROP_READER):
        numbers(drop_readable)(reader);
        return 0;
    case ACT(WRITE_NUMBER):
        return number(write)(number_writer, items);
    case ACT(DROP_NUMBER_WRITER):
        number(drop_writable)(number_writer);
        return 0;
    case ACT(READ_NUMBER):
        return number(read)(number_reader, items);
    case ACT(DROP_NUMBER_READER):
        number(drop_readable)(number_reader);
        return 0;
    case ACT(READ_TEXT):
        return read_text();
    case ACT(DROP_SET):
        callee_waitable_set_drop(set);
        return 0;
    case ACT(BLOCK):
        block_on_new_set();
        return 0;
    default: // yield
        callee_thread_yield();
        return 0;
    }
}

callee_callback_code_t peer(does)(peer(act_t) what, uint32_t count)
{
    if (what == ACT(WAIT_ON_NONE))
        return WAIT(0);
    peer(does_return)(what < ACT(WAIT_AFTER) ? act(what, count) : 0);
    if (what == ACT(WAIT_AFTER)) {
        set = set ? set : callee_waitable_set_new();
        return WAIT(set);
    }
    if (what == ACT(BLOCK_AFTER))
        block_on_new_set();
    return EXIT;
}

callee_callback_code_t peer(does_callback)(callee_event_t *event)
{
    note("does: event %u; ", (unsigned)event->event);
    return EXIT;
}
