// An HTTP service whose handlers are files of Lua: /name is answered by handlers/name.lua, which is read anew
// for each request. A handler gets a table, and returns a body, or a status, a body and its type:
//
//     local request = ... -- method, path, query, headers, body
//     return 200, "you sent " .. #request.body .. " bytes\n", "text/plain"
//
// A request has a state of Lua's for itself: so much memory, so much time, and nothing left of it behind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime serve -S p3,cli -W component-model-async --dir examples/lua/handlers::handlers lua-service.wasm
//
// Settings: MEMORY of a request, default 16 MiB; DEADLINE, of its arrival and of its handler, default 10 s.
#include <weft/lua.h>
#include <weft/wasi.h>
#include <lauxlib.h>
#include <lua.h>

enum { NAME = 64, SCRIPT = 1 << 20, BODY = 1 << 20 }; // bytes, at most

// What arrives before the script can begin.
typedef struct {
    weft_coro co;
    weft_http_exchange *http;
    weft_whole file;
    char path[NAME + 16]; // of the file
    weft_bytes_buffer script, body;
} arrival;

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    arrival in;
    weft_deadline deadline;
    uint64_t limit;
    weft_lua lua;
    weft_lua_run run;
    int status; // of the reply
    char type[128];
    weft_bytes_buffer body;
} service;

// handlers/name.lua for /name; false if no handler can be called so.
static bool find_path(arrival *self)
{
    weft_text name;
    if (!weft_http_path_is(weft_http_path(self->http), "/{name}", &name, 1) || name.length > NAME)
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (!__builtin_strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name.at[i]) || !name.at[i])
            return false;
    weft_format(self->path, sizeof self->path, "handlers/%.*s.lua", WEFT_TEXT_ARGUMENTS(name));
    return true;
}

WEFT_ASYNC(arrival)
{
    WEFT_BEGIN;
    if (!find_path(self))
        WEFT_FAIL(WEFT_ENOENT);
    WEFT_TRY(&self->file, weft_whole_read(co, &self->file, self->path, &self->script, SCRIPT));
    WEFT_TRY(self->http, weft_http_read_all(co, self->http, &self->body, BODY));
    WEFT_END;
}

// ---- In Lua ----

static int setup(lua_State *L)
{
    lua_getglobal(L, "os");
    lua_pushnil(L);
    lua_setfield(L, -2, "exit"); // that would end the instance, and all requests in it
    return weft_lua_open_fs(L) + weft_lua_open_http(L);
}

static void set_text(lua_State *L, const char *name, weft_text text)
{
    lua_pushlstring(L, text.at ? text.at : "", text.length);
    lua_setfield(L, -2, name);
}

static int begin(lua_State *L, void *data)
{
    service *self = data;
    weft_text script = weft_bytes_text(&self->in.script);
    lua_pushfstring(L, "@%s", self->in.path);
    if (luaL_loadbufferx(L, script.at ? script.at : "", script.length, lua_tostring(L, -1), "t"))
        return lua_error(L);
    lua_remove(L, -2);
    lua_createtable(L, 0, 5);
    set_text(L, "method", weft_http_method(&self->http));
    set_text(L, "path", weft_http_path(&self->http));
    set_text(L, "query", weft_http_query(&self->http));
    set_text(L, "body", weft_bytes_text(&self->in.body));
    size_t count;
    const weft_http_header *headers = weft_http_request_headers(&self->http, &count);
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushlstring(L, headers[i].name.at, headers[i].name.length);
        lua_pushlstring(L, headers[i].value.at, headers[i].value.length);
        lua_settable(L, -3);
    }
    lua_setfield(L, -2, "headers");
    return 1;
}

static void end(lua_State *L, void *data)
{
    service *self = data;
    size_t length;
    if (lua_type(L, 1) == LUA_TSTRING) {
        lua_pushinteger(L, 200);
        lua_insert(L, 1);
    }
    self->status = (int)lua_tointeger(L, 1);
    const char *body = lua_tolstring(L, 2, &length);
    weft_text type = weft_text_z(luaL_optstring(L, 3, "text/plain; charset=utf-8"));
    if (!body || self->status < 200 || self->status > 599 ||
        weft_text_to_z(type, self->type, sizeof self->type))
        luaL_error(L, "a handler returns a body, or a status from 200 to 599, a body and its type");
    if (weft_bytes_append(&self->body, weft_text_of(body, length)))
        luaL_error(L, "no memory for the body");
}

// ---- A request ----

// The words of Lua, traceback and all, a line of the log each.
static int log_failure(const service *self)
{
    const weft_lua_run *run = &self->run;
    weft_text line, rest = weft_text_z(run->message ? run->message : "");
    weft_log(WEFT_LOG_ERROR, "%s: %s", self->in.path, run->error > 0 ? "failed" : weft_error_text(run->error));
    while (weft_text_next(&rest, '\n', &line)) {
        line = weft_text_trim(line);
        weft_log(WEFT_LOG_ERROR, "  %.*s", WEFT_TEXT_ARGUMENTS(line));
    }
    return run->error == WEFT_ENOMEM || run->error == WEFT_ETIMEDOUT ? 503 : 500;
}

// 0: it is all here.
static int refusal(const service *self)
{
    int error = weft_outcome_of(&self->in.co) == WEFT_FAILED ? weft_failure(&self->in.co) : WEFT_OK;
    if (self->deadline.expired)
        return 408;
    return error == WEFT_ENOENT ? 404 : error == WEFT_ELIMIT ? 413 : error == WEFT_EEOF ? 400 : error ? 500 : 0;
}

WEFT_ASYNC(service)
{
    weft_settings settings = {0};
    WEFT_BEGIN;
    self->limit = weft_setting_duration(&settings, "DEADLINE", WEFT_SECONDS(10));
    self->lua.memory = (size_t)weft_setting_size(&settings, "MEMORY", 16 << 20);
    self->lua.setup = setup;
    if (settings.error)
        weft_log(WEFT_LOG_WARNING, "%s", settings.message);
    WEFT_CALL_WITHIN(arrival, &self->in, &self->deadline, &weft_host_clock, self->limit, .http = &self->http);
    self->status = refusal(self);
    if (!self->status) {
        self->run =
            (weft_lua_run){.lua = &self->lua, .begin = begin, .end = end, .data = self, .timeout = self->limit};
        WEFT_AWAIT(weft_lua_call(co, &self->run));
        if (self->run.error)
            self->status = log_failure(self);
    }
    if (self->run.lua && !self->run.error)
        WEFT_AWAIT(weft_http_reply(co, &self->http, self->status, self->type, weft_bytes_text(&self->body)));
    else
        WEFT_AWAIT(weft_http_reply_status(co, &self->http, self->status));
    WEFT_FINALLY;
    weft_lua_end(&self->run);
    WEFT_AWAIT(weft_lua_close(co, &self->lua));
    weft_bytes_buffer_free(&self->in.script);
    weft_bytes_buffer_free(&self->in.body);
    weft_bytes_buffer_free(&self->body);
    WEFT_END;
}
WEFT_HTTP_SERVICE(service);
