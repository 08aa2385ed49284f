// Lua 5.4 whose scripts wait: each run of a script is a coroutine of Weft's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     static weft_lua lua = {.memory = 16 << 20}; // bytes
//
//     static int begin(lua_State *L, void *data) // pushes a function and its arguments, and tells their number
//     {
//         if (luaL_loadstring(L, "local name = ... weft.sleep(0.1) return 'hello, ' .. name"))
//             return lua_error(L);
//         lua_pushstring(L, data);
//         return 1;
//     }
//     ...
//     self->run = (weft_lua_run){.lua = &lua, .begin = begin, .data = "you", .timeout = WEFT_SECONDS(5)};
//     WEFT_AWAIT(weft_lua_call(co, &self->run));
//     if (self->run.error)
//         ...self->run.message...
//     WEFT_FINALLY;
//     weft_lua_end(&self->run);
//
// weft_add_component(... LIBRARIES weft::lua) links it. docs/lua.md has what a script calls.
//
// Laws:
// - A script waits by the functions of its table `weft`, and those alone stand still that wait for it. Without
//   FIBERS a wait is a yield of Lua's. So it is an error below a function of C that cannot be left, such as
//   table.sort, and the message names that. With FIBERS, and those of the native host, it may be anywhere.
// - A cancel is an error, `cancelled`, at the wait that it ends. It is raised once: a script that catches it,
//   and variables that are closed, may wait again, and no cancel ends that. From ten seconds after it on, each
//   wait is an error, and so is a loop that waits for nothing.
// - What a script spawns is its child: it waits for it at its end, and a failure is the script's.
// - All that calls Lua from outside of a run is to be in the functions that a run calls, `begin` and `end`:
//   there, an error of Lua's is the run's.
#ifndef WEFT_LUA_H
#define WEFT_LUA_H

#include "async.h"
#include "fiber.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lua_State lua_State;
struct weft_lua_run;

// The error of a run whose script has failed.
enum { WEFT_LUA_FAILED = 1 };

// A state of Lua: what all its runs share, globals and memory. Zero-initialised is valid; the first run opens
// it, with Lua's libraries and the table `weft`. Set before, if at all:
typedef struct weft_lua {
    weft_coro co;
    weft_fiber fiber;
    size_t memory; // bytes that it may take; more is the error "not enough memory" of a script. 0: no limit
    // With FIBERS, bytes of the stack of each run. 0: 384 KB, in which the hundred calls of C above each other
    // fit that Lua then allows; on asyncify not if most of them are a pcall below another function of C.
    size_t stack_size;
    // Called once, when it is opened, for more libraries; results are dropped. It may not wait: so on a
    // fiber, no io and no print.
    int (*setup)(lua_State *L);
    // Read-only:
    size_t used; // bytes
    // Private:
    lua_State *state;
    struct weft_lua_run *running; // without FIBERS
    lua_State *barred;            // below which nobody may yield
    bool waits;                   // what yields now is a wait
} weft_lua;

// One run of a function. Set the first part; the rest is zero.
typedef struct weft_lua_run {
    weft_coro co;
    weft_fiber fiber;
    weft_lua *lua;
    int (*begin)(lua_State *L, void *data); // pushes the function and its arguments; their number
    void (*end)(lua_State *L, void *data);  // its results are on the stack of L, from 1 on; NULL: nothing
    void *data;
    uint64_t timeout; // ns; after that the run is cancelled, also one that loops and waits for nothing. 0: none
    // Read-only:
    int error;           // WEFT_OK; WEFT_LUA_FAILED; WEFT_ENOMEM; WEFT_ECANCELED; WEFT_ETIMEDOUT
    const char *message; // of an error, with a traceback; until weft_lua_end
    // Private:
    lua_State *L;
    int reference; // of L
    int arguments;
    struct {
        lua_State *L;
        int reference;
    } failed; // the first child that was
    weft_poll wait;
    int (*then)(lua_State *L, int status, intptr_t context);
    uint64_t until;
    weft_scope scope;
    weft_deadline deadline;
    weft_timer timer;
    uint8_t stage;
    bool is_child, unwinds, expired, cancel;
} weft_lua_run;

// Runs it to its end, and waits for that. error and message tell how it ended. A cancel reaches the script, as
// the laws say. Both structs must stay until then, the second until weft_lua_end.
weft_poll weft_lua_call(weft_coro *co, weft_lua_run *run) __attribute__((warn_unused_result));

// Gives back what a run that has ended holds. One that never began, and twice, is fine.
void weft_lua_end(weft_lua_run *run);

// Closes the state: finalizers run, and all memory is given back. Every run has been ended. Closed is fine. A
// cancel does not cut it short; one that comes before it has begun leaves the state open.
weft_poll weft_lua_close(weft_coro *co, weft_lua *lua) __attribute__((warn_unused_result));

// Parts of `weft` that a program links, and whose interfaces it imports, by calling them in its `setup`:
// weft.fs, weft.http, and weft.net. Nothing is left on the stack of L; the result is 0.
int weft_lua_open_fs(lua_State *L);
int weft_lua_open_http(lua_State *L);
int weft_lua_open_net(lua_State *L);

// ---- For functions of C that a script calls, and that wait ----
//
//     static int slept(lua_State *L, int status, intptr_t context)
//     {
//         return 0;
//     }
//     static int nap(lua_State *L)
//     {
//         weft_lua_run *run = weft_lua_waits(L);
//         return weft_lua_wait(L, weft_sleep(&run->co, &weft_host_clock, &run->timer, 1000), slept, 0);
//     }

// The run that calls. Raises an error if no wait is possible here: so it stands before what begins the wait,
// with nothing in between that may raise one.
weft_lua_run *weft_lua_waits(lua_State *L);

// Waits for `poll`, and goes on with `then`, a lua_KFunction, whose result is the result. What `poll` waits for
// is not on the stack of C: it is in the run, or in a userdata that is on L's. A cancel raises its error in
// place of `then`.
int weft_lua_wait(lua_State *L, weft_poll poll, int (*then)(lua_State *L, int status, intptr_t context),
                  intptr_t context);

#ifdef __cplusplus
}
#endif

#endif
