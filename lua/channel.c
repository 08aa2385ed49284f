// weft.channel(capacity): values from some runs to others, in their order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values are in a table, the user value of the channel, from `first` on. Who waits looks again after each
// change.
#include "internal.h"
#include <weft/sync.h>

typedef struct {
    weft_event changed;
    lua_Integer first, count, capacity;
    bool closed;
} channel;

enum { LOOKS_AGAIN = 1 };

static const char name[] = "weft.channel";

static channel *check(lua_State *L)
{
    return luaL_checkudata(L, 1, name);
}

static void change(channel *it)
{
    weft_event_set(&it->changed);
    weft_event_clear(&it->changed);
}

static void wait_for_change(lua_State *L, channel *it, lua_KFunction then)
{
    weft_lua_run *run = weft_lua_waits(L);
    weft_lua_wait(L, weft_event_wait(&run->co, &it->changed), then, LOOKS_AGAIN);
}

// On a fiber, where the wait comes back, the loop of who waited looks again.
static bool is_in_loop(int status, lua_KContext context)
{
    return status == LUA_OK && context == LOOKS_AGAIN;
}

static int send(lua_State *L, int status, lua_KContext context)
{
    if (is_in_loop(status, context))
        return 0;
    channel *it = check(L);
    while (!it->closed && it->count >= it->capacity)
        wait_for_change(L, it, send);
    if (!it->closed) {
        lua_getiuservalue(L, 1, 1);
        lua_pushvalue(L, 2);
        lua_rawseti(L, -2, it->first + it->count);
        it->count++;
        change(it);
    }
    lua_pushboolean(L, !it->closed);
    return 1;
}

static int receive(lua_State *L, int status, lua_KContext context)
{
    if (is_in_loop(status, context))
        return 0;
    channel *it = check(L);
    while (!it->count && !it->closed)
        wait_for_change(L, it, receive);
    if (!it->count)
        return 0;
    lua_getiuservalue(L, 1, 1);
    lua_rawgeti(L, -1, it->first);
    lua_pushnil(L);
    lua_rawseti(L, -3, it->first++);
    it->count--;
    change(it);
    return 1;
}

static int send_in_lua(lua_State *L)
{
    luaL_checkany(L, 2);
    luaL_argcheck(L, !lua_isnil(L, 2), 2, "nil is what a closed channel gives");
    lua_settop(L, 2);
    return send(L, LUA_OK, 0);
}

static int receive_in_lua(lua_State *L)
{
    lua_settop(L, 1);
    return receive(L, LUA_OK, 0);
}

static int close(lua_State *L)
{
    channel *it = check(L);
    it->closed = true;
    change(it);
    return 0;
}

static int make(lua_State *L)
{
    lua_Integer capacity = luaL_optinteger(L, 1, 1);
    luaL_argcheck(L, capacity > 0, 1, "a capacity of 1 or more expected");
    channel *it = lua_newuserdatauv(L, sizeof *it, 1);
    *it = (channel){.first = 1, .capacity = capacity};
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, name);
    return 1;
}

void weft__lua_open_channel(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"send", send_in_lua}, {"receive", receive_in_lua}, {"close", close}, {NULL, NULL}};
    luaL_newmetatable(L, name);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, make);
    lua_setfield(L, -2, "channel");
}
