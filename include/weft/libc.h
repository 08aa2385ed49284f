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
// - A FILE is used by one fiber at a time; others wait for their turn, in their order. A lock that flockfile
//   took is to be given back before its fiber ends: else others wait for ever.
// - What stdio holds is flushed at the end of `main` and of a weft_program. In a component of another kind,
//   call fflush.
//
// docs/libc.md says what is there, and what of libc each fiber has for itself.
#ifndef WEFT_LIBC_H
#define WEFT_LIBC_H

#include "fiber.h"
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

// ---- Many programs at once ----
//
//     int main_of_session(int argc, char **argv); // plain C: fgets(line, sizeof line, stdin), printf, exit
//
//     WEFT_CALL(weft_program, &self->program, .main = main_of_session, .in = &self->conn.in,
//               .out = &self->conn.out);
//
// A weft_program is a fiber that runs a C program's `main`, or a function like it, beside others. Its own are:
// - the descriptors 0, 1 and 2, with stdin, stdout and stderr. Its stdout is written at the end of each line,
//   unless it calls setvbuf.
// - the other descriptors and the FILEs that it makes: those that are open at its end are closed, a FILE with
//   its descriptor. fflush(NULL) is for its own FILEs alone. Natively that holds of what fopen and fdopen made
//   and of what weft_fd and dup made; what `open` made stays open.
// - exit, which ends this fiber alone, from any depth, and _exit. Of exit and atexit that holds in what is
//   compiled with LIBC or weft::libc; elsewhere, exit runs the component's atexit functions first.
// All else is one for the component: variables, the environment, the current directory. abort and a trap end
// them all.
//
// Variables that a program leaves behind are there for the next: C that relies on fresh ones runs once only.

// A program, and the frame that it runs in. Its functions are those of any async function: see above.
typedef struct weft_program {
    weft_coro co;
    weft_fiber fiber;
    // Set by who starts it, and there until it has ended:
    int (*main)(int argc, char **argv);
    char **argv;                  // ends with NULL; if NULL, there is a name alone
    weft_bytes_reader *in;        // descriptor 0; NULL: the component's own standard input
    weft_bytes_writer *out, *err; // descriptors 1 and 2; NULL: the component's own. With `in`, 0 and 1 are one
    // When it has ended:
    int code; // what main returned, or exit was told
    // The rest is private.
    struct weft_program_state *state;
    struct weft_program *before;
} weft_program;

// Of a weft_program. When it has ended, its stdout is flushed, but `in`, `out` and `err` are open: they are the
// caller's. A cancel comes to `main` as ECANCELED, and it is to return or exit; what stdio holds is lost then,
// as it is by _exit. It fails with WEFT_ENOMEM if there is no memory to begin.
WEFT_ASYNC_DECLARE_EXTERN(weft_program);

#ifdef __cplusplus
}
#endif

#endif
