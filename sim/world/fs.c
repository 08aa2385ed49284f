// wasi:filesystem: descriptors, and what they have. fs_paths.c has what is done by a path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// ---- Descriptors ----

weft_world__descriptor *weft_world__descriptor_of(weft_world *world, const weft_sim_value *value)
{
    return &world->descriptors[weft_sim_value_rep(value)];
}

weft_sim_value weft_world__descriptor_new(weft_world *world, weft_sim_instance *instance,
                                          const weft_sim_resource *resource, int number, uint32_t flags,
                                          bool owned)
{
    uint32_t at = 0;
    while (at < world->descriptor_count && world->descriptors[at].is)
        at++;
    if (at == world->descriptor_count) {
        world->descriptors = realloc(world->descriptors, (at + 1) * sizeof *world->descriptors);
        if (!world->descriptors)
            abort();
        world->descriptor_count++;
    }
    world->descriptors[at] = (weft_world__descriptor){true, owned, number, flags};
    return weft_sim_resource_value(instance, resource, at);
}

void weft_world__descriptor_drop(weft_world *world, uint32_t rep)
{
    if (world->descriptors[rep].owned)
        close(world->descriptors[rep].number);
    world->descriptors[rep].is = false;
}

// ---- Errors, which are named as those of POSIX are ----

const char *weft_world__fs_error(int error)
{
    static const weft_world__name names[] = {{EACCES, "access"},
                                             {EALREADY, "already"},
                                             {EBADF, "bad-descriptor"},
                                             {EBUSY, "busy"},
                                             {EDEADLK, "deadlock"},
                                             {EDQUOT, "quota"},
                                             {EEXIST, "exist"},
                                             {EFBIG, "file-too-large"},
                                             {EILSEQ, "illegal-byte-sequence"},
                                             {EINPROGRESS, "in-progress"},
                                             {EINTR, "interrupted"},
                                             {EINVAL, "invalid"},
                                             {EISDIR, "is-directory"},
                                             {ELOOP, "loop"},
                                             {EMLINK, "too-many-links"},
                                             {EMSGSIZE, "message-size"},
                                             {ENAMETOOLONG, "name-too-long"},
                                             {ENODEV, "no-device"},
                                             {ENOENT, "no-entry"},
                                             {ENOLCK, "no-lock"},
                                             {ENOMEM, "insufficient-memory"},
                                             {ENOSPC, "insufficient-space"},
                                             {ENOTDIR, "not-directory"},
                                             {ENOTEMPTY, "not-empty"},
                                             {ENOTRECOVERABLE, "not-recoverable"},
                                             {ENOTSUP, "unsupported"},
                                             {ENOTTY, "no-tty"},
                                             {ENXIO, "no-such-device"},
                                             {EOVERFLOW, "overflow"},
                                             {EPERM, "not-permitted"},
                                             {EPIPE, "pipe"},
                                             {EROFS, "read-only"},
                                             {ESPIPE, "invalid-seek"},
                                             {ETXTBSY, "text-file-busy"},
                                             {0, "io"}};
    return weft_world__name_of(names, error);
}

void weft_world__fs_answer(weft_sim_call *call, int error, weft_sim_value *ok)
{
    weft_world__answer_result(call, error ? weft_world__fs_error(error) : NULL, ok);
}

// ---- What a descriptor has ----

static int descriptor_number(weft_sim_call *call, void *data)
{
    return weft_world__descriptor_of(data, &weft_sim_call_start(call)[0])->number;
}

// Answers with what a call of the system returned.
static void answer(weft_sim_call *call, int returned)
{
    weft_world__fs_answer(call, returned < 0 ? errno : 0, NULL);
}

static void sync_all(weft_sim_call *call, void *data)
{
    answer(call, fsync(descriptor_number(call, data)));
}

static void sync_data(weft_sim_call *call, void *data)
{
    answer(call, fdatasync(descriptor_number(call, data)));
}

static void set_size(weft_sim_call *call, void *data)
{
    int number = descriptor_number(call, data);
    answer(call, ftruncate64(number, (off64_t)weft_sim_call_start(call)[1].number));
}

static void advise(weft_sim_call *call, void *data)
{
    static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                  POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
    int number = descriptor_number(call, data);
    const weft_sim_value *args = weft_sim_call_start(call);
    int error =
        posix_fadvise64(number, (off64_t)args[1].number, (off64_t)args[2].number, advices[args[3].number]);
    weft_world__fs_answer(call, error, NULL);
}

static void get_flags(weft_sim_call *call, void *data)
{
    weft_sim_value flags = {.number = weft_world__descriptor_of(data, &weft_sim_call_start(call)[0])->flags};
    weft_world__fs_answer(call, 0, &flags);
}

static const char *type_name(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "regular-file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symbolic-link";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    case S_IFCHR:
        return "character-device";
    case S_IFBLK:
        return "block-device";
    default:
        return "other";
    }
}

weft_sim_value weft_world__type_of(weft_sim_instance *instance, const weft_sim_type *types, uint32_t mode)
{
    uint32_t which = weft_world__case(types, type_name(mode));
    weft_sim_value type = {.number = which};
    if (types->parts[which].type) // "other", and no more is known
        type.payload = weft_world__boxed(instance, (weft_sim_value){0});
    return type;
}

static void get_type(weft_sim_call *call, void *data)
{
    struct statx it;
    int number = descriptor_number(call, data);
    if (statx(number, "", AT_EMPTY_PATH, STATX_TYPE, &it) < 0) {
        weft_world__fs_answer(call, errno, NULL);
        return;
    }
    const weft_sim_type *types = weft_sim_call_func(call)->result->parts[0].type;
    weft_sim_value type = weft_world__type_of(weft_sim_call_caller(call), types, it.stx_mode);
    weft_world__fs_answer(call, 0, &type);
}

static void is_same_object(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    struct statx both[2];
    for (int i = 0; i < 2; i++)
        if (statx(weft_world__descriptor_of(data, &args[i])->number, "", AT_EMPTY_PATH, STATX_INO, &both[i]) <
            0)
            memset(&both[i], i, sizeof both[i]);
    weft_sim_value same = {.number = both[0].stx_ino == both[1].stx_ino &&
                                     both[0].stx_dev_major == both[1].stx_dev_major &&
                                     both[0].stx_dev_minor == both[1].stx_dev_minor};
    weft_sim_call_return(call, &same);
}

// ---- Streams of bytes: each has a descriptor of its own, for it goes on when the component drops its ----

static ssize_t move_in(weft_world__pump *it, void *bytes, size_t count)
{
    ssize_t moved = pread64(it->descriptor, bytes, count, it->offset);
    if (moved < 0 && errno == ESPIPE)
        moved = read(it->descriptor, bytes, count);
    if (moved > 0)
        it->offset += moved;
    return moved;
}

static ssize_t move_out(weft_world__pump *it, void *bytes, size_t count)
{
    ssize_t moved = pwrite64(it->descriptor, bytes, count, it->offset);
    if (moved < 0 && errno == ESPIPE)
        moved = write(it->descriptor, bytes, count);
    if (moved > 0)
        it->offset += moved;
    return moved;
}

static ssize_t append(weft_world__pump *it, void *bytes, size_t count)
{
    struct iovec all = {bytes, count};
    return pwritev2(it->descriptor, &all, 1, 0, RWF_APPEND);
}

static bool is_directory(int number)
{
    struct statx it;
    return !statx(number, "", AT_EMPTY_PATH, STATX_TYPE, &it) && S_ISDIR(it.stx_mode);
}

static weft_world__pump pump_of(weft_world *world, const weft_sim_value *descriptor, uint32_t right,
                                uint64_t offset)
{
    const weft_world__descriptor *it = weft_world__descriptor_of(world, descriptor);
    weft_world__pump pump = {.world = world,
                             .error_name = weft_world__fs_error,
                             .descriptor = fcntl(it->number, F_DUPFD_CLOEXEC, 0),
                             .owned = true,
                             .waits = -1,
                             .offset = (int64_t)offset};
    if (pump.descriptor < 0)
        pump.error = errno;
    else if (is_directory(it->number))
        pump.error = right == READ ? EISDIR : EBADF;
    else if (!(it->flags & right))
        pump.error = EBADF;
    else if (pump.offset < 0)
        pump.error = right == READ ? EINVAL : EFBIG;
    return pump;
}

static void read_via_stream(weft_sim_call *call, void *data)
{
    const weft_sim_value *args = weft_sim_call_start(call);
    weft_world__pump pump = pump_of(data, &args[0], READ, args[1].number);
    pump.move = move_in;
    weft_world__pump_in(call, pump);
}

static void write_via_stream(weft_sim_call *call, void *data)
{
    weft_sim_value *args = weft_sim_call_start(call);
    weft_world__pump pump = pump_of(data, &args[0], WRITE, args[2].number);
    pump.move = move_out;
    weft_world__pump_out(call, &args[1], pump);
}

static void append_via_stream(weft_sim_call *call, void *data)
{
    weft_sim_value *args = weft_sim_call_start(call);
    weft_world__pump pump = pump_of(data, &args[0], WRITE, 0);
    pump.move = append;
    weft_world__pump_out(call, &args[1], pump);
}

// ---- The entries of a directory ----

typedef struct listing {
    weft_world__job job;
    weft_world *world;
    weft_sim_instance *instance;
    DIR *of;
    int error;
    weft_sim_end *entries, *result;
    const weft_sim_type *entry, *future;
} listing;

static void free_listing(weft_world__job *job)
{
    listing *it = (listing *)job;
    if (it->of)
        closedir(it->of);
    free(it);
}

// The name of the next entry, but for the two that each directory has; NULL at the end, or with errno. libc's
// struct lies at a multiple of 4, and our flags would have it at one of 8.
static const char *next_name(DIR *of)
{
    const char *found, *name;
    do {
        errno = 0;
        found = (const char *)readdir64(of);
        name = found ? found + offsetof(struct dirent64, d_name) : NULL;
    } while (name && (!strcmp(name, ".") || !strcmp(name, "..")));
    return name;
}

// False at the end, or with an error.
static bool next_entry(listing *it, weft_sim_value *entry)
{
    const char *name = next_name(it->of);
    it->error = name ? 0 : errno;
    if (name && !weft_sim_is_utf8(name, strlen(name)))
        it->error = EILSEQ;
    if (!name || it->error)
        return false;
    struct statx info = {0};
    statx(dirfd(it->of), name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &info); // it may be gone, or hidden
    *entry = weft_sim_items_value(it->instance, 2);
    entry->items[0] = weft_world__type_of(it->instance, it->entry->parts[0].type, info.stx_mode);
    entry->items[1] = weft_sim_text_value(it->instance, name);
    return true;
}

static void lists(weft_sim *sim, void *data)
{
    enum { AT_ONCE = 64 };
    listing *it = data;
    weft_sim_value entries[AT_ONCE];
    uint32_t wanted;
    bool is_over = it->error != 0;
    (void)sim;
    while (!is_over && (wanted = weft_world__meet(it->world, "lists", it->entries, -1, 0, NULL))) {
        uint32_t count = 0;
        while (count < wanted && count < AT_ONCE && !is_over) {
            is_over = !next_entry(it, &entries[count]);
            count += !is_over;
        }
        if (count)
            weft_sim_end_copy(it->entries, entries, count);
    }
    weft_sim_end_drop(it->entries);
    weft_sim_value result = {0};
    if (it->error)
        result = weft_world__failure(it->instance, it->future->element, weft_world__fs_error(it->error));
    weft_world__resolve(it->result, it->future, result);
    weft_world__job_end(&it->job);
}

static void read_directory(weft_sim_call *call, void *data)
{
    const weft_sim_part *parts = weft_sim_call_func(call)->result->parts;
    listing *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    *it = (listing){.world = data,
                    .instance = weft_sim_call_caller(call),
                    .entry = parts[0].type->element,
                    .future = parts[1].type};
    int number = openat(descriptor_number(call, data), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    it->of = number < 0 ? NULL : fdopendir(number);
    it->error = it->of ? 0 : errno;
    weft_sim_value both = weft_sim_items_value(it->instance, 2);
    both.items[0].handle = weft_sim_stream_make(it->instance, parts[0].type, &it->entries);
    both.items[1].handle = weft_sim_stream_make(it->instance, it->future, &it->result);
    weft_world__job_begin(it->world, &it->job, free_listing);
    weft_sim_spawn_small(it->world->sim, lists, it);
    weft_sim_call_return(call, &both);
}

// ---- The directories that are given ----

static void get_directories(weft_sim_call *call, void *data)
{
    weft_world *world = data;
    const weft_world_options *options = &world->options;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->element->parts[0].type->resource;
    weft_sim_value list = weft_sim_items_value(instance, options->directory_count);
    for (uint32_t i = 0; i < options->directory_count; i++) {
        list.items[i] = weft_sim_items_value(instance, 2);
        list.items[i].items[0] = weft_world__descriptor_new(
            world, instance, resource, options->directories[i].number, READ | MUTATE_DIRECTORY, false);
        list.items[i].items[1] = weft_sim_text_value(instance, options->directories[i].name);
    }
    weft_world__answer(call, list);
}

static const char types[] = "wasi:filesystem/types";

const weft_world__row weft_world__fs[] = WEFT_WORLD__ROWS(
    {"wasi:filesystem/preopens", "get-directories", get_directories},
    {types, "[method]descriptor.read-via-stream", read_via_stream},
    {types, "[method]descriptor.write-via-stream", write_via_stream},
    {types, "[method]descriptor.append-via-stream", append_via_stream},
    {types, "[method]descriptor.read-directory", read_directory}, {types, "[method]descriptor.advise", advise},
    {types, "[method]descriptor.sync-data", sync_data}, {types, "[method]descriptor.sync", sync_all},
    {types, "[method]descriptor.get-flags", get_flags}, {types, "[method]descriptor.get-type", get_type},
    {types, "[method]descriptor.set-size", set_size},
    {types, "[method]descriptor.is-same-object", is_same_object});
