// What SQLite needs of its surroundings: mutexes that block the fiber, and files of which we are the owner.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include "surroundings.h"
#include "owner.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <weft/fiber.h>

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
GUARDED(pread, ssize_t, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
GUARDED(pwrite, ssize_t, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
GUARDED(ftruncate, int, (int fd, off_t size), (fd, size))
GUARDED(unlink, int, (const char *path), (path))

// No other instance has the file open, and SQLite knows by itself who has it in this one.
static int lock_of_nobody(int fd, int what, ...)
{
    enum { GET = 12, UNLOCKED = 2 }; // SQLite's own, where there are no locks
    va_list more;
    va_start(more, what);
    if (what == GET)
        va_arg(more, struct flock *)->l_type = UNLOCKED;
    va_end(more);
    return (void)fd, 0;
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
#define REPLACE(name, by) files->xSetSystemCall(files, name, (sqlite3_syscall_ptr)(by))
    REPLACE("pread", guarded_pread);
    REPLACE("pwrite", guarded_pwrite);
    REPLACE("ftruncate", guarded_ftruncate);
    REPLACE("unlink", guarded_unlink);
    REPLACE("fcntl", lock_of_nobody);
}
