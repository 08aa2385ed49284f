// The lock of a file that one instance of several owns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Beside the file stands a directory, <file>-owner. The name of the one file in it says until when the lock
// holds, in ms of the time of day, and whose it is. To take, renew and free the lock is to rename that file.
// A rename works once: one of all that try it at once becomes the owner.
//
// An owner stops when three quarters of its time are over. Another breaks a lock whose time is over after it
// has seen it unchanged for a quarter more, on its own clock. So a time of day that jumps makes no second
// owner, nor do machines whose times differ by less than a quarter. A host that stands still for longer than a
// quarter, just between its look at the clock and its write, does write into the next owner's file: nothing
// here can prevent that, as a file system of WASI has no locks. All instances are to have one duration.
#ifndef OWNER_H
#define OWNER_H

#include <weft/wasi.h>

// In a fiber: takes the lock of `file` for `duration` ms, or has it for most of that already: 0. EAGAIN:
// another has it, and *wait is after how many ms to try again. Other errors are those of the files. It may take
// a quarter of the duration.
int owner_take(const char *file, uint64_t duration, uint64_t *wait);

// In a fiber: the other end of an owner_take that was 0. After the last, others may have the lock.
void owner_leave(void);

// False, with EIO in errno, if the lock is not ours any more.
bool owner_may_go_on(void);

#endif
