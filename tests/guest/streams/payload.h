// The payload of the streams' components: numbers, unless another topic asks for a record or for none.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The topics streams (u8), words (u32), points (a record) and units (none) are the same sources on other
// payloads.
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A status of the tests and the peer: how a copy ended, and how many items it moved.
#define COMPLETED(count) ((uint32_t)(count) << 4 | 0u)
#define DROPPED(count) ((uint32_t)(count) << 4 | 1u)
#define CANCELLED(count) ((uint32_t)(count) << 4 | 2u)
#define WRONG_ITEMS UINT32_C(15)

// The stream of the interface `prefix`: its name without _t, and its type. An argument that only a payload has.
#ifdef PAYLOAD_NONE
#define STREAM(prefix) prefix##_stream_void
#define STREAM_T(prefix) prefix##_stream_void_t
#define ITEMS(pointer)
#else
#define STREAM(prefix) prefix##_stream_item
#define STREAM_T(prefix) prefix##_stream_item_t
#define ITEMS(pointer) (pointer),
#endif

#ifdef PAYLOAD_NONE

typedef void item;

static item *new_items(size_t length, uint32_t first)
{
    (void)length, (void)first;
    return NULL;
}

static item *new_buffer(size_t length)
{
    (void)length;
    return NULL;
}

static bool holds(const item *items, size_t length, uint32_t first, size_t count)
{
    (void)items, (void)first;
    return count <= length;
}

#else

#ifdef CALLEE
typedef exports_weft_streams_peer_item_t item;
#else
typedef weft_streams_peer_item_t item;
#endif

// The item at a place of a stream, and whether another is the same.
#ifdef PAYLOAD_RECORD
static item item_at(uint32_t place)
{
    return (item){.x = (uint8_t)place, .y = place * UINT64_C(0x0123456789abcdef), .z = (float)place / 2};
}

static bool same(const item *a, const item *b)
{
    return a->x == b->x && a->y == b->y && a->z == b->z;
}
#else
static item item_at(uint32_t place)
{
    return (item)(place * UINT32_C(0x9e3779b1));
}

static bool same(const item *a, const item *b)
{
    return *a == *b;
}
#endif

// Items to write, from the place `first` on; to be freed.
static item *new_items(size_t length, uint32_t first)
{
    item *items = malloc(length * sizeof *items + 1);
    for (size_t i = 0; i < length; i++)
        items[i] = item_at(first + (uint32_t)i);
    return items;
}

// Room to read to; to be freed.
static item *new_buffer(size_t length)
{
    item *items = malloc(length * sizeof *items + 1);
    return memset(items, 0xaa, length * sizeof *items);
}

// True if a new_buffer of `length` has got `count` items from the place `first` on, and nothing after them.
static bool holds(const item *items, size_t length, uint32_t first, size_t count)
{
    for (size_t i = 0; i < count && i < length; i++) {
        item expected = item_at(first + (uint32_t)i);
        if (!same(items + i, &expected))
            return false;
    }
    for (const uint8_t *at = (const uint8_t *)(items + count); at < (const uint8_t *)(items + length); at++)
        if (*at != 0xaa)
            return false;
    return count <= length;
}

#endif

#endif
