// What the dump and the trace tell about coroutines and operations, in words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inspect.h"
#include "internal.h"
#include <weft/local.h>
#include <weft/select.h>
#include <weft/time.h>

const char *weft__op_kind(const weft_op *op)
{
    static const char *const kinds[] = {"call",        "call",         "stream read", "stream write",
                                        "future read", "future write", "operation",   "operation"};
    return op->cancel || op->status & 7 ? kinds[op->status & 7] : "foreign waitable";
}

void weft__add_op(weft__text *to, const weft_op *op)
{
    weft__add(to, op->status & WEFT__GONE ? "the other end's drop, " : "");
    weft__add(to, weft__op_kind(op));
    weft__add(to, " ");
    weft__add_number(to, op->handle);
}

const char *weft__base_name(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    return name;
}

void weft__add_spot(weft__text *to, const weft_place *place)
{
    weft__add(to, place->function);
    weft__add(to, " at ");
    weft__add(to, weft__base_name(place->file));
    weft__add(to, ":");
    weft__add_number(to, place->line);
}

const weft_coro *weft__head_of(const weft_coro *co)
{
    for (const weft_coro *caller; (caller = weft__caller_of(co));)
        co = caller;
    return co;
}

void weft__add_wait(weft__text *to, const weft_coro *co)
{
    switch (co->state) {
    case WEFT__ON_OP:
    case WEFT__ON_START:
        weft__add(to, co->state == WEFT__ON_START ? "start of " : "");
        weft__add_op(to, co->on.op);
        break;
    case WEFT__ON_ANY:
        weft__add(to, "any of ");
        for (uint32_t i = 0; i < co->on.any->count && i < 8; i++) {
            weft__add(to, i ? ", " : "");
            weft__add_op(to, co->on.any->ops[i]);
        }
        weft__add(to, co->on.any->count > 8 ? ", ..." : "");
        break;
    case WEFT__ON_SELECT:
        weft__add(to, "the first of ");
        for (const weft_case *it = co->on.cases, *end = it + it->co.line; it < end; it++) {
            weft__add(to, it == co->on.cases ? "" : ", ");
            if (it->co.state >= WEFT__ON_OP)
                weft__add_wait(to, &it->co);
            else
                weft__add(to, "nothing");
        }
        break;
    case WEFT__ON_CHILD:
        weft__add(to, "weft_call");
        break;
    case WEFT__ON_YIELD:
        weft__add(to, "weft_yield");
        break;
    default:
#if WEFT_TRACE
        weft__add(to, co->function);
#else
        weft__add(to, co->state == WEFT__ON_SCOPE   ? "a join"
                      : co->state == WEFT__ON_TIMER ? "a sleep"
                                                    : "a queue");
#endif
        if (co->state == WEFT__ON_TIMER) {
            weft__add(to, " until ");
            weft__add_number(to, co->on.timer->when);
            break;
        }
        while (!weft__is_last(co))
            co = co->next;
        weft__add(to, " at ");
        weft__add_number(to, (uintptr_t)weft__queue_of(co));
    }
}
