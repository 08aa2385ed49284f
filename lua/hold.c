// Memory for what is waited for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hold.h"

typedef struct {
    void (*close)(void *it);
    _Alignas(16) char it[];
} held;

static const char name[] = "weft.held";

static int close(lua_State *L)
{
    held *block = lua_touserdata(L, 1);
    void (*end)(void *it) = block->close;
    block->close = NULL;
    if (end)
        end(block->it);
    return 0;
}

void *weft__lua_hold(lua_State *L, size_t size, void (*end)(void *it))
{
    held *block = lua_newuserdatauv(L, sizeof *block + size, 0);
    __builtin_memset(block, 0, sizeof *block + size);
    block->close = end;
    luaL_setmetatable(L, name);
    lua_toclose(L, -1);
    return block->it;
}

void weft__lua_open_hold(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__gc", close}, {"__close", close}, {NULL, NULL}};
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
}
