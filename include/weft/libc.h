// Plain C that blocks, over WASI 0.3: what libc asks of its surroundings is done by Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// weft_add_component(... LIBC) makes a command of a C program with `int main`, which runs in a fiber. A
// component of another kind links weft::libc (LIBRARIES), and calls libc in fibers of its own.
//
// - In a fiber (fiber.h), a call of libc that waits blocks the fiber. Outside of one it blocks the component,
// as
//   weft_block_on (task.h) does: where a host does not allow that, it stops the component, and says so.
// - A fiber that was cancelled gets ECANCELED, from the call that waits and from those behind it.
// - One read and one write at a time is done on a descriptor. Fibers take turns, in their order.
//
// docs/libc.md says what is there, and what of libc each fiber has for itself.
#ifndef WEFT_LIBC_H
#define WEFT_LIBC_H

#include "wasi/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// A new descriptor, which reads from `in` and writes to `out`; either may be NULL. They are the caller's, must
// stay until the descriptor is closed, and are used by nobody else until then. Then close(it) is called, unless
// `close` is NULL: a connection's weft_tcp_close, for example. It may not wait. -1 with errno if there is no
// memory.
int weft_fd(weft_bytes_reader *in, weft_bytes_writer *out, void (*close)(void *it), void *it);

#ifdef __cplusplus
}
#endif

#endif
