// The hostile build (-DWEFT_HOSTILE=ON): what is rare is made frequent, in the runtime itself. Included before
// all else in each file of that build, it fills in the hooks that weft/hooks.h leaves empty.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// - Who runs next is any of those that are ready, not the first; but in order if the environment has
//   WEFT_HOSTILE_IN_ORDER. Only who waits for a lock or a channel has a right to an order.
// - A task that would go to sleep takes another turn of the host instead, or finds that a bell rang for
//   nothing. Those are the spurious wakes that there are: a wait of sync.h is over when it has been served, and
//   nobody looks twice.
// - Under seeds, the host gets its turn after a few steps of a task's, and waits that were ready at once.
// - The frame of a task that is kept for reuse is filled, and poisoned for AddressSanitizer. Frames that are
//   freed are so by malloc's own.
//
// That each operation is pending first is up to the host: `weft-sim --always late`, `weft-seeds --pending`.
#ifndef WEFT_HOSTILE_H
#define WEFT_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weft_coro;
struct weft_task;

// All that is random follows from it; also from the environment's WEFT_HOSTILE_SEED.
void weft_hostile_seed(uint64_t seed);
// For seeds: a bell may be made, too, to ring for nothing, and turns are short. Not where handles are counted,
// and who comes first is expected.
extern bool weft_hostile_to_seeds;

struct weft_coro *weft_hostile_next(struct weft_coro **queue);
bool weft_hostile_naps(struct weft_task *task);
uint32_t weft_hostile_steps(void);
void weft_hostile_keep(void *frame, size_t size);
void weft_hostile_reuse(void *frame, size_t size);

#ifdef __cplusplus
}
#endif

#define WEFT__HOSTILE 1
#define WEFT__STEPS weft_hostile_steps()
#define WEFT__NEXT(queue) weft_hostile_next(queue)
#define WEFT__NAPS(task) weft_hostile_naps(task)
#define WEFT__KEEP_FRAME(frame, size) weft_hostile_keep((frame), (size))
#define WEFT__REUSE_FRAME(frame, size) weft_hostile_reuse((frame), (size))

#endif
