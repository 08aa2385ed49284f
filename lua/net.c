// weft.net: connections of TCP, and listening for them; names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A wait is an async function whose frame is in its connection or listener. Who closes one cancels those that
// wait for it, and the last of them closes it.
#include "net.h"
#include "hold.h"
#include <weft/wasi/names.h>
#include <weft/wasi/tcp.h>

enum { ROOM = 8192 }; // bytes of the longest line, and of one read

typedef struct connection connection;

typedef struct {
    weft_coro co;
    connection *of;
    size_t most; // 0: a line
    bool is_on, asks;
} reading;

typedef struct {
    weft_coro co;
    connection *of;
    weft_text text;
    bool is_on, finishes;
} writing;

struct connection {
    weft_connection conn;
    reading reads;
    writing writes;
    bool is_finished, is_closed;
    size_t start, end; // of what was read, and taken by nobody
    uint8_t room[ROOM];
};

typedef struct listener {
    weft_listener listener;
    struct accepting {
        weft_coro co;
        struct listener *of;
        connection *conn; // the user value of the listener
        bool is_on;
    } accepts;
    bool is_closed, has; // an accept that was cancelled has taken a connection all the same
} listener;

typedef struct accepting accepting;

static const char connection_name[] = "weft.connection", listener_name[] = "weft.listener";

static connection *connection_at_1(lua_State *L)
{
    return luaL_checkudata(L, 1, connection_name);
}

static listener *listener_at_1(lua_State *L)
{
    return luaL_checkudata(L, 1, listener_name);
}

static connection *make(lua_State *L)
{
    connection *it = lua_newuserdatauv(L, sizeof *it, 0);
    __builtin_memset(it, 0, offsetof(connection, room));
    it->reads.of = it->writes.of = it;
    luaL_setmetatable(L, connection_name);
    return it;
}

uint16_t weft__lua_port(lua_State *L, int at)
{
    lua_Integer port = luaL_checkinteger(L, at);
    luaL_argcheck(L, port >= 0 && port <= 65535, at, "a port from 0 to 65535 expected");
    return (uint16_t)port;
}

weft_error weft__lua_given_address(lua_State *L, int at, weft_address *address)
{
    size_t length;
    const char *ip = luaL_checklstring(L, at, &length);
    uint16_t port = weft__lua_port(L, at + 1);
    weft_error error = weft_text_to_ip(weft_text_of(ip, length), address);
    if (!error)
        address->port = port;
    return error;
}

int weft__lua_address(lua_State *L, weft_error error, const weft_address *address)
{
    char room[WEFT_ADDRESS_ROOM];
    if (error)
        return weft__lua_refuse(L, error);
    weft_text text = weft_ip_text(address, room);
    lua_pushlstring(L, text.at, text.length);
    lua_pushinteger(L, address->port);
    return 2;
}

// ---- The end of a connection ----

static bool is_read(const connection *it)
{
    return weft__lua_runs(&it->reads.co, it->reads.is_on);
}

static bool is_written(const connection *it)
{
    return weft__lua_runs(&it->writes.co, it->writes.is_on);
}

static void close_unless_used(connection *it)
{
    if (it->is_closed && !is_read(it) && !is_written(it))
        weft_connection_close(&it->conn);
}

static int refuse_closed(lua_State *L, connection *it)
{
    close_unless_used(it);
    return weft__lua_refuse(L, WEFT_ESTATE);
}

static int close_connection(lua_State *L)
{
    connection *it = connection_at_1(L);
    it->is_closed = true;
    if (is_read(it))
        weft_cancel(&it->reads.co);
    if (is_written(it))
        weft_cancel(&it->writes.co);
    close_unless_used(it);
    return 0;
}

// ---- Reading ----

// The next line, with its LF; NULL at `at` if it is not all there.
static weft_text next_line(const connection *it)
{
    const uint8_t *line = it->room + it->start;
    const uint8_t *end = __builtin_memchr(line, '\n', it->end - it->start);
    return end ? weft_text_of(line, (size_t)(end - line) + 1) : (weft_text){0};
}

static bool is_full(const connection *it)
{
    return it->end - it->start == ROOM;
}

static bool wants_more(const reading *self)
{
    const connection *it = self->of;
    return self->most ? it->start == it->end : !next_line(it).at && !is_full(it);
}

static size_t room_for(connection *it)
{
    __builtin_memmove(it->room, it->room + it->start, it->end - it->start);
    it->end -= it->start;
    it->start = 0;
    return ROOM - it->end;
}

static void take(reading *self)
{
    if (self->asks)
        self->of->end += self->of->conn.in.count;
    self->asks = false;
}

WEFT_ASYNC(reading)
{
    connection *it = self->of;
    size_t room;
    WEFT_BEGIN;
    while (wants_more(self)) {
        room = room_for(it);
        self->asks = true;
        WEFT_AWAIT(weft_bytes_read(co, &it->conn.in, it->room + it->end, room));
        take(self);
        if (!it->conn.in.count)
            WEFT_FINISH;
    }
    WEFT_FINALLY;
    take(self);
    self->is_on = false;
    close_unless_used(it);
    WEFT_END;
}

static int give(lua_State *L, connection *it, size_t length, size_t taken)
{
    lua_pushlstring(L, (const char *)it->room + it->start, length);
    it->start += taken;
    return 1;
}

static int was_read(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    connection *it = (connection *)context;
    size_t count = it->end - it->start, most = it->reads.most;
    weft_text line = next_line(it);
    if (it->is_closed)
        return refuse_closed(L, it);
    if (count && most)
        return give(L, it, count < most ? count : most, count < most ? count : most);
    if (!most && line.at)
        return give(L, it, line.length - (line.length > 1 && line.at[line.length - 2] == '\r' ? 2 : 1),
                    line.length);
    if (!most && is_full(it))
        return weft__lua_refuse(L, WEFT_ELIMIT);
    if (it->conn.in.error)
        return weft__lua_refuse(L, it->conn.in.error);
    return count ? give(L, it, count, count) : 0; // the last line lacks its LF
}

static int start_read(lua_State *L, connection *it, size_t most)
{
    if (is_read(it))
        luaL_error(L, "another reads from this connection");
    weft_lua_run *run = weft_lua_waits(L);
    if (it->is_closed)
        return refuse_closed(L, it);
    it->reads.most = most;
    it->reads.is_on = true;
    return weft_lua_wait(L, weft_call(&run->co, &it->reads.co, reading__step), was_read, (lua_KContext)it);
}

static int read_some(lua_State *L)
{
    connection *it = connection_at_1(L);
    lua_Integer most = luaL_optinteger(L, 2, ROOM);
    luaL_argcheck(L, most > 0, 2, "1 byte or more expected");
    return start_read(L, it, most < ROOM ? (size_t)most : ROOM);
}

static int read_line(lua_State *L)
{
    return start_read(L, connection_at_1(L), 0);
}

// ---- Writing ----

WEFT_ASYNC(writing)
{
    weft_bytes_writer *out = &self->of->conn.out;
    WEFT_BEGIN;
    if (self->finishes)
        WEFT_AWAIT(weft_bytes_finish(co, out));
    else
        WEFT_AWAIT(weft_write(co, out, self->text));
    WEFT_FINALLY;
    self->is_on = false;
    close_unless_used(self->of);
    WEFT_END;
}

static int was_written(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    connection *it = (connection *)context;
    if (it->is_closed)
        return refuse_closed(L, it);
    if (it->conn.out.error)
        return weft__lua_refuse(L, it->conn.out.error);
    lua_pushboolean(L, 1);
    return 1;
}

static int start_write(lua_State *L, connection *it, weft_text text, bool finishes)
{
    if (is_written(it))
        luaL_error(L, "another writes to this connection");
    weft_lua_run *run = weft_lua_waits(L);
    if (it->is_closed)
        return refuse_closed(L, it);
    if (it->is_finished && !finishes)
        return weft__lua_refuse(L, WEFT_EPIPE);
    it->is_finished = finishes;
    it->writes.text = text;
    it->writes.finishes = finishes;
    it->writes.is_on = true;
    return weft_lua_wait(L, weft_call(&run->co, &it->writes.co, writing__step), was_written, (lua_KContext)it);
}

static int write_all(lua_State *L)
{
    size_t length;
    connection *it = connection_at_1(L);
    const char *text = luaL_checklstring(L, 2, &length);
    return start_write(L, it, weft_text_of(text, length), false);
}

static int finish(lua_State *L)
{
    return start_write(L, connection_at_1(L), (weft_text){0}, true);
}

// ---- Connecting ----

static int has_connected(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    connection *it = (connection *)context;
    if (it->conn.error)
        return weft__lua_refuse(L, it->conn.error);
    lua_settop(L, 4);
    return 1;
}

static int connect(lua_State *L)
{
    size_t length;
    const char *host = luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, __builtin_strlen(host) == length, 1, "a name without zeros expected");
    int port = weft__lua_port(L, 2);
    lua_settop(L, 2);
    const char *where = lua_pushfstring(L, __builtin_strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
    connection *it = make(L);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_tcp_connect(&run->co, &it->conn, where), has_connected, (lua_KContext)it);
}

static int peer(lua_State *L)
{
    weft_address address;
    weft_error error = weft_connection_peer(&connection_at_1(L)->conn, &address);
    return weft__lua_address(L, error, &address);
}

// ---- Listening ----

static int listen(lua_State *L)
{
    weft_address address;
    weft_error error = weft__lua_given_address(L, 1, &address);
    listener *it = lua_newuserdatauv(L, sizeof *it, 1);
    *it = (listener){.accepts.of = it};
    luaL_setmetatable(L, listener_name);
    if (!error)
        error = weft_tcp_listen_at(&it->listener, &address);
    return error ? weft__lua_refuse(L, error) : 1;
}

static int listener_address(lua_State *L)
{
    weft_address address;
    weft_error error = weft_listener_address(&listener_at_1(L)->listener, &address);
    return weft__lua_address(L, error, &address);
}

static bool is_accepting(const listener *it)
{
    return weft__lua_runs(&it->accepts.co, it->accepts.is_on);
}

static void close_unless_accepting(listener *it)
{
    if (it->is_closed && !is_accepting(it))
        weft_listener_close(&it->listener);
}

static int close_listener(lua_State *L)
{
    listener *it = listener_at_1(L);
    it->is_closed = true;
    if (is_accepting(it))
        weft_cancel(&it->accepts.co);
    close_unless_accepting(it);
    return 0;
}

WEFT_ASYNC(accepting)
{
    listener *it = self->of;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_accept(co, &it->listener, &self->conn->conn));
    WEFT_FINALLY;
    self->is_on = false;
    it->has = !self->conn->conn.error;
    close_unless_accepting(it);
    WEFT_END;
}

static int has_accepted(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    listener *it = (listener *)context;
    close_unless_accepting(it);
    if (it->is_closed || !it->has)
        return weft__lua_refuse(L, it->is_closed ? WEFT_ESTATE : it->accepts.conn->conn.error);
    it->has = false;
    lua_pushnil(L);
    lua_setiuservalue(L, 1, 1);
    lua_settop(L, 2);
    return 1;
}

static int accept_next(lua_State *L)
{
    listener *it = listener_at_1(L);
    lua_settop(L, 1);
    if (is_accepting(it))
        luaL_error(L, "another accepts from this listener");
    if (lua_getiuservalue(L, 1, 1) == LUA_TNIL) {
        lua_settop(L, 1);
        it->accepts.conn = make(L);
        lua_pushvalue(L, 2);
        lua_setiuservalue(L, 1, 1);
    }
    weft_lua_run *run = weft_lua_waits(L);
    if (it->is_closed || it->has)
        return has_accepted(L, LUA_OK, (lua_KContext)it);
    it->accepts.is_on = true;
    return weft_lua_wait(L, weft_call(&run->co, &it->accepts.co, accepting__step), has_accepted,
                         (lua_KContext)it);
}

// ---- Names ----

static void close_names(void *it)
{
    weft_names_close(it);
}

static int was_resolved(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    const weft_names *it = (weft_names *)context;
    char room[WEFT_ADDRESS_ROOM];
    if (it->error)
        return weft__lua_refuse(L, it->error);
    lua_createtable(L, (int)it->count, 0);
    for (size_t i = 0; i < it->count; i++) {
        weft_text text = weft_ip_text(&it->addresses[i], room);
        lua_pushlstring(L, text.at, text.length);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int resolve(lua_State *L)
{
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    weft_names *it = weft__lua_hold(L, sizeof *it, close_names);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_resolve(&run->co, it, weft_text_of(name, length), 0), was_resolved,
                         (lua_KContext)it);
}

// ---- The table ----

void weft__lua_type(lua_State *L, const char *name, lua_CFunction close, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
}

int weft_lua_open_net(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"connect", connect}, {"listen", listen}, {"udp", weft__lua_udp}, {"resolve", resolve}, {NULL, NULL}};
    static const luaL_Reg of_connections[] = {
        {"read", read_some}, {"read_line", read_line},    {"write", write_all}, {"finish", finish},
        {"peer", peer},      {"close", close_connection}, {NULL, NULL}};
    static const luaL_Reg of_listeners[] = {
        {"accept", accept_next}, {"address", listener_address}, {"close", close_listener}, {NULL, NULL}};
    weft__lua_type(L, connection_name, close_connection, of_connections);
    weft__lua_type(L, listener_name, close_listener, of_listeners);
    weft__lua_open_udp(L);
    return weft__lua_part(L, "net", functions);
}
