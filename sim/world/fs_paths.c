// wasi:filesystem: what is done by a path. The kernel keeps each path beneath its directory (openat2).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FOLLOW = 1 };                                             // of path-flags
enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 }; // of open-flags
enum { NO_CHANGE, NOW, TIMESTAMP };                              // of new-timestamp

typedef struct path {
    char text[PATH_MAX + 1];
} path;

static bool path_of(path *it, const weft_sim_value *text)
{
    errno = text->count > PATH_MAX                ? ENAMETOOLONG
            : !text->count                        ? ENOENT
            : memchr(text->bytes, 0, text->count) ? EINVAL
                                                  : 0;
    if (errno)
        return false;
    memcpy(it->text, text->bytes, text->count);
    it->text[text->count] = 0;
    return true;
}

static int open_beneath(int directory, const char *name, int flags)
{
    flags |= O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY | O_LARGEFILE);
    struct open_how how = {.flags = (uint64_t)flags,
                           .mode = flags & O_CREAT ? 0666 : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int number, tries = 0;
    do { // a `..` while somebody renames something
        number = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
    } while (number < 0 && errno == EAGAIN && ++tries < 1000);
    if (number < 0 && errno == EXDEV) // it leads out
        errno = EPERM;
    return number;
}

// A path of an argument, opened by flags of open(2); -1 with errno.
static int open_path(int directory, const weft_sim_value *text, int flags)
{
    path it;
    return path_of(&it, text) ? open_beneath(directory, it.text, flags) : -1;
}

// The directory that a path's last part is in, and that part.
typedef struct place {
    int directory; // to be closed; -1: errno
    path path;
    size_t name; // where in it
} place;

static const char *name_of(const place *it)
{
    return it->path.text + it->name;
}

static place place_of(int directory, const weft_sim_value *text)
{
    place it = {.directory = -1};
    if (!path_of(&it.path, text))
        return it;
    size_t end = strlen(it.path.text);
    while (end > 1 && it.path.text[end - 1] == '/')
        end--;
    size_t start = end;
    while (start && it.path.text[start - 1] != '/')
        start--;
    char *name = it.path.text + start;
    if (!strncmp(name, "..", 2) && end - start == 2) { // is no name to make or to remove
        int found = open_beneath(directory, it.path.text, O_PATH);
        if (found >= 0) {
            close(found);
            errno = EINVAL;
        }
        return it;
    }
    if (!start) {
        it.directory = open_beneath(directory, ".", O_PATH | O_DIRECTORY);
    } else {
        char kept = *name;
        *name = 0;
        it.directory = open_beneath(directory, it.path.text, O_PATH | O_DIRECTORY);
        *name = kept;
    }
    it.name = start;
    return it;
}

// Answers with what a call of the system returned, and gives the descriptors back.
static void answer(weft_sim_call *call, int returned, int a, int b)
{
    int error = returned < 0 ? errno : 0;
    if (a >= 0)
        close(a);
    if (b >= 0)
        close(b);
    weft_world__fs_answer(call, error, NULL);
}

static int directory_of(weft_sim_call *call, void *data)
{
    return weft_world__descriptor_of(data, &weft_sim_call_start(call)[0])->number;
}

// ---- Opening ----

static int open_flags(uint32_t path_flags, uint32_t how, uint32_t *rights)
{
    int flags = O_NONBLOCK; // a pipe that nobody has at the other end is no reason to stand still
    if (how & (CREATE | TRUNCATE) && !(how & DIRECTORY))
        *rights |= WRITE | (*rights & WRITE ? 0 : READ);
    else if (!(*rights & (READ | WRITE)))
        *rights |= READ;
    flags |= *rights & WRITE ? (*rights & READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    flags |= path_flags & FOLLOW ? 0 : O_NOFOLLOW;
    flags |= how & CREATE ? O_CREAT : 0;
    flags |= how & DIRECTORY ? O_DIRECTORY : 0;
    flags |= how & EXCLUSIVE && how & CREATE ? O_EXCL : 0;
    flags |= how & TRUNCATE ? O_TRUNC : 0;
    flags |= *rights & FILE_SYNC ? O_SYNC : *rights & DATA_SYNC ? O_DSYNC : 0;
    return flags;
}

static void open_at(weft_sim_call *call, void *data)
{
    weft_sim_value *args = weft_sim_call_start(call);
    uint32_t how = (uint32_t)args[3].number, rights = (uint32_t)args[4].number;
    if (how & CREATE && how & DIRECTORY) {
        weft_world__fs_answer(call, EINVAL, NULL);
        return;
    }
    int flags = open_flags((uint32_t)args[1].number, how, &rights);
    int number = open_path(directory_of(call, data), &args[2], flags);
    if (number < 0) {
        weft_world__fs_answer(call, errno, NULL);
        return;
    }
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->parts[0].type->resource;
    weft_sim_value opened =
        weft_world__descriptor_new(data, weft_sim_call_caller(call), resource, number, rights, true);
    weft_world__fs_answer(call, 0, &opened);
}

// ---- What is known of a file ----

static int open_to_look(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    int follow = args[1].number & FOLLOW ? 0 : O_NOFOLLOW;
    return open_path(directory_of(call, data), &args[2], O_PATH | follow);
}

static weft_sim_value instant(weft_sim_instance *instance, const struct statx_timestamp *time)
{
    weft_sim_value it = weft_sim_items_value(instance, 2);
    it.items[0].number = (uint64_t)time->tv_sec;
    it.items[1].number = time->tv_nsec;
    return (weft_sim_value){.which = 1, .payload = weft_world__boxed(instance, it)};
}

static void answer_stat(weft_sim_call *call, int number)
{
    struct statx found;
    if (number < 0 || statx(number, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &found) < 0) {
        weft_world__fs_answer(call, errno, NULL);
        return;
    }
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_type *types = weft_sim_call_func(call)->result->parts[0].type->parts[0].type;
    weft_sim_value it = weft_sim_items_value(instance, 6);
    it.items[0] = weft_world__type_of(instance, types, found.stx_mode);
    it.items[1].number = found.stx_nlink;
    it.items[2].number = found.stx_size;
    it.items[3] = instant(instance, &found.stx_atime);
    it.items[4] = instant(instance, &found.stx_mtime);
    it.items[5] = instant(instance, &found.stx_ctime);
    weft_world__fs_answer(call, 0, &it);
}

static void stat_it(weft_sim_call *call, void *data)
{
    answer_stat(call, directory_of(call, data));
}

static void stat_at(weft_sim_call *call, void *data)
{
    int number = open_to_look(call, data);
    answer_stat(call, number);
    if (number >= 0)
        close(number);
}

// Of what a file is, not of what is in it.
static void answer_hash(weft_sim_call *call, int number)
{
    struct statx found;
    if (number < 0 || statx(number, "", AT_EMPTY_PATH, STATX_INO, &found) < 0) {
        weft_world__fs_answer(call, errno, NULL);
        return;
    }
    weft_sim_value it = weft_sim_items_value(weft_sim_call_caller(call), 2);
    it.items[0].number = found.stx_ino * 0x9e3779b97f4a7c15u;
    it.items[1].number = ((uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor) * 0xbf58476d1ce4e5b9u;
    weft_world__fs_answer(call, 0, &it);
}

static void hash_it(weft_sim_call *call, void *data)
{
    answer_hash(call, directory_of(call, data));
}

static void hash_at(weft_sim_call *call, void *data)
{
    int number = open_to_look(call, data);
    answer_hash(call, number);
    if (number >= 0)
        close(number);
}

// ---- Times: the kernel's struct, whose seconds have 64 bits here, too ----

typedef struct kernel_time {
    int64_t seconds, nanoseconds;
} kernel_time;

static kernel_time time_of(const weft_sim_value *value)
{
    if (value->which != TIMESTAMP)
        return (kernel_time){0, value->which == NOW ? UTIME_NOW : UTIME_OMIT};
    const weft_sim_value *parts = value->payload->items;
    int64_t nanoseconds = (int64_t)parts[1].number, second = 1000000000;
    return (kernel_time){(int64_t)(parts[0].number + (uint64_t)(nanoseconds / second)), nanoseconds % second};
}

static int set_times_of(int number, const weft_sim_value *both)
{
    kernel_time times[] = {time_of(&both[0]), time_of(&both[1])};
    return number < 0 ? -1 : (int)syscall(SYS_utimensat_time64, number, "", times, AT_EMPTY_PATH);
}

static void set_times(weft_sim_call *call, void *data)
{
    answer(call, set_times_of(directory_of(call, data), &weft_sim_call_start(call)[1]), -1, -1);
}

static void set_times_at(weft_sim_call *call, void *data)
{
    int number = open_to_look(call, data);
    answer(call, set_times_of(number, &weft_sim_call_start(call)[3]), number, -1);
}

// ---- Names ----

static void create_directory_at(weft_sim_call *call, void *data)
{
    place it = place_of(directory_of(call, data), &weft_sim_call_start(call)[1]);
    answer(call, it.directory < 0 ? -1 : mkdirat(it.directory, name_of(&it), 0777), it.directory, -1);
}

static void remove_at(weft_sim_call *call, void *data, int flags)
{
    place it = place_of(directory_of(call, data), &weft_sim_call_start(call)[1]);
    answer(call, it.directory < 0 ? -1 : unlinkat(it.directory, name_of(&it), flags), it.directory, -1);
}

static void remove_directory_at(weft_sim_call *call, void *data)
{
    remove_at(call, data, AT_REMOVEDIR);
}

static void unlink_file_at(weft_sim_call *call, void *data)
{
    remove_at(call, data, 0);
}

static bool ends_in_slash(const place *it)
{
    const char *name = name_of(it);
    return *name && name[strlen(name) - 1] == '/';
}

// For a rename or a link: from args[from] beneath args[0] to args[from + 2] beneath args[from + 1].
static void name_again(weft_sim_call *call, void *data, int from, bool keeps)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    place old = place_of(directory_of(call, data), &args[from]), new = {.directory = -1};
    int returned = -1;
    if (old.directory >= 0)
        new = place_of(weft_world__descriptor_of(data, &args[from + 1])->number, &args[from + 2]);
    if (new.directory >= 0 && keeps && ends_in_slash(&old)) // the kernel would follow a link, wherever it leads
        errno = ENOTDIR;
    else if (new.directory >= 0)
        returned = keeps ? linkat(old.directory, name_of(&old), new.directory, name_of(&new), 0)
                         : renameat(old.directory, name_of(&old), new.directory, name_of(&new));
    answer(call, returned, old.directory, new.directory);
}

static void rename_at(weft_sim_call *call, void *data)
{
    name_again(call, data, 1, false);
}

static void link_at(weft_sim_call *call, void *data)
{
    if (weft_sim_call_start(call)[1].number & FOLLOW)
        weft_world__fs_answer(call, EINVAL, NULL);
    else
        name_again(call, data, 2, true);
}

// ---- Symbolic links: none that are absolute ----

static void symlink_at(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    path target;
    place it = {.directory = -1};
    if (path_of(&target, &args[1])) {
        it = place_of(directory_of(call, data), &args[2]);
        if (it.directory >= 0 && *target.text == '/') {
            close(it.directory);
            it.directory = -1;
            errno = EPERM;
        }
    }
    answer(call, it.directory < 0 ? -1 : symlinkat(target.text, it.directory, name_of(&it)), it.directory, -1);
}

static void readlink_at(weft_sim_call *call, void *data)
{
    char target[PATH_MAX];
    int number = open_path(directory_of(call, data), &weft_sim_call_start(call)[1], O_PATH | O_NOFOLLOW);
    ssize_t length = number < 0 ? -1 : readlinkat(number, "", target, sizeof target);
    int error = length < 0       ? (errno == ENOENT && number >= 0 ? EINVAL : errno) // it is no link
                : *target == '/' ? EPERM
                : !weft_sim_is_utf8(target, (size_t)length) ? EILSEQ
                                                            : 0;
    if (number >= 0)
        close(number);
    if (error) {
        weft_world__fs_answer(call, error, NULL);
        return;
    }
    weft_sim_value text = weft_sim_bytes_value(weft_sim_call_caller(call), target, (uint32_t)length);
    weft_world__fs_answer(call, 0, &text);
}

static const char types[] = "wasi:filesystem/types";

const weft_world__row weft_world__fs_paths[] = WEFT_WORLD__ROWS(
    {types, "[method]descriptor.open-at", open_at}, {types, "[method]descriptor.stat", stat_it},
    {types, "[method]descriptor.stat-at", stat_at}, {types, "[method]descriptor.metadata-hash", hash_it},
    {types, "[method]descriptor.metadata-hash-at", hash_at}, {types, "[method]descriptor.set-times", set_times},
    {types, "[method]descriptor.set-times-at", set_times_at},
    {types, "[method]descriptor.create-directory-at", create_directory_at},
    {types, "[method]descriptor.remove-directory-at", remove_directory_at},
    {types, "[method]descriptor.unlink-file-at", unlink_file_at},
    {types, "[method]descriptor.rename-at", rename_at}, {types, "[method]descriptor.link-at", link_at},
    {types, "[method]descriptor.symlink-at", symlink_at},
    {types, "[method]descriptor.readlink-at", readlink_at});
