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

enum { PATH = 600, MILLISECOND = 1000000 };

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
    if (!is_held(spare))
        errno = EIO;
    return is_held(spare);
}

// The path of a lock that holds until then, and is of `whose`.
static void name(char *path, const char *in, uint64_t then, uint64_t whose)
{
    snprintf(path, PATH, "%s/%020llu-%016llx", in, (unsigned long long)then, (unsigned long long)whose);
}

// The path of the lock that is there, and until when it holds. False if it was renamed meanwhile, or there is
// none.
static bool find(char *path, uint64_t *then)
{
    DIR *list = opendir(directory);
    bool found = false;
    for (struct dirent *entry; list && !found && (entry = readdir(list));)
        if ((found = *entry->d_name != '.')) {
            snprintf(path, PATH, "%s/%s", directory, entry->d_name);
            *then = strtoull(entry->d_name, NULL, 10);
        }
    if (list)
        closedir(list);
    return found;
}

// Makes a directory with a lock that is free. One that is there already stays: it is not empty.
static void make(void)
{
    char fresh[PATH], path[PATH];
    snprintf(fresh, PATH, "%s.%016llx", directory, (unsigned long long)mark);
    name(path, fresh, 0, 0);
    mkdir(fresh, 0777);
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    if (fd >= 0)
        close(fd);
    if (rename(fresh, directory)) {
        unlink(path);
        rmdir(fresh);
    }
}

static uint64_t take(uint64_t duration)
{
    enum { RETRY = 100 };
    char path[PATH], next[PATH];
    if (!mark)
        weft_random_bytes((uint8_t *)&mark, sizeof mark);
    uint64_t start = weft_now(&weft_host_clock), now = now_ms(), then;
    if (!find(path, &then)) {
        make();
        if (!find(path, &then))
            return RETRY;
    }
    if (strcmp(path, ours) && (then > now || users)) // those who began as owners have to end first
        return then > now ? then - now : RETRY;
    name(next, directory, now + duration, mark);
    if (rename(path, next))
        return RETRY;
    strcpy(ours, next);
    until = now + duration;
    until_ns = start + duration * MILLISECOND;
    spare = duration / 4;
    return 0;
}

uint64_t owner_take(const char *file, uint64_t duration)
{
    weft_permit permit = {0};
    WEFT_FIBER_CLEANUP(weft_acquire(weft_fiber_co(), &turn, &permit));
    snprintf(directory, sizeof directory, "%s-owner", file);
    uint64_t wait = is_held(duration / 4 * 3) ? 0 : take(duration);
    users += !wait;
    weft_release(&permit);
    return wait;
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
