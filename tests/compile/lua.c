// Every function of weft/lua.h once, for compilers to warn about. No header of Lua's is needed for that.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/lua.h>

static int setup(lua_State *L)
{
    return weft_lua_open_fs(L) + weft_lua_open_http(L) + weft_lua_open_net(L);
}

static weft_lua lua;

static int rested(lua_State *L, int status, intptr_t context)
{
    (void)L, (void)status, (void)context;
    return 0;
}

static int begin(lua_State *L, void *data)
{
    (void)data;
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_yield(&run->co), rested, 0);
}

typedef struct {
    weft_coro co;
    weft_lua_run run;
} script;

WEFT_ASYNC_EXTERN(script)
{
    WEFT_BEGIN;
    lua.memory = 1 << 20;
    lua.setup = setup;
    self->run.lua = &lua;
    self->run.begin = begin;
    WEFT_AWAIT(weft_lua_call(co, &self->run));
    WEFT_FINALLY;
    weft_lua_end(&self->run);
    WEFT_AWAIT(weft_lua_close(co, &lua));
    WEFT_END;
}
