// A command that runs the script that its first argument names again and again, and lets the Nth allocation
// fail, for each N, or each so manieth as its third says: of those that the second names, "lua" or "weft"; with
// "limit", the state may have N bytes. Each run ends right, or for want of memory; nothing is left of any.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/lua.h>
#include <lauxlib.h>
#include <lua.h>
#include "../wasi/net/memory.h"

// Lua collects garbage and asks again: so two in a row fail.
static struct {
    lua_Alloc as_ever;
    uint64_t failing;
    bool again;
} of_lua;

static bool fails(void)
{
    bool is_again = of_lua.again;
    of_lua.again = of_lua.failing && !--of_lua.failing;
    return is_again || of_lua.again;
}

static void *allocate(void *it, void *block, size_t before, size_t size)
{
    return size > (block ? before : 0) && fails() ? NULL : of_lua.as_ever(it, block, before, size);
}

static int setup(lua_State *L)
{
    void *data;
    of_lua.as_ever = lua_getallocf(L, &data);
    lua_setallocf(L, allocate, data);
    return weft_lua_open_fs(L) + weft_lua_open_http(L) + weft_lua_open_net(L);
}

static int begin(lua_State *L, void *data)
{
    (void)data;
    if (luaL_loadfile(L, lua_pushlstring(L, weft_argument(1).at, weft_argument(1).length)))
        return lua_error(L);
    lua_remove(L, -2);
    return 0;
}

static void end(lua_State *L, void *is_right)
{
    *(bool *)is_right = lua_toboolean(L, 1);
}

typedef struct {
    weft_coro co;
    weft_lua lua;
    weft_lua_run run;
    uint64_t nth, step;
    size_t before;    // bytes
    uint32_t handles; // before
    bool is_right, was_hit;
} sweep;

static void arm(sweep *self)
{
    weft_text kind = weft_argument(2);
    self->lua = (weft_lua){.setup = setup};
    self->is_right = false;
    self->run = (weft_lua_run){.lua = &self->lua, .begin = begin, .end = end, .data = &self->is_right};
    of_lua.failing = weft_text_equal_z(kind, "lua") ? self->nth : 0;
    failing = weft_text_equal_z(kind, "weft") ? self->nth : 0;
    self->lua.memory = weft_text_equal_z(kind, "limit") ? (size_t)self->nth : 0;
}

static void disarm(sweep *self)
{
    self->was_hit = !failing && !of_lua.failing && (!self->lua.memory || self->run.error);
    failing = of_lua.failing = 0;
    of_lua.again = false;
}

// Streams take all numbers that are free, and more: what is not theirs is somebody's.
static uint32_t live_handles(void)
{
    enum { PAIRS = 64 };
    static weft_bytes_writer out[PAIRS];
    static weft_bytes_reader in[PAIRS];
    uint32_t last = 0;
    for (int i = 0; i < PAIRS; i++) {
        in[i] = weft_bytes_reader_of(weft_bytes_new(&out[i]));
        last = in[i].op.handle > last ? in[i].op.handle : last;
        last = out[i].op.handle > last ? out[i].op.handle : last;
    }
    for (int i = 0; i < PAIRS; i++) {
        weft_bytes_close_reader(&in[i]);
        weft_bytes_close_writer(&out[i]);
    }
    return last - 2 * PAIRS;
}

static bool is_for_memory(const weft_lua_run *run)
{
    return run->error == WEFT_ENOMEM ||
           (run->error == WEFT_LUA_FAILED && __builtin_strstr(run->message, "memory"));
}

WEFT_ASYNC(sweep)
{
    WEFT_BEGIN;
    if (weft_text_to_u64(weft_argument(3), &self->step))
        WEFT_FAIL(WEFT_EINVAL);
    do {
        arm(self);
        WEFT_AWAIT(weft_lua_call(co, &self->run));
        disarm(self);
        if (self->run.error ? !is_for_memory(&self->run) : !self->is_right)
            WEFT_AWAIT(weft_eprintf(co, "%llu: %d %s\n", (unsigned long long)self->nth, self->run.error,
                                    self->run.message ? self->run.message : "no right answer"));
        weft_lua_end(&self->run);
        WEFT_AWAIT(weft_lua_close(co, &self->lua));
        weft_trim();
        if (!self->nth) { // the first, in which none fails
            self->before = allocated;
            self->handles = live_handles();
            self->was_hit = true;
        }
        if (self->lua.used || allocated != self->before || live_handles() != self->handles)
            WEFT_AWAIT(weft_eprintf(co, "%llu: left: %zu, %zu, %u\n", (unsigned long long)self->nth,
                                    self->lua.used, allocated - self->before, live_handles() - self->handles));
        self->nth += self->nth ? self->step : 1;
    } while (self->was_hit);
    WEFT_AWAIT(weft_printf(co, "%llu\n", (unsigned long long)self->nth));
    WEFT_END;
}
WEFT_COMMAND(sweep);
