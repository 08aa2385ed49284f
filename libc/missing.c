// What programs call and wasi-libc has not: real where it can be, else -1 with ENOSYS. Declared in
// include/weft/detail/missing.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <weft/detail/missing.h>
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refused(int error)
{
    errno = error;
    return -1;
}

// ---- Two numbers for one descriptor, which share its position ----

int dup(int number)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return refused(EBADF);
    int other = weft__fd_number(it);
    weft__fd_release(it);
    return other < 0 ? refused(ENOMEM) : other;
}

int dup2(int from, int to)
{
    weft__fd *it = weft__fd_use(from);
    if (!it)
        return refused(EBADF);
    int error = from == to ? 0 : weft__fd_set(it, to);
    weft__fd_release(it);
    return error ? refused(error) : to;
}

// ---- Files without a name of their own ----

int mkstemp(char *name)
{
    enum { LETTERS = 6, TRIES = 100 };
    size_t length = strlen(name);
    char *at = name + length - LETTERS;
    if (length < LETTERS || strcmp(at, "XXXXXX"))
        return refused(EINVAL);
    for (int i = 0; i < TRIES; i++) {
        for (int k = 0; k < LETTERS; k++)
            at[k] = "abcdefghijklmnopqrstuvwxyz012345"[weft_random_below(32)];
        int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

// In /tmp, or where the program is. Its name is gone at once, as the file is when it is closed.
FILE *tmpfile(void)
{
    char names[][24] = {"/tmp/weft-XXXXXX", "weft-XXXXXX"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd = mkstemp(names[i]);
        if (fd < 0)
            continue;
        unlink(names[i]);
        FILE *file = fdopen(fd, "w+");
        if (!file)
            close(fd);
        return file;
    }
    return NULL;
}

// ---- Owners and modes, of which the host tells none ----

// To set what there is already is no change.
static int keep(int looked, bool is_same)
{
    return looked ? looked : is_same ? 0 : refused(ENOSYS);
}

enum { MODE = 07777 };

int chmod(const char *path, mode_t mode)
{
    struct stat at;
    int looked = stat(path, &at);
    return keep(looked, !looked && (mode & MODE) == (at.st_mode & MODE));
}

int fchmod(int number, mode_t mode)
{
    struct stat at;
    int looked = fstat(number, &at);
    return keep(looked, !looked && (mode & MODE) == (at.st_mode & MODE));
}

int chown(const char *path, uid_t owner, gid_t group)
{
    struct stat at;
    int looked = stat(path, &at);
    return keep(looked, !looked && owner == at.st_uid && group == at.st_gid);
}

int fchown(int number, uid_t owner, gid_t group)
{
    struct stat at;
    int looked = fstat(number, &at);
    return keep(looked, !looked && owner == at.st_uid && group == at.st_gid);
}

// ---- What a component has not ----

int system(const char *command)
{
    return command ? refused(ENOSYS) : 0; // there is no shell
}

FILE *popen(const char *command, const char *mode)
{
    (void)command, (void)mode;
    errno = ENOSYS;
    return NULL;
}

int pclose(FILE *file)
{
    (void)file;
    return refused(ENOSYS);
}

int flock(int number, int operation)
{
    (void)number, (void)operation;
    return refused(ENOSYS);
}

#define NOBODY(name)                                                                                           \
    unsigned name(void)                                                                                        \
    {                                                                                                          \
        return (unsigned)refused(ENOSYS);                                                                      \
    }
NOBODY(getuid)
NOBODY(geteuid)
NOBODY(getgid)
NOBODY(getegid)
