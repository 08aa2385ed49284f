// Puts a component back to where it was: its variables are copied over, and the memory that a run has left is
// freed. For runs that end in the middle of something.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE // dl_iterate_phdr
#include "fuzz.h"

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Variables ----

enum { RANGES = 8 };
static struct {
    char *from, *to, *copy;
} ranges[RANGES];
static uint32_t range_count;

// By bytes, and unseen by AddressSanitizer: between variables it has put what must not be touched.
__attribute__((no_sanitize("address", "undefined"), noinline)) static void copy(char *to, const char *from,
                                                                                size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void keep(char *from, char *to)
{
    if (from >= to || range_count == RANGES)
        return;
    char *kept = malloc((size_t)(to - from));
    if (!kept)
        abort();
    copy(kept, from, (size_t)(to - from));
    ranges[range_count].from = from;
    ranges[range_count].to = to;
    ranges[range_count++].copy = kept;
}

// All that can be written of the object that `weft_fuzzed` is in, but what libFuzzer counts there. libc's
// struct is not aligned as -malign-double would have it, which does not matter for its first members.
__attribute__((no_sanitize("alignment"))) static int keep_object(struct dl_phdr_info *object, size_t size,
                                                                 void *data)
{
    (void)size;
    (void)data;
    char *base = (char *)object->dlpi_addr, *own = (char *)&weft_fuzzed, *after_relro = NULL;
    bool found = false;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *it = &object->dlpi_phdr[i];
        char *from = base + it->p_vaddr;
        found |= it->p_type == PT_LOAD && own >= from && own < from + it->p_memsz;
        if (it->p_type == PT_GNU_RELRO)
            after_relro = from + it->p_memsz;
    }
    for (int i = 0; found && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *it = &object->dlpi_phdr[i];
        if (it->p_type != PT_LOAD || !(it->p_flags & PF_W))
            continue;
        char *from = base + it->p_vaddr, *to = from + it->p_memsz;
        if (after_relro > from)
            from = after_relro;
        if (weft_fuzzed.counters >= from && weft_fuzzed.counters < to) {
            keep(from, weft_fuzzed.counters);
            keep(weft_fuzzed.counters_end, to);
        } else {
            keep(from, to);
        }
    }
    return found;
}

// ---- Memory ----

enum { BLOCKS = 1 << 14 };
static const void *blocks[BLOCKS]; // hashed; a gap ends a search, and what is freed is no gap
static const char freed;

static uint32_t place(const void *memory)
{
    return (uint32_t)((uintptr_t)memory / 8 * 0x9e3779b1u) % BLOCKS;
}

static void allocated(const void *memory)
{
    uint32_t at = place(memory);
    for (uint32_t tried = 0; blocks[at] && blocks[at] != &freed; at = (at + 1) % BLOCKS)
        if (++tried == BLOCKS)
            return; // this one is left
    blocks[at] = memory;
}

static void was_freed(const void *memory)
{
    uint32_t at = place(memory);
    for (uint32_t tried = 0; blocks[at] && tried < BLOCKS; at = (at + 1) % BLOCKS, tried++)
        if (blocks[at] == memory) {
            blocks[at] = &freed;
            return;
        }
}

void fuzz_keep(void)
{
    weft_fuzzed.allocated = allocated;
    weft_fuzzed.freed = was_freed;
    if (!dl_iterate_phdr(keep_object, NULL))
        abort();
}

void fuzz_reset(void)
{
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (blocks[i] && blocks[i] != &freed)
            free((void *)(uintptr_t)blocks[i]);
    memset(blocks, 0, sizeof blocks);
    for (uint32_t i = 0; i < range_count; i++)
        copy(ranges[i].from, ranges[i].copy, (size_t)(ranges[i].to - ranges[i].from));
}
