// The table `weft` of scripts: time, and what runs at the same time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static int nothing(lua_State *L, int status, lua_KContext context)
{
    (void)L, (void)status, (void)context;
    return 0;
}

// Seconds, as ns.
static uint64_t duration(lua_State *L, int at)
{
    lua_Number seconds = luaL_checknumber(L, at);
    luaL_argcheck(L, seconds >= 0 && seconds < 9e9, at, "seconds from 0 to 9e9 expected");
    return (uint64_t)(seconds * 1e9);
}

static int sleep_for(lua_State *L)
{
    uint64_t ns = duration(L, 1);
    weft_lua_run *it = weft_lua_waits(L);
    return weft_lua_wait(L, weft_sleep(&it->co, &weft_host_clock, &it->timer, ns), nothing, 0);
}

static int yield(lua_State *L)
{
    weft_lua_run *it = weft_lua_waits(L);
    return weft_lua_wait(L, weft_yield(&it->co), nothing, 0);
}

static int now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)weft_now(&weft_host_clock) / 1e9);
    return 1;
}

static int spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    weft__lua_reap(weft__lua_caller(L));
    weft__lua_spawn(L, weft__lua_body, 1);
    return 0;
}

static int scope(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    return weft__lua_call(L, weft__lua_body, 1, 0);
}

static int timeout(lua_State *L)
{
    uint64_t ns = duration(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    return weft__lua_call(L, weft__lua_body, 2, ns ? ns : 1);
}

// ---- Several at once ----

// Spawns each argument; the children stay on the stack in their places.
static int spawn_all(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_checkstack(L, 2, NULL);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, i);
        void *child = weft__lua_spawn(L, weft__lua_body, count + 1);
        lua_settop(L, count);
        lua_pushlightuserdata(L, child);
        lua_replace(L, i);
    }
    return count;
}

static int all_ended(lua_State *L, int status, lua_KContext count)
{
    (void)status;
    for (int i = 1; i <= count; i++) {
        weft_lua_run *child = lua_touserdata(L, i);
        lua_pushnil(L);
        if (!child->error && lua_gettop(child->L)) {
            lua_settop(child->L, 1);
            lua_xmove(child->L, L, 1);
            lua_remove(L, -2);
        }
        lua_replace(L, i);
    }
    return weft__lua_finish(L);
}

static int all_body(lua_State *L)
{
    int count = spawn_all(L);
    weft_lua_run *it = weft_lua_waits(L);
    return weft_lua_wait(L, weft_join_all(&it->co, &it->scope), all_ended, count);
}

static int race_ended(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    weft_lua_run *it = weft__lua_running(L);
    weft_lua_run *first = weft_frame(it->scope.ended->co, weft_lua_run);
    lua_settop(L, 0);
    if (!first->error) {
        int count = lua_gettop(first->L);
        luaL_checkstack(L, count, "too many results");
        lua_xmove(first->L, L, count);
        return count; // the others are cancelled when the run ends
    }
    return weft__lua_finish(L);
}

static int race_body(lua_State *L)
{
    spawn_all(L);
    weft_lua_run *it = weft_lua_waits(L);
    return weft_lua_wait(L, weft_join_any(&it->co, &it->scope), race_ended, 0);
}

static void check_functions(lua_State *L, int least)
{
    luaL_argcheck(L, lua_gettop(L) >= least, 1, "a function expected");
    for (int i = 1; i <= lua_gettop(L); i++)
        luaL_checktype(L, i, LUA_TFUNCTION);
}

static int all(lua_State *L)
{
    check_functions(L, 0);
    return weft__lua_call(L, all_body, 1, 0);
}

static int race(lua_State *L)
{
    check_functions(L, 1);
    return weft__lua_call(L, race_body, 1, 0);
}

int weft__lua_part(lua_State *L, const char *name, const luaL_Reg *functions)
{
    lua_getglobal(L, "weft");
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
    return 0;
}

int weft__lua_open_weft(lua_State *L)
{
    static const luaL_Reg functions[] = {{"sleep", sleep_for}, {"yield", yield},     {"now", now},
                                         {"spawn", spawn},     {"scope", scope},     {"all", all},
                                         {"race", race},       {"timeout", timeout}, {NULL, NULL}};
    luaL_newlib(L, functions);
    weft__lua_open_hold(L);
    weft__lua_open_channel(L);
    return 1;
}
