// Finds a path beneath a directory: one of the caller's, or one that the host has given the component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// The host traps on a string that is no UTF-8.
weft_error weft__fs_check(weft_text path)
{
    if (!path.length)
        return WEFT_ENOENT;
    if (!weft_text_is_utf8(path))
        return WEFT_EILSEQ;
    return weft_text_find(path, WEFT_TEXT("\0")) < path.length ? WEFT_EINVAL : WEFT_OK;
}

// ---- Names between slashes ----

size_t weft__fs_last_name(weft_text path)
{
    size_t from = path.length;
    while (from && path.at[from - 1] != '/')
        from--;
    return from;
}

static bool is_absolute(weft_text path)
{
    return path.length && *path.at == '/';
}

// Takes the next name off the front of *rest, with the slashes and single dots before it.
static bool next_name(weft_text *rest, weft_text *name)
{
    while (weft_text_next(rest, '/', name))
        if (name->length && !weft_text_equal(*name, WEFT_TEXT(".")))
            return true;
    *rest = (weft_text){0};
    return false;
}

static bool leads_up(weft_text path)
{
    weft_text name;
    while (next_name(&path, &name))
        if (weft_text_equal(name, WEFT_TEXT("..")))
            return true;
    return false;
}

// ---- The directories that the host gives ----

static weft__wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t given;
static bool asked;

bool weft_given_directory(size_t place, weft_text *name)
{
    if (!asked)
        weft__wasi_filesystem_preopens_get_directories(&given);
    asked = true;
    if (place >= given.len)
        return false;
    *name = weft_text_of(given.ptr[place].f1.ptr, given.ptr[place].f1.len);
    return true;
}

// Takes the names of `directory` off the front of *path, and counts them. False if *path does not begin with
// them.
static bool takes(weft_text directory, weft_text *path, size_t *names)
{
    weft_text ours, theirs;
    for (*names = 0; next_name(&directory, &ours); ++*names)
        if (!next_name(path, &theirs) || !weft_text_equal(ours, theirs))
            return false;
    return true;
}

// Takes the longest that the path begins with; of two as long, the one that has a slash in front if the path
// has one.
static weft_error find_given(weft_text path, weft__fs_place *at)
{
    size_t best = 0, names;
    weft_text directory;
    for (size_t i = 0; weft_given_directory(i, &directory); i++) {
        weft_text rest = path;
        if (!takes(directory, &rest, &names))
            continue;
        size_t rank = 2 * names + 1 + (is_absolute(directory) == is_absolute(path));
        if (rank <= best)
            continue;
        best = rank;
        at->directory = given.ptr[i].f0.__handle;
        at->path = rest;
    }
    return best ? WEFT_OK : WEFT_EPERM;
}

// ---- Both ----

weft_error weft__fs_find(const weft_file *beneath, weft_text path, bool changes, weft__fs_place *at)
{
    weft_error error = weft__fs_check(path);
    if (error)
        return error;
    if (!beneath)
        error = find_given(path, at);
    else if (!beneath->descriptor)
        error = WEFT_EBADF;
    else if (is_absolute(path) || leads_up(path))
        error = WEFT_EPERM;
    else if (changes && beneath->fixed)
        error = WEFT_EROFS;
    else
        *at = (weft__fs_place){.directory = beneath->descriptor, .path = path};
    if (error)
        return error;

    // To the host, a slash in front is the root, and one at the end is not always a directory.
    while (is_absolute(at->path))
        at->path = weft_text_slice(at->path, 1, at->path.length);
    size_t length = at->path.length;
    while (at->path.length && at->path.at[at->path.length - 1] == '/')
        at->path.length--;
    at->slash = at->path.length < length;
    if (!at->path.length)
        at->path = WEFT_TEXT(".");
    return WEFT_OK;
}
