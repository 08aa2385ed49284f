// weft.net.udp(ip, port): a socket of UDP, for what is sent to an address. It is closed as connections are.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "net.h"
#include <weft/wasi/udp.h>

typedef struct udp udp;

typedef struct {
    weft_coro co;
    udp *of;
    weft_text text;
    weft_address to;
    bool is_on;
} sending;

typedef struct {
    weft_coro co;
    udp *of;
    weft_datagram datagram;
    bool is_on, has; // a receive that was cancelled has got one all the same
} receiving;

struct udp {
    weft_udp udp;
    sending sends;
    receiving receives;
    bool is_closed;
};

static const char name[] = "weft.udp";

static udp *check(lua_State *L)
{
    return luaL_checkudata(L, 1, name);
}

static bool is_sending(const udp *it)
{
    return weft__lua_runs(&it->sends.co, it->sends.is_on);
}

static bool is_receiving(const udp *it)
{
    return weft__lua_runs(&it->receives.co, it->receives.is_on);
}

static void close_unless_used(udp *it)
{
    if (it->is_closed && !is_sending(it) && !is_receiving(it)) {
        weft_datagram_close(&it->receives.datagram);
        weft_udp_close(&it->udp);
    }
}

static int close(lua_State *L)
{
    udp *it = check(L);
    it->is_closed = true;
    if (is_sending(it))
        weft_cancel(&it->sends.co);
    if (is_receiving(it))
        weft_cancel(&it->receives.co);
    close_unless_used(it);
    return 0;
}

static int refuse_closed(lua_State *L, udp *it)
{
    close_unless_used(it);
    return weft__lua_refuse(L, WEFT_ESTATE);
}

// ---- Sending ----

WEFT_ASYNC(sending)
{
    WEFT_BEGIN;
    WEFT_AWAIT(
        weft_udp_send_to(co, &self->of->udp, (const uint8_t *)self->text.at, self->text.length, &self->to));
    WEFT_FINALLY;
    self->is_on = false;
    close_unless_used(self->of);
    WEFT_END;
}

static int was_sent(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    udp *it = (udp *)context;
    if (it->is_closed)
        return refuse_closed(L, it);
    if (it->udp.error)
        return weft__lua_refuse(L, it->udp.error);
    lua_pushboolean(L, 1);
    return 1;
}

static int send_to(lua_State *L)
{
    udp *it = check(L);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    weft_address to;
    weft_error error = weft__lua_given_address(L, 3, &to);
    if (error)
        return weft__lua_refuse(L, error);
    if (is_sending(it))
        luaL_error(L, "another sends by this socket");
    weft_lua_run *run = weft_lua_waits(L);
    if (it->is_closed)
        return refuse_closed(L, it);
    it->sends.text = weft_text_of(text, length);
    it->sends.to = to;
    it->sends.is_on = true;
    return weft_lua_wait(L, weft_call(&run->co, &it->sends.co, sending__step), was_sent, (lua_KContext)it);
}

// ---- Receiving ----

WEFT_ASYNC(receiving)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_udp_receive(co, &self->of->udp, &self->datagram));
    WEFT_FINALLY;
    self->is_on = false;
    self->has = !self->datagram.error;
    close_unless_used(self->of);
    WEFT_END;
}

static int has_received(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    udp *it = (udp *)context;
    weft_datagram *datagram = &it->receives.datagram;
    if (it->is_closed)
        return refuse_closed(L, it);
    if (!it->receives.has)
        return weft__lua_refuse(L, datagram->error);
    lua_pushlstring(L, (const char *)datagram->bytes, datagram->length);
    int count = weft__lua_address(L, WEFT_OK, &datagram->from);
    it->receives.has = false;
    weft_datagram_close(datagram);
    return 1 + count;
}

static int receive(lua_State *L)
{
    udp *it = check(L);
    if (is_receiving(it))
        luaL_error(L, "another receives by this socket");
    weft_lua_run *run = weft_lua_waits(L);
    if (it->is_closed || it->receives.has)
        return has_received(L, LUA_OK, (lua_KContext)it);
    it->receives.is_on = true;
    return weft_lua_wait(L, weft_call(&run->co, &it->receives.co, receiving__step), has_received,
                         (lua_KContext)it);
}

static int address(lua_State *L)
{
    weft_address address;
    weft_error error = weft_udp_own(&check(L)->udp, &address);
    return weft__lua_address(L, error, &address);
}

int weft__lua_udp(lua_State *L)
{
    weft_address address;
    weft_error error = weft__lua_given_address(L, 1, &address);
    udp *it = lua_newuserdatauv(L, sizeof *it, 0);
    *it = (udp){.sends.of = it, .receives.of = it};
    luaL_setmetatable(L, name);
    if (!error)
        error = weft_udp_bind_at(&it->udp, &address);
    return error ? weft__lua_refuse(L, error) : 1;
}

void weft__lua_open_udp(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"send", send_to}, {"receive", receive}, {"address", address}, {"close", close}, {NULL, NULL}};
    weft__lua_type(L, name, close, methods);
}
