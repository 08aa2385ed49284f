// Waits by yields of Lua's, on any host: a step of a run resumes its thread of Lua's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine of the script's own, in which a wait yields, comes back to who resumed it. So coroutine.resume
// and wrap are ours here: they pass such a yield on, to the thread of the run at last.
#include "internal.h"

weft_stepped weft__lua_step(weft_coro *co)
{
    weft_lua_run *it = weft_frame(co, weft_lua_run);
    bool is_cancelled = weft_step_unwinds(co) && !it->unwinds && it->stage != WEFT__LUA_JOINS;
    if (is_cancelled) {
        weft_step_finalise(co);
        weft__lua_unwind(it);
    }
    if (!it->stage && (is_cancelled || !weft__lua_begin(it)))
        it->stage = WEFT__LUA_JOINS;
    if (it->stage == WEFT__LUA_RUNS) {
        int status = weft__lua_go_on(it);
        if (status == LUA_YIELD && it->waits) {
            it->waits = false;
            return weft_step_wait(co, it->wait, NULL);
        }
        weft__lua_ended(it, status);
        weft_poll poll = weft__lua_join(it);
        if (weft_pending(poll))
            return weft_step_wait(co, poll, NULL);
    }
    weft__lua_conclude(it);
    return weft_step_end(co);
}

// ---- Where no yield is possible ----

static int resume_in_lua(lua_State *L), wrapped(lua_State *L), guard(lua_State *L);

static lua_CFunction function_at(lua_State *L, lua_Debug *at)
{
    lua_getinfo(L, "f", at);
    lua_CFunction function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    return function;
}

// Those may be left: they go on behind a yield.
static bool goes_on(lua_State *L, lua_CFunction function)
{
    static const char *const names[] = {"pcall", "xpcall", "dofile", NULL};
    bool found = function == resume_in_lua || function == wrapped || function == guard;
    lua_pushglobaltable(L);
    for (const char *const *name = names; *name && !found; name++) {
        lua_getfield(L, -1, *name);
        found = lua_tocfunction(L, -1) == function;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return found;
}

// Pushes the name of the function on top of the stack, such as `table.sort`, by where it is in the libraries.
static const char *name_of(lua_State *L)
{
    int function = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    for (lua_pushnil(L); lua_next(L, function + 1); lua_pop(L, 1)) {
        if (!lua_istable(L, -1) || lua_type(L, -2) != LUA_TSTRING)
            continue;
        for (lua_pushnil(L); lua_next(L, function + 3); lua_pop(L, 1))
            if (lua_rawequal(L, function, -1) && lua_type(L, -2) == LUA_TSTRING)
                return lua_pushfstring(L, "%s.%s", lua_tostring(L, function + 2), lua_tostring(L, -2));
    }
    return lua_pushliteral(L, "a function of C");
}

// The name of the first function of C from `level` on that cannot be left.
static const char *bar(lua_State *L, int level)
{
    lua_Debug at;
    luaL_checkstack(L, 8, NULL);
    for (; lua_getstack(L, level, &at); level++) {
        lua_CFunction function = function_at(L, &at);
        lua_getinfo(L, "n", &at);
        if (!__builtin_strcmp(at.namewhat, "metamethod") && !__builtin_strcmp(at.name, "gc"))
            return "a finalizer";
        if (!function || goes_on(L, function))
            continue;
        lua_getinfo(L, "f", &at);
        return name_of(L);
    }
    return "a function of C";
}

weft_lua_run *weft_lua_waits(lua_State *L)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    if (it->barred || !lua_isyieldable(L))
        luaL_error(L, "no wait is possible inside of '%s': wait before or behind it, or build with FIBERS",
                   it->barred ? bar(it->barred, 0) : bar(L, 1));
    weft__lua_check(L, it);
    return it;
}

static int resumed(lua_State *L, int status, lua_KContext context)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    weft__lua_check(L, it);
    return it->then(L, status, context);
}

int weft_lua_wait(lua_State *L, weft_poll poll, lua_KFunction then, lua_KContext context)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    if (!weft_pending(poll))
        return then(L, LUA_OK, context);
    it->then = then;
    it->wait = poll;
    it->waits = true;
    return lua_yieldk(L, 0, context, resumed);
}

void weft__lua_rest(lua_State *L, weft_lua_run *it)
{
    if (it->barred || !lua_isyieldable(L))
        return;
    it->wait = weft_yield(&it->co);
    it->waits = true;
    lua_yield(L, 0);
}

weft_poll weft_lua_close(weft_coro *co, weft_lua *lua)
{
    (void)co;
    if (lua->state)
        lua_close(lua->state);
    lua->state = NULL;
    return (weft_poll){0};
}

// ---- Coroutines of the script's own ----

// Resumes `thread` with what is on top of it. Results, or its error, are on top of it then.
static int resume(lua_State *L, lua_State *thread, int arguments, int *results)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    lua_State *before = it->barred;
    if (!before && !lua_isyieldable(L))
        it->barred = L;
    int status = lua_resume(thread, L, arguments, results);
    it->barred = before;
    return status;
}

// What it has to close may not wait.
static int close_thread(lua_State *L, lua_State *thread)
{
    weft_lua_run *it = weft__lua_of(L)->running;
    lua_State *before = it->barred;
    it->barred = before ? before : L;
    int status = lua_closethread(thread, L);
    it->barred = before;
    return status;
}

typedef int ended(lua_State *L, lua_State *thread, int status, int results);

static int go_on(lua_State *L, lua_State *thread, int arguments, ended *end, lua_KFunction again)
{
    int results;
    int status = resume(L, thread, arguments, &results);
    weft_lua_run *it = weft__lua_of(L)->running;
    if (status == LUA_YIELD && it->waits)
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

// True if `thread` may be resumed. One that waits in a run of its own may not.
static const char *refusal(lua_State *thread)
{
    if (*weft__lua_mark(thread) & 1)
        return "cannot resume the thread of a run";
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
    const char *refused = *weft__lua_mark(thread) & 1 ? "cannot close the thread of a run" : NULL;
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

void weft__lua_open_coroutines(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"resume", resume_in_lua}, {"wrap", wrap}, {"close", close_in_lua}, {NULL, NULL}};
    lua_getglobal(L, LUA_COLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
