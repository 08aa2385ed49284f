// Locks of a fiber, for what libc has none for: it was built for one thread.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <weft/fiber.h>

// One that waits, on its fiber's stack. First the ticket, by which the lock finds the rest.
typedef struct {
    weft_ticket ticket;
    weft_coro *co;
    weft__lock *lock;
} waiting;

WAIT(wait_lock, waiting, weft__park_ticket(co, &it->lock->waiters, &it->ticket, "a lock of libc"))

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

int weft__lock_take(weft__lock *it)
{
    if (weft__lock_try(it))
        return 0;
    weft_coro *co = weft_fiber_co();
    if (!co) // a fiber has it, and cannot go on while the component waits
        return EDEADLK;
    waiting mine = {.co = co, .lock = it};
    int error = weft__libc_block(wait_lock, &mine);
    return weft__is_served(&mine.ticket) ? 0 : error ? error : EBADF;
}

void weft__lock_give(weft__lock *it)
{
    if (--it->depth)
        return;
    waiting *next = (waiting *)(void *)weft__serve(&it->waiters);
    it->owner = next ? next->co : NULL;
    it->depth = next != NULL;
}

void weft__lock_end(weft__lock *it)
{
    weft__wake_unserved(&it->waiters);
}
