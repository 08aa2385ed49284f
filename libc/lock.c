// Queues of fibers, and locks, for what libc has none for: it was built for one thread.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <weft/fiber.h>

// ---- Queues ----

WAIT(wait_queue, weft__waiting, weft__park_ticket(co, it->queue, &it->ticket, "a lock of libc"))

static int wait_shielded(weft__libc_wait *wait, void *of)
{
    int kept = errno;
    WEFT_FIBER_CLEANUP(wait(weft_fiber_co(), of));
    errno = kept;
    return 0;
}

int weft__queue_wait_by(weft__waiting *mine, weft__libc_wait *wait, bool shielded)
{
    mine->co = weft_fiber_co();
    if (!mine->co)
        return EDEADLK;
    int error = shielded ? wait_shielded(wait, mine) : weft__libc_block(wait, mine);
    return weft__is_served(&mine->ticket) ? 0 : error ? error : EBADF;
}

int weft__queue_wait(weft_coro **queue, bool shielded)
{
    return weft__queue_wait_by(&(weft__waiting){.queue = queue}, wait_queue, shielded);
}

weft_coro *weft__queue_serve(weft_coro **queue)
{
    weft__waiting *first = (weft__waiting *)(void *)weft__serve(queue);
    return first ? first->co : NULL;
}

// ---- Locks ----

const void *weft__lock_user(void)
{
    static const char outside = 0; // of a fiber
    weft_coro *co = weft_fiber_co();
    return co ? (const void *)co : &outside;
}

bool weft__lock_try(weft__lock *it)
{
    const void *user = weft__lock_user();
    if (it->owner && it->owner != user)
        return false;
    it->owner = user;
    it->depth++;
    return true;
}

int weft__lock_take(weft__lock *it, bool shielded)
{
    return weft__lock_try(it) ? 0 : weft__queue_wait(&it->waiters, shielded);
}

void weft__lock_give(weft__lock *it)
{
    if (--it->depth)
        return;
    it->owner = weft__queue_serve(&it->waiters);
    it->depth = it->owner != NULL;
}
