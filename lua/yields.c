// Waits by yields of Lua's, on any host: a step of a run resumes its thread of Lua's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

weft_lua_run *weft__lua_running(lua_State *L)
{
    return weft__lua_of(L)->running;
}

static int go_on(weft_lua_run *it)
{
    it->lua->running = it;
    int status = weft__lua_go_on(it);
    it->lua->running = NULL;
    return status;
}

weft_stepped weft__lua_step(weft_coro *co)
{
    weft_lua_run *it = weft_frame(co, weft_lua_run);
    bool is_cancelled = weft_step_unwinds(co) && !it->unwinds && it->stage != WEFT__LUA_JOINS;
    if (is_cancelled) {
        weft_step_finalise(co);
        weft__lua_unwind(it);
    }
    if (!it->stage && (is_cancelled || !weft__lua_begin(it)))
        it->stage = WEFT__LUA_JOINS;
    if (it->stage == WEFT__LUA_RUNS) {
        int status = go_on(it);
        if (status == LUA_YIELD && it->lua->waits) {
            it->lua->waits = false;
            return weft_step_wait(co, it->wait, NULL);
        }
        weft__lua_ended(it, status);
        weft_poll poll = weft__lua_join(it);
        if (weft_pending(poll))
            return weft_step_wait(co, poll, NULL);
    }
    weft__lua_conclude(it);
    return weft_step_end(co);
}

// ---- Where no yield is possible ----

// Those may be left: they go on behind a yield.
static bool goes_on(lua_State *L, lua_CFunction function)
{
    static const char *const names[] = {"pcall", "xpcall", "dofile", NULL};
    bool found = weft__lua_passes_on(function);
    lua_pushglobaltable(L);
    for (const char *const *name = names; *name && !found; name++) {
        lua_pushstring(L, *name);
        lua_rawget(L, -2);
        found = lua_tocfunction(L, -1) == function;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return found;
}

// Pushes the name of the function on top of the stack, such as `table.sort`, by where it is in the libraries.
static const char *name_of(lua_State *L)
{
    int function = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    for (lua_pushnil(L); lua_next(L, function + 1); lua_pop(L, 1)) {
        if (!lua_istable(L, -1) || lua_type(L, -2) != LUA_TSTRING)
            continue;
        for (lua_pushnil(L); lua_next(L, function + 3); lua_pop(L, 1))
            if (lua_rawequal(L, function, -1) && lua_type(L, -2) == LUA_TSTRING)
                return lua_pushfstring(L, "%s.%s", lua_tostring(L, function + 2), lua_tostring(L, -2));
    }
    return lua_pushliteral(L, "a function of C");
}

// The name of the first function of C from `level` of `thread` on that cannot be left. All is done on L, as an
// error of `thread` would leap over what runs above it.
static const char *bar(lua_State *L, lua_State *thread, int level)
{
    lua_Debug at;
    luaL_checkstack(L, 8, NULL);
    for (; lua_checkstack(thread, 1) && lua_getstack(thread, level, &at); level++) {
        lua_getinfo(thread, "nf", &at);
        lua_xmove(thread, L, 1);
        lua_CFunction function = lua_tocfunction(L, -1);
        if (!__builtin_strcmp(at.namewhat, "metamethod") && !__builtin_strcmp(at.name, "gc"))
            return "a finalizer";
        if (function && !goes_on(L, function))
            return name_of(L);
        lua_pop(L, 1);
    }
    return "a function of C";
}

weft_lua_run *weft_lua_waits(lua_State *L)
{
    weft_lua_run *it = weft__lua_caller(L);
    lua_State *barred = it->lua->barred;
    if (barred || !lua_isyieldable(L))
        luaL_error(L, "no wait is possible inside of '%s': wait before or behind it, or build with FIBERS",
                   barred ? bar(L, barred, 0) : bar(L, L, 1));
    weft__lua_check(L, it);
    return it;
}

static int resumed(lua_State *L, int status, lua_KContext context)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    weft__lua_check(L, it);
    return it->then(L, status, context);
}

int weft_lua_wait(lua_State *L, weft_poll poll, lua_KFunction then, lua_KContext context)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    if (!weft_pending(poll))
        return then(L, LUA_OK, context);
    it->then = then;
    it->wait = poll;
    it->lua->waits = true;
    return lua_yieldk(L, 0, context, resumed);
}

void weft__lua_rest(lua_State *L, weft_lua_run *it)
{
    if (it->lua->barred || !lua_isyieldable(L))
        return;
    it->wait = weft_yield(&it->co);
    it->lua->waits = true;
    lua_yield(L, 0);
}

weft_poll weft_lua_close(weft_coro *co, weft_lua *lua)
{
    (void)co;
    lua_State *L = lua->state;
    lua->state = NULL;
    if (L)
        lua_close(L);
    return (weft_poll){0};
}
