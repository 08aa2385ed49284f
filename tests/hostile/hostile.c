// What the hostile build does in the hooks: see hostile.h. One copy for each component, with a randomness of
// its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hostile.h"

#include <stdlib.h>
#include <string.h>
#include <weft/task.h>

#include "../../src/internal.h"

#ifdef __SANITIZE_ADDRESS__
#define ASAN 1
#elif defined __has_feature
#define ASAN __has_feature(address_sanitizer)
#endif

#if ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)0)
#endif

enum {
    STEPS = 8,  // of a turn, at most
    AMONG = 16, // of those that are ready, the next is one; from more, a pick would take long
    // Of a hundred times that a task could go to sleep.
    YIELDS = 30,
    RINGS = 10
};

static uint64_t state;
bool weft_hostile_to_seeds;

void weft_hostile_seed(uint64_t seed)
{
    state = seed + 1;
}

static uint32_t draw(uint32_t count)
{
    if (!state) {
        const char *seed = getenv("WEFT_HOSTILE_SEED");
        weft_hostile_seed(seed ? strtoull(seed, NULL, 0) : 0);
    }
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 32) * count >> 32);
}

weft_coro *weft_hostile_next(weft_coro **queue)
{
    uint32_t count = 0;
    weft_coro *last = *queue;
    if (!last || getenv("WEFT_HOSTILE_IN_ORDER"))
        return weft__queue_pop(queue);
    for (weft_coro *co = last->next; count++, co != last && count < AMONG; co = co->next) {
    }
    weft_coro *before = last;
    for (uint32_t left = draw(count); left; left--)
        before = before->next;
    weft_coro *taken = before->next;
    before->next = taken->next;
    if (taken == last)
        *queue = taken == before ? NULL : before;
    return taken;
}

bool weft_hostile_naps(weft_task *task)
{
    uint32_t drawn = draw(100);
    if (drawn >= 100 - RINGS && (task->rouse.bell || weft_hostile_to_seeds))
        weft__task_rouse_asleep(task);
    return drawn < YIELDS;
}

uint32_t weft_hostile_steps(void)
{
    return weft_hostile_to_seeds ? 1 + draw(STEPS) : WEFT__BREATH;
}

void weft_hostile_keep(void *frame, size_t size)
{
    memset(frame, 0xa5, size);
    ASAN_POISON_MEMORY_REGION(frame, size);
}

void weft_hostile_reuse(void *frame, size_t size)
{
    (void)frame;
    (void)size;
    ASAN_UNPOISON_MEMORY_REGION(frame, size);
}
