// The table of descriptors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <stdlib.h>
#include <weft/fiber.h>

weft_program *weft__program;

static weft__place *table;
static int32_t size; // of the table

enum { STANDARD = 3 }; // numbers of each program

static int32_t lowest = STANDARD; // those from STANDARD to it are taken

// ---- The first ones ----

static weft_bytes_reader *standard_in(weft__fd *it)
{
    (void)it;
    return weft_stdin();
}

static weft_bytes_writer *standard_out(weft__fd *it)
{
    (void)it;
    return weft_stdout();
}

static weft_bytes_writer *standard_err(weft__fd *it)
{
    (void)it;
    return weft_stderr();
}

static uint8_t type_of(bool is_terminal)
{
    return is_terminal ? __WASI_FILETYPE_CHARACTER_DEVICE : __WASI_FILETYPE_UNKNOWN;
}

static void check(bool added)
{
    if (!added)
        __builtin_trap(); // no memory to start with
}

static void add_standard(int32_t number, bool is_terminal, weft_bytes_reader *(*in)(weft__fd *),
                         weft_bytes_writer *(*out)(weft__fd *))
{
    weft__fd *it = weft__fd_new(FD_STREAMS, type_of(is_terminal));
    check(it);
    it->in = in;
    it->out = out;
    it->reads = in;
    it->writes = out;
    check(!weft__fd_set(it, number));
    weft__fd_release(it);
}

static void add_given(weft_text name)
{
    weft__fd *it = weft__fd_new(FD_DIRECTORY, __WASI_FILETYPE_DIRECTORY);
    check(it);
    it->name = name;
    check(weft__fd_number(it) >= 0);
    weft__fd_release(it);
}

static void fill(void)
{
    static bool filled;
    if (filled)
        return;
    filled = true;
    add_standard(0, weft_stdin_is_terminal(), standard_in, NULL);
    add_standard(1, weft_stdout_is_terminal(), NULL, standard_out);
    add_standard(2, weft_stderr_is_terminal(), NULL, standard_err);
    weft_text name;
    for (size_t place = 0; weft_given_directory(place, &name); place++)
        add_given(name);
}

// ---- Numbers ----

// A number that is less than `size`.
static weft__place *place_of(int32_t number)
{
    return weft__program && number < STANDARD ? &weft__program->state->standard[number] : &table[number];
}

// NULL if nothing is behind the number.
static weft__place *find(int32_t number)
{
    fill();
    weft__place *at = number >= 0 && number < size ? place_of(number) : NULL;
    return at && at->fd ? at : NULL;
}

weft__fd *weft__fd_use(int32_t number)
{
    const weft__place *at = find(number);
    if (!at)
        return NULL;
    at->fd->users++;
    return at->fd;
}

weft__fd *weft__fd_new(enum weft__fd_kind kind, uint8_t type)
{
    fill();
    weft__fd *it = calloc(1, sizeof *it);
    if (!it)
        return NULL;
    it->users = 1;
    it->kind = (uint8_t)kind;
    it->type = type;
    return it;
}

static bool reserve(int32_t least)
{
    int32_t more = size ? size : 8;
    while (more < least)
        more *= 2;
    if (more == size)
        return true;
    weft__place *larger = realloc(table, (size_t)more * sizeof *table);
    if (!larger)
        return false;
    table = larger;
    while (size < more)
        table[size++] = (weft__place){0};
    return true;
}

int weft__fd_set(weft__fd *it, int32_t number)
{
    enum { MOST = 65536 };
    if (number < 0 || number >= MOST)
        return EBADF;
    if (!reserve(number + 1))
        return ENOMEM;
    weft__place *at = place_of(number);
    weft__fd *before = at->fd;
    it->users++;
    *at = (weft__place){it, weft__program};
    if (before)
        weft__fd_release(before);
    return 0;
}

__attribute__((weak)) int32_t weft__fd_reserve(void)
{
    for (int32_t number = 0; number < STANDARD; number++)
        if (number >= size || !place_of(number)->fd)
            return number;
    while (lowest < size && table[lowest].fd)
        lowest++;
    return lowest;
}

__attribute__((weak)) void weft__fd_unreserve(int32_t number)
{
    (void)number;
}

int32_t weft__fd_number(weft__fd *it)
{
    int32_t number = weft__fd_reserve();
    if (!weft__fd_set(it, number))
        return number;
    weft__fd_unreserve(number);
    return -1;
}

void weft__fd_release(weft__fd *it)
{
    if (--it->users)
        return;
    weft_list_close(&it->list);
    weft_file_close(&it->file);
    if (it->close)
        it->close(it->of);
    free(it);
}

static void clear(weft__place *at, int32_t number)
{
    *at = (weft__place){0};
    if (number >= STANDARD && number < lowest)
        lowest = number;
}

int weft__fd_close(int32_t number)
{
    weft__place *at = find(number);
    if (!at)
        return EBADF;
    weft__fd *it = at->fd;
    clear(at, number);
    weft__fd_unreserve(number);
    weft__fd_release(it);
    return 0;
}

const weft_program *weft__fd_owner(int32_t number)
{
    const weft__place *at = number < STANDARD ? NULL : find(number);
    return at ? at->owner : NULL;
}

int32_t weft__fd_left(int32_t least)
{
    int32_t number = least < STANDARD ? STANDARD : least;
    while (number < size && weft__fd_owner(number) != weft__program)
        number++;
    return number < size ? number : -1;
}

void weft__fd_disown(int32_t number)
{
    weft__place *at = number < STANDARD ? NULL : find(number);
    if (at)
        at->owner = NULL;
}

PREVIEW1(fd_close, int32_t number)
{
    return weft__fd_close(number);
}

PREVIEW1(fd_renumber, int32_t from, int32_t to)
{
    weft__place *at = find(from), *over = find(to);
    if (!at || !over)
        return EBADF;
    if (from == to)
        return 0;
    weft__fd *before = over->fd;
    *over = *at;
    clear(at, from);
    weft__fd_release(before);
    return 0;
}

// ---- Those that are handed in ----

static weft_bytes_reader *given_in(weft__fd *it)
{
    return it->given_in;
}

static weft_bytes_writer *given_out(weft__fd *it)
{
    return it->given_out;
}

weft__fd *weft__fd_given(weft_bytes_reader *in, weft_bytes_writer *out)
{
    weft__fd *it = weft__fd_new(FD_STREAMS, __WASI_FILETYPE_SOCKET_STREAM);
    if (!it)
        return NULL;
    it->given_in = in;
    it->given_out = out;
    it->in = given_in;
    it->out = given_out;
    it->reads = in;
    it->writes = out;
    return it;
}

int weft_fd(weft_bytes_reader *in, weft_bytes_writer *out, void (*close)(void *of), void *of)
{
    weft__fd *it = weft__fd_given(in, out);
    int number = it ? weft__fd_number(it) : -1;
    if (it && number >= 0) {
        it->close = close;
        it->of = of;
    }
    if (it)
        weft__fd_release(it);
    if (number < 0)
        errno = ENOMEM;
    return number;
}

// ---- Turns ----

typedef struct {
    weft_mutex *turn;
    weft_permit *permit;
} turn;

WAIT(wait_turn, turn, weft_acquire(co, it->turn, it->permit))

int weft__fd_turn(weft_mutex *mutex, weft_permit *permit)
{
    *permit = (weft_permit){0};
    if (weft_try_acquire(mutex, permit))
        return 0;
    if (!weft_fiber_co()) // a fiber has the turn, and cannot go on while the component waits
        return EDEADLK;
    return weft__libc_block(wait_turn, &(turn){mutex, permit});
}
