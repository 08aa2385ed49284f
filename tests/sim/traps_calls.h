// weft-traps: the calls, each with what the model says of it before, and what it changes there.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TRAPS_CALLS_H
#define TRAPS_CALLS_H

#include "traps_model.h"

// ---- Sets ----

static void new_set(void)
{
    if (!making("waitable-set.new", full(1)))
        return;
    uint32_t handle = weft_sim_waitable_set_new(guest);
    made();
    added(handle, SET);
}

static void drop_set(void)
{
    uint32_t handle = any_handle(SET);
    object *it = at(handle);
    if (!making("waitable-set.drop",
                FIRST(wrong_handle(handle, SET, NULL), IF(it && it->members, SET_MEMBERS))))
        return;
    weft_sim_waitable_set_drop(guest, handle);
    made();
    removed(handle);
}

static void join(void)
{
    uint32_t handle = any_handle((kind)(TASK + pick(5))), to = pick(3) ? any_handle(SET) : 0;
    object *it = at(handle);
    if (!making("waitable.join", FIRST(IF(!it, HANDLE_UNKNOWN), IF(it && !is_waitable(it), HANDLE_KIND),
                                       to ? wrong_handle(to, SET, NULL) : NONE_BROKEN)))
        return;
    weft_sim_waitable_join(guest, handle, to);
    made();
    if (it->set)
        table[it->set].members--;
    if (to)
        table[to].members++;
    it->set = to;
}

// The end's copy is over, as far as the component is to know; what it is told.
static uint32_t take(object *it)
{
    bool is_future = it->kind >= FUTURE_IN;
    uint32_t status = it->code | (is_future ? 0 : it->done << 4);
    it->state = it->code == DROPPED || (is_future && it->code == COMPLETED) ? DONE : IDLE;
    it->event = it->open = false;
    return status;
}

static void poll(void)
{
    uint32_t handle = any_handle(SET), event[2] = {0, 0};
    bool some = false;
    for (uint32_t i = 1; i < HANDLES; i++)
        some |= table[i].kind && table[i].set == handle && table[i].event;
    if (!making("waitable-set.poll", wrong_handle(handle, SET, NULL)))
        return;
    uint32_t code = weft_sim_waitable_set_poll(guest, handle, event);
    made();
    if (!some != !code)
        fail("the event is %u", (unsigned)code);
    if (!code)
        return;
    object *it = at(event[0]);
    if (!it || it->set != handle || !it->event || it->kind - TASK + SUBTASK != code)
        fail("event %u of %u, which has none", (unsigned)code, (unsigned)event[0]);
    answered(event[1], take(it));
}

// ---- Streams and futures ----

static const weft_sim_type *const types[] = {&bytes_stream, &words_stream, &text_stream, &number_future};

static const weft_sim_type *any_type(void)
{
    return types[pick(4)];
}

static void new_ends(void)
{
    const weft_sim_type *type = any_type();
    bool is_future = type == &number_future;
    if (!making("stream.new, future.new", full(2)))
        return;
    uint32_t in, out;
    new_stream(type, &in, &out);
    made();
    object *reader = added(in, is_future ? FUTURE_IN : STREAM_IN);
    object *writer = added(out, is_future ? FUTURE_OUT : STREAM_OUT);
    reader->type = writer->type = type;
    reader->other = out;
    writer->other = in;
}

static void tell(object *it, uint32_t code)
{
    it->event = true;
    it->code = code;
}

// What a copy of `it` that breaks no rule answers.
static uint32_t begin_copy(object *it, uint32_t count)
{
    object *other = it->other && it->other != UINT32_MAX ? &table[it->other] : NULL;
    bool writes = it->kind == STREAM_OUT || it->kind == FUTURE_OUT;
    it->state = BUSY;
    it->length = count;
    it->done = 0;
    it->open = true;
    if (!it->other) {
        tell(it, DROPPED);
        return take(it);
    }
    if (!other || other->state != BUSY || !other->open)
        return BLOCKED;
    if (it->kind >= FUTURE_IN) {
        tell(other, COMPLETED);
        other->open = false;
        tell(it, COMPLETED);
        return take(it);
    }
    uint32_t room = other->length - other->done;
    if (!room && !(writes && !count && !other->length)) {
        tell(other, COMPLETED);
        other->open = false;
        return BLOCKED;
    }
    uint32_t moved = room < count ? room : count;
    if (moved)
        tell(other, COMPLETED);
    other->done += moved;
    it->done = moved;
    tell(it, COMPLETED);
    return take(it);
}

static void copies(bool writes)
{
    const weft_sim_type *type = any_type();
    bool is_future = type == &number_future;
    kind wanted = (is_future ? FUTURE_IN : STREAM_IN) + writes;
    uint32_t handle = any_handle(wanted);
    object *it = at(handle);
    if (it && it->kind == wanted && pick(8))
        type = it->type;
    uint32_t item = type == &bytes_stream ? 1 : type == &text_stream ? 8 : 4;
    static uint64_t memory[8];
    memset(memory, 0, sizeof memory); // texts are empty
    char *items = (char *)memory;
    uint32_t count = is_future ? 1 : pick(5), how = pick(20);
    if (how == 0)
        items = NULL;
    else if (how == 1)
        items++;
    else if (how == 2 && !is_future)
        count = (1u << 28) - pick(2);
    bool huge = count > 64;
    weft_sim_trap at_null = count && !huge ? IF(!items, BUFFER_BOUNDS) : NONE_BROKEN;
    if (huge && count < 1u << 28)
        count = 1u << 28;
    object *other = it && it->other && it->other != UINT32_MAX ? &table[it->other] : NULL;
    weft_sim_trap after = is_future ? (writes ? TRAP(FUTURE_WRITE_TWICE) : TRAP(FUTURE_READ_TWICE))
                          : writes  ? TRAP(WRITE_AFTER_DROPPED)
                                    : TRAP(READ_AFTER_DROPPED);
    if (!making("a copy", FIRST(wrong_handle(handle, wanted, type), IF(it && it->state == BUSY, END_CONCURRENT),
                                it && it->state == DONE ? after : NONE_BROKEN, IF(huge, COUNT_TOO_LARGE),
                                IF(count && item > 1 && how == 1, BUFFER_ALIGNMENT), at_null,
                                IF(type == &text_stream && other && other->state == BUSY && other->open,
                                   INTRA_COMPONENT))))
        return;
    uint32_t status = is_future ? (writes ? weft_sim_future_write(guest, type, handle, items, true)
                                          : weft_sim_future_read(guest, type, handle, items, true))
                      : writes  ? weft_sim_stream_write(guest, type, handle, items, count, true)
                                : weft_sim_stream_read(guest, type, handle, items, count, true);
    answered(status, begin_copy(it, count));
}

static void read_or_write(void)
{
    copies(pick(2));
}

static void cancel_copy(void)
{
    const weft_sim_type *type = any_type();
    bool is_future = type == &number_future, writes = pick(2), async = pick(2);
    kind wanted = (is_future ? FUTURE_IN : STREAM_IN) + writes;
    uint32_t handle = any_handle(wanted);
    object *it = at(handle);
    if (it && it->kind == wanted && pick(8))
        type = it->type;
    if (!making("a cancel of a copy",
                FIRST(wrong_handle(handle, wanted, type), IF(it && it->state != BUSY, END_CANCEL_IDLE),
                      IF(it && it->set && !async, SYNC_IN_SET))))
        return;
    uint32_t status = is_future ? (writes ? weft_sim_future_cancel_write(guest, type, handle, async)
                                          : weft_sim_future_cancel_read(guest, type, handle, async))
                      : writes  ? weft_sim_stream_cancel_write(guest, type, handle, async)
                                : weft_sim_stream_cancel_read(guest, type, handle, async);
    if (!it->event)
        tell(it, CANCELLED);
    else if (options.cancel_counts && !is_future && it->code == COMPLETED)
        it->code = CANCELLED;
    answered(status, take(it));
}

static void drop_end(void)
{
    const weft_sim_type *type = any_type();
    bool is_future = type == &number_future, writes = pick(2);
    kind wanted = (is_future ? FUTURE_IN : STREAM_IN) + writes;
    uint32_t handle = any_handle(wanted);
    object *it = at(handle);
    if (it && it->kind == wanted && pick(8))
        type = it->type;
    if (!making("a drop of an end",
                FIRST(wrong_handle(handle, wanted, type), IF(it && it->state == BUSY, END_DROP_BUSY),
                      IF(it && it->kind == FUTURE_OUT && it->state != DONE, FUTURE_UNWRITTEN))))
        return;
    if (is_future)
        (writes ? weft_sim_future_drop_writable : weft_sim_future_drop_readable)(guest, type, handle);
    else
        (writes ? weft_sim_stream_drop_writable : weft_sim_stream_drop_readable)(guest, type, handle);
    made();
    object *other = it->other && it->other != UINT32_MAX ? &table[it->other] : NULL;
    if (other) {
        other->other = 0;
        if (other->state == BUSY && other->open) {
            tell(other, DROPPED);
            other->open = false;
        }
    }
    removed(handle);
}

static void give_end(void)
{
    static const int functions[] = {TAKE_BYTES, TAKE_TEXTS, TAKE_NUMBER};
    static const weft_sim_type *const taken[] = {&bytes_stream, &text_stream, &number_future};
    uint32_t which = pick(3);
    uint32_t handle = any_handle(which == 2 ? FUTURE_IN : STREAM_IN);
    object *it = at(handle);
    if (!making("a call that gives an end",
                CALL(wrong_handle(handle, which == 2 ? FUTURE_IN : STREAM_IN, taken[which]),
                     IF(it && it->state == BUSY, TRANSFER_BUSY),
                     IF(it && it->set && (which == 2 || it->state != DONE), TRANSFER_IN_SET),
                     IF(it && it->state == DONE, TRANSFER_DONE))))
        return;
    answered(call_import(functions[which], handle, NULL), RETURNED);
    others++;
    if (it->other && it->other != UINT32_MAX)
        table[it->other].other = UINT32_MAX;
    removed(handle);
}

// ---- Calls ----

static bool answers; // the other component answers a cancel

static uint32_t stays(const uint32_t *args)
{
    (void)args;
    if (!others_set) {
        others_set = weft_sim_waitable_set_new(other);
        others++;
    }
    return WAIT(others_set);
}

static weft_sim_trap stay_full(void)
{
    return full(others_set ? 2 : 3);
}

static uint32_t asked_to_stop(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    if (!answers)
        return WAIT(others_set);
    weft_sim_task_cancel(other);
    return EXIT;
}

static void call_work(void)
{
    static uint32_t result;
    bool late = pick(2);
    other_does[WORK] = late ? stays : NULL;
    other_callback[WORK] = asked_to_stop;
    if (!making("a call", CALL(late ? stay_full() : NONE_BROKEN)))
        return;
    uint32_t answer = call_import(WORK, 1, &result);
    made();
    if (late) {
        added(answer >> 4, TASK);
        tasks++;
    }
    answered(answer & 15, late ? STARTED : RETURNED);
}

static void drop_subtask(void)
{
    uint32_t handle = any_handle(TASK);
    object *it = at(handle);
    if (!making("subtask.drop",
                FIRST(wrong_handle(handle, TASK, NULL), IF(it && !it->delivered, SUBTASK_DROP))))
        return;
    weft_sim_subtask_drop(guest, handle);
    made();
    removed(handle);
}

static void cancel_subtask(void)
{
    uint32_t handle = any_handle(TASK);
    object *it = at(handle);
    bool async = pick(2);
    answers = !async || pick(2);
    // A callee that was deaf to the first CANCEL may answer a second, where the host sends that.
    if (!making("subtask.cancel",
                FIRST(wrong_handle(handle, TASK, NULL), IF(it && it->delivered, SUBTASK_CANCEL_DONE),
                      IF(it && it->asked && !options.cancel_again, SUBTASK_CANCEL_TWICE),
                      IF(it && it->set && !(async && options.cancel_in_set), SYNC_IN_SET))))
        return;
    uint32_t answer = weft_sim_subtask_cancel(guest, handle, async);
    it->asked = true;
    it->delivered = answers;
    tasks -= answers;
    if (answers && it->lent)
        table[it->lent].lent--;
    answered(answer, answers ? RETURNED_CANCELLED : BLOCKED);
}

// ---- The task itself ----

static void task_return(void)
{
    uint32_t how = pick(3);
    if (!making("task.return, task.cancel", how == 1   ? TRAP(RETURN_WRONG)
                                            : how == 2 ? TRAP(CANCEL_UNASKED)
                                            : returned ? TRAP(RETURN_TWICE)
                                                       : NONE_BROKEN))
        return;
    if (how == 1)
        weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    else if (how == 2)
        weft_sim_task_cancel(guest);
    else
        guest_return(1);
    made();
    returned = true;
}

static void press(void)
{
    uint32_t how = pick(8);
    if (!making("backpressure", how == 0  ? TRAP(BACKPRESSURE)
                                : how < 4 ? IF(!pressure, BACKPRESSURE)
                                          : NONE_BROKEN))
        return;
    if (how == 0) {
        for (; pressure <= 65535; pressure++)
            weft_sim_backpressure_inc(guest);
    } else if (how < 4) {
        weft_sim_backpressure_dec(guest);
        pressure--;
    } else {
        weft_sim_backpressure_inc(guest);
        pressure++;
    }
    made();
}

static void use_slot(void)
{
    uint32_t slot = pick(4), value = pick(100);
    if (!making("context.set, context.get", IF(slot > 1, CONTEXT_SLOT)))
        return;
    weft_sim_context_set(guest, slot, value);
    answered(weft_sim_context_get(guest, slot), value);
}

// ---- Resources ----

static uint32_t makes_thing(const uint32_t *args)
{
    return weft_sim_resource_new(other, &exported_thing, args[0]);
}

static void make_thing(void)
{
    bool own = pick(3) == 0;
    other_does[MAKE] = makes_thing;
    if (!making("resource.new, a call that gives one", full(own ? 1 : 2)))
        return;
    uint32_t handle = own ? weft_sim_resource_new(guest, &own_thing, 3) : call_import(MAKE, 5, NULL);
    made();
    added(handle, THING)->type = own ? &own_thing : &imported_thing;
}

static void use_thing(void)
{
    uint32_t handle = any_handle(THING), how = pick(3);
    object *it = at(handle);
    const weft_sim_resource *resource = how == 2 && pick(4) == 0 ? &own_thing : &imported_thing;
    weft_sim_trap wrong = wrong_handle(handle, THING, resource);
    switch (how) {
    case 0: {
        bool late = pick(2);
        other_does[LEND] = late ? stays : NULL;
        other_callback[LEND] = asked_to_stop;
        // What is borrowed has no handle with its own implementer, so the call may return at once.
        if (!making("a call that lends", CALL(wrong, late ? stay_full() : NONE_BROKEN)))
            return;
        uint32_t answer = call_import(LEND, handle, NULL);
        made();
        if (late) {
            object *task = added(answer >> 4, TASK);
            tasks++;
            task->lent = handle;
            it->lent++;
        }
        return;
    }
    case 1:
        if (!making("a call that gives a resource", CALL(wrong, IF(it && it->lent, RESOURCE_LENT))))
            return;
        call_import(GIVE, handle, NULL);
        others++;
        break;
    default:
        if (!making("resource.drop", FIRST(wrong, IF(it && it->lent, RESOURCE_LENT))))
            return;
        weft_sim_resource_drop(guest, resource, handle);
    }
    made();
    removed(handle);
}

// ---- Values ----

static uint32_t takes_memory(const uint32_t *args)
{
    if (args[1])
        free((void *)(uintptr_t)args[0]);
    return 0;
}

static void pass_value(void)
{
    other_does[TAKE_TEXT] = other_does[TAKE_NUMBERS] = takes_memory;
    other_does[WORK] = NULL;
    static uint32_t words[4];
    static const char bad[] = "a\xff", good[] = "ab";
    uint32_t how = pick(12);
    switch (how) {
    case 0:
        if (!making("a text at 0", CALL(TRAP(TEXT_BOUNDS))))
            return;
        call_import_2(TAKE_TEXT, NULL, 3);
        break;
    case 1:
        if (!making("a text that is none", CALL(TRAP(VALUE_UTF8))))
            return;
        call_import_2(TAKE_TEXT, bad, 2);
        break;
    case 2:
        if (!making("a text", CALL(NONE_BROKEN)))
            return;
        call_import_2(TAKE_TEXT, good, pick(3));
        break;
    case 3:
        if (!making("a list at an odd address", CALL(TRAP(VALUE_ALIGNMENT))))
            return;
        call_import_2(TAKE_NUMBERS, (char *)words + 1, 1);
        break;
    case 4:
        if (!making("a list", CALL(NONE_BROKEN)))
            return;
        call_import_2(TAKE_NUMBERS, words, pick(4));
        break;
    case 5: {
        uint32_t letter = pick(2) ? 0xd7f0 + pick(32) : 0x10fff0 + pick(32);
        if (!making("a char", CALL(IF((letter > 0xd7ff && letter < 0xe000) || letter > 0x10ffff, VALUE_CHAR))))
            return;
        call_import(TAKE_LETTER, letter, NULL);
        break;
    }
    case 6:
        if (!making("an option without such a case", CALL(TRAP(VALUE_CASE))))
            return;
        call_import_2(TAKE_MAYBE, (void *)(uintptr_t)(2 + pick(3)), 0);
        break;
    case 7:
        if (!making("an empty list outside of memory", CALL(TRAP(LIST_BOUNDS))))
            return;
        call_import_2(TAKE_NUMBERS, (void *)0xfffffff0, 0);
        break;
    case 8:
        if (!making("a call with its result outside of memory", CALL(TRAP(VALUE_BOUNDS))))
            return;
        call_import(WORK, 1, (uint32_t *)16);
        break;
    default:
        if (!making("an option", CALL(NONE_BROKEN)))
            return;
        call_import_2(TAKE_MAYBE, (void *)(uintptr_t)pick(2), 0);
    }
    made();
}

static void leaves(void)
{
    on_realloc = NULL;
    weft_sim_waitable_set_new(guest);
}

static void stops(void)
{
    weft_sim_unreachable(guest, NULL);
}

static void use_error(void)
{
    uint32_t message[2] = {0, 0}, how = pick(4);
    if (how == 0) {
        if (!making("error-context.new", full(1)))
            return;
        uint32_t handle = weft_sim_error_context_new(guest, "text", 4);
        made();
        added(handle, ERROR);
        return;
    }
    uint32_t handle = any_handle(ERROR);
    weft_sim_trap wrong = wrong_handle(handle, ERROR, NULL);
    if (how == 1) {
        if (!making("error-context.drop", wrong))
            return;
        weft_sim_error_context_drop(guest, handle);
        made();
        removed(handle);
        return;
    }
    uint32_t in_realloc = pick(4);
    if (!making("error-context.debug-message",
                FIRST(wrong, IF(in_realloc == 0, CANNOT_LEAVE), IF(in_realloc == 1, UNREACHABLE))))
        return;
    on_realloc = in_realloc == 0 ? leaves : in_realloc == 1 ? stops : NULL;
    weft_sim_error_context_debug_message(guest, handle, message);
    on_realloc = NULL;
    answered(message[1], 4);
    free((void *)(uintptr_t)message[0]);
}

static uint32_t calls_back(const uint32_t *args)
{
    (void)args;
    weft_sim_core none[1] = {{0}};
    weft_sim_import_call(other, &other_imports[0], none);
    return 0;
}

static void call_back(void)
{
    other_does[BARGE] = calls_back;
    if (!making("a call that comes back", CALL(TRAP(CANNOT_ENTER))))
        return;
    call_import(BARGE, 1, NULL);
    made();
}

#endif
