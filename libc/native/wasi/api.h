// What bytes.c, poll.c and table.c use of wasi-libc's header, for the native build: names of WASI preview 1.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LIBC_NATIVE_API_H
#define WEFT_LIBC_NATIVE_API_H

#include <stdint.h>

typedef uint16_t __wasi_errno_t;

enum {
    __WASI_FILETYPE_UNKNOWN = 0,
    __WASI_FILETYPE_CHARACTER_DEVICE = 2,
    __WASI_FILETYPE_DIRECTORY = 3,
    __WASI_FILETYPE_SOCKET_STREAM = 6
};
enum { __WASI_FDFLAGS_APPEND = 1, __WASI_FDFLAGS_DSYNC = 2, __WASI_FDFLAGS_SYNC = 16 };
enum { __WASI_WHENCE_SET, __WASI_WHENCE_CUR, __WASI_WHENCE_END };
enum { __WASI_SDFLAGS_RD = 1, __WASI_SDFLAGS_WR = 2 };
enum { __WASI_CLOCKID_REALTIME, __WASI_CLOCKID_MONOTONIC };
enum { __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME = 1 };
enum { __WASI_EVENTTYPE_CLOCK, __WASI_EVENTTYPE_FD_READ, __WASI_EVENTTYPE_FD_WRITE };
enum { __WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP = 1 };

typedef struct {
    uint32_t id;
    uint64_t timeout, precision;
    uint16_t flags;
} __wasi_subscription_clock_t;

typedef struct {
    uint64_t userdata;
    struct {
        uint8_t tag;
        union {
            __wasi_subscription_clock_t clock;
            struct {
                uint32_t file_descriptor;
            } fd_read, fd_write;
        } u;
    } u;
} __wasi_subscription_t;

typedef struct {
    uint64_t userdata;
    __wasi_errno_t error;
    uint8_t type;
    struct {
        uint64_t nbytes;
        uint16_t flags;
    } fd_readwrite;
} __wasi_event_t;

#endif
