// What libc/missing.c has, for the sources of weft_add_component(... LIBC), before all that they include: so
// nothing of libc's is included here, which would look at macros that a source defines first.
// Natively nothing is missing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_MISSING_H
#define WEFT_DETAIL_MISSING_H
#ifdef __wasi__

#pragma GCC system_header

#include "pthread.h"
#include "stdio.h"

#ifdef __cplusplus
extern "C" {
#endif

struct _IO_FILE;

int dup(int);
int dup2(int, int);
int mkstemp(char *);
char *tmpnam(char *);
#ifndef L_tmpnam
#define L_tmpnam 20
#endif
int chown(const char *, unsigned, unsigned);
int fchown(int, unsigned, unsigned);
// wasi-libc's own refuse every mode.
int chmod(const char *, unsigned) __asm__("weft__chmod");
int fchmod(int, unsigned) __asm__("weft__fchmod");
// Those of the weft_program that calls.
__attribute__((noreturn)) void exit(int) __asm__("weft__exit");
int atexit(void (*)(void)) __asm__("weft__atexit");
// And these are for one fiber at a time.
int chdir(const char *) __asm__("weft__chdir");
int remove(const char *) __asm__("weft__remove");
struct _IO_FILE *popen(const char *, const char *);
int pclose(struct _IO_FILE *);
unsigned getuid(void);
unsigned geteuid(void);
unsigned getgid(void);
unsigned getegid(void);
__attribute__((noreturn)) void pthread_exit(void *);

// libc/stdio.c has these, each behind a lock of the FILE.
#define WEFT__PRAGMA(text) _Pragma(#text)
#define WEFT__RENAME(name) WEFT__PRAGMA(redefine_extname name weft__##name)
#define WEFT__RENAME_LOCKED(result, name, ...) WEFT__RENAME(name)
#define WEFT__RENAME_VARIADIC(name, ...) WEFT__RENAME(name)
WEFT__STDIO(WEFT__RENAME_LOCKED)
WEFT__STDIO_WASI(WEFT__RENAME_LOCKED)
WEFT__STDIO_STANDARD(WEFT__RENAME_LOCKED)
WEFT__STDIO_VARIADIC(WEFT__RENAME_VARIADIC)
WEFT__STDIO_OTHERS(WEFT__RENAME)
void flockfile(struct _IO_FILE *);
int ftrylockfile(struct _IO_FILE *);
void funlockfile(struct _IO_FILE *);

// And libc/pthread.c these, over fibers.
WEFT__PTHREAD(WEFT__RENAME)
WEFT__RENAME(_pthread_cleanup_push)
WEFT__RENAME(_pthread_cleanup_pop)

#ifdef __cplusplus
}
#endif

#endif
#endif
