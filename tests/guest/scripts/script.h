// Scripts: what one side does with its end of a stream or future, a letter a step, and the log of what came of
// it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both sides of a component pair run a script on their end; a scenario is the two scripts and the two logs that
// they must leave. weft_script.h runs one on Weft, raw_script.h on the raw bindings.
//
//   0..9  the number of items of the next s or f; 1 if not said
//   s     start a read or write; f: a write of all
//   a     await it
//   x     stop what is in flight
//   c     close the end; an unwritten future delivers its default in the background
//   ~     yield once
//   |     peer: wait until the runner opens this gate
//   >     runner: open the peer's gate and wait until it stands again
//   .     runner: wait until the peer stands at a gate or at its end
//   !     runner: make the peer pass its gate and go on to the next step that waits, in one synchronous call
//
// After the runner's script the peer's last gates open by themselves.
//
// In the log: B blocked, C completed, D dropped, X cancelled; for streams the count follows; a reader shows
// what it read, [1 2]. Items are numbered as they are made; a future's default is 9. With SCRIPT_LOGS_DROPS, m
// stands for an item given up because it has moved, and k with its number for one that was still here.
#ifndef SCRIPT_H
#define SCRIPT_H

#include "check.h"
#include <stdlib.h>

// What a payload is made of. All handles and memory of an item are given back by drop; moved: all but handles.
typedef struct item_kind {
    size_t size; // bytes
    void (*make)(void *item, uint32_t number);
    uint32_t (*number)(const void *item);
    void (*drop)(void *item, bool moved);
} item_kind;

enum { DEFAULT_NUMBER = 9, ITEMS_MAX = 9, ITEM_SIZE_MAX = 32 };

// Where the peer's script stands.
enum { STANDS_NOWHERE, STANDS_AT_AWAIT, STANDS_AT_GATE, STANDS_AT_END };

// Live payload objects of this component: memory and resources that it made or was sent.
static uint32_t payload_live;

__attribute__((unused)) static void *payload_alloc(size_t size)
{
    payload_live++;
    return malloc(size);
}

__attribute__((unused)) static void payload_free(void *memory)
{
    payload_live--;
    free(memory);
}

// What the host puts lists and strings into. In place of the generated one, to count.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *memory, size_t old_size, size_t align,
                                                                size_t size);
void *cabi_realloc(void *memory, size_t old_size, size_t align, size_t size)
{
    (void)old_size;
    if (size == 0)
        return (void *)align;
    payload_live += memory == NULL;
    return realloc(memory, size);
}

// Sorts the free handles after more were in use than the probe, which fills a few holes, can tell; `count` is
// more than there were.
__attribute__((unused)) static void sort_handles(uint32_t count)
{
    uint32_t *sets = malloc(count * sizeof *sets);
    for (uint32_t i = 0; i < count; i++)
        sets[i] = __waitable_set_new();
    // Each goes to the place of its handle among all; the last one dropped is the next one given out.
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++)
        highest = sets[i] > highest ? sets[i] : highest;
    bool *held = calloc(highest + 1, sizeof *held);
    for (uint32_t i = 0; i < count; i++)
        held[sets[i]] = true;
    for (uint32_t handle = highest; handle > 0; handle--)
        if (held[handle])
            __waitable_set_drop(handle);
    free(held);
    free(sets);
}

// Ends what a kind has kept open for its items, once a scenario is over.
static void (*script_cleanup)(void);

static char script_log[400];

static void log_text(const char *text)
{
    strncat(script_log, text, sizeof script_log - 1 - strlen(script_log));
}

static void log_number(uint32_t number)
{
    char digits[11];
    char *at = digits + sizeof digits - 1;
    *at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    log_text(at);
}

static void log_word(const char *word)
{
    if (script_log[0])
        log_text(" ");
    log_text(word);
}

static void log_items(const item_kind *kind, char *items, size_t count)
{
    log_text("[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            log_text(" ");
        log_number(kind->number(items + i * kind->size));
        kind->drop(items + i * kind->size, false);
    }
    log_text("]");
}

// An item is given up.
__attribute__((unused)) static void script_drop(const item_kind *kind, void *item, bool moved)
{
#ifdef SCRIPT_LOGS_DROPS
    log_word(moved ? "m" : "k");
    if (!moved)
        log_number(kind->number(item));
#endif
    kind->drop(item, moved);
}

#endif
