// The lock of a file that one instance of several owns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Beside the file stands a directory, <file>-owner. The name of the one file in it says until when the lock
// holds, in ms, and whose it is. To take, renew and free the lock is to rename that file, which works once: of
// all that try it at once, also of those that break a lock that has run out, one becomes the owner. An owner
// that died is followed when its time has come.
//
// An owner stops before its time: a quarter of it is left for a host that stands between its look at the clock
// and its write. Instances on several machines need clocks that differ by less.
#ifndef OWNER_H
#define OWNER_H

#include <weft/wasi.h>

// In a fiber: takes the lock of `file` for `duration` ms, or has it for so long already: 0. Else the ms until
// another's ends.
uint64_t owner_take(const char *file, uint64_t duration);

// In a fiber: the other end of an owner_take that was 0. After the last, others may have the lock.
void owner_leave(void);

// False, with errno, if the lock is not ours any more.
bool owner_may_go_on(void);

#endif
