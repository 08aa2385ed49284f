// stdin, stdout and stderr of each weft_program. libc has one FILE for each, in its own memory, so while a
// program runs, these have what it left in them, and a buffer of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <stdlib.h>
#include <sys/types.h>
#include <weft/hooks.h>

// A FILE of wasi-libc, without threads.
typedef struct file {
    unsigned flags;
    uint8_t *rpos, *rend;
    int (*close)(FILE *);
    uint8_t *wend, *wpos, *wbase;
    size_t (*read)(FILE *, uint8_t *, size_t);
    size_t (*write)(FILE *, const uint8_t *, size_t);
    off_t (*seek)(FILE *, off_t, int);
    uint8_t *buf;
    size_t buf_size;
    struct file *prev, *next;
    int fd, mode, lbf;
    void *cookie;
    off_t off;
    char *getln_buf;
    uint8_t *shend;
    off_t shlim, shcnt;
    void *locale;
} file;

// Its flags, and the room before its buffer.
enum { PERMANENT = 1, NO_READ = 4, NO_WRITE = 8, UNGET = 8 };

struct weft__streams {
    file files[3];
    uint8_t in[UNGET + BUFSIZ], out[UNGET + BUFSIZ], err[UNGET];
};

file **__ofl_lock(void); // the list of all other FILEs

static file *standard(int number)
{
    FILE *const all[] = {stdin, stdout, stderr};
    return (file *)(void *)all[number];
}

// Where a libc has another FILE, the number is elsewhere.
static void check(void)
{
    static const char text[] = "weft::libc does not know this libc: weft_program needs wasi-libc's FILE, "
                               "built without threads\n";
    const file *out = standard(1);
    if (out->fd == 1 && !out->cookie && !out->prev)
        return;
    weft_report(text, sizeof text - 1);
    __builtin_trap();
}

weft__streams *weft__streams_new(void)
{
    check();
    weft__streams *it = calloc(1, sizeof *it);
    if (!it)
        return NULL;
    const file *in = standard(0), *err = standard(2);
    it->files[0] =
        (file){.flags = PERMANENT | NO_WRITE, .read = in->read, .buf = it->in + UNGET, .buf_size = BUFSIZ};
    it->files[1] =
        (file){.flags = PERMANENT | NO_READ, .buf = it->out + UNGET, .buf_size = BUFSIZ, .lbf = '\n'};
    it->files[2] = (file){.flags = PERMANENT | NO_READ, .buf = it->err + UNGET, .lbf = -1};
    for (int i = 0; i < 3; i++) {
        it->files[i].fd = i;
        it->files[i].write = err->write;
        it->files[i].seek = err->seek;
        it->files[i].close = err->close;
    }
    return it;
}

void weft__streams_free(weft__streams *it)
{
    for (int i = 0; it && i < 3; i++)
        free(it->files[i].getln_buf);
    free(it);
}

void weft__streams_exchange(weft__streams *it)
{
    for (int i = 0; i < 3; i++) {
        file before = *standard(i);
        *standard(i) = it->files[i];
        it->files[i] = before;
    }
}

FILE *weft__streams_next(FILE *after)
{
    FILE *const all[] = {stdin, stdout, stderr};
    if (!after)
        return stdin;
    for (int i = 0; i < 2; i++)
        if (after == all[i])
            return all[i + 1];
    file *next = after == stderr ? *__ofl_lock() : ((file *)(void *)after)->next;
    return (FILE *)(void *)next;
}
