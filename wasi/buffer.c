// Buffers of bytes that grow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/buffer.h>

// Makes room for `more` bytes behind those in the buffer, and returns it; NULL if there is no memory.
static char *room_for(weft_bytes_buffer *buffer, size_t more)
{
    size_t least;
    if (buffer->error)
        return NULL;
    if (__builtin_add_overflow(buffer->count, more, &least) ||
        ((!buffer->items || least > buffer->capacity) &&
         !weft__buffer_grow(&buffer->buffer, 1, least, SIZE_MAX))) {
        buffer->error = WEFT_ENOMEM;
        return NULL;
    }
    return (char *)buffer->items + buffer->count;
}

uint8_t *weft_bytes_extend(weft_bytes_buffer *buffer, size_t count)
{
    char *room = room_for(buffer, count);
    buffer->count += room ? count : 0;
    return (uint8_t *)room;
}

weft_error weft_bytes_append(weft_bytes_buffer *buffer, weft_text text)
{
    uint8_t *room = text.length ? weft_bytes_extend(buffer, text.length) : NULL;
    if (room)
        __builtin_memcpy(room, text.at, text.length);
    return buffer->error;
}

weft_error weft_bytes_append_vformat(weft_bytes_buffer *buffer, const char *format, va_list arguments)
{
    size_t free = buffer->error ? 0 : buffer->capacity - buffer->count;
    size_t length = weft_vformat(free ? (char *)buffer->items + buffer->count : NULL, free, format, arguments);
    if (length >= free) { // with the zero behind it
        free = length + 1;
        char *room = room_for(buffer, free);
        if (room)
            weft_vformat(room, free, format, arguments);
    }
    buffer->count += buffer->error ? 0 : length;
    return buffer->error;
}

weft_error weft_bytes_append_format(weft_bytes_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_error error = weft_bytes_append_vformat(buffer, format, arguments);
    va_end(arguments);
    return error;
}

weft_text weft_bytes_text(const weft_bytes_buffer *buffer)
{
    return weft_text_of(buffer->items, buffer->count);
}

void weft_bytes_clear(weft_bytes_buffer *buffer)
{
    buffer->count = 0;
    buffer->error = WEFT_OK;
}

weft_bytes_buffer weft_bytes_take(weft_bytes_buffer *buffer)
{
    weft_bytes_buffer all = *buffer;
    *buffer = (weft_bytes_buffer){0};
    return all;
}
