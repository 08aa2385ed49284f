// What two fibers in libc see of each other, and a coroutine that calls libc. Each test prints a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <weft/fiber.h>
#include <weft/libc.h>
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int mine, turns, wrong;
} errnos;

// The call between sets errno, in one fiber while the other is in it.
WEFT_FIBER(errnos)
{
    for (; self->turns < 20; self->turns++) {
        errno = self->mine;
        usleep(1000);
        self->wrong += errno != self->mine;
        self->wrong += read(self->mine ? 99 : 1, NULL, 0) != -1 || errno != EBADF;
    }
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int read, error, again, slept;
} reads;

WEFT_FIBER(reads)
{
    char byte;
    self->read = (int)read(0, &byte, 1);
    self->error = errno;
    self->again = (int)read(0, &byte, 1) == -1 && errno == ECANCELED;
    self->slept = usleep(1000) == -1;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    char byte;
} takes;

// Both wait to read one descriptor.
WEFT_FIBER(takes)
{
    if (read(0, &self->byte, 1) != 1)
        self->byte = '?';
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[2];
    errnos errnos[2];
    takes takes[2];
    reads reads;
    weft_timer timer;
    uint64_t begin;
} fibers;

WEFT_ASYNC(fibers)
{
    WEFT_BEGIN;
    WEFT_SPAWN(errnos, &self->errnos[0], &self->scope, &self->handles[0], .mine = 0);
    WEFT_SPAWN(errnos, &self->errnos[1], &self->scope, &self->handles[1], .mine = 1);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_TRY(weft_stdout(),
             weft_printf(co, "errno: %d of %d wrong\n", self->errnos[0].wrong + self->errnos[1].wrong,
                         self->errnos[0].turns + self->errnos[1].turns));

    WEFT_SPAWN(takes, &self->takes[0], &self->scope, &self->handles[0]);
    WEFT_SPAWN(takes, &self->takes[1], &self->scope, &self->handles[1]);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "taken: %c %c\n", self->takes[0].byte, self->takes[1].byte));

    WEFT_SPAWN(reads, &self->reads, &self->scope, &self->handles[0]);
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
    weft_cancel(&self->reads.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "cancelled: %d %d %d %d\n", self->reads.read,
                                        self->reads.error == ECANCELED, self->reads.again, self->reads.slept));

    self->begin = weft_now(&weft_host_clock);
    usleep(20000);
    printf("outside of a fiber: %d\n", weft_now(&weft_host_clock) - self->begin >= WEFT_MILLISECONDS(20));
    fflush(stdout);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(fibers);
