// What libc/missing.c has, for the sources of weft_add_component(... LIBC), before all that they include: so
// nothing of libc's is included here, which would look at macros that a source defines first.
// Natively nothing is missing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_MISSING_H
#define WEFT_DETAIL_MISSING_H
#ifdef __wasi__

#ifdef __cplusplus
extern "C" {
#endif

struct _IO_FILE;

int dup(int);
int dup2(int, int);
int mkstemp(char *);
int chown(const char *, unsigned, unsigned);
int fchown(int, unsigned, unsigned);
// wasi-libc's own refuse every mode.
int chmod(const char *, unsigned) __asm__("weft__chmod");
int fchmod(int, unsigned) __asm__("weft__fchmod");
// Those of the weft_program that calls.
__attribute__((noreturn)) void exit(int) __asm__("weft__exit");
int atexit(void (*)(void)) __asm__("weft__atexit");
struct _IO_FILE *popen(const char *, const char *);
int pclose(struct _IO_FILE *);
unsigned getuid(void);
unsigned geteuid(void);
unsigned getgid(void);
unsigned getegid(void);

#ifdef __cplusplus
}
#endif

#endif
#endif
