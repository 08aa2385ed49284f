// Texts: compared, cut, and turned into numbers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

weft_text weft_text_of(const void *bytes, size_t length)
{
    return (weft_text){bytes, length};
}

weft_text weft_text_z(const char *string)
{
    return weft_text_of(string, string ? __builtin_strlen(string) : 0);
}

weft_error weft_text_to_z(weft_text text, char *string, size_t room)
{
    if (room)
        *string = 0;
    if (text.length >= room)
        return WEFT_ELIMIT;
    for (size_t i = 0; i < text.length; i++)
        if (!text.at[i])
            return WEFT_EINVAL;
    if (text.length)
        __builtin_memcpy(string, text.at, text.length);
    string[text.length] = 0;
    return WEFT_OK;
}

bool weft_text_equal(weft_text a, weft_text b)
{
    return a.length == b.length && (!a.length || !__builtin_memcmp(a.at, b.at, a.length));
}

bool weft_text_equal_z(weft_text a, const char *b)
{
    return weft_text_equal(a, weft_text_z(b));
}

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

bool weft_text_alike(weft_text a, weft_text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool weft_text_alike_z(weft_text a, const char *b)
{
    return weft_text_alike(a, weft_text_z(b));
}

int weft_text_compare(weft_text a, weft_text b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common ? __builtin_memcmp(a.at, b.at, common) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

bool weft_text_starts(weft_text text, weft_text with)
{
    return weft_text_equal(weft_text_slice(text, 0, with.length), with);
}

bool weft_text_ends(weft_text text, weft_text with)
{
    return text.length >= with.length &&
           weft_text_equal(weft_text_slice(text, text.length - with.length, text.length), with);
}

// The number of bytes of a character that begins with `first`, if it has several; 0 if no such one begins so.
static unsigned character_length(unsigned char first)
{
    return first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

bool weft_text_is_utf8(weft_text text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // what is below has a shorter form
    const unsigned char *at = (const unsigned char *)text.at, *end = at + text.length;
    while (at < end) {
        uint64_t eight;
        if (end - at >= 8 && !(__builtin_memcpy(&eight, at, 8), eight & 0x8080808080808080)) {
            at += 8; // in most texts, all are so
            continue;
        }
        if (*at < 0x80) {
            at++;
            continue;
        }
        unsigned length = character_length(*at);
        if (!length || length > (size_t)(end - at))
            return false;
        uint32_t character = *at & (0x7f >> length);
        for (unsigned i = 1; i < length; i++) {
            if ((at[i] & 0xc0) != 0x80)
                return false;
            character = character << 6 | (at[i] & 0x3f);
        }
        if (character < least[length] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
            return false;
        at += length;
    }
    return true;
}

weft_text weft__text_cut(weft_text text, size_t most)
{
    size_t end = most < text.length ? most : text.length;
    while (end && end < text.length && most - end < 3 && (text.at[end] & 0xc0) == 0x80)
        end--;
    return weft_text_slice(text, 0, end);
}

size_t weft_text_find(weft_text text, weft_text part)
{
    if (!part.length)
        return 0;
    for (size_t at = 0; at + part.length <= text.length; at++)
        if (text.at[at] == *part.at && weft_text_equal((weft_text){text.at + at, part.length}, part))
            return at;
    return text.length;
}

weft_text weft_text_slice(weft_text text, size_t from, size_t to)
{
    if (to > text.length)
        to = text.length;
    if (from > to)
        from = to;
    return (weft_text){text.at ? text.at + from : text.at, to - from};
}

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

weft_text weft_text_trim(weft_text text)
{
    size_t from = 0, to = text.length;
    while (from < to && is_space(text.at[from]))
        from++;
    while (from < to && is_space(text.at[to - 1]))
        to--;
    return weft_text_slice(text, from, to);
}

bool weft_text_next(weft_text *rest, char separator, weft_text *part)
{
    if (!rest->length)
        return false;
    size_t end = weft_text_find(*rest, (weft_text){&separator, 1});
    *part = weft_text_slice(*rest, 0, end);
    *rest = weft_text_slice(*rest, end + 1, rest->length);
    return true;
}

static unsigned digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return (unsigned)(letter - '0');
    letter = lower(letter);
    return letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a') + 10 : 16;
}

static weft_error to_number(weft_text text, unsigned base, uint64_t *number)
{
    uint64_t value = 0;
    bool fits = true;
    if (!text.length)
        return WEFT_EINVAL;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = digit_of(text.at[i]);
        if (digit >= base)
            return WEFT_EINVAL;
        fits = fits && !__builtin_mul_overflow(value, base, &value) &&
               !__builtin_add_overflow(value, digit, &value);
    }
    if (!fits)
        return WEFT_EOVERFLOW;
    *number = value;
    return WEFT_OK;
}

weft_error weft_text_to_u64(weft_text text, uint64_t *number)
{
    return to_number(text, 10, number);
}

weft_error weft_text_to_hex(weft_text text, uint64_t *number)
{
    return to_number(text, 16, number);
}

weft_error weft_text_to_i64(weft_text text, int64_t *number)
{
    bool negative = text.length && *text.at == '-';
    bool sign = negative || (text.length && *text.at == '+');
    uint64_t value;
    weft_error error = to_number(weft_text_slice(text, sign, text.length), 10, &value);
    if (error)
        return error;
    if (value > (uint64_t)INT64_MAX + negative)
        return WEFT_EOVERFLOW;
    *number = (int64_t)(negative ? 0 - value : value);
    return WEFT_OK;
}

weft_error weft_text_to_number(weft_text text, int64_t least, int64_t most, int64_t *number)
{
    int64_t value;
    weft_error error = weft_text_to_i64(text, &value);
    if (!error && (value < least || value > most))
        error = WEFT_EOVERFLOW;
    if (!error)
        *number = value;
    return error;
}
