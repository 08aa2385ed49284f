// weft_format against libc's snprintf, on formats and values from a seed: a difference is shown, and ends it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/format.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

WEFT_FORMAT_FLOATS;

static uint64_t state;

static uint64_t next(void)
{
    state += 0x9e3779b97f4a7c15;
    uint64_t it = state;
    it = (it ^ it >> 30) * 0xbf58476d1ce4e5b9;
    it = (it ^ it >> 27) * 0x94d049bb133111eb;
    return it ^ it >> 31;
}

static unsigned below(unsigned bound)
{
    return (unsigned)(next() % bound);
}

static const char *one_of(const char *const *list, unsigned count)
{
    return list[below(count)];
}
#define ONE_OF(...)                                                                                            \
    one_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

// Numbers of all sizes, and those at the edges.
static uint64_t integer(void)
{
    uint64_t value = next() >> below(64);
    switch (below(8)) {
    case 0:
        return 0;
    case 1:
        return 0 - value;
    case 2:
        return UINT64_C(1) << below(64);
    case 3:
        return (UINT64_C(1) << below(64)) - 1;
    default:
        return value;
    }
}

static double number(void)
{
    uint64_t bits = next();
    double value;
    switch (below(12)) {
    case 0: // of few digits, so that there are ties
        return (double)(int64_t)(next() >> below(64)) / (double)(UINT64_C(1) << below(12));
    case 1:
        return (double)below(2000) / 1000.0;
    case 2: { // powers of ten, and what is next to them
        char text[16];
        snprintf(text, sizeof text, "1e%d", (int)below(620) - 310);
        value = strtod(text, NULL);
        memcpy(&bits, &value, sizeof bits);
        bits += below(3);
        bits -= bits != 0;
        break;
    }
    case 3: // powers of two, and just below
        bits = ((uint64_t)below(2047) << 52) - below(2);
        bits &= ~(UINT64_C(1) << 63);
        break;
    case 4: // below the normal ones
        bits &= UINT64_C(0x800fffffffffffff) >> below(52);
        break;
    case 5: // none, infinite, none again
        bits = below(2) ? (UINT64_C(0x7ff) << 52) + (below(2) ? below(1000) : 0) : 0;
        bits |= (uint64_t)below(2) << 63;
        break;
    case 6:
    case 7:
    case 8: // of everyday size
        bits = (bits & ~(UINT64_C(0x7ff) << 52)) | (uint64_t)(1023 - 40 + below(110)) << 52;
        break;
    default:;
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void differ(const char *format, const char *want, size_t wanted, const char *got, size_t length)
{
    printf("\"%s\": (%zu) \"%s\", but libc has (%zu) \"%s\"\n", format, length, got, wanted, want);
    exit(1);
}

static char want[4096], got[4096];

// `value` stands behind a width and a precision that stars take.
#define COMPARE(value)                                                                                         \
    do {                                                                                                       \
        size_t room = below(4) ? sizeof got : below(24);                                                       \
        memset(got, '~', sizeof got);                                                                          \
        size_t wanted = (size_t)(stars ? snprintf(want, sizeof want, format, width, precision, (value))        \
                                       : snprintf(want, sizeof want, format, (value)));                        \
        size_t length = stars ? weft_format(got, room, format, width, precision, (value))                      \
                              : weft_format(got, room, format, (value));                                       \
        size_t fits = !room ? 0 : wanted < room ? wanted : room - 1;                                           \
        if (length != wanted || memcmp(want, got, fits) || (room && got[fits]) || got[fits + !!room] != '~')   \
            differ(format, want, wanted, got, length);                                                         \
    } while (0)

static void compare_one(void)
{
    char format[64] = "<%";
    bool stars = !below(8);
    int width = (int)below(60) - 20, precision = (int)below(40) - 10;
    for (unsigned flags = below(4); flags--;)
        strcat(format, ONE_OF("-", "+", " ", "#", "0"));
    char *end = format + strlen(format);
    if (stars) {
        strcat(end, "*.*");
    } else {
        if (below(2))
            end += sprintf(end, "%u", 1 + below(40));
        if (below(2))
            sprintf(end, below(10) ? ".%u" : ".", below(20) ? below(24) : below(1500));
    }
    end = format + strlen(format);
    if (below(2)) {
        double value = number();
        strcat(strcat(end,
                      strchr(format, '#') ? ONE_OF("f", "F", "e", "E") : ONE_OF("f", "F", "e", "E", "g", "G")),
               ">%%");
        COMPARE(value);
        return;
    }
    uint64_t value = integer();
    const char *conversion = ONE_OF("d", "i", "u", "x", "X", "o");
    switch (below(10)) {
    case 0:
        strcat(strcat(strcat(end, "hh"), conversion), ">");
        COMPARE((int)value);
        break;
    case 1:
        strcat(strcat(strcat(end, "h"), conversion), ">");
        COMPARE((int)value);
        break;
    case 2:
        strcat(strcat(strcat(end, "l"), conversion), ">");
        COMPARE((long)value);
        break;
    case 3:
        strcat(strcat(strcat(end, ONE_OF("ll", "j")), conversion), ">");
        COMPARE((long long)value);
        break;
    case 4:
        strcat(strcat(strcat(end, ONE_OF("z", "t")), conversion), ">");
        COMPARE((size_t)value);
        break;
    case 5:
        strcat(end, "c>");
        COMPARE((int)(1 + value % 255));
        break;
    case 6:
        strcat(end, "s>");
        COMPARE(&"a text that is longer than others"[value % 34]);
        break;
    case 7:
        strcpy(format, ONE_OF("<%p>", "<%24p>", "<%-24p>")); // what libc makes of more is its own
        stars = false;
        COMPARE((void *)(uintptr_t)(value | 1));
        break;
    default:
        strcat(strcat(end, conversion), ">");
        COMPARE((int)value);
    }
}

// As C11 says what %#g is: glibc 2.36 has "1.e+03" for %#.3g of 999.9.
static void compare_alternate(void)
{
    double value = number();
    int precision = 1 + (int)below(30);
    snprintf(want, sizeof want, "%.*e", precision - 1, value);
    const char *power = strchr(want, 'e');
    if (!power)
        return; // not finite
    long exponent = strtol(power + 1, NULL, 10);
    bool fixed = exponent >= -4 && exponent < precision;
    int digits = fixed ? precision - 1 - (int)exponent : precision - 1;
    size_t wanted = (size_t)snprintf(want, sizeof want, fixed ? "%#.*f" : "%#.*e", digits, value);
    size_t length = weft_format(got, sizeof got, "%#.*g", precision, value);
    if (length != wanted || strcmp(got, want) != 0)
        differ("%#.*g", want, wanted, got, length);
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    state = strtoull(arguments[1], NULL, 10);
    const char *unknown = "100%! %q%-*y%";
    size_t length = weft_format(got, sizeof got, unknown, 7);
    if (length != strlen(unknown) || strcmp(got, unknown) != 0)
        differ(unknown, unknown, strlen(unknown), got, length);
    for (unsigned long left = strtoul(arguments[2], NULL, 10); left--;) {
        compare_one();
        if (left % 8 == 0)
            compare_alternate();
    }
    return 0;
}
