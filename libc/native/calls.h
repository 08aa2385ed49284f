// The functions of this machine's libc that wait, end the program, or take a descriptor. `--wrap` of the linker
// has the component call __wrap_name for name, and __real_name is the machine's. CMakeLists.txt reads this
// list.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LIBC_NATIVE_CALLS_H
#define WEFT_LIBC_NATIVE_CALLS_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#define WRAP(name, type, ...)                                                                                  \
    extern type __real_##name(__VA_ARGS__);                                                                    \
    extern type __wrap_##name(__VA_ARGS__);

// descriptors.c
WRAP(read, ssize_t, int, void *, size_t)
WRAP(write, ssize_t, int, const void *, size_t)
WRAP(readv, ssize_t, int, const struct iovec *, int)
WRAP(writev, ssize_t, int, const struct iovec *, int)
WRAP(recv, ssize_t, int, void *, size_t, int)
WRAP(send, ssize_t, int, const void *, size_t, int)
WRAP(shutdown, int, int, int)
WRAP(close, int, int)
WRAP(dup, int, int)
WRAP(dup2, int, int, int)
WRAP(lseek, off_t, int, off_t, int)
WRAP(lseek64, off64_t, int, off64_t, int)
WRAP(isatty, int, int)

// waits.c
WRAP(poll, int, struct pollfd *, nfds_t, int)
WRAP(select, int, int, fd_set *, fd_set *, fd_set *, struct timeval *)
WRAP(usleep, int, unsigned)
WRAP(sleep, unsigned, unsigned)
WRAP(nanosleep, int, const struct timespec *, struct timespec *)
WRAP(sched_yield, int, void)
WRAP(exit, __attribute__((noreturn)) void, int)
WRAP(_exit, __attribute__((noreturn)) void, int)
WRAP(_Exit, __attribute__((noreturn)) void, int)
WRAP(atexit, int, void (*)(void))

// streams.c; and stdio.c has all of weft/detail/stdio.h
WRAP(fileno, int, FILE *)
extern FILE *__real_fdopen(int, const char *);
extern int __real_fclose(FILE *);
#define WRAP_VARIABLE(name, type) extern type __wrap_##name;
WRAP_VARIABLE(stdin, FILE *)
WRAP_VARIABLE(stdout, FILE *)
WRAP_VARIABLE(stderr, FILE *)

// The result of a call that ended with this errno, or 0.
static inline int answer(int error)
{
    if (error)
        errno = error;
    return error ? -1 : 0;
}

#endif
