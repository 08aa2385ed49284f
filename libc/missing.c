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

enum { LETTERS = 6, TRIES = 100 };

static const char places[][L_tmpnam] = {"/tmp/weft-XXXXXX", "weft-XXXXXX"}; // or where the program is

static void vary(char *letters)
{
    for (int i = 0; i < LETTERS; i++)
        letters[i] = "abcdefghijklmnopqrstuvwxyz012345"[weft_random_below(32)];
}

int mkstemp(char *name)
{
    size_t length = strlen(name);
    char *at = name + length - LETTERS;
    if (length < LETTERS || strcmp(at, "XXXXXX"))
        return refused(EINVAL);
    for (int i = 0; i < TRIES; i++) {
        vary(at);
        int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

// Its name is gone at once, as the file is when it is closed.
FILE *tmpfile(void)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char name[L_tmpnam];
        int fd = mkstemp(strcpy(name, places[i]));
        if (fd < 0)
            continue;
        unlink(name);
        FILE *file = fdopen(fd, "w+");
        if (!file)
            close(fd);
        return file;
    }
    return NULL;
}

char *tmpnam(char *name)
{
    static char own[L_tmpnam];
    struct stat at;
    strcpy(name ? name : (name = own), places[stat("/tmp", &at) ? 1 : 0]);
    for (int i = 0; i < TRIES; i++) {
        vary(name + strlen(name) - LETTERS);
        if (lstat(name, &at))
            return name;
    }
    return NULL;
}

// ---- Owners and modes, of which the host tells none ----

enum { MODE = 07777 };

static const unsigned kept = (unsigned)-1;

// To set what there is already is no change, nor is what is `kept`. looked: how the look at `at` ended.
static int keep(int looked, const struct stat *at, unsigned mode, unsigned owner, unsigned group)
{
    if (looked)
        return looked;
    bool is_same = (mode == kept || (mode & MODE) == (at->st_mode & MODE)) &&
                   (owner == kept || owner == at->st_uid) && (group == kept || group == at->st_gid);
    return is_same ? 0 : refused(ENOSYS);
}

int chmod(const char *path, mode_t mode)
{
    struct stat at;
    return keep(stat(path, &at), &at, mode & MODE, kept, kept);
}

int fchmod(int number, mode_t mode)
{
    struct stat at;
    return keep(fstat(number, &at), &at, mode & MODE, kept, kept);
}

int chown(const char *path, uid_t owner, gid_t group)
{
    struct stat at;
    return keep(stat(path, &at), &at, kept, owner, group);
}

int fchown(int number, uid_t owner, gid_t group)
{
    struct stat at;
    return keep(fstat(number, &at), &at, kept, owner, group);
}

// ---- Paths that libc keeps across a wait ----

int weft__libc_chdir(const char *path) __asm__("chdir");

int chdir(const char *path)
{
    static weft__lock lock;
    int error = weft__lock_take(&lock, false);
    if (error)
        return refused(error);
    int result = weft__libc_chdir(path);
    weft__lock_give(&lock);
    return result;
}

int remove(const char *path)
{
    int result = unlink(path);
    return result && errno == EISDIR ? rmdir(path) : result;
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

#define NOBODY(name)                                                                                           \
    unsigned name(void)                                                                                        \
    {                                                                                                          \
        return (unsigned)refused(ENOSYS);                                                                      \
    }
NOBODY(getuid)
NOBODY(geteuid)
NOBODY(getgid)
NOBODY(getegid)
