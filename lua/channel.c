// weft.channel(capacity): values from some runs to others, in their order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values are in a table, the user value of the channel, from `first` on. Who waits does so in a queue. A
// value wakes the first who waits for one, and is promised to it: nobody else takes it meanwhile. A value that
// is taken promises its room in the same way.
#include "internal.h"
#include <weft/sync.h>

typedef struct waiter waiter;

typedef struct {
    waiter *first, **end; // of the queue; NULL: it is empty
    lua_Integer promised; // to those who were woken, and had no turn yet
} queue;

// A userdata of who waits, closed when that returns, with the channel as its user value.
struct waiter {
    weft_event woken;
    queue *in;
    waiter *next;
    bool is_queued, is_promised;
};

typedef struct {
    queue senders, receivers;
    lua_Integer first, count, capacity;
    bool closed;
} channel;

static const char name[] = "weft.channel", waiter_name[] = "weft.channel.waiter";

static channel *check(lua_State *L)
{
    return luaL_checkudata(L, 1, name);
}

static waiter *pop(queue *from)
{
    waiter *it = from->first;
    from->first = it->next;
    if (!from->first)
        from->end = NULL;
    it->is_queued = false;
    weft_event_set(&it->woken);
    return it;
}

static void promise(queue *to)
{
    if (to->first) {
        pop(to)->is_promised = true;
        to->promised++;
    }
}

static void keep(waiter *it)
{
    it->is_promised = false;
    it->in->promised--;
}

// One that was cancelled leaves the queue, and passes on what it was promised.
static int leave(lua_State *L)
{
    waiter *it = lua_touserdata(L, 1);
    if (it->is_queued) {
        waiter **at = &it->in->first, *before = NULL;
        for (; *at != it; at = &before->next)
            before = *at;
        *at = it->next;
        if (!it->next)
            it->in->end = before ? &before->next : NULL;
    } else if (it->is_promised) {
        keep(it);
        promise(it->in);
    }
    it->is_queued = false;
    return 0;
}

static int wait_in(lua_State *L, queue *in, lua_KFunction then)
{
    waiter *it = lua_newuserdatauv(L, sizeof *it, 1);
    *it = (waiter){.in = in};
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, waiter_name);
    lua_toclose(L, -1);
    weft_lua_run *run = weft_lua_waits(L);
    *(in->end ? in->end : &in->first) = it;
    in->end = &it->next;
    it->is_queued = true;
    return weft_lua_wait(L, weft_event_wait(&run->co, &it->woken), then, (lua_KContext)it);
}

static int put(lua_State *L, channel *it)
{
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, it->first + it->count);
    it->count++;
    promise(&it->receivers);
    lua_pushboolean(L, true);
    return 1;
}

static int take(lua_State *L, channel *it)
{
    lua_getiuservalue(L, 1, 1);
    lua_rawgeti(L, -1, it->first);
    lua_pushnil(L);
    lua_rawseti(L, -3, it->first++);
    it->count--;
    promise(&it->senders);
    return 1;
}

static int give_up(lua_State *L)
{
    lua_pushboolean(L, false);
    return 1;
}

static int may_send(lua_State *L, int status, lua_KContext context)
{
    waiter *self = (waiter *)context;
    channel *it = check(L);
    (void)status;
    if (!self->is_promised || it->closed)
        return give_up(L);
    int count = put(L, it); // an error of it leaves the promise
    keep(self);
    return count;
}

static int may_receive(lua_State *L, int status, lua_KContext context)
{
    waiter *self = (waiter *)context;
    (void)status;
    if (!self->is_promised)
        return 0;
    keep(self);
    return take(L, check(L));
}

static int send(lua_State *L)
{
    channel *it = check(L);
    luaL_checkany(L, 2);
    luaL_argcheck(L, !lua_isnil(L, 2), 2, "nil is what a closed channel gives");
    lua_settop(L, 2);
    if (it->closed)
        return give_up(L);
    if (it->count + it->senders.promised < it->capacity)
        return put(L, it);
    return wait_in(L, &it->senders, may_send);
}

static int receive(lua_State *L)
{
    channel *it = check(L);
    lua_settop(L, 1);
    if (it->count > it->receivers.promised)
        return take(L, it);
    return it->closed ? 0 : wait_in(L, &it->receivers, may_receive);
}

static int close(lua_State *L)
{
    channel *it = check(L);
    it->closed = true;
    while (it->senders.first)
        pop(&it->senders);
    while (it->receivers.first)
        pop(&it->receivers);
    return 0;
}

static int make(lua_State *L)
{
    lua_Integer capacity = luaL_optinteger(L, 1, 1);
    luaL_argcheck(L, capacity > 0, 1, "a capacity of 1 or more expected");
    channel *it = lua_newuserdatauv(L, sizeof *it, 1);
    *it = (channel){.first = 1, .capacity = capacity};
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, name);
    return 1;
}

void weft__lua_open_channel(lua_State *L)
{
    static const luaL_Reg methods[] = {{"send", send}, {"receive", receive}, {"close", close}, {NULL, NULL}};
    static const luaL_Reg ends[] = {{"__gc", leave}, {"__close", leave}, {NULL, NULL}};
    luaL_newmetatable(L, waiter_name);
    luaL_setfuncs(L, ends, 0);
    lua_pop(L, 1);
    luaL_newmetatable(L, name);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, make);
    lua_setfield(L, -2, "channel");
}
