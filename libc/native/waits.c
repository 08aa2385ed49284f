// Sleeps, polls and ends natively.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calls.h"
#include "../internal.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

int32_t __imported_wasi_snapshot_preview1_poll_oneoff(const __wasi_subscription_t *, __wasi_event_t *, size_t,
                                                      size_t *);

// ---- Sleeps ----

typedef struct {
    weft_timer timer;
    uint64_t time; // in ns
} sleeping;

static weft_poll wait_sleep(weft_coro *co, void *of)
{
    sleeping *it = of;
    return weft_sleep(co, &weft_host_clock, &it->timer, it->time);
}

static weft_poll wait_yield(weft_coro *co, void *of)
{
    (void)of;
    return weft_yield(co);
}

static int sleep_for(uint64_t time)
{
    return answer(weft__libc_block(wait_sleep, &(sleeping){.time = time}));
}

int __wrap_usleep(unsigned microseconds)
{
    return sleep_for((uint64_t)microseconds * 1000);
}

unsigned __wrap_sleep(unsigned seconds)
{
    return sleep_for(WEFT_SECONDS((uint64_t)seconds)) ? seconds : 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec > 999999999)
        return answer(EINVAL);
    if (left)
        *left = *time; // of one that is cancelled
    return sleep_for(WEFT_SECONDS((uint64_t)time->tv_sec) + (uint64_t)time->tv_nsec);
}

int __wrap_sched_yield(void)
{
    return answer(weft__libc_block(wait_yield, NULL));
}

// ---- Polls ----

// Whether the number is in the table. If not, the machine is asked at once.
static bool is_ours(struct pollfd *it)
{
    weft__fd *fd = it->fd < 0 ? NULL : weft__fd_use(it->fd);
    it->revents = 0;
    if (fd)
        weft__fd_release(fd);
    else if (it->fd >= 0)
        __real_poll(it, 1, 0);
    return fd;
}

static void tell(struct pollfd *all, const __wasi_event_t *event)
{
    struct pollfd *it = &all[event->userdata];
    bool reads = event->type == __WASI_EVENTTYPE_FD_READ;
    if (event->error)
        it->revents |= event->error == EBADF ? POLLNVAL : POLLERR;
    else
        it->revents |= reads ? POLLIN : POLLOUT;
    if (event->fd_readwrite.flags & __WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP)
        it->revents |= POLLHUP;
}

static int count_ready(const struct pollfd *all, nfds_t count)
{
    int ready = 0;
    for (nfds_t i = 0; i < count; i++)
        ready += all[i].revents != 0;
    return ready;
}

static size_t subscribe(__wasi_subscription_t *to, struct pollfd *all, nfds_t count, int timeout)
{
    size_t used = 0;
    for (nfds_t i = 0; i < count; i++) {
        if (!is_ours(&all[i]))
            continue;
        for (int tag = __WASI_EVENTTYPE_FD_READ; tag <= __WASI_EVENTTYPE_FD_WRITE; tag++) {
            if (!(all[i].events & (tag == __WASI_EVENTTYPE_FD_READ ? POLLIN : POLLOUT)))
                continue;
            to[used] = (__wasi_subscription_t){.userdata = i, .u.tag = (uint8_t)tag};
            to[used++].u.u.fd_read.file_descriptor = (uint32_t)all[i].fd;
        }
    }
    if (count_ready(all, count))
        timeout = 0;
    if (timeout >= 0) {
        to[used].u.tag = __WASI_EVENTTYPE_CLOCK;
        to[used++].u.u.clock = (__wasi_subscription_clock_t){.id = __WASI_CLOCKID_MONOTONIC,
                                                             .timeout = WEFT_MILLISECONDS((uint64_t)timeout)};
    }
    return used;
}

int __wrap_poll(struct pollfd *all, nfds_t count, int timeout)
{
    size_t most = 2 * count + 1, happened = 0;
    __wasi_subscription_t *to = calloc(most, sizeof *to);
    __wasi_event_t *events = calloc(most, sizeof *events);
    size_t used = to && events ? subscribe(to, all, count, timeout) : 0;
    int error = !to || !events ? ENOMEM : used ? 0 : ENOTSUP; // for ever, for the machine's descriptors alone
    if (!error)
        error = __imported_wasi_snapshot_preview1_poll_oneoff(to, events, used, &happened);
    for (size_t i = 0; i < happened; i++)
        if (events[i].type != __WASI_EVENTTYPE_CLOCK)
            tell(all, &events[i]);
    free(to);
    free(events);
    return error ? answer(error) : count_ready(all, count);
}

static int milliseconds(const struct timeval *time)
{
    return time ? (int)(time->tv_sec * 1000 + (time->tv_usec + 999) / 1000) : -1;
}

static bool is_in(const fd_set *set, int number)
{
    return set && FD_ISSET(number, set);
}

int __wrap_select(int end, fd_set *reads, fd_set *writes, fd_set *fails, struct timeval *time)
{
    struct pollfd all[FD_SETSIZE];
    nfds_t count = 0;
    for (int i = 0; i < end && i < FD_SETSIZE; i++)
        if (is_in(reads, i) || is_in(writes, i))
            all[count++] = (struct pollfd){
                .fd = i, .events = (short)((is_in(reads, i) ? POLLIN : 0) | (is_in(writes, i) ? POLLOUT : 0))};
    if (__wrap_poll(all, count, milliseconds(time)) < 0)
        return -1;
    fd_set *sets[] = {reads, writes, fails};
    for (int i = 0; i < 3; i++)
        if (sets[i])
            FD_ZERO(sets[i]);
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        if (all[i].revents & POLLNVAL)
            return answer(EBADF);
        if (all[i].revents & (POLLIN | POLLHUP) && all[i].events & POLLIN && ++ready)
            FD_SET(all[i].fd, reads);
        if (all[i].revents & POLLOUT && ++ready)
            FD_SET(all[i].fd, writes);
    }
    return ready;
}

// ---- Ends ----

void __wrap_exit(int code)
{
    if (weft__program_exit)
        weft__program_exit(code, true);
    weft_exit((uint8_t)code);
}

void __wrap__exit(int code)
{
    if (weft__program_exit)
        weft__program_exit(code, false);
    weft_exit((uint8_t)code);
}

void __wrap__Exit(int code)
{
    __wrap__exit(code);
}

// Outside of a program, nothing of a component's runs at its end.
int __wrap_atexit(void (*function)(void))
{
    int error = 0;
    if (weft__program_at_exit)
        weft__program_at_exit(function, &error);
    return error;
}
