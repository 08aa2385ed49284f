// A small find: prints what is beneath a directory, and with --hash the CRC-32 of each file, several at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli -W component-model-async --dir . find.wasm . --name "*.c" --size +4k --hash 8
//
// Paths are printed as the walk comes to them, and hashes as they are done: neither has an order.
#include <weft/wasi.h>
#include <zlib.h>

enum { PATH = 4096, MOST = 256 };

typedef struct {
    weft_coro co;
    const char *problem; // of the arguments

    weft_text top, pattern;
    weft_file_type type;  // unknown: of any
    uint64_t least, most; // bytes
    bool has_size;        // it is asked for
    uint64_t at_a_time;   // of hashes; 0: none

    weft_walk walk;
    weft_fs fs;
    weft_scope hashes;
    bool failed;
    char path[PATH]; // where the walk stands
} find;

static const char usage[] =
    "usage: find DIRECTORY [options]\n"
    "  --name PATTERN  whose name is like PATTERN, in which * is any text and ? one byte\n"
    "  --type f|d|l    files, directories, links\n"
    "  --size SIZE     of SIZE or more, such as 64k; with a - before it, of that or less\n"
    "  --hash N        files, with their CRC-32, N of them at a time\n";

// Returns what is wrong, or NULL.
static const char *read_option(find *self, weft_text option, weft_text value)
{
    if (weft_text_equal_z(option, "--name")) {
        self->pattern = value;
        return NULL;
    }
    if (weft_text_equal_z(option, "--type")) {
        static const weft_file_type types[] = {WEFT_FILE_REGULAR, WEFT_FILE_DIRECTORY, WEFT_FILE_LINK, 0};
        self->type = types[value.length == 1 ? weft_text_find(WEFT_TEXT("fdl"), value) : 3];
        return self->type ? NULL : "--type takes f, d or l";
    }
    if (weft_text_equal_z(option, "--size")) {
        bool is_most = weft_text_starts(value, WEFT_TEXT("-"));
        self->has_size = true;
        value = weft_text_slice(value, is_most, value.length);
        return weft_text_to_size(value, is_most ? &self->most : &self->least) ? "--size takes a size" : NULL;
    }
    if (!weft_text_equal_z(option, "--hash"))
        return "no such option";
    return weft_text_to_u64(value, &self->at_a_time) || self->at_a_time - 1 >= MOST ? "--hash takes 1 to 256"
                                                                                    : NULL;
}

static const char *read_arguments(find *self)
{
    self->pattern = WEFT_TEXT("*");
    self->most = UINT64_MAX;
    self->top = weft_argument(1);
    const char *problem = self->top.length ? NULL : "no directory";
    for (size_t at = 2; at < weft_argument_count() && !problem; at += 2)
        problem = at + 1 < weft_argument_count() ? read_option(self, weft_argument(at), weft_argument(at + 1))
                                                 : "the last option has no value";
    return problem;
}

static bool is_like(weft_text pattern, weft_text name)
{
    size_t p = 0, n = 0, star = 0, from = 0; // behind the last star, and where that is tried
    while (n < name.length) {
        char is = p < pattern.length ? pattern.at[p] : 0;
        if (is == '*') {
            star = ++p;
            from = n;
        } else if (is == '?' || is == name.at[n]) {
            p++;
            n++;
        } else if (star) {
            p = star;
            n = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.length && pattern.at[p] == '*')
        p++;
    return p == pattern.length;
}

static bool is_wanted(find *self, weft_file_type type, weft_text name)
{
    return (!self->type || type == self->type) && (!self->at_a_time || type == WEFT_FILE_REGULAR) &&
           is_like(self->pattern, name);
}

// Tells what is wrong with one of them: the others go on.
static weft_poll tell(weft_coro *co, find *self, const char *path, weft_error error)
{
    self->failed = true;
    return weft_eprintf(co, "find: %s: %s\n", path, weft_error_text(error));
}

typedef struct {
    weft_coro co;
    find *of;
    weft_file file;
    weft_bytes_reader in;
    unsigned long crc;
    char path[PATH];
    _Alignas(16) uint8_t buffer[65536];
} hash;
WEFT_UNZEROED(hash, path);

WEFT_ASYNC(hash)
{
    weft_bytes_reader *in = &self->in;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_file_open(co, &self->file, self->path, .no_follow = true));
    if (self->file.error) {
        WEFT_AWAIT(tell(co, self->of, self->path, self->file.error));
        WEFT_FINISH;
    }
    *in = weft_file_reader(&self->file, 0);
    do {
        WEFT_AWAIT(weft_bytes_read(co, in, self->buffer, sizeof self->buffer));
        self->crc = crc32(self->crc, self->buffer, in->count);
    } while (in->count);
    if (in->error)
        WEFT_AWAIT(tell(co, self->of, self->path, in->error));
    else
        WEFT_AWAIT(weft_printf(co, "%08lx  %s\n", self->crc, self->path));
    WEFT_FINALLY;
    weft_bytes_close_reader(in);
    weft_file_close(&self->file);
    WEFT_END;
}

WEFT_ASYNC(find)
{
    weft_walk *walk = &self->walk;
    weft_fs *fs = &self->fs;
    WEFT_BEGIN;
    self->problem = read_arguments(self);
    if (self->problem) {
        WEFT_AWAIT(weft_eprintf(co, "find: %s\n%s", self->problem, usage));
        WEFT_FAIL(1);
    }
    WEFT_AWAIT(weft_walk_open(co, walk, self->top));
    if (walk->error) {
        WEFT_AWAIT(
            weft_eprintf(co, "find: %.*s: %s\n", WEFT_TEXT_ARGUMENTS(self->top), weft_error_text(walk->error)));
        WEFT_FAIL(walk->error);
    }
    while (weft_text_ends(self->top, WEFT_TEXT("/"))) // one comes behind it
        self->top.length--;
    self->hashes.limit = (uint32_t)self->at_a_time;
    for (;;) {
        WEFT_AWAIT(weft_walk_next(co, walk));
        if (walk->ended || weft_stdout()->error)
            break;
        fs->error = walk->error;
        if (!fs->error && !is_wanted(self, walk->type, walk->name))
            continue;
        if (weft_format(self->path, PATH, "%.*s/%.*s", WEFT_TEXT_ARGUMENTS(self->top),
                        WEFT_TEXT_ARGUMENTS(walk->path)) >= PATH)
            fs->error = WEFT_ENAMETOOLONG;
        if (!fs->error && self->has_size)
            WEFT_AWAIT(weft_fs_stat(co, fs, self->path, .no_follow = true));
        if (fs->error) {
            WEFT_AWAIT(tell(co, self, self->path, fs->error));
        } else if (self->has_size && (fs->info.size < self->least || fs->info.size > self->most)) {
            continue;
        } else if (!self->at_a_time) {
            WEFT_AWAIT(weft_printf(co, "%s\n", self->path));
        } else {
            WEFT_AWAIT_ROOM(&self->hashes);
            hash *one = WEFT_SPAWN_NEW(hash, &self->hashes, .of = self);
            if (!one)
                WEFT_FAIL(WEFT_ENOMEM);
            __builtin_memcpy(one->path, self->path, PATH);
            weft_detach(weft_child_of(one));
        }
    }
    WEFT_AWAIT(weft_join_all(co, &self->hashes));
    if (weft_stdout()->error)
        WEFT_FAIL(weft_stdout()->error);
    if (self->failed)
        WEFT_FAIL(1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->hashes));
    weft_walk_close(walk);
    WEFT_END;
}
WEFT_COMMAND(find);
