// What the files of libc/ share: how a call waits, and the table of descriptors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LIBC_INTERNAL_H
#define WEFT_LIBC_INTERNAL_H

#include <stdio.h>
#include <wasi/api.h>
#include <weft/detail/weak.h>
#include <weft/libc.h>
#include <weft/wasi.h>

// ---- Imports of preview 1 ----

// PREVIEW1(name, parameters...) begins the definition of what libc imports by that name, in the spelling of
// wasi-libc and in that of zig's own code. Natively, what stands in native/ calls it.
#ifdef __wasi__
#define PREVIEW1(name, ...)                                                                                    \
    int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__);                                             \
    int32_t zig__##name(__VA_ARGS__) __asm__(#name "|wasi_snapshot_preview1")                                  \
        __attribute__((alias("__imported_wasi_snapshot_preview1_" #name)));                                    \
    int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__)
#else
#define PREVIEW1(name, ...)                                                                                    \
    int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__);                                             \
    int32_t __imported_wasi_snapshot_preview1_##name(__VA_ARGS__)
#endif

// ---- Waits ----

// Waits for wait(co, of): in the running fiber, or else so that the component blocks. An errno: 0; ECANCELED if
// a cancel was delivered, also before, and then nothing was begun or what was is over; ENOMEM. Whatever other
// fibers do meanwhile, `errno` stays.
typedef weft_poll weft__libc_wait(weft_coro *co, void *of);
int weft__libc_block(weft__libc_wait *wait, void *of);

// WAIT(name, T, wait) makes such a function of a wait that takes `co`, and `it`, a T *.
#define WAIT(name, T, wait)                                                                                    \
    static weft_poll name(weft_coro *co, void *of)                                                             \
    {                                                                                                          \
        T *it = of;                                                                                            \
        return wait;                                                                                           \
    }

// The errno of a call that waited, and left `error`.
static inline int weft__libc_ended(int blocked, weft_error error)
{
    return blocked ? blocked : weft_error_errno(error);
}

// ---- Programs ----

// The weft_program that runs; NULL: none. Set where its step begins and ends.
extern weft_program *weft__program;

// program.c, which is linked if there are programs. In one, the first ends it; and the second has a function
// run then, and tells in *error how that went. Else, both do nothing, and the second is false.
WEFT__WEAK void weft__program_exit(int code, bool cleanly);
WEFT__WEAK bool weft__program_at_exit(void (*function)(void), int *error);

// The standard streams of a program.
typedef struct weft__streams weft__streams;

// NULL if there is no memory.
weft__streams *weft__streams_new(void);
void weft__streams_free(weft__streams *it);

// Exchanges what stdin, stdout and stderr are.
void weft__streams_exchange(weft__streams *it);

// WASI: what FILEs libc has: the first of NULL, and so on.
FILE *weft__streams_next(FILE *file);

// Natively: fdopen, which knows of the table.
FILE *weft__streams_fdopen(int number, const char *mode);

// Flushes the FILEs that the running program has made, if it ends cleanly, and closes them.
void weft__stdio_end(bool cleanly);

// ---- Queues and locks ----

// Who waits in a queue, on its fiber's stack. First the ticket, by which the rest is found.
typedef struct weft__waiting {
    weft_ticket ticket;
    weft_coro *co;
    weft_coro **queue;
} weft__waiting;

// Waits in the queue, which is first come, first served. shielded: no cancel ends it. An errno: 0 once it is
// served; ECANCELED; EBADF if it was sent away; EDEADLK outside of a fiber, where nobody could serve it.
int weft__queue_wait(weft_coro **queue, bool shielded);

// The same by a wait(co, mine) of another kind.
int weft__queue_wait_by(weft__waiting *mine, weft__libc_wait *wait, bool shielded);

// Serves the first, and tells who that is; NULL if nobody waits.
weft_coro *weft__queue_serve(weft_coro **queue);

// A lock that one fiber has at a time, as often as it takes it. Zero is free. Outside of fibers there is one
// user, who has it like a fiber.
typedef struct weft__lock {
    const void *owner;
    uint32_t depth;
    weft_coro *waiters;
} weft__lock;

// Who takes locks here.
const void *weft__lock_user(void);

// An errno, as of weft__queue_wait.
int weft__lock_take(weft__lock *it, bool shielded);
bool weft__lock_try(weft__lock *it);

// By its owner.
void weft__lock_give(weft__lock *it);

// Who ends the component with libc's exit takes it, and does not give it back.
extern weft__lock weft__ending;

// ---- Descriptors ----

enum weft__fd_kind {
    FD_STREAMS,  // `in` and `out`
    FD_FILE,     // `file`
    FD_DIRECTORY // `file`; or if there is a `name`, a directory from the host, which is found by that
};

// What one or several descriptors are of.
typedef struct weft__fd {
    uint32_t users; // numbers in the table, and calls
    uint8_t kind;
    uint8_t type;       // of preview 1
    uint16_t flags;     // of preview 1
    bool reads, writes; // as it was opened
    bool read_is_shut, write_is_shut;
    weft_mutex reading, writing; // whose turn it is; of a file and a directory, `reading`
    weft_bytes_reader *(*in)(struct weft__fd *it);
    weft_bytes_writer *(*out)(struct weft__fd *it);
    void (*close)(void *of);
    void *of;
    weft_bytes_reader *given_in;
    weft_bytes_writer *given_out;
    uint8_t ahead[64]; // bytes that a poll has read
    uint8_t from, to;  // of those
    weft_file file;
    uint64_t position; // in the file; or the cookie of the list's entry
    weft_list list;    // of the directory, at that entry
    bool is_listed;
    weft_text name;
} weft__fd;

// A number: what is behind it, and the program that made it.
typedef struct {
    weft__fd *fd;
    const weft_program *owner;
} weft__place;

// What a weft_program needs while it runs.
struct weft_program_state {
    weft__place standard[3]; // its numbers from 0 on
    weft__streams *streams;
    struct weft__at_exit *at_exit; // the last first
};

// A number for a new descriptor, the lowest that is free; -1 if there is none. And back. Natively, the machine
// is asked.
int32_t weft__fd_reserve(void);
void weft__fd_unreserve(int32_t number);

// The program that made that number; NULL: none, or it is one of the first three. And a number that the running
// program has made, the first from `least` on, -1 if there is none.
const weft_program *weft__fd_owner(int32_t number);
int32_t weft__fd_left(int32_t least);

// Makes it no program's.
void weft__fd_disown(int32_t number);

// Closes the number: an errno.
int weft__fd_close(int32_t number);

// What is behind a number, for the time of a call: given back by weft__fd_release. NULL if nothing is.
weft__fd *weft__fd_use(int32_t number);
void weft__fd_release(weft__fd *it);

// A new one with no number, used by the caller; NULL if there is no memory. The second gives it the lowest
// number that is free, -1 if there is no memory.
weft__fd *weft__fd_new(enum weft__fd_kind kind, uint8_t type);
int32_t weft__fd_number(weft__fd *it);

// A new one, as weft__fd_new, of two ends.
weft__fd *weft__fd_given(weft_bytes_reader *in, weft_bytes_writer *out);

// Makes `number` one of its numbers, in place of what it was: an errno.
int weft__fd_set(weft__fd *it, int32_t number);

// Waits for the turn: an errno. It is given back by weft_release, also after an error.
int weft__fd_turn(weft_mutex *turn, weft_permit *permit);

// Reads what has come of a stream, one byte or more; or if `size` is 0, waits until there is something.
int weft__fd_read_stream(weft__fd *it, uint8_t *buffer, size_t size, size_t *count);

#endif
