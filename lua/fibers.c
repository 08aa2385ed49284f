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
    return weft_lua_run__step(co);
}

weft_lua_run *weft_lua_waits(lua_State *L)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    if (weft_fiber_co() != &it->co)
        luaL_error(L, "no wait is possible outside of a run's fiber");
    weft__lua_check(L, it);
    return it;
}

static void wait_for(weft_lua_run *it, weft_poll poll)
{
    if (it->unwinds)
        WEFT_FIBER_CLEANUP(poll);
    else if (weft_pending(poll) && !WEFT_FIBER_AWAIT(poll))
        weft__lua_unwind(it);
    it->lua->running = it;
}

int weft_lua_wait(lua_State *L, weft_poll poll, lua_KFunction then, lua_KContext context)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    wait_for(it, poll);
    weft__lua_check(L, it);
    return then(L, LUA_OK, context);
}

void weft__lua_rest(lua_State *L, weft_lua_run *it)
{
    if (weft_fiber_co() == &it->co)
        wait_for(it, weft_yield(&it->co));
    weft__lua_check(L, it);
}

WEFT_FIBER(weft_lua)
{
    lua_close(self->state);
    self->state = NULL;
}

weft_poll weft_lua_close(weft_coro *co, weft_lua *lua)
{
    lua->fiber.stack_size = lua->stack_size ? lua->stack_size : WEFT__LUA_STACK;
    return lua->state ? weft_call(co, &lua->co, weft_lua__step) : (weft_poll){0};
}

void weft__lua_open_coroutines(lua_State *L)
{
    (void)L; // Lua's own do
}
