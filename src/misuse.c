// Misuse: says which call broke which rule, and stops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/hooks.h>

typedef struct {
    char text[256];
    size_t length;
} message;

static void add(message *to, const char *text)
{
    while (*text && to->length < sizeof to->text - 1)
        to->text[to->length++] = *text++;
}

static void add_number(message *to, uint32_t number)
{
    char digits[11];
    size_t at = sizeof digits;
    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    add(to, digits + at);
}

static void report(const char *call, const char *object, uint32_t handle, const char *rule)
{
    message line = {.length = 0};
    add(&line, "weft: ");
    add(&line, call);
    add(&line, ": the ");
    add(&line, object);
    if (handle) {
        add(&line, " ");
        add_number(&line, handle);
    }
    add(&line, " ");
    add(&line, rule);
    line.text[line.length++] = '\n';
    weft_report(line.text, line.length);
}

#define WEFT__STOP(name, object, rule)                                                                         \
    void weft_misuse_##name(const char *call, uint32_t handle)                                                 \
    {                                                                                                          \
        report(call, object, handle, rule);                                                                    \
        __builtin_trap();                                                                                      \
    }
WEFT_RULES(WEFT__STOP)
