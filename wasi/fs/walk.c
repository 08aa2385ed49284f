// A tree, directory by directory: a stack has the listings of the directories that the walk is in.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/buffer.h>
#include "internal.h"

enum { DEPTH = 128 };

// ---- The path ----

// Cuts the path to `length` bytes; its last part is the name.
static void cut(weft_walk *it, size_t length)
{
    it->path.length = length;
    it->name = weft_text_slice(it->path, weft__fs_last_name(it->path), length);
}

// Makes it the path of an entry of the innermost directory.
static bool name_entry(weft_walk *it, weft_text name)
{
    it->room.count = it->level->path;
    it->room.error = WEFT_OK;
    if (it->room.count)
        weft_bytes_append(&it->room, WEFT_TEXT("/"));
    weft_bytes_append(&it->room, name);
    it->path = weft_bytes_text(&it->room);
    cut(it, it->path.length);
    return !it->room.error;
}

// ---- Levels ----

// The directory has been opened: goes into it.
static void settle_enter(weft__fs *fs)
{
    weft_walk *it = (weft_walk *)fs;
    weft__fs_settle_open(fs);
    it->enters = false;
    weft__listing *level = it->error ? NULL : weft_alloc(sizeof *level);
    if (level) {
        weft__listing_start(level, it->descriptor);
        level->path = it->path.length;
        level->descriptor = it->descriptor;
        level->up = it->level;
        it->level = level;
        it->depth++;
        it->is_open = true;
        it->descriptor = 0;
    } else if (!it->error) {
        it->error = WEFT_ENOMEM;
        weft__fs_drop(&it->descriptor);
    }
}

static void leave(weft_walk *it)
{
    weft__listing *level = it->level;
    it->level = level->up;
    it->depth--;
    weft__listing_close(level);
    weft__fs_drop(&level->descriptor);
    weft_free(level, sizeof *level);
}

// ---- The walk ----

weft_poll weft__walk_open(weft_coro *co, weft_walk *it, weft_text path, const weft_walk_options *o)
{
    weft_walk_close(it);
    it->error = weft__fs_find(o->beneath, path, false, &it->at);
    if (it->error)
        return weft_breathe(co);
    it->limit = o->depth ? o->depth : DEPTH;
    return weft__fs_open_directory(co, &it->fs, true, settle_enter);
}

// True if there is something to return from what has come: an entry, an error, or the end.
static bool tells(weft_walk *it)
{
    weft_text name;
    while (it->level) {
        weft__listing *level = it->level;
        bool there = weft__listing_shift(level, &name, &it->type);
        if (there && name_entry(it, name)) {
            it->enters = it->type == WEFT_FILE_DIRECTORY;
            return true;
        }
        if (!there && !level->over)
            return false;
        it->error = there ? WEFT_ENOMEM : level->error;
        it->type = WEFT_FILE_DIRECTORY;
        cut(it, level->path);
        leave(it);
        if (it->error)
            return true;
    }
    it->ended = true;
    return true;
}

static weft_stepped next_run(weft_coro *co)
{
    weft_walk *self = weft_frame(co, weft_walk);
    WEFT_BEGIN;
    if (self->enters) {
        self->at = (weft__fs_place){.directory = self->level->descriptor, .path = self->name};
        WEFT_AWAIT(weft__fs_open_directory(co, &self->fs, false, settle_enter));
        if (self->error)
            WEFT_FINISH;
    }
    while (!tells(self))
        WEFT_AWAIT(weft__listing_fill(co, self->level));
    WEFT_FINALLY;
    if (weft_cancelled(co) && !self->error)
        self->error = WEFT_ECANCELED;
    WEFT_END;
}

weft_poll weft_walk_next(weft_coro *co, weft_walk *it)
{
    WEFT__CHECK(!it->is_open, closed, "weft_walk_next", 0);
    it->error = WEFT_OK;
    if (it->enters && it->depth == it->limit) {
        it->error = WEFT_ELIMIT;
        it->enters = false;
    }
    if (it->error || (!it->enters && tells(it)))
        return weft_breathe(co);
    return weft_call(co, &it->co, next_run);
}

void weft_walk_skip(weft_walk *it)
{
    it->enters = false;
}

void weft_walk_close(weft_walk *it)
{
    while (it->level)
        leave(it);
    weft_bytes_buffer_free(&it->room);
    it->path = it->name = (weft_text){0};
    it->is_open = it->ended = it->enters = false;
}
