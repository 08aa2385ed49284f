// Coroutines of the script's own, under a run's limit of time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Without FIBERS, one in which a wait yields comes back to who resumed it. So coroutine.resume and wrap are
// ours here: they pass such a yield on, to the thread of the run at last.
#include "internal.h"

// Resumes `thread` with what is on top of it. Results, or its error, are on top of it then.
static int resume(lua_State *L, lua_State *thread, int arguments, int *results)
{
    weft_lua *lua = weft__lua_of(L);
    lua_State *before = lua->barred;
    if (!before && !lua_isyieldable(L))
        lua->barred = L;
    weft__lua_share_limit(L, thread);
    int status = lua_resume(thread, L, arguments, results);
    weft__lua_share_limit(thread, L);
    lua->barred = before;
    return status;
}

// What it has to close may not wait.
static int close_thread(lua_State *L, lua_State *thread)
{
    weft_lua *lua = weft__lua_of(L);
    lua_State *before = lua->barred;
    lua->barred = before ? before : L;
    weft__lua_share_limit(L, thread);
    int status = lua_closethread(thread, L);
    lua->barred = before;
    return status;
}

// Nobody else may resume or close one that waits.
static void set_waits(lua_State *thread, bool waits)
{
    uintptr_t *mark = weft__lua_mark(thread);
    *mark = (*mark & ~(uintptr_t)WEFT__LUA_WAITS) | (waits ? WEFT__LUA_WAITS : 0);
}

typedef int ended(lua_State *L, lua_State *thread, int status, int results);

static int go_on(lua_State *L, lua_State *thread, int arguments, ended *end, lua_KFunction again)
{
    int results;
    int status = resume(L, thread, arguments, &results);
    bool waits = status == LUA_YIELD && weft__lua_of(L)->waits;
    set_waits(thread, waits);
    if (waits)
        return lua_yieldk(L, 0, (lua_KContext)thread, again);
    return end(L, thread, status, results);
}

static void check_room(lua_State *L, lua_State *thread, int count)
{
    if (!lua_checkstack(L, count + 1)) {
        lua_pop(thread, count);
        luaL_error(L, "too many results to resume");
    }
}

static int resume_ended(lua_State *L, lua_State *thread, int status, int results)
{
    bool is_fine = status == LUA_OK || status == LUA_YIELD;
    int count = is_fine ? results : 1;
    check_room(L, thread, count);
    lua_pushboolean(L, is_fine);
    lua_xmove(thread, L, count);
    return count + 1;
}

static int resume_again(lua_State *L, int status, lua_KContext thread)
{
    (void)status;
    return go_on(L, (lua_State *)thread, 0, resume_ended, resume_again);
}

static int wrap_ended(lua_State *L, lua_State *thread, int status, int results)
{
    bool is_fine = status == LUA_OK || status == LUA_YIELD;
    if (!is_fine) {
        status = close_thread(L, thread);
        results = 1;
    }
    check_room(L, thread, results);
    lua_xmove(thread, L, results);
    if (is_fine)
        return results;
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int wrap_again(lua_State *L, int status, lua_KContext thread)
{
    (void)status;
    return go_on(L, (lua_State *)thread, 0, wrap_ended, wrap_again);
}

// NULL if `thread` may be resumed.
static const char *refusal(lua_State *thread)
{
    if (*weft__lua_mark(thread) & WEFT__LUA_RUN)
        return "cannot resume the thread of a run";
    if (*weft__lua_mark(thread) & WEFT__LUA_WAITS)
        return "cannot resume a coroutine that waits";
    if (lua_status(thread) == LUA_OK && lua_gettop(thread) == 0)
        return "cannot resume dead coroutine";
    lua_Debug at;
    if (lua_status(thread) == LUA_YIELD || (lua_status(thread) == LUA_OK && !lua_getstack(thread, 0, &at)))
        return NULL;
    return lua_status(thread) == LUA_OK ? "cannot resume non-suspended coroutine"
                                        : "cannot resume dead coroutine";
}

static int start(lua_State *L, lua_State *thread, int first, ended *end, lua_KFunction again)
{
    int arguments = lua_gettop(L) - first + 1;
    weft__lua_check_time(L);
    const char *refused = refusal(thread);
    if (!refused && !lua_checkstack(thread, arguments))
        refused = "too many arguments to resume";
    if (!refused) {
        lua_xmove(L, thread, arguments);
        return go_on(L, thread, arguments, end, again);
    }
    if (end == wrap_ended)
        return luaL_error(L, "%s", refused);
    lua_pushboolean(L, 0);
    lua_pushstring(L, refused);
    return 2;
}

static int resume_in_lua(lua_State *L)
{
    lua_State *thread = lua_tothread(L, 1);
    luaL_argexpected(L, thread, 1, "coroutine");
    return start(L, thread, 2, resume_ended, resume_again);
}

static int wrapped(lua_State *L)
{
    return start(L, lua_tothread(L, lua_upvalueindex(1)), 1, wrap_ended, wrap_again);
}

static int guarded(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    return status == LUA_OK || status == LUA_YIELD ? lua_gettop(L) : lua_error(L);
}

// Around its function, so that what an error closes may wait.
static int guard(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return guarded(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, guarded), 0);
}

static int wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *thread = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, guard, 1);
    lua_xmove(L, thread, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int close_in_lua(lua_State *L)
{
    lua_State *thread = lua_tothread(L, 1);
    luaL_argexpected(L, thread, 1, "coroutine");
    lua_Debug at;
    const char *refused = NULL;
    if (*weft__lua_mark(thread) & WEFT__LUA_RUN)
        refused = "cannot close the thread of a run";
    if (*weft__lua_mark(thread) & WEFT__LUA_WAITS)
        refused = "cannot close a coroutine that waits";
    if (lua_status(thread) == LUA_OK && lua_getstack(thread, 0, &at))
        refused = "cannot close a running coroutine";
    if (refused)
        return luaL_error(L, "%s", refused);
    bool is_fine = close_thread(L, thread) == LUA_OK;
    lua_pushboolean(L, is_fine);
    if (is_fine)
        return 1;
    lua_xmove(thread, L, 1);
    return 2;
}

static int yield(lua_State *L)
{
    if (*weft__lua_mark(L) & WEFT__LUA_RUN)
        return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

bool weft__lua_passes_on(lua_CFunction function)
{
    return function == resume_in_lua || function == wrapped || function == guard;
}

void weft__lua_open_coroutines(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"resume", resume_in_lua}, {"wrap", wrap}, {"close", close_in_lua}, {"yield", yield}, {NULL, NULL}};
    lua_getglobal(L, LUA_COLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
