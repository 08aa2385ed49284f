// Plain C that blocks, over WASI 0.3: what libc asks of its surroundings is done by Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft_add_component(... LIBC) makes a command of a C program with `int main`, which runs in a fiber. A
// component of another kind links weft::libc (LIBRARIES), and calls libc in fibers of its own.
//
// - In a fiber (fiber.h), a call of libc that waits blocks the fiber. Outside of one it stops the whole
//   component meanwhile, as weft_block_on (task.h) does: where a host does not allow that, a message says so.
// - A fiber that was cancelled gets ECANCELED, from the call that waits and from those behind it.
// - One read and one write at a time is done on a descriptor. Fibers take turns, in their order. Outside of a
//   fiber, a call whose turn a fiber has fails with EDEADLK.
// - What stdio holds is flushed at the end of `main` alone. In a component of another kind, call fflush.
//
// docs/libc.md says what is there, and what of libc each fiber has for itself.
#ifndef WEFT_LIBC_H
#define WEFT_LIBC_H

#include "wasi/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// A new descriptor, which reads from `in` and writes to `out`; either may be NULL. They are the caller's, must
// stay until the descriptor is gone, and are used by nobody else until then. It is gone when its last number is
// closed (dup makes more), and no call of a fiber uses it. Then close(it) is called, unless `close` is NULL: a
// function that calls weft_connection_close, for example. It may not wait. Up to 64 bytes that a poll has read
// ahead of the program go with the descriptor. -1 with errno if there is no memory.
int weft_fd(weft_bytes_reader *in, weft_bytes_writer *out, void (*close)(void *it), void *it);

#ifdef __cplusplus
}
#endif

#endif
