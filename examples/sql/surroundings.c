// What SQLite needs of its surroundings: mutexes that block the fiber, random numbers, and one file of which we
// are the owner.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include "surroundings.h"
#include "owner.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/fiber.h>
#include <weft/wasi.h>

struct sqlite3_mutex {
    weft_coro *owner; // a fiber
    uint32_t depth;
    weft_event freed;
};

static int nothing(void)
{
    return SQLITE_OK;
}

static sqlite3_mutex *allocate(int kind)
{
    static sqlite3_mutex fixed[SQLITE_MUTEX_STATIC_VFS3 + 1];
    return kind > SQLITE_MUTEX_RECURSIVE ? &fixed[kind] : calloc(1, sizeof(sqlite3_mutex));
}

static void enter(sqlite3_mutex *it)
{
    weft_coro *co = weft_fiber_co();
    while (it->depth && it->owner != co) {
        weft_event_clear(&it->freed);
        WEFT_FIBER_CLEANUP(weft_event_wait(co, &it->freed));
    }
    it->owner = co;
    it->depth++;
}

static int try_to_enter(sqlite3_mutex *it)
{
    if (it->depth && it->owner != weft_fiber_co())
        return SQLITE_BUSY;
    enter(it);
    return SQLITE_OK;
}

static void leave(sqlite3_mutex *it)
{
    if (!--it->depth)
        weft_event_set(&it->freed);
}

static void release(sqlite3_mutex *it)
{
    free(it);
}

// GUARDED(read, ssize_t, (int fd), (fd)) is guarded_read, which fails where the file is not ours any more.
#define GUARDED(name, type, parameters, arguments)                                                             \
    static type guarded_##name parameters                                                                      \
    {                                                                                                          \
        return owner_may_go_on() ? name arguments : -1;                                                        \
    }
GUARDED(read, ssize_t, (int fd, void *to, size_t size), (fd, to, size))
GUARDED(write, ssize_t, (int fd, const void *from, size_t size), (fd, from, size))
GUARDED(pread, ssize_t, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
GUARDED(pwrite, ssize_t, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
GUARDED(ftruncate, int, (int fd, off_t size), (fd, size))
GUARDED(unlink, int, (const char *path), (path))

// No other instance has the file open, and SQLite knows by itself who has it in this one.
static int lock_of_nobody(int fd, int what, ...)
{
#ifdef F_GETLK // as natively
    enum { GET = F_GETLK, UNLOCKED = F_UNLCK };
#else // SQLite's own
    enum { GET = 12, UNLOCKED = 2 };
#endif
    va_list more;
    va_start(more, what);
    if (what == GET)
        va_arg(more, struct flock *)->l_type = UNLOCKED;
    va_end(more);
    return (void)fd, 0;
}

// SQLite knows by st_ino which connections have one file. WASI makes that number of what it likes, also of what
// is in the file. There is but one database.
static int always_one(struct stat *file, int failed)
{
    file->st_ino = 1;
    return failed;
}

static int fstat_of_one(int fd, struct stat *to)
{
    return always_one(to, fstat(fd, to));
}

static int stat_of_one(const char *path, struct stat *to)
{
    return always_one(to, stat(path, to));
}

static int random_bytes(sqlite3_vfs *files, int count, char *to)
{
    (void)files;
    weft_random_bytes(to, (size_t)count);
    return count;
}

static void replace(sqlite3_vfs *files, const char *name, sqlite3_syscall_ptr by)
{
    if (files->xSetSystemCall(files, name, by))
        abort(); // this SQLite has no call of that name
}

void surroundings_set_up(void)
{
    static const sqlite3_mutex_methods mutexes = {nothing,      nothing, allocate, release, enter,
                                                  try_to_enter, leave,   NULL,     NULL};
    static bool done;
    if (done)
        return;
    done = true;
    sqlite3_config(SQLITE_CONFIG_MUTEX, &mutexes);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_vfs *files = sqlite3_vfs_find("unix");
    files->xRandomness = random_bytes;
    sqlite3_vfs_register(files, 1); // the default, of which it takes random numbers
#define REPLACE(name, by) replace(files, name, (sqlite3_syscall_ptr)(by))
    REPLACE("read", guarded_read);
    REPLACE("write", guarded_write);
    REPLACE("pread", guarded_pread);
    REPLACE("pwrite", guarded_pwrite);
    REPLACE("ftruncate", guarded_ftruncate);
    REPLACE("unlink", guarded_unlink);
    REPLACE("fstat", fstat_of_one);
    REPLACE("stat", stat_of_one);
    REPLACE("fcntl", lock_of_nobody);
}
