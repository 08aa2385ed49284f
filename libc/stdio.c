// A FILE is used by one fiber at a time: libc's functions, each behind a lock of the FILE. Their names here are
// those that include/weft/detail/missing.h tells the compiler in place of libc's.
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
#include <wchar.h>
#include <weft/detail/stdio.h>

// ---- The lock of a FILE ----

typedef struct user {
    weft__lock lock;
    FILE *file;
    const weft_program *program;
    uint32_t round; // of flush_all, that came to it
    struct user *next;
} user;

// Of each FILE that was used, until it is closed.
enum { LISTS = 256 };
static user *users[LISTS];

// Each weft_program has standard streams of its own in the same FILEs.
static const weft_program *program_of(FILE *file)
{
    return file == stdin || file == stdout || file == stderr ? weft__program : NULL;
}

static user **list_of(FILE *file)
{
    return &users[(uintptr_t)file / 16 % LISTS];
}

static user **place_of(FILE *file)
{
    user **at = list_of(file);
    while (*at && ((*at)->file != file || (*at)->program != program_of(file)))
        at = &(*at)->next;
    return at;
}

static user *user_of(FILE *file)
{
    user **at = place_of(file);
    if (!*at && (*at = calloc(1, sizeof **at))) {
        (*at)->file = file;
        (*at)->program = program_of(file);
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

static void leave(user *it)
{
    weft__lock_give(&it->lock);
}

// The FILE is closed. Who waits for it fails with EBADF.
static void leave_for_ever(user *it)
{
    *place_of(it->file) = it->next;
    weft__wake_unserved(&it->lock.waiters);
    free(it);
}

void weft__stdio_forget(void)
{
    FILE *const all[] = {stdin, stdout, stderr};
    for (int i = 0; i < 3; i++)
        if (*place_of(all[i]))
            leave_for_ever(*place_of(all[i]));
}

// ---- Libc's functions ----

// Weak, as a program may have a function of its own that is named like one of libc's.
#define DEFINE(result_, name, parameters) __attribute__((weak)) result_ weft__##name parameters

#define LOCKED(result_, name, parameters, arguments, file_, failed)                                            \
    result_ weft__##name parameters;                                                                           \
    DEFINE(result_, name, parameters)                                                                          \
    {                                                                                                          \
        user *it = enter(file_);                                                                               \
        if (!it)                                                                                               \
            return failed;                                                                                     \
        result_ result = name arguments;                                                                       \
        leave(it);                                                                                             \
        return result;                                                                                         \
    }
#define VARIADIC(name, parameters, arguments)                                                                  \
    int weft__##name parameters;                                                                               \
    DEFINE(int, name, parameters)                                                                              \
    {                                                                                                          \
        va_list list;                                                                                          \
        va_start(list, format);                                                                                \
        int result = weft__v##name arguments;                                                                  \
        va_end(list);                                                                                          \
        return result;                                                                                         \
    }
WEFT__STDIO(LOCKED)
WEFT__STDIO_VARIADIC(VARIADIC)

void weft__rewind(FILE *file);
DEFINE(void, rewind, (FILE * file))
{
    user *it = enter(file);
    if (!it)
        return;
    rewind(file);
    leave(it);
}

void weft__perror(const char *what);
DEFINE(void, perror, (const char *what))
{
    int error = errno;
    user *it = enter(stderr);
    if (!it)
        return;
    errno = error;
    perror(what);
    leave(it);
}

int weft__fclose(FILE *file);
DEFINE(int, fclose, (FILE * file))
{
    user *it = enter(file);
    if (!it)
        return EOF;
    int result = fclose(file);
    leave_for_ever(it);
    return result;
}

// If it fails, the FILE is closed.
FILE *weft__freopen(const char *path, const char *mode, FILE *file);
DEFINE(FILE *, freopen, (const char *path, const char *mode, FILE *file))
{
    user *it = enter(file);
    if (!it)
        return NULL;
    FILE *result = freopen(path, mode, file);
    if (result)
        leave(it);
    else
        leave_for_ever(it);
    return result;
}

// ---- Flushes ----

// One that libc holds bytes of, and that this round has not come to. Not one that is read: nothing is to be
// written, and its owner may wait for long.
static user *unwritten(uint32_t round)
{
    for (int i = 0; i < LISTS; i++)
        for (user *it = users[i]; it; it = it->next)
            if (it->round != round && it->program == program_of(it->file) && __fpending(it->file))
                return it;
    return NULL;
}

static int flush(user *it, bool keep)
{
    FILE *file = it->file;
    it = enter(file);
    if (!it)
        return EOF;
    int result = __fpending(file) ? fflush(file) : 0;
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
    user_of(stdout), user_of(stderr); // which code without these names may have used
    for (user *it; (it = unwritten(round));) {
        it->round = round;
        result |= flush(it, keep);
    }
    return result;
}

int weft__fflush(FILE *file);
DEFINE(int, fflush, (FILE * file))
{
    if (!file)
        return flush_all(false);
    user *it = enter(file);
    if (!it)
        return EOF;
    int result = fflush(file);
    leave(it);
    return result;
}

static void flush_at_exit(void)
{
    flush_all(true);
}

// What is registered first runs last, right before libc writes what is left. That finds nothing, so no other
// fiber runs meanwhile.
__attribute__((constructor(101))) static void begin(void)
{
    atexit(flush_at_exit);
}

// ---- Locks that programs take ----

void flockfile(FILE *file)
{
    enter(file);
}

int ftrylockfile(FILE *file)
{
    user *it = user_of(file);
    return it && weft__lock_try(&it->lock) ? 0 : -1;
}

void funlockfile(FILE *file)
{
    user *it = *place_of(file);
    if (it && it->lock.owner == weft__lock_user())
        leave(it);
}
