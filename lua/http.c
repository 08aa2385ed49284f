// weft.http.fetch(url, options): a request, and the whole response to it; resolve(base, link).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hold.h"
#include <weft/wasi/http_client.h>
#include <weft/wasi/buffer.h>

enum { LIMIT = 16 << 20, HEADERS = 32, BETWEEN = 16 }; // the last: what an address has more than its parts

typedef struct {
    weft_fetch fetch;
    weft_bytes_buffer body;
    size_t limit;
    weft_http_header headers[HEADERS];
} request;

static void close(void *it)
{
    request *self = it;
    weft_fetch_close(&self->fetch);
    weft_bytes_buffer_free(&self->body);
}

static void push_text(lua_State *L, weft_text text)
{
    lua_pushlstring(L, text.at ? text.at : "", text.length);
}

static int respond(lua_State *L, request *it)
{
    size_t count;
    const weft_http_header *headers = weft_fetch_headers(&it->fetch, &count);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, it->fetch.status);
    lua_setfield(L, -2, "status");
    push_text(L, weft_fetch_url(&it->fetch));
    lua_setfield(L, -2, "url");
    push_text(L, weft_bytes_text(&it->body));
    lua_setfield(L, -2, "body");
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        push_text(L, headers[i].name);
        push_text(L, headers[i].value);
        lua_settable(L, -3);
    }
    lua_setfield(L, -2, "headers");
    return 1;
}

static int was_read(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    request *it = (request *)context;
    return it->fetch.error ? weft__lua_refuse(L, it->fetch.error) : respond(L, it);
}

static int has_answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    request *it = (request *)context;
    if (it->fetch.error)
        return weft__lua_refuse(L, it->fetch.error);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_fetch_read_all(&run->co, &it->fetch, &it->body, it->limit), was_read, context);
}

// ---- The options, a table at 2 ----

static const char *text_option(lua_State *L, const char *name, size_t *length)
{
    if (lua_getfield(L, 2, name) != LUA_TNIL && lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "option '%s': a string expected", name);
    return lua_tolstring(L, -1, length); // it stays on the stack
}

static lua_Number number_option(lua_State *L, const char *name, lua_Number otherwise)
{
    bool is_given = lua_getfield(L, 2, name) != LUA_TNIL;
    lua_Number number = is_given ? lua_tonumber(L, -1) : otherwise;
    if (is_given && !(lua_type(L, -1) == LUA_TNUMBER && number >= 0 && number <= 4e9))
        luaL_error(L, "option '%s': a number from 0 to 4e9 expected", name);
    lua_pop(L, 1);
    return number;
}

// A table of our own keeps their texts, as others may change the script's meanwhile.
static size_t read_headers(lua_State *L, request *it)
{
    size_t count = 0, length;
    if (lua_getfield(L, 2, "headers") == LUA_TNIL)
        return 0;
    luaL_argcheck(L, lua_istable(L, -1), 2, "'headers': a table expected");
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, -3);) {
        if (lua_type(L, -1) != LUA_TSTRING || lua_type(L, -2) != LUA_TSTRING || count == HEADERS)
            luaL_error(L, "option 'headers': names and values as strings expected, at most %d", HEADERS);
        const char *name = lua_tolstring(L, -2, &length);
        it->headers[count].name = weft_text_of(name, length);
        const char *value = lua_tolstring(L, -1, &length);
        it->headers[count++].value = weft_text_of(value, length);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    return count;
}

static int fetch(lua_State *L)
{
    const char *url = luaL_checkstring(L, 1);
    if (lua_isnoneornil(L, 2)) {
        lua_settop(L, 1);
        lua_newtable(L);
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    request *it = weft__lua_hold(L, sizeof *it, close);
    size_t length = 0;
    weft_fetch_options options = {.method = text_option(L, "method", NULL),
                                  .type = text_option(L, "type", NULL)};
    const char *body = text_option(L, "body", &length);
    options.body = weft_text_of(body, body ? length : 0);
    options.redirects = (uint32_t)number_option(L, "redirects", 0);
    options.retries = (uint32_t)number_option(L, "retries", 0);
    options.timeout = (uint64_t)(number_option(L, "timeout", 0) * 1e9);
    it->limit = (size_t)number_option(L, "limit", LIMIT);
    options.headers = it->headers;
    options.header_count = read_headers(L, it);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_fetch_with(&run->co, &it->fetch, url, &options), has_answered,
                         (lua_KContext)it);
}

// ---- Addresses ----

static int resolve(lua_State *L)
{
    size_t base_length = 0, length;
    const char *base = luaL_optlstring(L, 1, NULL, &base_length), *link = luaL_checklstring(L, 2, &length);
    luaL_Buffer url;
    char *room = luaL_buffinitsize(L, &url, base_length + length + BETWEEN);
    weft_error error = weft_url_resolve(weft_text_of(base, base_length), weft_text_of(link, length), room,
                                        base_length + length + BETWEEN, &length);
    if (error)
        return weft__lua_refuse(L, error);
    luaL_pushresultsize(&url, length);
    return 1;
}

int weft_lua_open_http(lua_State *L)
{
    static const luaL_Reg functions[] = {{"fetch", fetch}, {"resolve", resolve}, {NULL, NULL}};
    return weft__lua_part(L, "http", functions);
}
