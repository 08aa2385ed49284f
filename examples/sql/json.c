// The results of statements as JSON: json.h says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "json.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <weft/fiber.h>

static void pass(json *self)
{
    self->wanted = false;
    weft_event_clear(&self->taken);
    weft_event_set(&self->filled);
    WEFT_FIBER_CLEANUP(weft_event_wait(weft_fiber_co(), &self->taken));
}

void json_pass(json *self)
{
    if (self->wanted && self->length && !self->stop)
        pass(self);
}

static void put(json *self, const char *from, size_t length)
{
    while (length && !self->stop) {
        size_t room = sizeof self->text - self->length, some = length < room ? length : room;
        memcpy(self->text + self->length, from, some);
        self->length += some;
        from += some;
        length -= some;
        if (self->length == sizeof self->text)
            pass(self);
    }
}

void json_put(json *self, const char *text)
{
    put(self, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void put_format(json *self, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_put(self, text);
}

static void put_hex(json *self, const uint8_t *bytes, size_t length)
{
    json_put(self, "{\"hex\":\"");
    for (size_t i = 0; i < length; i++)
        put_format(self, "%02x", bytes[i]);
    json_put(self, "\"}");
}

void json_put_text(json *self, const char *text, size_t length)
{
    if (!weft_text_is_utf8(weft_text_of(text, length))) {
        put_hex(self, (const uint8_t *)text, length);
        return;
    }
    json_put(self, "\"");
    for (size_t from = 0, at = 0; at < length; from = ++at) {
        while (at < length && (uint8_t)text[at] >= ' ' && text[at] != '"' && text[at] != '\\')
            at++;
        put(self, text + from, at - from);
        if (at < length)
            put_format(self, "\\u%04x", text[at]);
    }
    json_put(self, "\"");
}

static void put_integer(json *self, int64_t number)
{
    const int64_t exact = (int64_t)1 << 53;
    put_format(self, number < -exact || number > exact ? "\"%lld\"" : "%lld", (long long)number);
}

static void put_real(json *self, double number)
{
    if (number - number != 0) // infinite, for which JSON has no word
        json_put(self, number < 0 ? "-9e999" : "9e999");
    else
        put_format(self, "%.17g", number);
}

static void put_value(json *self, sqlite3_stmt *of, int column)
{
    switch (sqlite3_column_type(of, column)) {
    case SQLITE_INTEGER:
        put_integer(self, sqlite3_column_int64(of, column));
        break;
    case SQLITE_FLOAT:
        put_real(self, sqlite3_column_double(of, column));
        break;
    case SQLITE_TEXT:
        json_put_text(self, (const char *)sqlite3_column_text(of, column),
                      (size_t)sqlite3_column_bytes(of, column));
        break;
    case SQLITE_BLOB:
        put_hex(self, sqlite3_column_blob(of, column), (size_t)sqlite3_column_bytes(of, column));
        break;
    default:
        json_put(self, "null");
    }
}

static void put_columns(json *self, sqlite3_stmt *of)
{
    for (int i = 0; i < sqlite3_column_count(of); i++) {
        const char *name = sqlite3_column_name(of, i);
        json_put(self, i ? "," : "");
        json_put_text(self, name, name ? strlen(name) : 0); // without memory there is none
    }
}

static void put_row(json *self, sqlite3_stmt *of)
{
    for (int i = 0; i < sqlite3_column_count(of); i++) {
        json_put(self, i ? "," : "");
        put_value(self, of, i);
    }
}

void json_put_results(json *self, sqlite3_stmt *of)
{
    sqlite3 *db = sqlite3_db_handle(of);
    int64_t before = sqlite3_total_changes64(db);
    json_put(self, "{\"columns\":[");
    put_columns(self, of);
    json_put(self, "],\"rows\":[");
    for (int row = 0; sqlite3_step(of) == SQLITE_ROW && !self->stop; row++) {
        json_put(self, row ? ",[" : "[");
        put_row(self, of);
        json_put(self, "]");
    }
    put_format(self, "],\"changes\":%lld}", (long long)(sqlite3_total_changes64(db) - before));
}
