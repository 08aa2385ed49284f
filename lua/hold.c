// Memory for what is waited for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hold.h"

typedef struct {
    void (*close)(void *it);
    _Alignas(16) char it[];
} held;

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
    if (luaL_newmetatable(L, "weft.held")) {
        lua_pushcfunction(L, close);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "__gc");
        lua_setfield(L, -2, "__close");
    }
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    return block->it;
}
