// Task-locals: the bindings of coroutines, each with the binding that it covers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/local.h>
#include <weft/scope.h>
#include "internal.h"

static weft_local *innermost(const weft_coro *co)
{
    for (;;) {
        if (weft__binding_of(co))
            return weft__binding_of(co);
        if (weft__handle_of(co))
            return weft__handle_of(co)->locals;
        if (!(co = weft__parent_of(co)))
            return NULL;
    }
}

// A coroutine has no field for its bindings. So each stands in co->up while it holds, and keeps the old `up`.
void weft_local_bind(weft_coro *co, weft_local *local, const void *key, void *value)
{
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "weft_local_bind", 0);
    WEFT__CHECK(local->by, local_in_use, "weft_local_bind", 0);
    *local = (weft_local){.key = key, .value = value, .outer = innermost(co), .by = co, .up = co->up};
    co->up = (uintptr_t)local + 2;
    co->flags |= WEFT__BINDS;
}

void weft_local_unbind(weft_local *local)
{
    weft_coro *co = local->by;
    if (!co)
        return;
    WEFT__CHECK(local->heirs || weft__binding_of(co) != local, local_in_use, "weft_local_unbind", 0);
    co->up = local->up;
    local->by = NULL;
    if (!weft__binding_of(co))
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

void weft__local_drop(weft_local *local)
{
    local->heirs--;
}
