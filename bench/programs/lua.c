// Lua without Weft: runs the script that its first argument names, with the second.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base}, {LUA_TABLIBNAME, luaopen_table}, {LUA_STRLIBNAME, luaopen_string}};

int main(int count, char **words)
{
    lua_State *L = luaL_newstate();
    if (!L || count != 3)
        return 1;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
    int status = luaL_loadfile(L, words[1]);
    if (status == LUA_OK) {
        lua_pushstring(L, words[2]);
        status = lua_pcall(L, 1, 0, 0);
    }
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status != LUA_OK;
}
