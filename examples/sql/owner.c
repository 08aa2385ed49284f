// The lock of a file that one instance of several owns: owner.h says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include "owner.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/fiber.h>

enum { PATH = 600, NAME = 37, RETRY = 100, MILLISECOND = 1000000 };

static weft_mutex turn; // of who looks at the lock
static char directory[PATH - 64];
static char ours[PATH];   // the path of the lock, if it was ours last; else ""
static uint64_t until;    // ms, the time of day
static uint64_t until_ns; // the same on the host's clock, which does not jump
static uint64_t mark, spare;
static uint32_t users;

static uint64_t now_ms(void)
{
    weft_instant now = weft_instant_now();
    return (uint64_t)now.seconds * 1000 + now.nanoseconds / MILLISECOND;
}

static bool is_held(uint64_t left)
{
    return *ours && now_ms() + left < until && weft_now(&weft_host_clock) + left * MILLISECOND < until_ns;
}

bool owner_may_go_on(void)
{
    bool held = is_held(spare);
    if (!held)
        errno = EIO;
    return held;
}

// The path of a lock that holds until then, and is of `whose`.
static void name(char *path, const char *in, uint64_t then, uint64_t whose)
{
    snprintf(path, PATH, "%s/%020llu-%016llx", in, (unsigned long long)then, (unsigned long long)whose);
}

static bool is_name(const char *text)
{
    return strspn(text, "0123456789") == 20 && text[20] == '-' && strspn(text + 21, "0123456789abcdef") == 16 &&
           strlen(text) == NAME;
}

// The path of the lock that is there. EAGAIN if there is none, or two, as while it is renamed.
static int find(char *path)
{
    DIR *list = opendir(directory);
    int found = 0;
    if (!list)
        return errno;
    for (struct dirent *entry; (entry = readdir(list));)
        if (is_name(entry->d_name) && !found++)
            snprintf(path, PATH, "%s/%.*s", directory, NAME, entry->d_name);
    closedir(list);
    return found == 1 ? 0 : EAGAIN;
}

static uint64_t time_of(const char *path)
{
    return strtoull(path + strlen(directory) + 1, NULL, 10);
}

// Makes the directory, with a lock that is free, under another name. One that is there already stays, as it is
// not empty. What a crash leaves behind, the next use takes up.
static int make(void)
{
    char fresh[PATH], path[PATH];
    snprintf(fresh, PATH, "%s.new", directory);
    name(path, fresh, 0, 0);
    if (mkdir(fresh, 0777) && errno != EEXIST)
        return errno;
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    if (fd >= 0)
        close(fd);
    if (rename(fresh, directory)) { // another was first
        unlink(path);
        rmdir(fresh);
    }
    return 0;
}

static int find_or_make(char *path)
{
    int error = find(path);
    if (error == ENOENT && !(error = make()))
        error = find(path);
    return error;
}

// Renames the lock, unless another has.
static int become(const char *path, const char *next)
{
    if (!rename(path, next))
        return 0;
    return errno == ENOENT ? EAGAIN : errno;
}

// Waits for as long as an owner may still write after its time: EAGAIN if it was renewed meanwhile.
static int outlast(const char *path, uint64_t duration)
{
    char now[PATH];
    weft_timer timer = {0};
    WEFT_FIBER_CLEANUP(weft_sleep(weft_fiber_co(), &weft_host_clock, &timer, WEFT_MILLISECONDS(duration / 4)));
    int error = find(now);
    return error || !strcmp(path, now) ? error : EAGAIN;
}

// A time that no owner would give itself was of a clock that was wrong: the lock gets one that ends.
static void shorten(const char *path, uint64_t then)
{
    char next[PATH];
    name(next, directory, then, strtoull(path + strlen(path) - 16, NULL, 16));
    rename(path, next);
}

// Of a lock that is not ours.
static int follow(const char *path, uint64_t duration, uint64_t *wait)
{
    uint64_t then = time_of(path), now = now_ms();
    if (then > now + duration / 4 * 5)
        shorten(path, now + duration);
    if (then > now)
        *wait = then - now < duration ? then - now : duration;
    if (then > now || users) // those who began as owners have to end first
        return EAGAIN;
    return then ? outlast(path, duration) : 0;
}

static int take(uint64_t duration, uint64_t *wait)
{
    char path[PATH], next[PATH];
    if (!mark)
        weft_random_bytes(&mark, sizeof mark);
    int error = find_or_make(path);
    if (!error && strcmp(path, ours))
        error = follow(path, duration, wait);
    if (error)
        return error;
    uint64_t start = weft_now(&weft_host_clock), then = now_ms() + duration;
    name(next, directory, then, mark);
    if ((error = become(path, next)))
        return error;
    strcpy(ours, next);
    until = then;
    until_ns = start + duration * MILLISECOND;
    spare = duration / 4;
    return 0;
}

int owner_take(const char *file, uint64_t duration, uint64_t *wait)
{
    weft_permit permit = {0};
    WEFT_FIBER_CLEANUP(weft_acquire(weft_fiber_co(), &turn, &permit));
    snprintf(directory, sizeof directory, "%s-owner", file);
    *wait = RETRY;
    int error = is_held(duration / 4 * 3) ? 0 : take(duration, wait);
    users += !error;
    weft_release(&permit);
    return error;
}

void owner_leave(void)
{
    char path[PATH];
    weft_permit permit = {0};
    WEFT_FIBER_CLEANUP(weft_acquire(weft_fiber_co(), &turn, &permit));
    if (!--users) {
        name(path, directory, 0, mark);
        rename(ours, path); // unless it has run out, and another has it
        *ours = 0;
    }
    weft_release(&permit);
}
