// Lua on Weft: runs the script that its first argument names, with the second.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/lua.h>
#include <weft/wasi.h>
#include <lauxlib.h>
#include <lua.h>

static weft_lua lua;

static int begin(lua_State *L, void *data)
{
    weft_text script = weft_argument(1), n = weft_argument(2);
    (void)data;
    if (luaL_loadfile(L, lua_pushlstring(L, script.at, script.length)))
        return lua_error(L);
    lua_pushlstring(L, n.at, n.length);
    return 1;
}

typedef struct {
    weft_coro co;
    weft_lua_run run;
} command;

WEFT_ASYNC(command)
{
    const weft_lua_run *run = &self->run;
    WEFT_BEGIN;
    self->run.lua = &lua;
    self->run.begin = begin;
    WEFT_AWAIT(weft_lua_call(co, &self->run));
    if (run->error) {
        WEFT_AWAIT(weft_eprintf(co, "%s: %s\n", weft_error_name(run->error), run->message ? run->message : ""));
        weft_step_fail(co, WEFT_EIO);
    }
    WEFT_FINALLY;
    weft_lua_end(&self->run);
    WEFT_AWAIT(weft_lua_close(co, &lua));
    WEFT_END;
}
WEFT_COMMAND(command);
