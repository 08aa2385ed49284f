// What a program is started with, how it ends, random numbers, and time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <stdlib.h>

// ---- Arguments and environment ----

static char *put(char *at, weft_text text, char end)
{
    __builtin_memcpy(at, text.at, text.length);
    at[text.length] = end;
    return at + text.length + 1;
}

PREVIEW1(args_sizes_get, size_t *count, size_t *bytes)
{
    *count = weft_argument_count();
    *bytes = 0;
    for (size_t place = 0; place < *count; place++)
        *bytes += weft_argument(place).length + 1;
    return 0;
}

PREVIEW1(args_get, char **pointers, char *bytes)
{
    for (size_t place = 0; place < weft_argument_count(); place++) {
        pointers[place] = bytes;
        bytes = put(bytes, weft_argument(place), 0);
    }
    return 0;
}

PREVIEW1(environ_sizes_get, size_t *count, size_t *bytes)
{
    weft_text name, value;
    *bytes = 0;
    for (*count = 0; weft_variable_at(*count, &name, &value); ++*count)
        *bytes += name.length + value.length + 2;
    return 0;
}

PREVIEW1(environ_get, char **pointers, char *bytes)
{
    weft_text name, value;
    for (size_t place = 0; weft_variable_at(place, &name, &value); place++) {
        pointers[place] = bytes;
        bytes = put(put(bytes, name, '='), value, 0);
    }
    return 0;
}

// ---- The end ----

_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t code);
_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t code)
{
    if (weft__program_exit)
        weft__program_exit(code, false);
    weft_exit((uint8_t)code);
}

weft__lock weft__ending;

// exit and atexit of sources with weft/detail/missing.h. libc's exit is for one fiber.
_Noreturn void weft__exit(int code);
_Noreturn void weft__exit(int code)
{
    if (weft__program_exit)
        weft__program_exit(code, true);
    if (weft__lock_take(&weft__ending, true)) // outside of a fiber, while one ends
        weft_exit((uint8_t)code);
    exit(code);
}

int weft__atexit(void (*function)(void));
int weft__atexit(void (*function)(void))
{
    int error;
    if (weft__program_at_exit && weft__program_at_exit(function, &error))
        return error;
    return atexit(function);
}

// ---- Random numbers ----

PREVIEW1(random_get, uint8_t *bytes, size_t count)
{
    weft_random_bytes(bytes, count);
    return 0;
}

// ---- Time ----

PREVIEW1(clock_time_get, int32_t clock, int64_t precision, uint64_t *time)
{
    (void)precision;
    weft_instant now;
    switch (clock) {
    case 0: // CLOCK_REALTIME
        now = weft_instant_now();
        *time = (uint64_t)now.seconds * 1000000000 + now.nanoseconds;
        return 0;
    case 1: // CLOCK_MONOTONIC
        *time = weft_now(&weft_host_clock);
        return 0;
    default: // the host counts no process's time
        return EINVAL;
    }
}

PREVIEW1(clock_res_get, int32_t clock, uint64_t *resolution)
{
    *resolution = 1;
    return clock == 0 || clock == 1 ? 0 : EINVAL;
}

WAIT(wait_yield, void, ((void)it, weft_yield(co)))

PREVIEW1(sched_yield, void)
{
    return weft__libc_block(wait_yield, NULL);
}
