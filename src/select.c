// Select: a case is the header of a coroutine that stands in a queue, or waits for an operation, in the place
// of the one that selects.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/select.h>
#include <weft/sync.h>
#include "internal.h"

// A case is never run: to wake it wakes its owner. In each, `up` is the owner and `code` the case's number. In
// the first, `line` is how many have been tried, and `resume` is the number of the one that was served, + 1.
static weft_coro *owner_of(const weft_case *cases)
{
    return (weft_coro *)cases->co.up;
}

static void end(weft_coro *of)
{
    if (of->state >= WEFT__ON_ANY_TASK)
        of->task->sleepers--;
    of->state = WEFT__ENDED;
}

// Takes a case out of what it waits in. An operation stays in flight. One that is being tried stays as it is.
// False if it has to wait for its lock.
static bool withdraw(weft_coro *of)
{
    if (of->state == WEFT__RUNNING)
        return true;
    if (of->state >= WEFT__ON_SCOPE && !weft__remove_from_queue(of)) {
        of->flags |= WEFT__UNWIND;
        return false;
    }
    if (of->state >= WEFT__ON_OP && of->state <= WEFT__ON_ANY)
        weft__op_unawait(of);
    end(of);
    return true;
}

bool weft__withdraw(weft_case *cases)
{
    bool all = true;
    for (uint32_t i = 0; i < cases->co.line; i++)
        all &= withdraw(&cases[i].co);
    return all;
}

// Also called for one that was signalled and still waits for its lock, and for one not chosen that has it.
void weft__case_served(weft_coro *of)
{
    weft_case *cases = (weft_case *)(void *)of - of->code;
    weft_coro *owner = owner_of(cases);
    if (of->state != WEFT__ON_TICKET || of->on.ticket->is != WEFT__REGAINS)
        end(of);
    if (!(of->flags & WEFT__UNWIND))
        cases->co.resume = (uintptr_t)of->code + 1;
    bool all = weft__withdraw(cases);
    // The owner runs if this came while another case was tried. An event in a cancel that blocks may do that,
    // but not the case that was tried.
    WEFT__CHECK(owner->state == WEFT__RUNNING && !weft__blocked, own_case, "weft_select", 0);
    if (all && owner->state == WEFT__ON_SELECT)
        weft__wake(owner);
}

void weft__select_begin(weft_coro *owner, weft_case *cases)
{
    WEFT__CHECK(owner->state != WEFT__RUNNING, not_running, "weft_select", 0);
    WEFT__CHECK(cases->co.state > WEFT__ENDED, slot_busy, "weft_select", 0);
    WEFT__TRACE_STAYS(cases, "weft_select");
    cases->co.up = (uintptr_t)owner;
    cases->co.line = 0;
    cases->co.resume = 0;
}

weft_coro *weft__case_begin(weft_case *cases)
{
    weft_coro *owner = owner_of(cases), *of = &cases[cases->co.line].co;
    of->state = WEFT__RUNNING;
    of->flags = WEFT__CASE;
    of->code = cases->co.line++;
    of->up = (uintptr_t)owner;
    of->task = owner->task;
    return of;
}

bool weft__case_tried(weft_case *cases, uint32_t pending)
{
    weft_coro *of = &cases[cases->co.line - 1].co;
    if (!pending)
        of->state = WEFT__ENDED;
    if (cases->co.resume) // while it was tried, another was served
        return true;
    if (!pending) {
        cases->co.resume = cases->co.line;
        return true;
    }
    WEFT__CHECK(of->state == WEFT__RUNNING || of->state == WEFT__ON_CHILD || of->state == WEFT__ON_YIELD ||
                    of->state == WEFT__ON_SELECT,
                no_case, "weft_select", 0);
    return false;
}

weft_poll weft__select_wait(weft_case *cases)
{
    weft_coro *owner = owner_of(cases);
    if (cases->co.resume && weft__withdraw(cases))
        return weft_breathe(owner);
    weft_poll poll = weft__park(owner, WEFT__ON_SELECT, "weft_select");
    owner->on.cases = cases;
    return poll;
}

weft_poll weft_never(weft_coro *of)
{
    WEFT__CHECK(!(of->flags & WEFT__CASE), no_case, "weft_never", 0);
    of->state = WEFT__ENDED;
    return (weft_poll){WEFT__PENDING};
}
