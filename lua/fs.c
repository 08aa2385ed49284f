// weft.fs: whole files, and what is in directories.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include "hold.h"
#include <weft/wasi/buffer.h>
#include <weft/wasi/fs.h>

enum { LIMIT = 64 << 20 }; // bytes of a file that is read as one piece

static weft_text text_at(lua_State *L, int at)
{
    size_t length;
    const char *text = luaL_checklstring(L, at, &length);
    return weft_text_of(text, length);
}

static int succeed(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

// ---- Read and write ----

typedef struct {
    weft_whole whole;
    weft_bytes_buffer buffer;
} whole;

static void close_whole(void *it)
{
    weft_bytes_buffer_free(&((whole *)it)->buffer);
}

static int was_read(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    whole *it = (whole *)context;
    if (it->whole.error)
        return weft__lua_refuse(L, it->whole.error);
    lua_pushlstring(L, (const char *)it->buffer.items, it->buffer.count);
    return 1;
}

static int read_file(lua_State *L)
{
    weft_text path = text_at(L, 1);
    whole *it = weft__lua_hold(L, sizeof *it, close_whole);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_whole_read(&run->co, &it->whole, path, &it->buffer, LIMIT), was_read,
                         (lua_KContext)it);
}

static int was_written(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    whole *it = (whole *)context;
    return it->whole.error ? weft__lua_refuse(L, it->whole.error) : succeed(L);
}

static int write_file(lua_State *L)
{
    weft_text path = text_at(L, 1), text = text_at(L, 2);
    whole *it = weft__lua_hold(L, sizeof *it, close_whole);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_whole_write(&run->co, &it->whole, path, text), was_written, (lua_KContext)it);
}

// ---- Names ----

static int was_looked_at(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    const weft_fs *it = (weft_fs *)context;
    if (it->error)
        return weft__lua_refuse(L, it->error);
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, (lua_Integer)it->info.size);
    lua_setfield(L, -2, "size");
    lua_pushnumber(L, (lua_Number)it->info.modified.seconds + it->info.modified.nanoseconds / 1e9);
    lua_setfield(L, -2, "modified");
    lua_pushboolean(L, it->info.type == WEFT_FILE_DIRECTORY);
    lua_setfield(L, -2, "is_directory");
    return 1;
}

static int stat_file(lua_State *L)
{
    weft_text path = text_at(L, 1);
    weft_fs *it = weft__lua_hold(L, sizeof *it, NULL);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_fs_stat(&run->co, it, path), was_looked_at, (lua_KContext)it);
}

static int was_removed(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    const weft_fs *it = (weft_fs *)context;
    return it->error ? weft__lua_refuse(L, it->error) : succeed(L);
}

static int remove_file(lua_State *L)
{
    weft_text path = text_at(L, 1);
    weft_fs *it = weft__lua_hold(L, sizeof *it, NULL);
    weft_lua_run *run = weft_lua_waits(L);
    return weft_lua_wait(L, weft_fs_unlink(&run->co, it, path), was_removed, (lua_KContext)it);
}

int weft_lua_open_fs(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"read", read_file}, {"write", write_file}, {"stat", stat_file}, {"remove", remove_file}, {NULL, NULL}};
    return weft__lua_part(L, "fs", functions);
}
