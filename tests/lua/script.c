// A command that runs the script that its first argument names, cancels it after its third, in 0.1 ms, gives
// it as many ms as its fourth says and a stack of as many bytes as its fifth, and tells what is left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/lua.h>
#include <weft/wasi.h>
#include <lauxlib.h>
#include <lua.h>

static int setup(lua_State *L)
{
    return weft_lua_open_fs(L) + weft_lua_open_http(L) + weft_lua_open_net(L);
}

static weft_lua lua = {.memory = 16 << 20, .setup = setup};

static bool has_begun;

static int begin(lua_State *L, void *data)
{
    weft_text path = weft_argument(1), more = weft_argument(2);
    (void)data;
    if (luaL_loadfile(L, lua_pushlstring(L, path.at, path.length)))
        return lua_error(L);
    lua_remove(L, -2);
    lua_pushlstring(L, more.at ? more.at : "", more.length);
    has_begun = true;
    return 1;
}

typedef struct {
    weft_coro co;
    weft_lua_run run;
} part;

WEFT_ASYNC(part)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_lua_call(co, &self->run));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    weft_timer timer;
    uint64_t limit, timeout, stack_size;
    part part;
} command;

WEFT_ASYNC(command)
{
    const weft_lua_run *run = &self->part.run;
    WEFT_BEGIN;
    (void)weft_text_to_u64(weft_argument(3), &self->limit);
    (void)weft_text_to_u64(weft_argument(4), &self->timeout);
    (void)weft_text_to_u64(weft_argument(5), &self->stack_size);
    lua.stack_size = (size_t)self->stack_size;
    WEFT_SPAWN(part, &self->part, &self->scope, &self->child, .run.lua = &lua, .run.begin = begin,
               .run.timeout = WEFT_MILLISECONDS(self->timeout));
    if (self->limit) {
        while (!has_begun)
            WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, self->limit * 100000));
        weft_scope_cancel(&self->scope);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    if (run->error)
        WEFT_AWAIT(weft_eprintf(co, "%s: %s\n", run->error > 0 ? "failed" : weft_error_name(run->error),
                                run->message ? run->message : ""));
    WEFT_FINALLY;
    weft_lua_end(&self->part.run);
    WEFT_AWAIT(weft_lua_close(co, &lua));
    WEFT_AWAIT(weft_eprintf(co, "left: %zu\n", lua.used));
    WEFT_END;
}
WEFT_COMMAND(command);
