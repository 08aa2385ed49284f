// Reads a value as its type wants it, one token after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wave.h"
#include "../transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

wave_reader wave_reader_of(weft_sim_instance *instance, const char *text)
{
    return (wave_reader){.instance = instance, .text = text, .at = text};
}

// The first thing that is wrong stays.
__attribute__((format(printf, 2, 3))) static bool wrong(wave_reader *reader, const char *format, ...)
{
    if (reader->wrong[0])
        return false;
    int length = snprintf(reader->wrong, sizeof reader->wrong,
                          "at character %d: ", (int)(reader->at - reader->text) + 1);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->wrong + length, sizeof reader->wrong - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

// ---- Tokens ----

static void skip_space(wave_reader *reader)
{
    for (;;) {
        reader->at += strspn(reader->at, " \t\r\n");
        if (strncmp(reader->at, "//", 2) != 0)
            return;
        reader->at += strcspn(reader->at, "\n");
    }
}

static bool is_next(wave_reader *reader, char mark)
{
    skip_space(reader);
    return *reader->at == mark;
}

static bool take(wave_reader *reader, char mark)
{
    bool there = is_next(reader, mark);
    reader->at += there;
    return there;
}

static bool expect(wave_reader *reader, char mark)
{
    return take(reader, mark) || wrong(reader, "%c is missing", mark);
}

// The same, for what ends a text or a character: no space may come first.
static bool close_with(wave_reader *reader, char mark)
{
    return *reader->at == mark ? take(reader, mark) : wrong(reader, "%c is missing", mark);
}

// Behind an item: true if there is another one before `end`, which is taken if not.
static bool has_more(wave_reader *reader, char end)
{
    bool comma = take(reader, ',');
    if (take(reader, end))
        return false;
    return comma || wrong(reader, "a comma or %c is missing", end);
}

static bool is_letter(char it)
{
    return (it >= 'a' && it <= 'z') || (it >= 'A' && it <= 'Z');
}

static bool is_digit(char it)
{
    return it >= '0' && it <= '9';
}

// The length of the name that comes next, with its '%', which says that it is no keyword; 0 if there is none.
static size_t label_length(wave_reader *reader)
{
    skip_space(reader);
    size_t length = *reader->at == '%';
    if (!is_letter(reader->at[length]))
        return 0;
    while (is_letter(reader->at[length]) || is_digit(reader->at[length]) || reader->at[length] == '-')
        length++;
    return length;
}

static bool take_keyword(wave_reader *reader, const char *word)
{
    size_t length = label_length(reader);
    bool there = length && length == strlen(word) && !strncmp(reader->at, word, length);
    reader->at += there ? length : 0;
    return there;
}

static bool take_label(wave_reader *reader, const char **label, size_t *length)
{
    *length = label_length(reader);
    if (!*length)
        return wrong(reader, "a name is missing");
    *label = reader->at;
    reader->at += *length;
    if (**label == '%') {
        ++*label;
        --*length;
    }
    return true;
}

// Which of the type's parts has the name that comes next.
static bool read_part(wave_reader *reader, const weft_sim_type *type, uint32_t *which)
{
    const char *label = NULL, *before; // gcc does not see that it is set
    size_t length = 0;
    skip_space(reader);
    before = reader->at;
    if (!take_label(reader, &label, &length))
        return false;
    for (*which = 0; *which < type->part_count; ++*which) {
        const char *name = type->parts[*which].name;
        if (strlen(name) == length && !strncmp(name, label, length))
            return true;
    }
    reader->at = before;
    return wrong(reader, "%s has no %.*s", type->name, (int)length, label);
}

// ---- Numbers ----

// The length of the number that comes next, and if it is a whole one.
static size_t number_length(const char *at, bool *whole)
{
    const char *from = at;
    at += *at == '-';
    if (!is_digit(*at))
        return 0;
    if (*at == '0')
        at++;
    else
        at += strspn(at, "0123456789");
    *whole = true;
    if (*at == '.' && is_digit(at[1])) {
        at += 1 + strspn(at + 1, "0123456789");
        *whole = false;
    }
    if (*at == 'e' || *at == 'E') {
        size_t sign = at[1] == '-' || at[1] == '+';
        if (is_digit(at[1 + sign])) {
            at += 1 + sign + strspn(at + 1 + sign, "0123456789");
            *whole = false;
        }
    }
    return (size_t)(at - from);
}

static bool read_integer(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    static const struct {
        int64_t least;
        uint64_t most;
    } ranges[] = {[WEFT_SIM_S8] = {INT8_MIN, INT8_MAX},    [WEFT_SIM_U8] = {0, UINT8_MAX},
                  [WEFT_SIM_S16] = {INT16_MIN, INT16_MAX}, [WEFT_SIM_U16] = {0, UINT16_MAX},
                  [WEFT_SIM_S32] = {INT32_MIN, INT32_MAX}, [WEFT_SIM_U32] = {0, UINT32_MAX},
                  [WEFT_SIM_S64] = {INT64_MIN, INT64_MAX}, [WEFT_SIM_U64] = {0, UINT64_MAX}};
    bool whole = false, negative = *reader->at == '-';
    size_t length = number_length(reader->at, &whole);
    int64_t least = ranges[type->kind].least;
    uint64_t most = ranges[type->kind].most;
    errno = 0;
    uint64_t size = strtoull(reader->at + negative, NULL, 10);
    if (!length || !whole || errno || (negative && least == 0) ||
        size > (negative ? (uint64_t)0 - (uint64_t)least : most))
        return wrong(reader, "this is no %s: a whole number from %" PRId64 " to %" PRIu64 " is one", type->name,
                     least, most);
    reader->at += length;
    value->number = negative ? (uint64_t)0 - size : size;
    return true;
}

static bool read_float(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    bool whole, minus = !strncmp(reader->at, "-inf", 4);
    size_t length = number_length(reader->at, &whole);
    reader->at += minus;
    bool inf = take_keyword(reader, "inf"), nan = !minus && !inf && take_keyword(reader, "nan");
    if (!length && !inf && !nan)
        return wrong(reader, "this is no %s: a number, inf, -inf or nan is one", type->name);
    double special = nan ? (double)NAN : minus ? -(double)INFINITY : (double)INFINITY;
    if (type->kind == WEFT_SIM_F32)
        value->f32 = length ? strtof(reader->at, NULL) : (float)special;
    else
        value->f64 = length ? strtod(reader->at, NULL) : special;
    reader->at += length;
    return true;
}

// ---- Text ----

static uint32_t hexadecimal(char it)
{
    return is_digit(it) ? (uint32_t)(it - '0') : (uint32_t)((it | 0x20) - 'a' + 10);
}

// Behind "\u": the braces with up to six digits.
static bool read_code(wave_reader *reader, uint32_t *code)
{
    size_t digits = *reader->at == '{' ? strspn(reader->at + 1, "0123456789abcdefABCDEF") : 0;
    if (!digits || digits > 6 || reader->at[digits + 1] != '}')
        return wrong(reader, "\\u wants up to six hexadecimal digits in braces");
    *code = 0;
    for (size_t i = 1; i <= digits; i++)
        *code = *code << 4 | hexadecimal(reader->at[i]);
    if (*code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
        return wrong(reader, "there is no such character");
    reader->at += digits + 2;
    return true;
}

// One character of a text, or what stands for it.
static bool read_character(wave_reader *reader, uint32_t *code)
{
    static const char escaped[] = "\\'\"tnr", stand_for[] = "\\'\"\t\n\r";
    if (*reader->at == '\\') {
        const char *found = reader->at[1] ? strchr(escaped, reader->at[1]) : NULL;
        reader->at += 2;
        if (found) {
            *code = (uint32_t)(unsigned char)stand_for[found - escaped];
            return true;
        }
        if (reader->at[-1] == 'u')
            return read_code(reader, code);
        reader->at -= 2;
        return wrong(reader, "after a \\ comes one of \\ ' \" t n r u");
    }
    uint32_t length = weft_sim_decode(reader->at, (uint32_t)strlen(reader->at), code);
    reader->at += length;
    return length || wrong(reader, "this is not UTF-8");
}

uint32_t wave_encode(uint32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    uint32_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (uint32_t i = length; --i; code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)(0xf00u >> length | code);
    return length;
}

// Memory for `count` things where there were `used` of them.
static void *grown(wave_reader *reader, void *old, size_t used, size_t count, size_t size)
{
    void *memory = weft_sim__allocate(reader->instance, count * size);
    if (used)
        memcpy(memory, old, used * size);
    weft_sim__release(old);
    return memory;
}

// Where a line of a text on several lines begins, behind the blanks that all lines have.
static bool skip_indent(wave_reader *reader, size_t indent)
{
    size_t there = strspn(reader->at, " ");
    if (there < indent)
        return wrong(reader, "this line has fewer spaces in front than the line of the closing \"\"\"");
    reader->at += indent;
    return true;
}

// Between """ and """: the lines between, without the blanks that are before the closing one.
static bool read_lines(wave_reader *reader, weft_sim_value *value)
{
    const char *end = strstr(reader->at, "\"\"\""), *last = end;
    if (!end)
        return wrong(reader, "the closing \"\"\" is missing");
    reader->at += *reader->at == '\r';
    while (last > reader->at && last[-1] == ' ')
        last--;
    if (*reader->at != '\n' || last[-1] != '\n')
        return wrong(reader, "\"\"\" ends its line, and the closing \"\"\" begins one");
    size_t indent = (size_t)(end - last);
    char *bytes = value->bytes = weft_sim__allocate(reader->instance, (size_t)(end - reader->at));
    for (reader->at++; reader->at < last;) {
        if (value->count)
            bytes[value->count++] = '\n';
        if (!skip_indent(reader, indent))
            return false;
        while (*reader->at != '\n' && strncmp(reader->at, "\r\n", 2) != 0) {
            uint32_t code;
            if (!read_character(reader, &code))
                return false;
            value->count += wave_encode(code, bytes + value->count);
        }
        reader->at += 1 + (*reader->at == '\r');
    }
    reader->at = end + 3;
    return true;
}

static bool read_string(wave_reader *reader, weft_sim_value *value)
{
    if (!expect(reader, '"'))
        return false;
    if (!strncmp(reader->at, "\"\"", 2)) {
        reader->at += 2;
        return read_lines(reader, value);
    }
    char *bytes = value->bytes =
        weft_sim__allocate(reader->instance, strlen(reader->at)); // no escape is longer
    while (*reader->at && *reader->at != '"' && *reader->at != '\n') {
        uint32_t code;
        if (!read_character(reader, &code))
            return false;
        value->count += wave_encode(code, bytes + value->count);
    }
    return close_with(reader, '"');
}

static bool read_char(wave_reader *reader, weft_sim_value *value)
{
    uint32_t code = 0;
    if (!expect(reader, '\''))
        return false;
    if (*reader->at == '\'' || *reader->at == '\n' || !*reader->at)
        return wrong(reader, "a character is missing");
    if (!read_character(reader, &code))
        return false;
    value->number = code;
    return close_with(reader, '\'');
}

// ---- What has parts ----

static bool read_value(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value);

static bool read_list(wave_reader *reader, const weft_sim_type *element, weft_sim_value *value)
{
    bool plain = weft_sim_is_plain(element);
    size_t size = plain ? weft_sim_size(element) : sizeof *value->items, capacity = 0;
    if (!expect(reader, '['))
        return false;
    if (take(reader, ']'))
        return true;
    do {
        if (value->count == capacity) {
            capacity = capacity ? 2 * capacity : 8;
            if (plain)
                value->bytes = grown(reader, value->bytes, value->count, capacity, size);
            else
                value->items = grown(reader, value->items, value->count, capacity, size);
        }
        if (plain) {
            weft_sim_value item = {0};
            bool read = read_value(reader, element, &item);
            if (read)
                weft_sim_store(&(weft_sim_context){reader->instance, NULL}, element, &item,
                               (char *)value->bytes + value->count * size);
            weft_sim_value_free(element, &item);
            if (!read)
                return false;
            value->count++;
        } else if (!read_value(reader, element, &value->items[value->count++])) {
            return false;
        }
    } while (has_more(reader, ']'));
    return !reader->wrong[0];
}

static void make_parts(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    value->items = weft_sim__allocate(reader->instance, type->part_count * sizeof *value->items);
    value->count = type->part_count;
}

// Between the parentheses; `what` has the parts. Those that are left out at the end must be options, if that
// may be.
static bool read_parts(wave_reader *reader, const char *what, const weft_sim_part *parts, uint32_t count,
                       bool may_omit, weft_sim_value *values)
{
    uint32_t read = 0;
    if (!expect(reader, '('))
        return false;
    for (bool more = !take(reader, ')'); more; more = has_more(reader, ')')) {
        if (read == count)
            return wrong(reader, "%s takes %u, and is given more", what, (unsigned)count);
        if (!read_value(reader, parts[read].type, &values[read]))
            return false;
        read++;
    }
    for (; !reader->wrong[0] && read < count; read++)
        if (!may_omit || parts[read].type->kind != WEFT_SIM_OPTION)
            return wrong(reader, "%s takes %u, and is given %u", what, (unsigned)count, (unsigned)read);
    return !reader->wrong[0];
}

static bool read_record(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    bool *seen = weft_sim__allocate(reader->instance, type->part_count * sizeof *seen);
    make_parts(reader, type, value);
    bool good = expect(reader, '{'), empty = good && take(reader, ':') && expect(reader, '}');
    for (bool more = good && !empty; more && good; more = good && has_more(reader, '}')) {
        uint32_t which;
        good = read_part(reader, type, &which);
        if (good && seen[which])
            good = wrong(reader, "%s was given already", type->parts[which].name);
        good = good && expect(reader, ':') &&
               (seen[which] = read_value(reader, type->parts[which].type, &value->items[which]));
    }
    for (uint32_t i = 0; !reader->wrong[0] && i < type->part_count; i++)
        if (!seen[i] && type->parts[i].type->kind != WEFT_SIM_OPTION)
            wrong(reader, "%s of %s is missing", type->parts[i].name, type->name);
    weft_sim__release(seen);
    return !reader->wrong[0];
}

static bool read_flags(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    if (!expect(reader, '{'))
        return false;
    for (bool more = !take(reader, '}'); more; more = has_more(reader, '}')) {
        uint32_t which;
        if (!read_part(reader, type, &which))
            return false;
        if (value->number >> which & 1)
            return wrong(reader, "%s was given already", type->parts[which].name);
        value->number |= (uint64_t)1 << which;
    }
    return !reader->wrong[0];
}

// ---- What has cases ----

// In parentheses, if the case has one.
static bool read_payload(wave_reader *reader, const weft_sim_type *type, uint32_t which,
                         const weft_sim_type *payload, weft_sim_value *value)
{
    value->which = which;
    if (!payload)
        return !is_next(reader, '(') || wrong(reader, "this case of %s has no value", type->name);
    value->payload = weft_sim__allocate(reader->instance, sizeof *value->payload);
    return expect(reader, '(') && read_value(reader, payload, value->payload) && expect(reader, ')');
}

// For some(x) or ok(x), x alone will do.
static bool read_bare(wave_reader *reader, const weft_sim_type *type, uint32_t which,
                      const weft_sim_type *payload, weft_sim_value *value)
{
    if (!payload || payload->kind == WEFT_SIM_OPTION || payload->kind == WEFT_SIM_RESULT)
        return wrong(reader,
                     type->kind == WEFT_SIM_OPTION ? "this is no %s: some(...) or none is one"
                                                   : "this is no %s: ok or err is one",
                     type->name);
    value->which = which;
    value->payload = weft_sim__allocate(reader->instance, sizeof *value->payload);
    return read_value(reader, payload, value->payload);
}

static bool read_option(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    if (take_keyword(reader, "none"))
        return read_payload(reader, type, 0, NULL, value);
    if (take_keyword(reader, "some"))
        return read_payload(reader, type, 1, type->element, value);
    return read_bare(reader, type, 1, type->element, value);
}

static bool read_result(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    if (take_keyword(reader, "ok"))
        return read_payload(reader, type, 0, type->parts[0].type, value);
    if (take_keyword(reader, "err"))
        return read_payload(reader, type, 1, type->parts[1].type, value);
    return read_bare(reader, type, 0, type->parts[0].type, value);
}

static bool read_variant(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    uint32_t which;
    return read_part(reader, type, &which) && read_payload(reader, type, which, type->parts[which].type, value);
}

static bool read_enum(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    uint32_t which;
    if (!read_part(reader, type, &which))
        return false;
    value->number = which;
    return true;
}

// What it has read when something is wrong can be freed.
static bool read_value(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    skip_space(reader);
    switch (type->kind) {
    case WEFT_SIM_BOOL:
        value->number = take_keyword(reader, "true");
        return value->number || take_keyword(reader, "false") ||
               wrong(reader, "this is no bool: true or false is one");
    case WEFT_SIM_F32:
    case WEFT_SIM_F64:
        return read_float(reader, type, value);
    case WEFT_SIM_CHAR:
        return read_char(reader, value);
    case WEFT_SIM_STRING:
        return read_string(reader, value);
    case WEFT_SIM_LIST:
        return read_list(reader, type->element, value);
    case WEFT_SIM_RECORD:
        return read_record(reader, type, value);
    case WEFT_SIM_TUPLE:
        make_parts(reader, type, value);
        return read_parts(reader, type->name, type->parts, type->part_count, false, value->items);
    case WEFT_SIM_VARIANT:
        return read_variant(reader, type, value);
    case WEFT_SIM_ENUM:
        return read_enum(reader, type, value);
    case WEFT_SIM_OPTION:
        return read_option(reader, type, value);
    case WEFT_SIM_RESULT:
        return read_result(reader, type, value);
    case WEFT_SIM_FLAGS:
        return read_flags(reader, type, value);
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
    case WEFT_SIM_STREAM:
    case WEFT_SIM_FUTURE:
    case WEFT_SIM_ERROR_CONTEXT:
        return wrong(reader, "a %s cannot be written down: call this from a test of your own", type->name);
    default:
        return read_integer(reader, type, value);
    }
}

bool wave_read(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value)
{
    *value = (weft_sim_value){0};
    bool good = read_value(reader, type, value);
    if (!good)
        weft_sim_value_free(type, value);
    return good;
}

bool wave_read_arguments(wave_reader *reader, const weft_sim_func *func, weft_sim_value *args)
{
    memset(args, 0, func->param_count * sizeof *args);
    bool good = read_parts(reader, func->name, func->params, func->param_count, true, args);
    skip_space(reader);
    if (good && *reader->at)
        good = wrong(reader, "there is something behind the call");
    for (uint32_t i = 0; !good && i < func->param_count; i++)
        weft_sim_value_free(func->params[i].type, &args[i]);
    return good;
}
