// A FILE is used by one fiber at a time, and belongs to the weft_program that made it: libc's functions, each
// behind a lock of the FILE. Sources with include/weft/detail/missing.h call them by the names here, and
// natively
// `--wrap` of the linker has all call them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libc keeps what it writes in the FILE until the write is over, so another fiber that came meanwhile would
// write it once more, and lose what it adds.
#define _GNU_SOURCE
#include "internal.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <weft/detail/stdio.h>

// How a function is named here, and how libc's own is.
#ifdef __wasi__
#define OURS(name) weft__##name
#define LIBCS(name) name
#define DECLARE(name)
#else
#define OURS(name) __wrap_##name
#define LIBCS(name) __real_##name
#define DECLARE(name) extern __typeof__(name) __real_##name;
#define __real_fdopen weft__streams_fdopen
#define __real_vfscanf __real___isoc99_vfscanf
#define __real_vfwscanf __real___isoc99_vfwscanf
#endif

// ---- The lock of a FILE ----

typedef struct user {
    weft__lock lock;
    FILE *file;
    const weft_program *program; // that made it; NULL: the component
    uint32_t seen;               // in this look at libc's FILEs
    uint32_t round;              // of flush_all, that came to it
    bool is_closed;              // by who leaves
    struct user *next;
} user;

// Of each FILE that was made or used, until it is closed.
enum { LISTS = 256 };
static user *users[LISTS];

// Each program has standard streams of its own, and in wasi-libc they are in the same FILEs.
static bool is_standard(const FILE *file)
{
    return file == stdin || file == stdout || file == stderr;
}

static user **list_of(FILE *file)
{
    return &users[(uintptr_t)file / 16 % LISTS];
}

static user **place_of(FILE *file)
{
    user **at = list_of(file);
    while (*at && ((*at)->file != file || (is_standard(file) && (*at)->program != weft__program)))
        at = &(*at)->next;
    return at;
}

// One that code without these names made belongs to who made its descriptor.
static user *user_of(FILE *file)
{
    user **at = place_of(file);
    if (!*at && (*at = calloc(1, sizeof **at))) {
        (*at)->file = file;
        (*at)->program = is_standard(file) ? weft__program : weft__fd_owner(fileno(file));
    }
    return *at;
}

// NULL with errno if the lock cannot be had.
static user *enter(FILE *file)
{
    user *it = user_of(file);
    int error = it ? weft__lock_take(&it->lock, false) : ENOMEM;
    if (error) {
        errno = error;
        return NULL;
    }
    return it;
}

// The FILE is closed. Who waits for it fails with EBADF.
static void forget(user **at)
{
    user *it = *at;
    *at = it->next;
    weft__wake_unserved(&it->lock.waiters);
    free(it);
}

DECLARE(fclose)
static int end(user *it)
{
    FILE *file = it->file;
    int result = LIBCS(fclose)(file);
    forget(place_of(file));
    return result;
}

static void leave(user *it)
{
    int kept = errno;
    if (it->is_closed && it->lock.depth == 1)
        end(it);
    else
        weft__lock_give(&it->lock);
    errno = kept;
}

// ---- Libc's functions ----

// Weak, as a program may have a function of its own that is named like one of libc's.
#define DEFINE(result_, name, parameters)                                                                      \
    result_ OURS(name) parameters;                                                                             \
    DECLARE(name)                                                                                              \
    __attribute__((weak)) result_ OURS(name) parameters

#define LOCKED(result_, name, parameters, arguments, file_, failed)                                            \
    DEFINE(result_, name, parameters)                                                                          \
    {                                                                                                          \
        user *it = enter(file_);                                                                               \
        if (!it)                                                                                               \
            return failed;                                                                                     \
        result_ result = LIBCS(name) arguments;                                                                \
        leave(it);                                                                                             \
        return result;                                                                                         \
    }
#define OF_STANDARD(result_, name, parameters, other, arguments)                                               \
    DEFINE(result_, name, parameters)                                                                          \
    {                                                                                                          \
        return OURS(other) arguments;                                                                          \
    }
#define VARIADIC(name, parameters, arguments)                                                                  \
    DEFINE(int, name, parameters)                                                                              \
    {                                                                                                          \
        va_list list;                                                                                          \
        va_start(list, format);                                                                                \
        int result = OURS(v##name) arguments;                                                                  \
        va_end(list);                                                                                          \
        return result;                                                                                         \
    }
WEFT__STDIO(LOCKED)
WEFT__STDIO_STANDARD(OF_STANDARD)
WEFT__STDIO_VARIADIC(VARIADIC)
#ifdef __wasi__
WEFT__STDIO_WASI(LOCKED)
#endif

DEFINE(int, puts, (const char *text))
{
    user *it = enter(stdout);
    if (!it)
        return EOF;
    int result = LIBCS(fputs)(text, stdout) < 0 ? EOF : LIBCS(putc)('\n', stdout);
    leave(it);
    return result;
}

DEFINE(void, rewind, (FILE * file))
{
    user *it = enter(file);
    if (!it)
        return;
    LIBCS(rewind)(file);
    leave(it);
}

DEFINE(void, perror, (const char *what))
{
    bool named = what && *what;
    OURS(fprintf)(stderr, "%s%s%s\n", named ? what : "", named ? ": " : "", strerror(errno));
}

// ---- Begin and end of a FILE ----

// There may be a record of another that was there, and that code without these names has closed.
static FILE *made(FILE *file)
{
    if (!file)
        return NULL;
    if (*place_of(file))
        forget(place_of(file));
    user *it = user_of(file);
    if (it)
        it->program = weft__program;
    return file;
}

DEFINE(FILE *, fopen, (const char *path, const char *mode))
{
    return made(LIBCS(fopen)(path, mode));
}

DEFINE(FILE *, fdopen, (int number, const char *mode))
{
    return made(LIBCS(fdopen)(number, mode));
}

// If another has it, and this one may not wait, the other closes it.
DEFINE(int, fclose, (FILE * file))
{
    user *it = enter(file);
    if (it)
        return end(it);
    if (errno == EBADF)
        return EOF;
    if (!(it = *place_of(file)))
        return LIBCS(fclose)(file);
    it->is_closed = true;
    return EOF;
}

// If it fails, the FILE is closed.
DEFINE(FILE *, freopen, (const char *path, const char *mode, FILE *file))
{
    user *it = enter(file);
    if (!it)
        return NULL;
    FILE *result = LIBCS(freopen)(path, mode, file);
    if (result)
        leave(it);
    else
        forget(place_of(file));
    return result;
}

// ---- Flushes ----

// Code without these names makes FILEs, and closes some. Natively there is none.
static void look(void)
{
#ifdef __wasi__
    static uint32_t looks;
    looks++;
    for (FILE *file = NULL; (file = weft__streams_next(file));) {
        user *it = user_of(file);
        if (it)
            it->seen = looks;
    }
    for (int i = 0; i < LISTS; i++)
        for (user **at = &users[i]; *at;)
            if ((*at)->seen == looks || is_standard((*at)->file))
                at = &(*at)->next;
            else
                forget(at);
#endif
}

// One of the running program's that libc holds bytes of, and that this round has not come to. Not one that is
// read: nothing is to be written, and who reads it may wait for long.
static user *unwritten(uint32_t round)
{
    for (int i = 0; i < LISTS; i++)
        for (user *it = users[i]; it; it = it->next)
            if (it->program == weft__program && it->round != round && __fpending(it->file))
                return it;
    return NULL;
}

DECLARE(fflush)
static int flush(user *it, bool keep)
{
    FILE *file = it->file;
    it = enter(file);
    if (!it)
        return errno == EBADF ? 0 : EOF; // closed meanwhile, so it is written
    int result = __fpending(file) ? LIBCS(fflush)(file) : 0;
    if (!keep)
        leave(it);
    return result;
}

// keep: the locks, for ever
static int flush_all(bool keep)
{
    static uint32_t rounds;
    uint32_t round = ++rounds;
    int result = 0;
    look();
    for (user *it; (it = unwritten(round));) {
        it->round = round;
        result |= flush(it, keep);
    }
    return result;
}

DEFINE(int, fflush, (FILE * file))
{
    if (!file)
        return flush_all(false);
    user *it = enter(file);
    if (!it)
        return EOF;
    int result = LIBCS(fflush)(file);
    leave(it);
    return result;
}

// ---- Ends ----

static user *owned(void)
{
    for (int i = 0; i < LISTS; i++)
        for (user *it = users[i]; it; it = it->next)
            if (it->program == weft__program)
                return it;
    return NULL;
}

// One that another fiber has is closed when that leaves it.
static void end_owned(user *it)
{
    if (is_standard(it->file))
        forget(place_of(it->file));
    else if (weft__lock_try(&it->lock))
        end(it);
    else {
        it->is_closed = true;
        it->program = NULL;
        weft__fd_disown(fileno(it->file));
    }
}

void weft__stdio_end(bool cleanly)
{
    if (cleanly)
        flush_all(false);
    else
        look();
    for (user *it; (it = owned());) {
        if (!cleanly)
            __fpurge(it->file);
        end_owned(it);
    }
}

#ifdef __wasi__
// What programs hold that still run is lost: it is for their streams.
static void flush_at_exit(void)
{
    flush_all(true);
    for (int i = 0; i < LISTS; i++)
        for (user *it = users[i]; it; it = it->next)
            if (it->program && !is_standard(it->file))
                __fpurge(it->file);
}

// What is registered first runs last, right before libc writes what is left. That finds nothing, so no other
// fiber runs meanwhile.
__attribute__((constructor(101))) static void begin(void)
{
    atexit(flush_at_exit);
}
#endif

// ---- Locks that programs take ----

#undef DECLARE
#define DECLARE(name)

DEFINE(void, flockfile, (FILE * file))
{
    enter(file);
}

DEFINE(int, ftrylockfile, (FILE * file))
{
    user *it = user_of(file);
    return it && weft__lock_try(&it->lock) ? 0 : -1;
}

DEFINE(void, funlockfile, (FILE * file))
{
    user *it = *place_of(file);
    if (it && it->lock.owner == weft__lock_user())
        leave(it);
}

// ---- Other names of glibc's ----

#ifndef __wasi__
#define ALSO(name, other)                                                                                      \
    extern __typeof__(__wrap_##name) __wrap_##other __attribute__((alias("__wrap_" #name)));
ALSO(getdelim, __getdelim)
ALSO(scanf, __isoc99_scanf)
ALSO(vscanf, __isoc99_vscanf)
ALSO(fscanf, __isoc99_fscanf)
ALSO(vfscanf, __isoc99_vfscanf)
ALSO(wscanf, __isoc99_wscanf)
ALSO(vwscanf, __isoc99_vwscanf)
ALSO(fwscanf, __isoc99_fwscanf)
ALSO(vfwscanf, __isoc99_vfwscanf)
#endif
