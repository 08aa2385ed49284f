// Prints a value, as `wasmtime run --invoke` does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wave.h"
#include "../transfer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_character(FILE *to, const char *bytes, uint32_t length, uint32_t code)
{
    static const char escaped[] = "\\\"'\t\r\n", written[] = "\\\"'trn";
    const char *found = code && code < 0x80 ? strchr(escaped, (int)code) : NULL;
    if (found)
        fprintf(to, "\\%c", written[found - escaped]);
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        fprintf(to, "\\u{%x}", (unsigned)code);
    else
        fwrite(bytes, 1, length, to);
}

static void print_string(FILE *to, const weft_sim_value *value)
{
    const char *bytes = value->bytes;
    fputc('"', to);
    for (uint32_t at = 0, length, code; at < value->count; at += length) {
        length = weft_sim_decode(bytes + at, value->count - at, &code);
        print_character(to, bytes + at, length, code);
    }
    fputc('"', to);
}

static void print_char(FILE *to, const weft_sim_value *value)
{
    char bytes[4];
    fputc('\'', to);
    print_character(to, bytes, wave_encode((uint32_t)value->number, bytes), (uint32_t)value->number);
    fputc('\'', to);
}

enum { DIGITS = 800 }; // more than any double has

// Rounds to `count` digits, up or not, and to what power of ten; true if that reads as the value again.
static bool rounds(const char *exact, int count, bool up, double value, bool is_f32, char *digits,
                   int *exponent)
{
    char text[DIGITS + 16];
    *exponent = atoi(strchr(exact, 'e') + 1);
    memcpy(digits, exact + 1, (size_t)count);
    digits[count] = 0;
    for (int i = count; up && i--;) {
        up = digits[i] == '9';
        digits[i] = up ? '0' : (char)(digits[i] + 1);
    }
    if (up) { // it was all nines
        digits[0] = '1';
        ++*exponent;
    }
    snprintf(text, sizeof text, "%c.%se%d", digits[0], digits + 1, *exponent);
    return (is_f32 ? (double)strtof(text, NULL) : strtod(text, NULL)) == fabs(value);
}

// As few digits as tell it from its neighbours, the nearest such number or, where those below lie closer, the
// next above; and no exponent.
static void print_float(FILE *to, double value, bool is_f32)
{
    if (isnan(value) || isinf(value)) {
        fputs(isnan(value) ? "nan" : value < 0 ? "-inf" : "inf", to);
        return;
    }
    char exact[DIGITS + 16], digits[DIGITS];
    snprintf(exact, sizeof exact, "%.*e", DIGITS - 1, fabs(value));
    exact[1] = exact[0]; // over the point: the digits begin there
    int exponent = 0, count = 0;
    for (bool found = false; !found;) {
        bool nearest_is_up = exact[1 + ++count] >= '5';
        found = rounds(exact, count, nearest_is_up, value, is_f32, digits, &exponent) ||
                rounds(exact, count, true, value, is_f32, digits, &exponent);
    }
    fputs(signbit(value) ? "-" : "", to);
    fputs(exponent < 0 ? "0." : "", to);
    for (int i = exponent + 1; i < 0; i++)
        fputc('0', to);
    for (int i = 0; i < count || i <= exponent; i++) {
        if (i && i == exponent + 1)
            fputc('.', to);
        fputc(i < count ? digits[i] : '0', to);
    }
}

static void print_list(FILE *to, weft_sim_instance *instance, const weft_sim_type *element,
                       const weft_sim_value *value)
{
    size_t size = weft_sim_size(element);
    fputc('[', to);
    for (uint32_t i = 0; i < value->count; i++) {
        fputs(i ? ", " : "", to);
        if (!weft_sim_is_plain(element)) {
            wave_print(to, instance, element, &value->items[i]);
            continue;
        }
        weft_sim_value item;
        weft_sim_load(&(weft_sim_context){instance, NULL}, element, (const char *)value->bytes + i * size,
                      &item);
        wave_print(to, instance, element, &item);
        weft_sim_value_free(element, &item);
    }
    fputc(']', to);
}

static void print_record(FILE *to, weft_sim_instance *instance, const weft_sim_type *type,
                         const weft_sim_value *value)
{
    bool any = false;
    fputc('{', to);
    for (uint32_t i = 0; i < type->part_count; i++) {
        const weft_sim_part *part = &type->parts[i];
        if (part->type->kind == WEFT_SIM_OPTION && !value->items[i].which)
            continue;
        fprintf(to, "%s%s: ", any ? ", " : "", part->name);
        wave_print(to, instance, part->type, &value->items[i]);
        any = true;
    }
    fputs(any ? "}" : ":}", to);
}

// A name that is also a keyword is told from that by a '%'.
static void print_label(FILE *to, const char *name)
{
    static const char *const keywords[] = {"true", "false", "some", "none", "ok", "err", "inf", "nan"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (!strcmp(name, keywords[i]))
            fputc('%', to);
    fputs(name, to);
}

static void print_payload(FILE *to, weft_sim_instance *instance, const weft_sim_type *type,
                          const weft_sim_value *value)
{
    if (!type)
        return;
    fputc('(', to);
    wave_print(to, instance, type, value->payload);
    fputc(')', to);
}

void wave_print(FILE *to, weft_sim_instance *instance, const weft_sim_type *type, const weft_sim_value *value)
{
    const char *between = "";
    switch (type->kind) {
    case WEFT_SIM_BOOL:
        fputs(value->number ? "true" : "false", to);
        break;
    case WEFT_SIM_S8:
    case WEFT_SIM_S16:
    case WEFT_SIM_S32:
    case WEFT_SIM_S64:
        fprintf(to, "%" PRId64, (int64_t)value->number);
        break;
    case WEFT_SIM_U8:
    case WEFT_SIM_U16:
    case WEFT_SIM_U32:
    case WEFT_SIM_U64:
        fprintf(to, "%" PRIu64, value->number);
        break;
    case WEFT_SIM_F32:
        print_float(to, (double)value->f32, true);
        break;
    case WEFT_SIM_F64:
        print_float(to, value->f64, false);
        break;
    case WEFT_SIM_CHAR:
        print_char(to, value);
        break;
    case WEFT_SIM_STRING:
        print_string(to, value);
        break;
    case WEFT_SIM_LIST:
        print_list(to, instance, type->element, value);
        break;
    case WEFT_SIM_RECORD:
        print_record(to, instance, type, value);
        break;
    case WEFT_SIM_TUPLE:
        fputc('(', to);
        for (uint32_t i = 0; i < type->part_count; i++, between = ", ") {
            fputs(between, to);
            wave_print(to, instance, type->parts[i].type, &value->items[i]);
        }
        fputc(')', to);
        break;
    case WEFT_SIM_VARIANT:
        print_label(to, type->parts[value->which].name);
        print_payload(to, instance, type->parts[value->which].type, value);
        break;
    case WEFT_SIM_ENUM:
        print_label(to, type->parts[value->number].name);
        break;
    case WEFT_SIM_OPTION:
        fputs(value->which ? "some" : "none", to);
        print_payload(to, instance, value->which ? type->element : NULL, value);
        break;
    case WEFT_SIM_RESULT:
        fputs(value->which ? "err" : "ok", to);
        print_payload(to, instance, type->parts[value->which].type, value);
        break;
    case WEFT_SIM_FLAGS:
        fputc('{', to);
        for (uint32_t i = 0; i < type->part_count; i++)
            if (value->number >> i & 1) {
                fprintf(to, "%s%s", between, type->parts[i].name);
                between = ", ";
            }
        fputc('}', to);
        break;
    default:
        fprintf(to, "<%s>", type->name);
    }
}
