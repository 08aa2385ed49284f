// Descriptors natively: those of the table go through Weft, and all others are this machine's. The machine has
// an open file for each number of the table, so that it gives the number to nothing else.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calls.h"
#include "../internal.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

typedef struct iovec piece;

int32_t __imported_wasi_snapshot_preview1_fd_read(int32_t, const piece *, size_t, size_t *);
int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t, const piece *, size_t, size_t *);
int32_t __imported_wasi_snapshot_preview1_sock_shutdown(int32_t, int32_t);

enum { STANDARD = 3 };

// ---- Numbers ----

int32_t weft__fd_reserve(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0 || nothing >= STANDARD)
        return nothing;
    int number = fcntl(nothing, F_DUPFD_CLOEXEC, STANDARD);
    __real_close(nothing);
    return number;
}

void weft__fd_unreserve(int32_t number)
{
    if (number >= STANDARD)
        __real_close(number);
}

static bool is_ours(int number)
{
    weft__fd *it = weft__fd_use(number);
    if (it)
        weft__fd_release(it);
    return it;
}

int __wrap_close(int number)
{
    return is_ours(number) ? answer(weft__fd_close(number)) : __real_close(number);
}

int __wrap_dup(int number)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return __real_dup(number);
    int other = weft__fd_number(it);
    weft__fd_release(it);
    return other < 0 ? answer(ENOMEM) : other;
}

// What is in the table stays with what is there, and a file of the machine's with the machine's.
int __wrap_dup2(int from, int to)
{
    weft__fd *it = weft__fd_use(from);
    if (!it)
        return is_ours(to) ? answer(ENOTSUP) : __real_dup2(from, to);
    int error = 0;
    if (from != to && !is_ours(to) && to >= STANDARD && __real_dup2(from, to) < 0)
        error = errno;
    if (from != to && !error)
        error = weft__fd_set(it, to);
    weft__fd_release(it);
    return error ? answer(error) : to;
}

// ---- Bytes ----

ssize_t __wrap_readv(int number, const struct iovec *pieces, int count)
{
    if (!is_ours(number))
        return __real_readv(number, pieces, count);
    size_t moved = 0;
    int error = __imported_wasi_snapshot_preview1_fd_read(number, pieces, (size_t)count, &moved);
    return error ? answer(error) : (ssize_t)moved;
}

ssize_t __wrap_writev(int number, const struct iovec *pieces, int count)
{
    if (!is_ours(number))
        return __real_writev(number, pieces, count);
    size_t moved = 0;
    int error = __imported_wasi_snapshot_preview1_fd_write(number, pieces, (size_t)count, &moved);
    return error ? answer(error) : (ssize_t)moved;
}

ssize_t __wrap_read(int number, void *bytes, size_t size)
{
    return is_ours(number) ? __wrap_readv(number, &(piece){bytes, size}, 1) : __real_read(number, bytes, size);
}

ssize_t __wrap_write(int number, const void *bytes, size_t size)
{
    return is_ours(number) ? __wrap_writev(number, &(piece){(void *)(uintptr_t)bytes, size}, 1)
                           : __real_write(number, bytes, size);
}

ssize_t __wrap_recv(int number, void *bytes, size_t size, int flags)
{
    if (!is_ours(number))
        return __real_recv(number, bytes, size, flags);
    return flags ? answer(ENOTSUP) : __wrap_read(number, bytes, size);
}

ssize_t __wrap_send(int number, const void *bytes, size_t size, int flags)
{
    if (!is_ours(number))
        return __real_send(number, bytes, size, flags);
    return flags ? answer(ENOTSUP) : __wrap_write(number, bytes, size);
}

int __wrap_shutdown(int number, int how)
{
    static const int32_t flags[] = {[SHUT_RD] = __WASI_SDFLAGS_RD,
                                    [SHUT_WR] = __WASI_SDFLAGS_WR,
                                    [SHUT_RDWR] = __WASI_SDFLAGS_RD | __WASI_SDFLAGS_WR};
    if (!is_ours(number))
        return __real_shutdown(number, how);
    if (how < SHUT_RD || how > SHUT_RDWR)
        return answer(EINVAL);
    return answer(__imported_wasi_snapshot_preview1_sock_shutdown(number, flags[how]));
}

// ---- What a stream is not ----

off_t __wrap_lseek(int number, off_t by, int from)
{
    return is_ours(number) ? answer(ESPIPE) : __real_lseek(number, by, from);
}

off64_t __wrap_lseek64(int number, off64_t by, int from)
{
    return is_ours(number) ? answer(ESPIPE) : __real_lseek64(number, by, from);
}

int __wrap_isatty(int number)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return __real_isatty(number);
    bool is_terminal = it->type == __WASI_FILETYPE_CHARACTER_DEVICE;
    weft__fd_release(it);
    return is_terminal || answer(ENOTTY) == 0;
}
