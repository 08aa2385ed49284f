// What two fibers in libc see of each other, and a coroutine that calls libc. Each test prints a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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
        if (self->mine)
            self->wrong += read(99, NULL, 0) != -1 || errno != EBADF;
        else
            self->wrong += lseek(0, 0, SEEK_CUR) != -1 || errno != ESPIPE;
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
    weft_fiber fiber;
    int fd, result, error;
    const char *text; // NULL: the end
} sends;

WEFT_FIBER(sends)
{
    size_t length = self->text ? strlen(self->text) : 0;
    self->result = self->text ? (int)write(self->fd, self->text, length) : shutdown(self->fd, SHUT_WR);
    self->error = errno;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int fd, count, after;
} gets;

WEFT_FIBER(gets)
{
    char buffer[10];
    for (int some; (some = (int)read(self->fd, buffer, sizeof buffer)) > 0;)
        self->count += some;
    shutdown(self->fd, SHUT_RD);
    self->after = (int)read(self->fd, buffer, sizeof buffer);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[4];
    weft_bytes_reader in;
    weft_bytes_writer out;
    int fd;
    sends sends[3];
    gets gets;
    errnos errnos[2];
    takes takes[2];
    reads reads;
    weft_timer timer;
    uint64_t begin;
} fibers;

WEFT_ASYNC(fibers)
{
    char byte;
    int error;
    struct pollfd in;
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
    error = read(0, &byte, 1) == -1 ? errno : 0; // whose turn is that of a fiber
    in = (struct pollfd){.fd = 0, .events = POLLIN};
    error = error == EDEADLK && poll(&in, 1, -1) == 1 && in.revents == POLLERR;
    WEFT_TRY(weft_stdout(), weft_printf(co, "no turn: %d\n", error));
    weft_cancel(&self->reads.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "cancelled: %d %d %d %d\n", self->reads.read,
                                        self->reads.error == ECANCELED, self->reads.again, self->reads.slept));

    self->in = weft_bytes_reader_of(weft_bytes_new(&self->out));
    self->fd = weft_fd(&self->in, &self->out, NULL, NULL);
    WEFT_SPAWN(sends, &self->sends[0], &self->scope, &self->handles[0], .fd = self->fd, .text = "ab");
    WEFT_SPAWN(sends, &self->sends[1], &self->scope, &self->handles[1], .fd = self->fd);
    WEFT_SPAWN(sends, &self->sends[2], &self->scope, &self->handles[2], .fd = self->fd, .text = "c");
    WEFT_SPAWN(gets, &self->gets, &self->scope, &self->handles[3], .fd = self->fd);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    close(self->fd);
    weft_bytes_close_reader(&self->in);
    WEFT_TRY(weft_stdout(), weft_printf(co, "sent: %d %d %d %d, got %d %d\n", self->sends[0].result,
                                        self->sends[1].result, self->sends[2].result,
                                        self->sends[2].error == EPIPE, self->gets.count, self->gets.after));

    self->begin = weft_now(&weft_host_clock);
    usleep(20000);
    printf("outside of a fiber: %d\n", weft_now(&weft_host_clock) - self->begin >= WEFT_MILLISECONDS(20));
    fflush(stdout);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(fibers);
