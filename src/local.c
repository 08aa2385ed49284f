// Task-locals: the bindings of coroutines, found by the coroutine, each with what it covers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/local.h>
#include <weft/scope.h>

// A coroutine has a flag for that it binds, and no room for what. A chain has its last binding first.
enum { CHAINS = 64 };

static weft_local *chains[CHAINS];

static weft_local **chain_of(const weft_coro *co)
{
    return &chains[(uintptr_t)co / 16 % CHAINS];
}

static weft_local *last_of(const weft_coro *co)
{
    weft_local *local = *chain_of(co);
    while (local && local->by != co)
        local = local->next;
    return local;
}

static weft_local *innermost(const weft_coro *co)
{
    for (; co; co = weft__parent_of(co)) {
        if (co->flags & WEFT__BINDS)
            return last_of(co);
        if (weft__handle_of(co))
            return weft__handle_of(co)->locals;
    }
    return NULL;
}

void weft_local_bind(weft_coro *co, weft_local *local, const void *key, void *value)
{
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "weft_local_bind", 0);
    WEFT__CHECK(local->by, local_in_use, "weft_local_bind", 0);
    weft_local **chain = chain_of(co);
    *local = (weft_local){.key = key, .value = value, .outer = innermost(co), .by = co, .next = *chain};
    *chain = local;
    co->flags |= WEFT__BINDS;
}

void weft_local_unbind(weft_local *local)
{
    weft_coro *co = local->by;
    if (!co)
        return;
    WEFT__CHECK(local->heirs || last_of(co) != local, local_in_use, "weft_local_unbind", 0);
    weft_local **link = chain_of(co);
    while (*link != local)
        link = &(*link)->next;
    *link = local->next;
    local->by = NULL;
    if (!last_of(co))
        co->flags &= (uint8_t)~WEFT__BINDS;
}

void *weft_local_get(const weft_coro *co, const void *key)
{
    for (const weft_local *local = innermost(co); local; local = local->outer)
        if (local->key == key)
            return local->value;
    return NULL;
}

weft_local *weft__local_inherit(weft_coro *co)
{
    weft_local *local = innermost(co);
    if (local)
        local->heirs++;
    return local;
}

void weft__local_release(weft_local *local)
{
    local->heirs--;
}
