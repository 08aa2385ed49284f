// Runs a script of Lua, which may wait: for files, sites, connections and time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,http,inherit-network,allow-ip-name-lookup -W component-model-async
//     --dir examples/lua::. lua-script.wasm crawler.lua http://localhost:8080/ 8
#include <weft/lua.h>
#include <weft/wasi.h>
#include <lauxlib.h>
#include <lua.h>

static int setup(lua_State *L)
{
    return weft_lua_open_fs(L) + weft_lua_open_http(L) + weft_lua_open_net(L);
}

// The script that the first argument names, and the others for it.
static int begin(lua_State *L, void *data)
{
    int count = (int)weft_argument_count() - 1;
    (void)data;
    luaL_checkstack(L, count + 2, "too many arguments");
    for (int i = 1; i <= count; i++)
        lua_pushlstring(L, weft_argument((size_t)i).at, weft_argument((size_t)i).length);
    if (count < 1 || luaL_loadfile(L, lua_tostring(L, -count)))
        return count < 1 ? luaL_error(L, "usage: lua-script FILE [ARGUMENT...]") : lua_error(L);
    lua_replace(L, -count - 1);
    return count - 1;
}

typedef struct {
    weft_coro co;
    weft_lua lua;
    weft_lua_run run;
} script;

WEFT_ASYNC(script)
{
    WEFT_BEGIN;
    self->lua.setup = setup;
    self->run = (weft_lua_run){.lua = &self->lua, .begin = begin};
    WEFT_AWAIT(weft_lua_call(co, &self->run));
    if (self->run.error) {
        WEFT_AWAIT(weft_eprintf(co, "%s\n", self->run.message ? self->run.message : "out of memory"));
        WEFT_FAIL(WEFT_EOTHER);
    }
    WEFT_FINALLY;
    weft_lua_end(&self->run);
    WEFT_AWAIT(weft_lua_close(co, &self->lua));
    WEFT_END;
}
WEFT_COMMAND(script);
