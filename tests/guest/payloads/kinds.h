// The kinds of payloads that the scenarios run on, as streams and as futures.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Included by all four sides, after PEER(x), WORLD(x), thing_value and weft_script.h or raw_script.h. The
// contents tell the item's number; number 5 is made of empty texts and lists.
#ifndef KINDS_H
#define KINDS_H

typedef WORLD(string_t) text;
typedef WORLD(list_u32_t) numbers;
typedef WORLD(list_string_t) names;
typedef PEER(entry_t) entry;
typedef WORLD(tuple2_u32_string_t) pair;
typedef PEER(either_t) either;
typedef PEER(own_thing_t) thing;
typedef PEER(stream_u8_t) bytes;

enum { EMPTY_NUMBER = 5, BAD_NUMBER = 99 };

static uint32_t length_of(uint32_t number)
{
    return number == EMPTY_NUMBER ? 0 : number;
}

// A pointer that may be looked at and not freed for what is empty, as the host sends them, too.
static void *filled(uint32_t length, size_t size)
{
    static uint32_t nothing;
    return length ? payload_alloc(length * size) : &nothing;
}

static void free_filled(void *memory, size_t length)
{
    if (length)
        payload_free(memory);
}

static void text_make(void *item, uint32_t number)
{
    text *value = item;
    value->len = length_of(number);
    value->ptr = filled(length_of(number), 1);
    memset(value->ptr, (int)('0' + number), value->len);
}

static uint32_t text_number(const void *item)
{
    const text *value = item;
    uint32_t number = value->len ? (uint32_t)value->len : EMPTY_NUMBER;
    for (size_t i = 0; i < value->len; i++)
        if (value->ptr[i] != '0' + number)
            return BAD_NUMBER;
    return number;
}

static void text_drop(void *item, bool moved)
{
    (void)moved; // no handles in it
    text *value = item;
    free_filled(value->ptr, value->len);
}

static void numbers_make(void *item, uint32_t number)
{
    numbers *value = item;
    value->len = length_of(number);
    value->ptr = filled(length_of(number), sizeof *value->ptr);
    for (uint32_t i = 0; i < value->len; i++)
        value->ptr[i] = number * 1000 + i;
}

static uint32_t numbers_number(const void *item)
{
    const numbers *value = item;
    uint32_t number = value->len ? (uint32_t)value->len : EMPTY_NUMBER;
    for (uint32_t i = 0; i < value->len; i++)
        if (value->ptr[i] != number * 1000 + i)
            return BAD_NUMBER;
    return number;
}

static void numbers_drop(void *item, bool moved)
{
    (void)moved;
    numbers *value = item;
    free_filled(value->ptr, value->len);
}

static void names_make(void *item, uint32_t number)
{
    names *value = item;
    value->len = length_of(number);
    value->ptr = filled(length_of(number), sizeof *value->ptr);
    for (uint32_t i = 0; i < value->len; i++)
        text_make(&value->ptr[i], i + 1);
}

static uint32_t names_number(const void *item)
{
    const names *value = item;
    for (uint32_t i = 0; i < value->len; i++)
        if (text_number(&value->ptr[i]) != i + 1)
            return BAD_NUMBER;
    return value->len ? (uint32_t)value->len : EMPTY_NUMBER;
}

static void names_drop(void *item, bool moved)
{
    names *value = item;
    for (uint32_t i = 0; i < value->len; i++)
        text_drop(&value->ptr[i], moved);
    free_filled(value->ptr, value->len);
}

static void entry_make(void *item, uint32_t number)
{
    entry *value = item;
    value->id = number;
    text_make(&value->name, number);
    value->data.len = length_of(number);
    value->data.ptr = filled(length_of(number), 1);
    memset(value->data.ptr, (int)number, value->data.len);
}

static uint32_t entry_number(const void *item)
{
    const entry *value = item;
    if (value->data.len != length_of(value->id) || text_number(&value->name) != value->id)
        return BAD_NUMBER;
    for (size_t i = 0; i < value->data.len; i++)
        if (value->data.ptr[i] != value->id)
            return BAD_NUMBER;
    return value->id;
}

static void entry_drop(void *item, bool moved)
{
    entry *value = item;
    text_drop(&value->name, moved);
    free_filled(value->data.ptr, value->data.len);
}

static void pair_make(void *item, uint32_t number)
{
    pair *value = item;
    value->f0 = number;
    text_make(&value->f1, number);
}

static uint32_t pair_number(const void *item)
{
    const pair *value = item;
    return text_number(&value->f1) == value->f0 ? value->f0 : BAD_NUMBER;
}

static void pair_drop(void *item, bool moved)
{
    pair *value = item;
    text_drop(&value->f1, moved);
}

// The case depends on the number: a list for 3, an error for 4, no text for 5, nothing for 6, a number for 1, a
// text.
static void either_make(void *item, uint32_t number)
{
    either *value = item;
    *value = (either){.tag = 2};
    if (number == 1) {
        value->tag = 1;
        value->val.number = 1;
    } else if (number == 3) {
        value->tag = 3;
        numbers_make(&value->val.outcome.val.ok, number);
    } else if (number == 4) {
        value->tag = 3;
        value->val.outcome.is_err = true;
        text_make(&value->val.outcome.val.err, number);
    } else if (number == 6) {
        value->tag = 0;
    } else if (number != 5) {
        value->val.maybe.is_some = true;
        text_make(&value->val.maybe.val, number);
    }
}

static uint32_t either_number(const void *item)
{
    const either *value = item;
    if (value->tag == 0)
        return 6;
    if (value->tag == 1)
        return value->val.number;
    if (value->tag == 2)
        return value->val.maybe.is_some ? text_number(&value->val.maybe.val) : 5;
    return value->val.outcome.is_err ? text_number(&value->val.outcome.val.err)
                                     : numbers_number(&value->val.outcome.val.ok);
}

static void either_drop(void *item, bool moved)
{
    either *value = item;
    if (value->tag == 2 && value->val.maybe.is_some)
        text_drop(&value->val.maybe.val, moved);
    else if (value->tag == 3 && value->val.outcome.is_err)
        text_drop(&value->val.outcome.val.err, moved);
    else if (value->tag == 3)
        numbers_drop(&value->val.outcome.val.ok, moved);
}

static void thing_make(void *item, uint32_t number)
{
    *(thing *)item = PEER(constructor_thing)(number);
}

static uint32_t thing_number(const void *item)
{
    return thing_value(*(const thing *)item);
}

static void thing_drop(void *item, bool moved)
{
    if (!moved)
        PEER(thing_drop_own)(*(thing *)item);
}

// A stream as an item tells its number by that many bytes, which its writer has put there before. Their writers
// stay until the scenario is over.
static uint32_t bytes_writers[64], bytes_made;

static void bytes_make(void *item, uint32_t number)
{
    static const uint8_t content[16];
    uint32_t *writer = &bytes_writers[bytes_made++];
    *(bytes *)item = PEER(stream_u8_new)(writer);
    EXPECT(PEER(stream_u8_write)(*writer, content, number), WEFT_BLOCKED);
}

static uint32_t bytes_number(const void *item)
{
    uint8_t content[16];
    uint32_t status = PEER(stream_u8_read)(*(const bytes *)item, content, sizeof content);
    return WEFT_STATUS_STATE(status) == WEFT_COPY_COMPLETED ? WEFT_STATUS_COUNT(status) : BAD_NUMBER;
}

static void bytes_drop(void *item, bool moved)
{
    if (!moved)
        PEER(stream_u8_drop_readable)(*(bytes *)item);
}

static void bytes_cleanup(void)
{
    for (; bytes_made; bytes_made--) {
        PEER(stream_u8_cancel_write)(bytes_writers[bytes_made - 1]);
        PEER(stream_u8_drop_writable)(bytes_writers[bytes_made - 1]);
    }
}

static void (*script_cleanup)(void) = bytes_cleanup;

#define KIND(name, type)                                                                                       \
    static const item_kind name##_items = {sizeof(name), name##_make, name##_number, name##_drop};             \
    SCRIPT_STREAM(name##_stream, PEER(stream_##type), name, name##_items)                                      \
    SCRIPT_FUTURE(name##_future, PEER(future_##type), name, name##_items)

KIND(text, string)
KIND(numbers, list_u32)
KIND(names, list_string)
KIND(entry, entry)
KIND(pair, tuple2_u32_string)
KIND(either, either)
KIND(thing, own_thing)
KIND(bytes, stream_u8)

// Applies DO to each kind of streams, and of futures.
#define STREAMS(DO)                                                                                            \
    DO(text_stream)                                                                                            \
    DO(numbers_stream)                                                                                         \
    DO(names_stream)                                                                                           \
    DO(entry_stream)                                                                                           \
    DO(pair_stream)                                                                                            \
    DO(either_stream)                                                                                          \
    DO(thing_stream)                                                                                           \
    DO(bytes_stream)
#define FUTURES(DO)                                                                                            \
    DO(text_future)                                                                                            \
    DO(numbers_future)                                                                                         \
    DO(names_future)                                                                                           \
    DO(entry_future)                                                                                           \
    DO(pair_future)                                                                                            \
    DO(either_future)                                                                                          \
    DO(thing_future)                                                                                           \
    DO(bytes_future)

#endif
