// Waits on fibers, from any depth: each run has one, which resumes its thread of Lua's once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

WEFT_FIBER(weft_lua_run)
{
    if (weft__lua_begin(self)) {
        weft__lua_ended(self, weft__lua_go_on(self));
        WEFT_FIBER_CLEANUP(weft__lua_join(self));
    }
    weft__lua_conclude(self);
}

weft_stepped weft__lua_step(weft_coro *co)
{
    weft_lua_run *it = weft_frame(co, weft_lua_run);
    if (!it->stage && !weft_step_unwinds(co))
        it->error = WEFT_ENOMEM; // until it has a stack
    return weft_lua_run__step(co);
}

// By its fiber: others may have run since its last wait of ours, when it has called libc.
weft_lua_run *weft__lua_running(lua_State *L)
{
    const weft_fiber *fiber = weft__lua_of(L)->state ? weft__fiber_here() : NULL;
    return fiber ? weft_frame(fiber->co, weft_lua_run) : NULL;
}

// A cancel may have been delivered in a wait of libc's, which knows of no run.
static void take_notice(weft_lua_run *it)
{
    if (weft_step_unwinds(&it->co) && !it->unwinds)
        weft__lua_unwind(it);
}

weft_lua_run *weft_lua_waits(lua_State *L)
{
    weft_lua_run *it = weft__lua_running(L);
    if (!it)
        return weft__lua_caller(L); // an error
    take_notice(it);
    weft__lua_check(L, it);
    return it;
}

static void wait_for(weft_lua_run *it, weft_poll poll)
{
    if (it->unwinds)
        WEFT_FIBER_CLEANUP(poll);
    else if (!weft__fiber_wait(poll, WEFT__FIBER_HERE))
        weft__lua_unwind(it);
}

int weft_lua_wait(lua_State *L, weft_poll poll, lua_KFunction then, lua_KContext context)
{
    weft_lua_run *it = weft_frame(weft__fiber_running->co, weft_lua_run);
    wait_for(it, poll);
    weft__lua_check(L, it);
    return then(L, LUA_OK, context);
}

void weft__lua_rest(lua_State *L, weft_lua_run *it)
{
    take_notice(it);
    wait_for(it, weft_yield(&it->co));
    weft__lua_check(L, it);
}

WEFT_FIBER(weft_lua)
{
    lua_State *L = self->state;
    self->state = NULL;
    lua_close(L);
}

weft_poll weft_lua_close(weft_coro *co, weft_lua *lua)
{
    lua->fiber.stack_size = lua->stack_size ? lua->stack_size : WEFT__LUA_STACK;
    return lua->state ? weft_call(co, &lua->co, weft_lua__step) : (weft_poll){0};
}
