// Files and directories: opened, looked at and changed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <stdlib.h>

// ---- Open files ----

WAIT(wait_stat, weft_file, weft_file_stat(co, it))
WAIT(wait_identify, weft_file, weft_file_identify(co, it))
WAIT(wait_sync, weft_file, weft_file_sync(co, it))

typedef struct {
    weft_file *file;
    uint64_t size;
    weft_instant accessed, modified;
} change;

WAIT(wait_resize, change, weft_file_resize(co, it->file, it->size))
WAIT(wait_set_times, change, weft_file_set_times(co, it->file, it->accessed, it->modified))

static int done(weft__libc_wait *wait, weft_file *it)
{
    return weft__libc_ended(weft__libc_block(wait, it), it->error);
}

static int changed(weft__libc_wait *wait, change *it)
{
    return weft__libc_ended(weft__libc_block(wait, it), it->file->error);
}

// ---- What preview 1 tells of them ----

static uint8_t type_of(weft_file_type type)
{
    static const uint8_t types[] = {
        [WEFT_FILE_REGULAR] = __WASI_FILETYPE_REGULAR_FILE,
        [WEFT_FILE_DIRECTORY] = __WASI_FILETYPE_DIRECTORY,
        [WEFT_FILE_LINK] = __WASI_FILETYPE_SYMBOLIC_LINK,
        [WEFT_FILE_SOCKET] = __WASI_FILETYPE_SOCKET_STREAM,
        [WEFT_FILE_CHARACTERS] = __WASI_FILETYPE_CHARACTER_DEVICE,
        [WEFT_FILE_BLOCKS] = __WASI_FILETYPE_BLOCK_DEVICE,
    };
    return types[type];
}

enum { SECOND = 1000000000 };

static uint64_t ns_of(weft_instant time)
{
    return (uint64_t)time.seconds * SECOND + time.nanoseconds;
}

static void tell(__wasi_filestat_t *to, const weft_file_info *info, uint64_t identity)
{
    *to = (__wasi_filestat_t){
        .dev = 1,
        .ino = identity,
        .filetype = type_of(info->type),
        .nlink = info->links,
        .size = info->size,
        .atim = ns_of(info->accessed),
        .mtim = ns_of(info->modified),
        .ctim = ns_of(info->changed),
    };
}

static weft_instant time_of(uint64_t ns, int32_t flags, int32_t is_set, int32_t is_now)
{
    if (flags & is_now)
        return WEFT_TIME_NOW;
    if (!(flags & is_set))
        return WEFT_TIME_KEEP;
    return (weft_instant){(int64_t)(ns / SECOND), ns % SECOND};
}

static void take_times(change *it, uint64_t accessed, uint64_t modified, int32_t flags)
{
    it->accessed = time_of(accessed, flags, __WASI_FSTFLAGS_ATIM, __WASI_FSTFLAGS_ATIM_NOW);
    it->modified = time_of(modified, flags, __WASI_FSTFLAGS_MTIM, __WASI_FSTFLAGS_MTIM_NOW);
}

// ---- Paths ----

// Names, found beneath an open directory; or beneath one of the host's, by a path that begins with its name.
typedef struct {
    weft_file *beneath;
    weft_text path;
    char *joined;
    weft__fd *of;
} place;

static int find(place *it, int32_t number, const char *path, size_t length)
{
    *it = (place){.of = weft__fd_use(number), .path = weft_text_of(path, length)};
    if (!it->of)
        return EBADF;
    if (it->of->kind != FD_DIRECTORY)
        return ENOTDIR;
    weft_text name = it->of->name;
    if (!name.at) {
        it->beneath = &it->of->file;
        return 0;
    }
    if (!length)
        return ENOENT;
    it->joined = malloc(name.length + 1 + length);
    if (!it->joined)
        return ENOMEM;
    __builtin_memcpy(it->joined, name.at, name.length);
    it->joined[name.length] = '/';
    __builtin_memcpy(it->joined + name.length + 1, path, length);
    it->path = weft_text_of(it->joined, name.length + 1 + length);
    return 0;
}

static void forget(place *it)
{
    free(it->joined);
    if (it->of)
        weft__fd_release(it->of);
}

// ---- Operations on names ----

typedef struct {
    weft_fs fs;
    place at, to;
    weft_text target;
    char *buffer;
    size_t size;
    bool no_follow;
    weft_instant accessed, modified;
} names;

#define AT &it->fs, it->at.path
WAIT(wait_mkdir, names, weft_fs_mkdir(co, AT, .beneath = it->at.beneath))
WAIT(wait_rmdir, names, weft_fs_rmdir(co, AT, .beneath = it->at.beneath))
WAIT(wait_unlink, names, weft_fs_unlink(co, AT, .beneath = it->at.beneath))
WAIT(wait_stat_at, names, weft_fs_stat(co, AT, .beneath = it->at.beneath, .no_follow = it->no_follow))
WAIT(wait_identify_at, names, weft_fs_identify(co, AT, .beneath = it->at.beneath, .no_follow = it->no_follow))
WAIT(wait_set_times_at, names,
     weft_fs_set_times(co, AT, it->accessed, it->modified, .beneath = it->at.beneath,
                       .no_follow = it->no_follow))
WAIT(wait_rename, names,
     weft_fs_rename(co, AT, it->to.path, .beneath = it->at.beneath, .to_beneath = it->to.beneath))
WAIT(wait_link, names,
     weft_fs_link(co, AT, it->to.path, .beneath = it->at.beneath, .to_beneath = it->to.beneath))
WAIT(wait_symlink, names, weft_fs_symlink(co, &it->fs, it->target, it->at.path, .beneath = it->at.beneath))
WAIT(wait_readlink, names, weft_fs_readlink(co, AT, it->buffer, it->size, .beneath = it->at.beneath))
#undef AT

static int named(weft__libc_wait *wait, names *it)
{
    return weft__libc_ended(weft__libc_block(wait, it), it->fs.error);
}

static int one(weft__libc_wait *wait, names *it, int32_t number, const char *path, size_t length)
{
    int error = find(&it->at, number, path, length);
    if (!error)
        error = named(wait, it);
    forget(&it->at);
    return error;
}

// An open directory and one of the host's are found in two ways, which one call of the host cannot have.
static int two(weft__libc_wait *wait, int32_t number, const char *path, size_t length, int32_t to_number,
               const char *to, size_t to_length)
{
    names it = {.fs.error = WEFT_OK};
    int error = find(&it.at, number, path, length);
    if (!error)
        error = find(&it.to, to_number, to, to_length);
    if (!error && !it.at.beneath != !it.to.beneath)
        error = EXDEV;
    if (!error)
        error = named(wait, &it);
    forget(&it.at);
    forget(&it.to);
    return error;
}

PREVIEW1(path_create_directory, int32_t number, const char *path, size_t length)
{
    return one(wait_mkdir, &(names){.size = 0}, number, path, length);
}

PREVIEW1(path_remove_directory, int32_t number, const char *path, size_t length)
{
    return one(wait_rmdir, &(names){.size = 0}, number, path, length);
}

PREVIEW1(path_unlink_file, int32_t number, const char *path, size_t length)
{
    return one(wait_unlink, &(names){.size = 0}, number, path, length);
}

PREVIEW1(path_rename, int32_t number, const char *path, size_t length, int32_t to_number, const char *to,
         size_t to_length)
{
    return two(wait_rename, number, path, length, to_number, to, to_length);
}

PREVIEW1(path_link, int32_t number, int32_t flags, const char *path, size_t length, int32_t to_number,
         const char *to, size_t to_length)
{
    if (flags & __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW)
        return ENOTSUP;
    return two(wait_link, number, path, length, to_number, to, to_length);
}

PREVIEW1(path_symlink, const char *target, size_t target_length, int32_t number, const char *path,
         size_t length)
{
    names it = {.target = weft_text_of(target, target_length)};
    return one(wait_symlink, &it, number, path, length);
}

// As much of the text as there is room for.
PREVIEW1(path_readlink, int32_t number, const char *path, size_t length, char *buffer, size_t size,
         size_t *used)
{
    enum { LONGEST = 4096 };
    char *room = malloc(LONGEST);
    if (!room)
        return ENOMEM;
    names it = {.buffer = room, .size = LONGEST};
    int error = one(wait_readlink, &it, number, path, length);
    if (!error) {
        *used = it.fs.target.length < size ? it.fs.target.length : size;
        __builtin_memcpy(buffer, room, *used);
    }
    free(room);
    return error;
}

PREVIEW1(path_filestat_set_times, int32_t number, int32_t lookup, const char *path, size_t length,
         uint64_t accessed, uint64_t modified, int32_t flags)
{
    change times;
    take_times(&times, accessed, modified, flags);
    names it = {.accessed = times.accessed,
                .modified = times.modified,
                .no_follow = !(lookup & __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW)};
    return one(wait_set_times_at, &it, number, path, length);
}

static int look(names *it, __wasi_filestat_t *to)
{
    int error = named(wait_stat_at, it);
    if (!error)
        error = named(wait_identify_at, it);
    if (!error)
        tell(to, &it->fs.info, it->fs.identity);
    return error;
}

PREVIEW1(path_filestat_get, int32_t number, int32_t lookup, const char *path, size_t length,
         __wasi_filestat_t *to)
{
    names it = {.no_follow = !(lookup & __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW)};
    int error = find(&it.at, number, path, length);
    if (!error)
        error = look(&it, to);
    forget(&it.at);
    return error;
}

// ---- Opening ----

typedef struct {
    weft_file *file;
    place at;
    weft_file_options o;
} opening;

WAIT(wait_open, opening, weft__file_open(co, it->file, it->at.path, &it->o))

static int open_file(opening *it)
{
    return weft__libc_ended(weft__libc_block(wait_open, it), it->file->error);
}

// A directory is opened anew, so that what is in it may be changed; or if that may not be, looked at.
static int open_directory(opening *it, bool changes)
{
    it->o = (weft_file_options){.beneath = it->at.beneath,
                                .no_follow = it->o.no_follow,
                                .directory = true,
                                .read = true,
                                .write = changes};
    return open_file(it);
}

static int open_there(weft__fd *fd, opening *it)
{
    it->file = &fd->file;
    int error = it->o.directory ? open_directory(it, true) : open_file(it);
    if (!error)
        error = done(wait_stat, &fd->file);
    else if (it->o.directory && (error == EPERM || error == EROFS || error == EACCES))
        error = open_directory(it, false);
    if (error)
        return error;
    if (fd->file.info.type == WEFT_FILE_DIRECTORY && !it->o.directory)
        if (open_directory(it, true))
            error = open_directory(it, false);
    bool directory = it->o.directory;
    fd->kind = directory ? FD_DIRECTORY : FD_FILE;
    fd->type = directory ? __WASI_FILETYPE_DIRECTORY : type_of(fd->file.info.type);
    fd->reads = it->o.read;
    fd->writes = it->o.write || it->o.append;
    return error;
}

PREVIEW1(path_open, int32_t number, int32_t lookup, const char *path, size_t length, int32_t open_flags,
         uint64_t rights, uint64_t inherited, int32_t flags, int32_t *opened)
{
    (void)inherited;
    bool makes = open_flags & (__WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL | __WASI_OFLAGS_TRUNC);
    opening it = {.o = {.read = rights & __WASI_RIGHTS_FD_READ,
                        .write = rights & __WASI_RIGHTS_FD_WRITE || makes,
                        .append = flags & __WASI_FDFLAGS_APPEND,
                        .create = open_flags & __WASI_OFLAGS_CREAT,
                        .exclusive = open_flags & __WASI_OFLAGS_EXCL,
                        .truncate = open_flags & __WASI_OFLAGS_TRUNC,
                        .directory = open_flags & __WASI_OFLAGS_DIRECTORY,
                        .no_follow = !(lookup & __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW)}};
    weft__fd *fd = NULL;
    int error = find(&it.at, number, path, length);
    if (!error && !(fd = weft__fd_new(FD_FILE, __WASI_FILETYPE_UNKNOWN)))
        error = ENOMEM;
    if (!error) {
        it.o.beneath = it.at.beneath;
        fd->flags = (uint16_t)flags;
        error = open_there(fd, &it);
    }
    if (!error) {
        *opened = weft__fd_number(fd);
        error = *opened < 0 ? ENOMEM : 0;
    }
    if (fd)
        weft__fd_release(fd);
    forget(&it.at);
    return error;
}

// ---- Open ones ----

// Calls do(it) with what the number stands for, in its turn.
static int with(int32_t number, int (*act)(weft__fd *it, void *of), void *of)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    weft_permit permit;
    int error = weft__fd_turn(&it->reading, &permit);
    if (!error)
        error = act(it, of);
    weft_release(&permit);
    weft__fd_release(it);
    return error;
}

static int stat_open(weft__fd *it, void *to)
{
    if (it->name.at) {
        names its = {.at.path = it->name};
        return look(&its, to);
    }
    if (it->kind == FD_STREAMS) {
        *(__wasi_filestat_t *)to = (__wasi_filestat_t){.filetype = it->type, .nlink = 1};
        return 0;
    }
    int error = done(wait_stat, &it->file);
    if (!error)
        error = done(wait_identify, &it->file);
    if (!error)
        tell(to, &it->file.info, it->file.identity);
    return error;
}

// A stream has no turn to wait for: it is looked at while somebody reads it.
PREVIEW1(fd_filestat_get, int32_t number, __wasi_filestat_t *to)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    int error = it->kind == FD_STREAMS ? stat_open(it, to) : with(number, stat_open, to);
    weft__fd_release(it);
    return error;
}

static int resize_open(weft__fd *it, void *size)
{
    if (it->kind != FD_FILE || !it->writes)
        return EINVAL;
    return changed(wait_resize, &(change){.file = &it->file, .size = *(uint64_t *)size});
}

PREVIEW1(fd_filestat_set_size, int32_t number, uint64_t size)
{
    return with(number, resize_open, &size);
}

static int grow_open(weft__fd *it, void *size)
{
    if (it->kind != FD_FILE || !it->writes)
        return EBADF;
    int error = done(wait_stat, &it->file);
    return error || it->file.info.size >= *(uint64_t *)size ? error : resize_open(it, size);
}

PREVIEW1(fd_allocate, int32_t number, uint64_t offset, uint64_t length)
{
    uint64_t size = offset + length;
    return with(number, grow_open, &size);
}

static int set_times_open(weft__fd *it, void *of)
{
    change *times = of;
    if (it->kind == FD_STREAMS)
        return EBADF;
    if (it->name.at) {
        names its = {.at.path = it->name, .accessed = times->accessed, .modified = times->modified};
        return named(wait_set_times_at, &its);
    }
    times->file = &it->file;
    return changed(wait_set_times, times);
}

PREVIEW1(fd_filestat_set_times, int32_t number, uint64_t accessed, uint64_t modified, int32_t flags)
{
    change times = {.size = 0};
    take_times(&times, accessed, modified, flags);
    return with(number, set_times_open, &times);
}

static int sync_open(weft__fd *it, void *of)
{
    (void)of;
    if (it->kind == FD_STREAMS)
        return EINVAL;
    return it->name.at ? 0 : done(wait_sync, &it->file);
}

PREVIEW1(fd_sync, int32_t number)
{
    return with(number, sync_open, NULL);
}

PREVIEW1(fd_datasync, int32_t number)
{
    return with(number, sync_open, NULL);
}

// Advice changes nothing.
PREVIEW1(fd_advise, int32_t number, uint64_t offset, uint64_t length, int32_t advice)
{
    (void)offset, (void)length, (void)advice;
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    weft__fd_release(it);
    return 0;
}

// libc learns from the rights whether it reads, writes, or is a terminal.
PREVIEW1(fd_fdstat_get, int32_t number, __wasi_fdstat_t *to)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    uint64_t rights = ~(__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_FD_WRITE);
    if (it->kind == FD_STREAMS)
        rights &= ~(__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL);
    if (it->reads || it->kind == FD_DIRECTORY)
        rights |= __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR;
    if (it->writes)
        rights |= __WASI_RIGHTS_FD_WRITE;
    *to = (__wasi_fdstat_t){.fs_filetype = it->type,
                            .fs_flags = it->flags,
                            .fs_rights_base = rights,
                            .fs_rights_inheriting = ~(uint64_t)0};
    weft__fd_release(it);
    return 0;
}

static int set_flags_open(weft__fd *it, void *of)
{
    uint16_t flags = *(uint16_t *)of, change = (uint16_t)(flags ^ it->flags);
    if (it->kind != FD_FILE && change & (__WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK))
        return ENOTSUP;
    if (change & __WASI_FDFLAGS_APPEND)
        it->file = weft_file_of(weft_file_hand_on(&it->file), flags & __WASI_FDFLAGS_APPEND);
    it->flags = flags;
    return 0;
}

PREVIEW1(fd_fdstat_set_flags, int32_t number, int32_t flags)
{
    uint16_t wanted = (uint16_t)flags;
    return with(number, set_flags_open, &wanted);
}

PREVIEW1(fd_fdstat_set_rights, int32_t number, uint64_t rights, uint64_t inherited)
{
    (void)rights, (void)inherited;
    return __imported_wasi_snapshot_preview1_fd_advise(number, 0, 0, 0);
}

// ---- The directories that the host gives ----

PREVIEW1(fd_prestat_get, int32_t number, __wasi_prestat_t *to)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    bool given = it->name.at;
    if (given)
        *to = (__wasi_prestat_t){.tag = __WASI_PREOPENTYPE_DIR, .u.dir.pr_name_len = it->name.length};
    weft__fd_release(it);
    return given ? 0 : EBADF;
}

PREVIEW1(fd_prestat_dir_name, int32_t number, char *name, size_t size)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    int error = !it->name.at ? EBADF : it->name.length > size ? ENAMETOOLONG : 0;
    if (!error)
        __builtin_memcpy(name, it->name.at, it->name.length);
    weft__fd_release(it);
    return error;
}

// ---- What is in a directory ----

typedef struct {
    weft_list *list;
    weft_file *beneath;
    weft_text path;
} listing;

WAIT(wait_list, listing, weft_list_open(co, it->list, it->path, .beneath = it->beneath))
WAIT(wait_next, weft_list, weft_list_next(co, it))

static int next_entry(weft__fd *it)
{
    int error = weft__libc_ended(weft__libc_block(wait_next, &it->list), it->list.error);
    it->is_listed = !error;
    return error;
}

// Goes to the entry that the cookie, a number, stands for.
static int go_to_entry(weft__fd *it, uint64_t cookie)
{
    int error = 0;
    if (!it->is_listed || it->position > cookie || !cookie) {
        listing from = {&it->list, &it->file, WEFT_TEXT(".")};
        if (it->name.at)
            from = (listing){&it->list, NULL, it->name};
        error = weft__libc_ended(weft__libc_block(wait_list, &from), it->list.error);
        it->position = 0;
        if (!error)
            error = next_entry(it);
    }
    while (!error && it->position < cookie && !it->list.ended) {
        it->position++;
        error = next_entry(it);
    }
    return error;
}

typedef struct {
    char *at;
    size_t size, used;
    uint64_t cookie;
} entries;

// As many bytes as there is room for.
static void put(entries *it, const void *bytes, size_t length)
{
    size_t room = it->size - it->used;
    length = length < room ? length : room;
    __builtin_memcpy(it->at + it->used, bytes, length);
    it->used += length;
}

// The last entry may be cut off. libc asks for it again.
static int list_open(weft__fd *it, void *of)
{
    entries *to = of;
    if (it->kind != FD_DIRECTORY)
        return ENOTDIR;
    int error = go_to_entry(it, to->cookie);
    while (!error && !it->list.ended && to->used < to->size) {
        weft_text name = it->list.name;
        __wasi_dirent_t entry = {
            .d_next = it->position + 1, .d_namlen = name.length, .d_type = type_of(it->list.type)};
        put(to, &entry, sizeof entry);
        put(to, name.at, name.length);
        if (to->used == to->size)
            break;
        it->position++;
        error = next_entry(it);
    }
    return to->used ? 0 : error;
}

PREVIEW1(fd_readdir, int32_t number, char *buffer, size_t size, uint64_t cookie, size_t *used)
{
    entries to = {buffer, size, 0, cookie};
    int error = with(number, list_open, &to);
    *used = to.used;
    return error;
}
