// Operations on names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static bool finds(weft_fs *it, weft_text path, const weft_fs_options *o)
{
    it->error = weft__fs_find(o->beneath, path, false, &it->at);
    return !it->error;
}

static bool finds_to_change(weft_fs *it, weft_text path, const weft_fs_options *o)
{
    it->error = weft__fs_find(o->beneath, path, true, &it->at);
    return !it->error;
}

// For a path that can be no directory's: false, with the error, if a slash ends it.
static bool is_file(weft_fs *it, const weft__fs_place *at)
{
    if (at->slash)
        it->error = WEFT_EISDIR;
    return !it->error;
}

static bool finds_second(weft_fs *it, weft_text path, const weft_fs_options *o, weft__fs_place *at)
{
    it->error = weft__fs_find(o->to_beneath ? o->to_beneath : o->beneath, path, true, at);
    return !it->error;
}

// ---- Looking ----

static weft_poll stat_at(weft_coro *co, weft_fs *it, bool follow, bool is_asked)
{
    return FS_LOOK(co, &it->fs, is_asked, stat_at, weft__fs_directory(&it->at), follow,
                   weft__fs_string(it->at.path));
}

static weft_stepped directory_run(weft_coro *co)
{
    weft_fs *self = weft_frame(co, weft_fs);
    WEFT_BEGIN;
    WEFT_AWAIT(stat_at(co, self, self->follow, !self->then));
    if (!self->error && self->found != WEFT_FILE_DIRECTORY)
        self->error = WEFT_ENOTDIR;
    if (!self->error && self->then)
        WEFT_AWAIT(self->then(co, self));
    WEFT_FINALLY;
    if (weft_cancelled(co))
        self->error = WEFT_ECANCELED;
    WEFT_END;
}

// Looks whether the path, which ends by a slash, is a directory. If so, goes on by `then`, unless that is NULL.
static weft_poll of_directory(weft_coro *co, weft_fs *it, bool follow,
                              weft_poll (*then)(weft_coro *, weft_fs *))
{
    it->follow = follow;
    it->then = then;
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, directory_run);
}

weft_poll weft__fs_stat(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *o)
{
    if (!finds(it, path, o))
        return weft_breathe(co);
    return it->at.slash ? of_directory(co, it, true, NULL) : stat_at(co, it, !o->no_follow, true);
}

weft_poll weft__fs_identify(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *o)
{
    if (!finds(it, path, o))
        return weft_breathe(co);
    return FS_IDENTIFY(co, &it->fs, metadata_hash_at, weft__fs_directory(&it->at), !o->no_follow,
                       weft__fs_string(it->at.path));
}

// ---- Directories ----

static weft_poll make_directory(weft_coro *co, weft_fs *it, weft_text path)
{
    return FS_DO(co, &it->fs, create_directory_at, weft__fs_directory(&it->at), weft__fs_string(path));
}

// The end of the name that begins behind byte `from`.
static size_t end_of_name(weft_text path, size_t from)
{
    while (from < path.length && path.at[from] == '/')
        from++;
    while (from < path.length && path.at[from] != '/')
        from++;
    return from;
}

// Makes each directory, and then looks whether the last one is there. One that was there before may be refused
// by other errors than WEFT_EEXIST, so the errors do not tell.
static weft_stepped parents_run(weft_coro *co)
{
    weft_fs *self = weft_frame(co, weft_fs);
    WEFT_BEGIN;
    self->first = WEFT_EEXIST;
    for (self->size = 0; self->size < self->at.path.length;) {
        self->size = end_of_name(self->at.path, self->size);
        WEFT_AWAIT(make_directory(co, self, weft_text_slice(self->at.path, 0, self->size)));
        if (self->error && self->first == WEFT_EEXIST)
            self->first = self->error;
    }
    if (!self->error)
        WEFT_FINISH;
    WEFT_AWAIT(stat_at(co, self, true, false));
    if (self->error || self->found != WEFT_FILE_DIRECTORY)
        self->error = self->first;
    WEFT_FINALLY;
    if (weft_cancelled(co))
        self->error = WEFT_ECANCELED;
    WEFT_END;
}

weft_poll weft__fs_mkdir(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *o)
{
    if (!finds_to_change(it, path, o))
        return weft_breathe(co);
    if (!o->parents)
        return make_directory(co, it, it->at.path);
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, parents_run);
}

weft_poll weft__fs_rmdir(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *o)
{
    if (!finds_to_change(it, path, o))
        return weft_breathe(co);
    return FS_DO(co, &it->fs, remove_directory_at, FS_AT(&it->at));
}

// ---- Files and links ----

weft_poll weft__fs_unlink(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *o)
{
    if (!finds_to_change(it, path, o) || !is_file(it, &it->at))
        return weft_breathe(co);
    return FS_DO(co, &it->fs, unlink_file_at, FS_AT(&it->at));
}

static weft_poll rename_at(weft_coro *co, weft_fs *it)
{
    return FS_DO(co, &it->fs, rename_at, FS_PREPARED(&it->fs, rename_at));
}

weft_poll weft__fs_rename(weft_coro *co, weft_fs *it, weft_text from, weft_text to, const weft_fs_options *o)
{
    weft__fs_place at;
    if (!finds_to_change(it, from, o) || !finds_second(it, to, o, &at))
        return weft_breathe(co);
    FS_ARGUMENTS(&it->fs, rename_at, FS_AT(&it->at), FS_AT(&at));
    return it->at.slash || at.slash ? of_directory(co, it, false, rename_at) : rename_at(co, it);
}

weft_poll weft__fs_link(weft_coro *co, weft_fs *it, weft_text from, weft_text to, const weft_fs_options *o)
{
    weft__fs_place at;
    if (!finds_to_change(it, from, o) || !finds_second(it, to, o, &at) || !is_file(it, &it->at) ||
        !is_file(it, &at))
        return weft_breathe(co);
    return FS_DO(co, &it->fs, link_at,
                 FS_ARGUMENTS(&it->fs, link_at, .self = weft__fs_directory(&it->at),
                              .old_path = weft__fs_string(it->at.path),
                              .new_descriptor = weft__fs_directory(&at), .new_path = weft__fs_string(at.path)));
}

weft_poll weft__fs_symlink(weft_coro *co, weft_fs *it, weft_text target, weft_text path,
                           const weft_fs_options *o)
{
    if (!finds_to_change(it, path, o) || !is_file(it, &it->at) || (it->error = weft__fs_check(target)))
        return weft_breathe(co);
    return FS_DO(co, &it->fs, symlink_at,
                 FS_ARGUMENTS(&it->fs, symlink_at, weft__fs_directory(&it->at), weft__fs_string(target),
                              weft__fs_string(it->at.path)));
}

static void settle_target(weft__fs *fs)
{
    weft_fs *it = (weft_fs *)fs;
    FS(result_string_error_code_t) *result = FS_RESULT(fs, FS(result_string_error_code_t));
    if (result->is_err) {
        it->error = weft__fs_error_of(&result->val.err);
        return;
    }
    size_t length = result->val.ok.len;
    it->error = length <= it->size ? WEFT_OK : WEFT_ELIMIT;
    if (!it->error) {
        __builtin_memcpy(it->room, result->val.ok.ptr, length);
        it->target = weft_text_of(it->room, length);
    }
    FS(result_string_error_code_free)(result);
}

weft_poll weft__fs_readlink(weft_coro *co, weft_fs *it, weft_text path, char *buffer, size_t size,
                            const weft_fs_options *o)
{
    it->room = buffer;
    it->size = size;
    it->target = (weft_text){0};
    if (!finds(it, path, o) || !is_file(it, &it->at))
        return weft_breathe(co);
    uint32_t status = FS_CALL(readlink_at)(FS_AT(&it->at), FS_RESULT(&it->fs, FS(result_string_error_code_t)));
    return weft__fs_wait(co, &it->fs, status, settle_target);
}

static weft_poll set_times_at(weft_coro *co, weft_fs *it)
{
    return FS_DO(co, &it->fs, set_times_at, FS_PREPARED(&it->fs, set_times_at));
}

weft_poll weft__fs_set_times(weft_coro *co, weft_fs *it, weft_text path, weft_instant accessed,
                             weft_instant modified, const weft_fs_options *o)
{
    if (!finds_to_change(it, path, o))
        return weft_breathe(co);
    if (!weft__fs_is_time(accessed) || !weft__fs_is_time(modified)) {
        it->error = WEFT_EINVAL;
        return weft_breathe(co);
    }
    FS_ARGUMENTS(&it->fs, set_times_at, .self = weft__fs_directory(&it->at),
                 .path_flags = it->at.slash || !o->no_follow, .path = weft__fs_string(it->at.path),
                 .data_access_timestamp = weft__fs_timestamp(accessed),
                 .data_modification_timestamp = weft__fs_timestamp(modified));
    return it->at.slash ? of_directory(co, it, true, set_times_at) : set_times_at(co, it);
}
