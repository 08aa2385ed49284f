// Runs: a thread of Lua's, and the coroutine that drives it; their children, their ends and their errors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that a script calls and that has children (weft.scope, all, race, timeout) is a run that the script's own
// run calls. So a run has one scope, which is closed at its end, and children end before parents.
#include "hold.h"

enum {
    COUNT = 100000 // instructions between two looks at a run that may take so long only
};

static const uint64_t grace = WEFT_SECONDS(10); // after a cancel

// ---- Cancels and limits of time ----

static bool is_over(const weft_lua_run *it)
{
    return it->until && weft_now(&weft_host_clock) >= it->until;
}

static int fail(lua_State *L, const char *message)
{
    lua_pushstring(L, message);
    return lua_error(L);
}

static const char *reason(const weft_lua_run *it)
{
    return it->expired || !it->unwinds ? "timed out" : "cancelled";
}

// From now on it comes after each instruction, also behind a pcall that caught the error.
static void look(lua_State *L, lua_Debug *at)
{
    (void)at;
    weft_lua_run *it = weft__lua_running(L);
    if (!it)
        return;
    lua_sethook(L, look, LUA_MASKCOUNT, is_over(it) ? 1 : COUNT);
    weft__lua_check(L, it);
    weft__lua_rest(L, it);
}

void weft__lua_share_limit(lua_State *from, lua_State *to)
{
    if (lua_gethook(from) == look)
        lua_sethook(to, look, LUA_MASKCOUNT, lua_gethookcount(from));
}

void weft__lua_check_time(lua_State *L)
{
    const weft_lua_run *it = weft__lua_running(L);
    if (it && is_over(it))
        fail(L, reason(it));
}

weft_lua_run *weft__lua_caller(lua_State *L)
{
    weft_lua_run *it = weft__lua_running(L);
    if (!it)
        luaL_error(L, "not in a run: nothing waits or spawns while a state opens or closes");
    return it;
}

void weft__lua_check_limits(lua_State *L, weft_lua_run *it)
{
    if (it->unwinds)
        weft__lua_share_limit(it->L, L);
    bool is_due = it->cancel;
    it->cancel = false;
    if (is_due || is_over(it))
        fail(L, reason(it));
}

static void limit(weft_lua_run *it, uint64_t until)
{
    if (until && (!it->until || until < it->until))
        it->until = until;
    if (it->until)
        lua_sethook(it->L, look, LUA_MASKCOUNT, COUNT);
}

void weft__lua_unwind(weft_lua_run *it)
{
    uint64_t now = weft_now(&weft_host_clock), last = now + grace;
    it->unwinds = it->cancel = true;
    it->expired = it->until && it->until <= now;
    if (it->until <= now || it->until > last)
        it->until = last;
    if (it->L)
        lua_sethook(it->L, look, LUA_MASKCOUNT, COUNT);
}

// ---- Children ----

// A thread of Lua's for a run, which the registry holds, with what it is to call: `body`, with the values of L
// from `first` to `last`.
static lua_State *take_thread(lua_State *L, lua_CFunction body, int first, int last, int *reference)
{
    luaL_checkstack(L, 4, NULL);
    lua_State *thread = lua_newthread(L);
    if (!lua_checkstack(thread, last - first + 2))
        luaL_error(L, "too many arguments");
    lua_pushcfunction(thread, body);
    for (int i = first; i <= last; i++) {
        lua_pushvalue(L, i);
        lua_xmove(L, thread, 1);
    }
    *weft__lua_mark(thread) |= WEFT__LUA_RUN;
    *reference = luaL_ref(L, LUA_REGISTRYINDEX);
    return thread;
}

static void set_stack(weft_lua_run *it, const weft_lua *lua)
{
    it->fiber.stack_size = lua->stack_size ? lua->stack_size : WEFT__LUA_STACK;
}

static void set_up(weft_lua_run *it, weft_lua *lua, lua_State *thread, int reference)
{
    it->lua = lua;
    it->L = thread;
    it->reference = reference;
    it->error = WEFT_ECANCELED; // until it has begun
    it->arguments = lua_gettop(thread) - 1;
    set_stack(it, lua);
}

// The state is closed, or closes, if no memory was there to call what ends a child.
void weft_lua_end(weft_lua_run *it)
{
    lua_State *L = it->lua ? it->lua->state : NULL;
    if (L && it->failed.L)
        luaL_unref(L, LUA_REGISTRYINDEX, it->failed.reference);
    if (L && it->L)
        luaL_unref(L, LUA_REGISTRYINDEX, it->reference);
    it->failed.L = it->L = NULL;
    it->message = NULL;
}

void weft__lua_reap(weft_lua_run *it)
{
    for (weft_child *child; (child = weft_next_ended(&it->scope));) {
        weft_lua_run *ended = weft_frame(child->co, weft_lua_run);
        if (ended->error != WEFT_OK && ended->error != WEFT_ECANCELED && !it->failed.L) {
            it->failed.L = ended->L;
            it->failed.reference = ended->reference;
            ended->L = NULL;
        }
        weft_lua_end(ended);
        weft_detach(child);
    }
}

weft_lua_run *weft__lua_spawn(lua_State *L, lua_CFunction body, int first)
{
    weft_lua_run *parent = weft__lua_caller(L);
    int reference;
    lua_State *thread = take_thread(L, body, first, lua_gettop(L), &reference); // it may raise an error
    weft_lua_run *it = weft_spawn_new(&parent->co, &parent->scope, sizeof *it, weft__lua_step);
    if (!it) {
        luaL_unref(L, LUA_REGISTRYINDEX, reference);
        luaL_error(L, "not enough memory");
    }
    set_up(it, parent->lua, thread, reference);
    it->is_child = true;
    limit(it, parent->until);
    return it;
}

// ---- The bodies ----

// Raises the error that `thread` ended by. One that has not begun had no memory to do so.
static int raise(lua_State *L, lua_State *thread)
{
    luaL_checkstack(L, 1, NULL);
    if (lua_status(thread) == LUA_OK)
        return fail(L, "not enough memory");
    lua_xmove(thread, L, 1);
    return lua_error(L);
}

static int joined(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    weft_lua_run *it = weft__lua_running(L);
    weft__lua_reap(it);
    return it->failed.L ? raise(L, it->failed.L) : lua_gettop(L);
}

int weft__lua_finish(lua_State *L)
{
    weft_lua_run *it = weft__lua_running(L);
    if (!it->scope.count)
        return joined(L, LUA_OK, 0);
    it = weft_lua_waits(L);
    return weft_lua_wait(L, weft_join_all(&it->co, &it->scope), joined, 0);
}

// Its results, or its error, are on the stack from 2 on; 1 is what describes an error.
static int called(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    weft_lua_run *it = weft__lua_running(L);
    if (status != LUA_OK && status != LUA_YIELD)
        return lua_error(L);
    lua_remove(L, 1);
    if (it->end)
        it->end(L, it->data);
    return weft__lua_finish(L);
}

static int call(lua_State *L, int arguments)
{
    return called(L, lua_pcallk(L, arguments, LUA_MULTRET, 1, 0, called), 0);
}

// Of a child, as it is: its parent raises it again.
static int same(lua_State *L)
{
    return lua_gettop(L);
}

int weft__lua_body(lua_State *L)
{
    lua_pushcfunction(L, same);
    lua_insert(L, 1);
    return call(L, lua_gettop(L) - 2);
}

static int describe(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static int body_of_root(lua_State *L)
{
    weft_lua_run *it = weft__lua_running(L);
    lua_pushcfunction(L, describe);
    return call(L, it->begin(L, it->data));
}

// ---- A child that its parent waits for ----

static int child_ended(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    weft_lua_run *it = (weft_lua_run *)context;
    if (it->error == WEFT_ECANCELED || it->error == WEFT_ETIMEDOUT)
        return fail(L, reason(it));
    if (it->error)
        return raise(L, it->L);
    int count = lua_gettop(it->L);
    luaL_checkstack(L, count, "too many results");
    lua_xmove(it->L, L, count);
    return count;
}

static void release(void *it)
{
    weft_lua_end(it);
}

static weft_poll start(weft_coro *co, weft_lua_run *it)
{
    if (!it->timeout)
        return weft_call(co, &it->co, weft__lua_step);
    return weft_call_until(co, &it->deadline, &weft_host_clock, it->until, &it->co, weft__lua_step);
}

int weft__lua_call(lua_State *L, lua_CFunction body, int first, uint64_t timeout)
{
    int last = lua_gettop(L), reference;
    luaL_checkstack(L, 4, NULL);
    weft_lua_run *it = weft__lua_hold(L, sizeof *it, release), *parent = weft_lua_waits(L);
    lua_State *thread = take_thread(L, body, first, last, &reference);
    set_up(it, parent->lua, thread, reference);
    it->is_child = true;
    it->timeout = timeout;
    limit(it, parent->until);
    if (timeout)
        limit(it, weft_now(&weft_host_clock) + timeout);
    return weft_lua_wait(L, start(&parent->co, it), child_ended, (lua_KContext)it);
}

// ---- From the first step to the last ----

static int take_root(lua_State *L)
{
    weft_lua_run *it = lua_touserdata(L, 1);
    int reference;
    lua_State *thread = take_thread(L, body_of_root, 1, 0, &reference);
    set_up(it, it->lua, thread, reference);
    limit(it, it->until);
    return 0;
}

bool weft__lua_begin(weft_lua_run *it)
{
    it->stage = WEFT__LUA_RUNS;
    if (it->is_child || !weft__lua_protected(it->lua, take_root, it))
        return true;
    it->error = WEFT_ENOMEM;
    return false;
}

int weft__lua_go_on(weft_lua_run *it)
{
    int results;
    int status = lua_resume(it->L, NULL, it->arguments, &results);
    it->arguments = 0;
    return status;
}

static int stray(lua_State *L)
{
    weft_lua_run *it = lua_touserdata(L, 1);
    lua_pushliteral(L, "coroutine.yield outside of a coroutine");
    lua_xmove(L, it->L, 1);
    return 0;
}

static int error_of(const weft_lua_run *it, int status)
{
    if (status == LUA_OK)
        return WEFT_OK;
    if (it->unwinds)
        return it->expired ? WEFT_ETIMEDOUT : WEFT_ECANCELED;
    if (is_over(it))
        return WEFT_ETIMEDOUT;
    return status == LUA_ERRMEM ? WEFT_ENOMEM : WEFT_LUA_FAILED;
}

void weft__lua_ended(weft_lua_run *it, int status)
{
    if (status == LUA_YIELD) // not one of ours
        status = weft__lua_protected(it->lua, stray, it) ? LUA_ERRMEM : LUA_ERRRUN;
    it->error = error_of(it, status);
    if (it->error)
        it->message = lua_type(it->L, -1) == LUA_TSTRING ? lua_tostring(it->L, -1) : "an error that is no text";
}

weft_poll weft__lua_join(weft_lua_run *it)
{
    it->stage = WEFT__LUA_JOINS;
    weft_step_finalise(&it->co);
    weft_scope_cancel(&it->scope);
    return weft_join_all(&it->co, &it->scope);
}

void weft__lua_conclude(weft_lua_run *it)
{
    weft__lua_reap(it);
    if (it->error && !it->unwinds)
        weft_step_fail(&it->co, it->error);
}

weft_poll weft_lua_call(weft_coro *co, weft_lua_run *it)
{
    it->error = WEFT_ECANCELED;
    set_stack(it, it->lua);
    it->until = it->timeout ? weft_now(&weft_host_clock) + it->timeout : 0;
    return start(co, it);
}
