// What the files of lua/ tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LUA_INTERNAL_H
#define WEFT_LUA_INTERNAL_H

#include <weft/lua.h>
#include <weft/wasi/clock.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

// ---- state.c ----

// Calls `call` with `data`, a light userdata, on the state's main thread, which it opens first. An error of
// Lua's, or 0.
int weft__lua_protected(weft_lua *lua, lua_CFunction call, void *data);

// The state that L is of, and a bit for the threads of runs, and for the script's own that wait.
enum { WEFT__LUA_RUN = 1, WEFT__LUA_WAITS = 2 };
static inline uintptr_t *weft__lua_mark(lua_State *L)
{
    return (uintptr_t *)lua_getextraspace(L);
}
static inline weft_lua *weft__lua_of(lua_State *L)
{
    return (weft_lua *)(*weft__lua_mark(L) & ~(uintptr_t)3);
}

// ---- run.c ----

// What the step of a run does in either back end: it goes on with the script, and returns how that came back;
// takes notice of its end; and of a cancel.
enum { WEFT__LUA_RUNS = 1, WEFT__LUA_JOINS };
bool weft__lua_begin(weft_lua_run *it);
int weft__lua_go_on(weft_lua_run *it);
void weft__lua_ended(weft_lua_run *it, int status);
weft_poll weft__lua_join(weft_lua_run *it);
void weft__lua_conclude(weft_lua_run *it);
void weft__lua_unwind(weft_lua_run *it);

// Raises the cancel that is due, or that the time is over; the second that alone.
void weft__lua_check_limits(lua_State *L, weft_lua_run *it);
static inline void weft__lua_check(lua_State *L, weft_lua_run *it)
{
    if (it->until) // also once it unwinds
        weft__lua_check_limits(L, it);
}
void weft__lua_check_time(lua_State *L);
// Counts the instructions of `to` if those of `from` are counted.
void weft__lua_share_limit(lua_State *from, lua_State *to);

// The run that calls, or an error.
weft_lua_run *weft__lua_caller(lua_State *L);

// A child of the running run: `body` is called with the function and arguments from `first` on.
weft_lua_run *weft__lua_spawn(lua_State *L, lua_CFunction body, int first);
int weft__lua_call(lua_State *L, lua_CFunction body, int first, uint64_t timeout);

// The body of a child that is a call of its first argument; and how each body ends, with what is on its stack
// from `first` on as results.
int weft__lua_body(lua_State *L);
int weft__lua_finish(lua_State *L);
void weft__lua_reap(weft_lua_run *it); // gives back the children that have ended, and notes a failure

// ---- yields.c or fibers.c ----

// The run that calls; NULL in `setup`, and in a finalizer while the state is closed.
weft_lua_run *weft__lua_running(lua_State *L);
weft_step weft__lua_step;
// A rest in a count hook, where that is possible.
void weft__lua_rest(lua_State *L, weft_lua_run *it);

// ---- coroutines.c ----

void weft__lua_open_coroutines(lua_State *L);
bool weft__lua_passes_on(lua_CFunction function); // a yield

// ---- The table `weft` ----

int weft__lua_open_weft(lua_State *L); // module.c
void weft__lua_open_channel(lua_State *L);
void weft__lua_open_hold(lua_State *L);
// Adds a table of functions to it.
int weft__lua_part(lua_State *L, const char *name, const luaL_Reg *functions);

// nil, the text of the error, and its name: as Lua's own functions fail.
int weft__lua_refuse(lua_State *L, int error);

#endif
