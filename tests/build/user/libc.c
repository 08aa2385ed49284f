// What libc does in a native component, against what docs/native.md says: its first argument is what to try.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <weft/wasi.h>

_Static_assert(sizeof(time_t) == 4 && sizeof(off_t) == 4 && sizeof(long double) == 12, "as the page says");

typedef struct {
    weft_coro co;
    int64_t number;
    char text[64];
} libc;

static void takes_two(int a, int b)
{
    (void)a;
    (void)b;
}

static void call_by_another_type(void)
{
    void (*volatile it)(int, int) = takes_two;
    ((void (*)(void))it)();
}

static const char *try(libc *self, weft_text what)
{
    struct statx right = {0};
    struct stat64 wrong = {0};
    struct stat small = {0};
    if (weft_text_equal_z(what, "getenv"))
        return getenv("WHOSE");
    if (weft_text_equal_z(what, "exit"))
        exit(7);
    if (weft_text_equal_z(what, "abort"))
        abort();
    if (weft_text_equal_z(what, "printf"))
        self->number = printf("printf\n");
    else if (weft_text_equal_z(what, "pointer"))
        call_by_another_type();
    else if (weft_text_equal_z(what, "time"))
        self->number = time(NULL);
    else if (weft_text_equal_z(what, "stat64") && !stat64("libc.txt", &wrong))
        self->number = wrong.st_size;
    else if (weft_text_equal_z(what, "stat") && !stat("libc.txt", &small))
        self->number = small.st_size;
    else if (weft_text_equal_z(what, "statx") && !statx(AT_FDCWD, "libc.txt", 0, STATX_SIZE, &right))
        self->number = (int64_t)right.stx_size;
    else if (weft_text_equal_z(what, "read"))
        self->number = read(STDIN_FILENO, self->text, 5);
    else if (weft_text_equal_z(what, "errno"))
        self->number = close(-1) < 0 && errno == EBADF;
    snprintf(self->text + strlen(self->text), 32, " %lld", (long long)self->number);
    return self->text;
}

WEFT_ASYNC(libc)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_printf(co, "%s\n", try(self, weft_argument(1))));
    WEFT_END;
}
WEFT_COMMAND(libc);
