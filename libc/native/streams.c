// FILEs on descriptors of the table natively, and stdin, stdout and stderr, which each weft_program has for
// itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calls.h"
#include "../internal.h"
#include <stdio_ext.h>
#include <stdlib.h>

// One that is open.
typedef struct stream {
    struct stream *next;
    FILE *file;
    int number;
    bool keeps; // the number open
} stream;

struct weft__streams {
    FILE *files[3];
};

FILE *__wrap_stdin, *__wrap_stdout, *__wrap_stderr;

static FILE **const standard[] = {&__wrap_stdin, &__wrap_stdout, &__wrap_stderr};
static stream *open_ones;
static bool has_ended; // the program; then there is no host to ask

// ---- What is below a FILE ----

static ssize_t get(void *of, char *to, size_t size)
{
    const stream *it = of;
    return has_ended ? 0 : __wrap_read(it->number, to, size);
}

// All of it, as libc takes a part of it for a failure.
static ssize_t put(void *of, const char *from, size_t size)
{
    const stream *it = of;
    size_t done = 0;
    for (ssize_t some; !has_ended && done < size; done += (size_t)some)
        if ((some = __wrap_write(it->number, from + done, size - done)) <= 0)
            return (ssize_t)done;
    return (ssize_t)size;
}

static int end(void *of)
{
    stream *it = of, **at = &open_ones;
    while (*at != it)
        at = &(*at)->next;
    *at = it->next;
    int result = it->keeps || has_ended ? 0 : __wrap_close(it->number);
    free(it);
    return result;
}

static stream *find(const FILE *file)
{
    stream *it = open_ones;
    while (it && it->file != file)
        it = it->next;
    return it;
}

// Locks of libc are of threads, and all fibers are of one.
static FILE *start(int number, const char *mode, bool keeps)
{
    stream *it = malloc(sizeof *it);
    FILE *file =
        it ? fopencookie(it, mode, (cookie_io_functions_t){.read = get, .write = put, .close = end}) : NULL;
    if (!file) {
        free(it);
        return NULL;
    }
    *it = (stream){open_ones, file, number, keeps};
    open_ones = it;
    __fsetlocking(file, FSETLOCKING_BYCALLER);
    return file;
}

FILE *weft__streams_fdopen(int number, const char *mode)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return __real_fdopen(number, mode);
    weft__fd_release(it);
    return start(number, mode, false);
}

int __wrap_fileno(FILE *file)
{
    const stream *it = find(file);
    return it ? it->number : __real_fileno(file);
}

// ---- The standard ones ----

weft__streams *weft__streams_new(void)
{
    weft__streams *it = calloc(1, sizeof *it);
    if (!it)
        return NULL;
    for (int i = 0; i < 3; i++)
        if (!(it->files[i] = start(i, i ? "w" : "r", true))) {
            weft__streams_free(it);
            return NULL;
        }
    setvbuf(it->files[1], NULL, _IOLBF, BUFSIZ);
    setvbuf(it->files[2], NULL, _IONBF, 0);
    return it;
}

static void drop(FILE *file)
{
    __fpurge(file);
    __real_fclose(file);
}

void weft__streams_free(weft__streams *it)
{
    for (int i = 0; it && i < 3; i++)
        if (it->files[i] && find(it->files[i])) // else it was closed
            drop(it->files[i]);
    free(it);
}

void weft__streams_exchange(weft__streams *it)
{
    for (int i = 0; i < 3; i++) {
        FILE *before = *standard[i];
        *standard[i] = it->files[i];
        it->files[i] = before;
    }
}

// The component's own.
__attribute__((constructor)) static void begin(void)
{
    weft__streams *own = weft__streams_new();
    if (!own)
        abort();
    weft__streams_exchange(own);
    free(own);
}

// Before libc would flush them.
__attribute__((destructor)) static void finish(void)
{
    has_ended = true;
    while (open_ones)
        drop(open_ones->file);
}
