// Waits for the first of several: poll, select and the sleeps of libc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <stdlib.h>

// A stream may be read when bytes have come: they are read ahead. To write is always possible, as the write
// itself waits; and so is to read a file. A stream that another fiber reads is EBUSY.
typedef struct {
    weft__fd *fd; // NULL: a clock
    uint64_t due; // of that, on the host's clock
    weft_permit turn;
    weft_bytes_reader *in;
    int error;
    bool ready;
} subscription;

// ---- The wait ----

typedef struct {
    weft_coro co;
    weft_any any;
    weft_op **ops;
    uint32_t count, i;
} first;

// The first that completes ends the wait, and stops the others: a read that is stopped keeps what has come.
WEFT_ASYNC(first)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, self->count));
    WEFT_FINALLY;
    for (self->i = 0; self->i < self->count; self->i++)
        WEFT_AWAIT(weft__op_stop(co, self->ops[self->i]));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    first first;
    weft_deadline deadline;
    weft_timer timer;
    subscription *all;
    weft_op **reads; // those in flight
    uint32_t count, flying;
    uint64_t until; // the first that is due
    bool ready;
} polling;

static void start(polling *self, subscription *it)
{
    weft__fd *fd = it->fd;
    if (!fd || it->ready || it->error)
        return;
    fd->from = fd->to = 0;
    it->in = fd->in(fd);
    weft_bytes_start_read(&self->co, it->in, fd->ahead, sizeof fd->ahead);
    if (weft_in_flight(it->in))
        self->reads[self->flying++] = &it->in->op;
    else
        self->ready = true;
}

static void finish(subscription *it)
{
    if (!it->in)
        return;
    it->fd->to = (uint8_t)it->in->count;
    it->ready = it->in->count || weft_dropped(it->in);
}

WEFT_ASYNC(polling)
{
    WEFT_BEGIN;
    for (uint32_t i = 0; i < self->count; i++)
        start(self, &self->all[i]);
    if (self->ready) // but the host has its turn, so that a program that only asks does not keep it out
        self->until = 0;
    if (!self->flying)
        WEFT_AWAIT(weft_sleep_until(co, &weft_host_clock, &self->timer, self->until));
    else if (self->until == UINT64_MAX)
        WEFT_CALL(first, &self->first, .ops = self->reads, .count = self->flying);
    else
        WEFT_CALL_UNTIL(first, &self->first, &self->deadline, &weft_host_clock, self->until, .ops = self->reads,
                        .count = self->flying);
    WEFT_FINALLY;
    for (uint32_t i = 0; i < self->count; i++)
        finish(&self->all[i]);
    WEFT_END;
}

WAIT(wait_polling, polling, weft_call(co, &it->co, polling__step))

// ---- Subscriptions ----

static uint64_t later(uint64_t time, uint64_t by)
{
    return time + by < time ? UINT64_MAX : time + by;
}

// When a clock's subscription is due, on the host's clock.
static uint64_t due(const __wasi_subscription_clock_t *clock)
{
    uint64_t now = weft_now(&weft_host_clock), from = now;
    if (!(clock->flags & __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME))
        return later(now, clock->timeout);
    if (clock->id == __WASI_CLOCKID_REALTIME) {
        weft_instant today = weft_instant_now();
        from = (uint64_t)today.seconds * 1000000000 + today.nanoseconds;
    }
    return clock->timeout > from ? later(now, clock->timeout - from) : now;
}

static void subscribe(polling *self, subscription *it, const __wasi_subscription_t *to)
{
    bool reads = to->u.tag == __WASI_EVENTTYPE_FD_READ;
    *it = (subscription){.due = UINT64_MAX};
    if (to->u.tag == __WASI_EVENTTYPE_CLOCK) {
        it->due = due(&to->u.u.clock);
        if (it->due < self->until)
            self->until = it->due;
        return;
    }
    it->fd = weft__fd_use((int32_t)to->u.u.fd_read.file_descriptor);
    if (!it->fd || !(reads ? it->fd->reads : it->fd->writes))
        it->error = EBADF;
    else if (!reads || it->fd->kind != FD_STREAMS || it->fd->from < it->fd->to)
        it->ready = true;
    else if (!weft_try_acquire(&it->fd->reading, &it->turn))
        it->error = EBUSY;
    self->ready |= it->ready || it->error;
}

// True if there is an event.
static bool tell(__wasi_event_t *event, const subscription *it, const __wasi_subscription_t *of, uint64_t now)
{
    if (!it->ready && !it->error && it->due > now)
        return false;
    *event = (__wasi_event_t){.userdata = of->userdata, .error = (__wasi_errno_t)it->error, .type = of->u.tag};
    if (it->fd && it->fd->kind == FD_STREAMS && of->u.tag == __WASI_EVENTTYPE_FD_READ && it->ready) {
        event->fd_readwrite.nbytes = (uint64_t)(it->fd->to - it->fd->from);
        if (!event->fd_readwrite.nbytes)
            event->fd_readwrite.flags = __WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP;
    }
    return true;
}

static void unsubscribe(subscription *it)
{
    weft_release(&it->turn);
    if (it->fd)
        weft__fd_release(it->fd);
}

PREVIEW1(poll_oneoff, const __wasi_subscription_t *in, __wasi_event_t *out, size_t count, size_t *events)
{
    *events = 0;
    if (!count)
        return EINVAL;
    subscription *all = malloc(count * (sizeof *all + sizeof(weft_op *)));
    if (!all)
        return ENOMEM;
    polling self = {
        .all = all, .reads = (weft_op **)(void *)(all + count), .count = (uint32_t)count, .until = UINT64_MAX};
    for (size_t i = 0; i < count; i++)
        subscribe(&self, &all[i], &in[i]);
    int error = weft__libc_block(wait_polling, &self);
    uint64_t now = weft_now(&weft_host_clock);
    if (now < self.until && weft_outcome_of(&self.co) == WEFT_DONE && !self.flying)
        now = self.until;
    for (size_t i = 0; i < count; i++) {
        if (!error && tell(&out[*events], &all[i], &in[i], now))
            ++*events;
        unsubscribe(&all[i]);
    }
    free(all);
    return error;
}
