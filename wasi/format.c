// Formatted text: parses formats, and converts integers and strings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "format.h"

void weft__format_put(weft__format *it, const char *bytes, size_t size)
{
    if (it->length < it->room && size)
        __builtin_memcpy(it->string + it->length, bytes,
                         size < it->room - it->length ? size : it->room - it->length);
    it->length += size;
}

void weft__format_fill(weft__format *it, char byte, size_t count)
{
    if (it->length < it->room)
        __builtin_memset(it->string + it->length, byte,
                         count < it->room - it->length ? count : it->room - it->length);
    it->length += count;
}

static size_t padding(const weft__format *it, const char *prefix, size_t size)
{
    size += __builtin_strlen(prefix);
    return it->width > size ? it->width - size : 0;
}

void weft__format_begin(weft__format *it, const char *prefix, size_t size, bool zeros)
{
    size_t pad = it->left ? 0 : padding(it, prefix, size);
    weft__format_fill(it, ' ', zeros ? 0 : pad);
    weft__format_put(it, prefix, __builtin_strlen(prefix));
    weft__format_fill(it, '0', zeros ? pad : 0);
}

void weft__format_end(weft__format *it, const char *prefix, size_t size)
{
    weft__format_fill(it, ' ', it->left ? padding(it, prefix, size) : 0);
}

static void put_padded(weft__format *it, const char *bytes, size_t size)
{
    weft__format_begin(it, "", size, false);
    weft__format_put(it, bytes, size);
    weft__format_end(it, "", size);
}

const char *weft__format_sign(const weft__format *it, bool negative)
{
    return negative ? "-" : it->plus ? "+" : it->space ? " " : "";
}

static void put_integer(weft__format *it, uint64_t value, unsigned base, const char *prefix)
{
    char digits[22]; // 64 bits in base 8
    size_t at = sizeof digits;
    const char *letters = it->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; value; value /= base)
        digits[--at] = letters[value % base];
    size_t count = sizeof digits - at;
    size_t least = it->precision < 0 ? 1 : (size_t)it->precision;
    if (base == 8 && it->alternate && least <= count)
        least = count + 1; // it begins with a zero
    size_t size = count < least ? least : count;
    weft__format_begin(it, prefix, size, it->zero && it->precision < 0);
    weft__format_fill(it, '0', size - count);
    weft__format_put(it, digits + at, count);
    weft__format_end(it, prefix, size);
}

static void put_string(weft__format *it, const char *string)
{
    size_t size = 0;
    if (!string)
        string = "(null)";
    while ((it->precision < 0 || size < (size_t)it->precision) && string[size])
        size++;
    put_padded(it, string, size);
}

// The number at *at; for a `*`, the next argument.
static long number(weft__format *it, const char **at)
{
    if (**at == '*') {
        ++*at;
        return va_arg(it->arguments, int);
    }
    long value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at)
        value = value < INT32_MAX / 10 ? value * 10 + (**at - '0') : INT32_MAX;
    return value;
}

// Reads the length at *at, such as `ll`, and returns the bytes that such an argument has.
static size_t size_of_argument(const char **at)
{
    switch (*(*at)++) {
    case 'h':
        if (**at != 'h')
            return sizeof(short);
        ++*at;
        return sizeof(char);
    case 'l':
        if (**at != 'l')
            return sizeof(long);
        ++*at;
        return sizeof(long long);
    case 'j':
        return sizeof(intmax_t);
    case 'z':
        return sizeof(size_t);
    case 't':
        return sizeof(ptrdiff_t);
    default:
        --*at;
        return sizeof(int);
    }
}

// The next argument, of `size` bytes, as 64 bits.
static uint64_t argument(weft__format *it, size_t size, bool is_signed)
{
    uint64_t value = size > sizeof(int) ? va_arg(it->arguments, uint64_t) : va_arg(it->arguments, unsigned);
    unsigned shift = (unsigned)(64 - 8 * size);
    return is_signed ? (uint64_t)((int64_t)(value << shift) >> shift) : value << shift >> shift;
}

static void parse_flags(weft__format *it, const char **at)
{
    it->left = it->plus = it->space = it->alternate = it->zero = false;
    for (;; ++*at) {
        switch (**at) {
        case '-':
            it->left = true;
            break;
        case '+':
            it->plus = true;
            break;
        case ' ':
            it->space = true;
            break;
        case '#':
            it->alternate = true;
            break;
        case '0':
            it->zero = true;
            break;
        default:
            return;
        }
    }
}

// Converts what stands behind a %; NULL if that is no conversion.
static const char *convert(weft__format *it, const char *at)
{
    parse_flags(it, &at);
    long width = number(it, &at);
    it->left = it->left || width < 0;
    it->width = (size_t)(width < 0 ? -width : width);
    it->precision = -1;
    if (*at == '.') {
        at++;
        it->precision = number(it, &at);
    }
    size_t size = size_of_argument(&at);
    it->conversion = *at++;
    switch (it->conversion) {
    case 'd':
    case 'i': {
        int64_t value = (int64_t)argument(it, size, true);
        put_integer(it, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10,
                    weft__format_sign(it, value < 0));
        break;
    }
    case 'u':
        put_integer(it, argument(it, size, false), 10, "");
        break;
    case 'x':
    case 'X': {
        uint64_t value = argument(it, size, false);
        put_integer(it, value, 16, !it->alternate || !value ? "" : it->conversion == 'x' ? "0x" : "0X");
        break;
    }
    case 'o':
        put_integer(it, argument(it, size, false), 8, "");
        break;
    case 'p':
        put_integer(it, (uintptr_t)va_arg(it->arguments, void *), 16, "0x");
        break;
    case 'c': {
        char letter = (char)va_arg(it->arguments, int);
        put_padded(it, &letter, 1);
        break;
    }
    case 's':
        put_string(it, va_arg(it->arguments, const char *));
        break;
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G': {
        double value = va_arg(it->arguments, double);
        if (weft__format_float)
            weft__format_float(it, value);
        else
            put_padded(it, "(float)", 7);
        break;
    }
    case '%':
        weft__format_put(it, "%", 1);
        break;
    default:
        return NULL;
    }
    return at;
}

size_t weft_vformat(char *string, size_t room, const char *format, va_list arguments)
{
    weft__format it = {.string = string, .room = room};
    va_copy(it.arguments, arguments);
    while (*format) {
        const char *from = format;
        const char *next = *format == '%' ? convert(&it, format + 1) : NULL;
        if (next) {
            format = next;
            continue;
        }
        for (format++; *format && *format != '%'; format++)
            ;
        weft__format_put(&it, from, (size_t)(format - from));
    }
    va_end(it.arguments);
    if (room)
        string[it.length < room ? it.length : room - 1] = 0;
    return it.length;
}

size_t weft_format(char *string, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = weft_vformat(string, room, format, arguments);
    va_end(arguments);
    return length;
}
