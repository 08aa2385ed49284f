// A state of Lua: its memory, and how it is opened.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <stdlib.h>

static void *allocate(void *it, void *block, size_t before, size_t size)
{
    weft_lua *lua = it;
    size_t had = block ? before : 0; // else it is the kind of an object
    if (lua->memory && size > had && size - had > lua->memory - lua->used)
        return NULL;
    void *fresh = NULL;
    if (!size)
        free(block);
    else if (!(fresh = realloc(block, size)))
        return NULL;
    lua->used += size - had;
    return fresh;
}

static int set_up(lua_State *L)
{
    weft_lua *lua = weft__lua_of(L);
    luaL_openlibs(L);
    luaL_requiref(L, "weft", weft__lua_open_weft, 1);
    weft__lua_open_coroutines(L);
    if (lua->setup)
        lua->setup(L);
    return 0;
}

static bool open(weft_lua *lua)
{
    lua_State *L = lua_newstate(allocate, lua);
    if (!L)
        return false;
    *weft__lua_mark(L) = (uintptr_t)lua;
    lua_pushcfunction(L, set_up);
    if (!lua_pcall(L, 0, 0, 0)) {
        lua->state = L;
        return true;
    }
    lua_close(L);
    return false;
}

int weft__lua_protected(weft_lua *lua, lua_CFunction call, void *data)
{
    if (!lua->state && !open(lua))
        return LUA_ERRMEM;
    lua_State *L = lua->state;
    bool collects = lua_gc(L, LUA_GCISRUNNING);
    lua_gc(L, LUA_GCSTOP); // a finalizer might wait, and others would use this thread
    lua_pushcfunction(L, call);
    lua_pushlightuserdata(L, data);
    int status = lua_pcall(L, 1, 0, 0);
    lua_settop(L, 0);
    if (collects)
        lua_gc(L, LUA_GCRESTART);
    return status;
}

int weft__lua_refuse(lua_State *L, int error)
{
    lua_pushnil(L);
    lua_pushstring(L, weft_error_text(error));
    lua_pushstring(L, weft_error_name(error));
    return 3;
}
