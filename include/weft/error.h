// Errors: one type for all that can fail, in the runtime and in what is built on it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A code is 0 for none, below 0 for one of these, and above 0 for one of yours. A function that fails at once
// returns it. A wait leaves it in the field `error` of what was waited for, where WEFT_TRY (async.h) looks. An
// async function fails with it by WEFT_FAIL(code), and weft_failure tells it. A cancel is no failure.
//
// The numbers stay; new ones are added at the end.
#ifndef WEFT_ERROR_H
#define WEFT_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

// ERROR(name, number, the closest errno of libc, text)
#define WEFT_ERRORS(ERROR)                                                                                     \
    /* Of the runtime, and of everything. */                                                                   \
    ERROR(ECANCELED, -1, ECANCELED, "cancelled")                                                               \
    ERROR(ENOMEM, -2, ENOMEM, "out of memory")                                                                 \
    ERROR(ELIMIT, -3, EFBIG, "more than the limit allows")                                                     \
    ERROR(ETIMEDOUT, -4, ETIMEDOUT, "timed out")                                                               \
    ERROR(EEOF, -5, EIO, "ended before all had come")                                                          \
    ERROR(EPIPE, -6, EPIPE, "the other end is gone")                                                           \
    ERROR(EIO, -7, EIO, "input or output failed")                                                              \
    ERROR(EINVAL, -8, EINVAL, "invalid argument")                                                              \
    ERROR(ENOTSUP, -9, ENOTSUP, "not supported")                                                               \
    ERROR(EOTHER, -10, EIO, "failed for a reason that the host does not tell")                                 \
    /* Of files and standard streams. */                                                                       \
    ERROR(EACCES, -11, EACCES, "permission denied")                                                            \
    ERROR(EALREADY, -12, EALREADY, "in progress already")                                                      \
    ERROR(EBADF, -13, EBADF, "the file is not open for this")                                                  \
    ERROR(EBUSY, -14, EBUSY, "busy")                                                                           \
    ERROR(EDEADLK, -15, EDEADLK, "would deadlock")                                                             \
    ERROR(EDQUOT, -16, EDQUOT, "disk quota exceeded")                                                          \
    ERROR(EEXIST, -17, EEXIST, "exists already")                                                               \
    ERROR(EFBIG, -18, EFBIG, "file too large")                                                                 \
    ERROR(EILSEQ, -19, EILSEQ, "not valid UTF-8")                                                              \
    ERROR(EINPROGRESS, -20, EINPROGRESS, "in progress")                                                        \
    ERROR(EINTR, -21, EINTR, "interrupted")                                                                    \
    ERROR(EISDIR, -22, EISDIR, "is a directory")                                                               \
    ERROR(ELOOP, -23, ELOOP, "too many symbolic links")                                                        \
    ERROR(EMLINK, -24, EMLINK, "too many links")                                                               \
    ERROR(EMSGSIZE, -25, EMSGSIZE, "message too long")                                                         \
    ERROR(ENAMETOOLONG, -26, ENAMETOOLONG, "name too long")                                                    \
    ERROR(ENODEV, -27, ENODEV, "not possible on this device")                                                  \
    ERROR(ENOENT, -28, ENOENT, "no such file or directory")                                                    \
    ERROR(ENOLCK, -29, ENOLCK, "no locks left")                                                                \
    ERROR(ENOSPC, -30, ENOSPC, "no space left")                                                                \
    ERROR(ENOTDIR, -31, ENOTDIR, "not a directory")                                                            \
    ERROR(ENOTEMPTY, -32, ENOTEMPTY, "directory not empty")                                                    \
    ERROR(ENOTRECOVERABLE, -33, ENOTRECOVERABLE, "not recoverable")                                            \
    ERROR(ENOTTY, -34, ENOTTY, "not a terminal")                                                               \
    ERROR(ENXIO, -35, ENXIO, "no such device")                                                                 \
    ERROR(EOVERFLOW, -36, EOVERFLOW, "value too large")                                                        \
    ERROR(EPERM, -37, EPERM, "not permitted")                                                                  \
    ERROR(EROFS, -38, EROFS, "read-only file system")                                                          \
    ERROR(ESPIPE, -39, ESPIPE, "cannot seek there")                                                            \
    ERROR(ETXTBSY, -40, ETXTBSY, "program is being run")                                                       \
    ERROR(EXDEV, -41, EXDEV, "on another file system")                                                         \
    /* Of the network. */                                                                                      \
    ERROR(ESTATE, -42, EINVAL, "not in the state for this")                                                    \
    ERROR(EADDRNOTAVAIL, -43, EADDRNOTAVAIL, "address not available")                                          \
    ERROR(EADDRINUSE, -44, EADDRINUSE, "address in use")                                                       \
    ERROR(EHOSTUNREACH, -45, EHOSTUNREACH, "host unreachable")                                                 \
    ERROR(ECONNREFUSED, -46, ECONNREFUSED, "connection refused")                                               \
    ERROR(ECONNBROKEN, -47, EPIPE, "connection broken")                                                        \
    ERROR(ECONNRESET, -48, ECONNRESET, "connection reset by the peer")                                         \
    ERROR(ECONNABORTED, -49, ECONNABORTED, "connection aborted")                                               \
    ERROR(ENONAME, -50, EHOSTUNREACH, "name not known")                                                        \
    ERROR(EAGAINNAME, -51, EAGAIN, "name not resolved for now")                                                \
    ERROR(EFAILNAME, -52, EHOSTUNREACH, "names cannot be resolved")                                            \
    /* Of HTTP. */                                                                                             \
    ERROR(EDESTINATION, -53, EHOSTUNREACH, "destination not found, not available, or prohibited")              \
    ERROR(ECONNLIMIT, -54, EMFILE, "too many connections")                                                     \
    ERROR(ETLS, -55, EPROTO, "TLS failed")                                                                     \
    ERROR(EDENIED, -56, EACCES, "request denied")                                                              \
    ERROR(ELENGTH, -57, EPROTO, "body is longer or shorter than its announced length")                         \
    ERROR(EMETHOD, -58, EINVAL, "method not valid")                                                            \
    ERROR(EURI, -59, EINVAL, "URI not valid, or too long")                                                     \
    ERROR(EHEADER, -60, EPROTO, "header not valid, not allowed, or too long")                                  \
    ERROR(ECODING, -61, EPROTO, "coding not known")                                                            \
    ERROR(EUPGRADE, -62, EPROTO, "upgrade failed")                                                             \
    ERROR(EPROTO, -63, EPROTO, "protocol violated")                                                            \
    ERROR(EREDIRECTS, -64, ELOOP, "redirected in a loop, or too often")                                        \
    ERROR(ECONFIG, -65, EINVAL, "the host's configuration is wrong")                                           \
    ERROR(EINTERNAL, -66, EIO, "the host failed")

// weft_error: WEFT_OK, which is 0, and a code for each of that list, WEFT_ECANCELED, ...
#include "detail/error.h"

// The name of a code, such as "ENOENT"; "OK" of 0, "?" of any that is not in the list. Static.
const char *weft_error_name(int code);

// What it means, in a few words such as "no such file or directory"; "failed" for one that is not in the list.
// Static.
const char *weft_error_text(int code);

// The closest errno of libc, 0 for 0. EIO for a code that is not in the list.
int weft_error_errno(int code);

#ifdef __cplusplus
}
#endif

#endif
