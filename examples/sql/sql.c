// SQLite over HTTP: a POST of SQL, whose parameters are the items of the query, answers the rows as JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//     wasmtime serve -S p3,cli -W component-model-async --dir path/to/data::data sql.wasm
//     curl 'localhost:8080/?who=Ada' -d 'SELECT * FROM author WHERE name = :who'
//     [{"columns":["id","name"],"rows":[[1,"Ada"]],"changes":0}]
// A blob, and a text that is no UTF-8, is {"hex":"00ff"}. An integer beyond 2^53 is in quotes. A reply that is
// cut had an error behind rows that were sent. The database is data/sql.db, or DATABASE; DEADLINE is a query's
// time.
#include "owner.h"
#include "surroundings.h"
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/fiber.h>

enum { STACK = 256 * 1024, BODY = 1024 * 1024, STEPS = 20000 };

// ---- A query, in a fiber with a connection of its own: told to stop, not cancelled, as it has to roll back
// ----

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    weft_text sql, items;
    weft_event filled, taken;
    bool stop;
    int status;     // of the reply
    uint64_t retry; // after so many ms
    sqlite3 *db;
    size_t length; // of the text so far
    uint8_t text[32768];
} query;
WEFT_UNZEROED(query, text);

static void put(query *self, const char *from, size_t length)
{
    while (length && !self->stop) {
        size_t room = sizeof self->text - self->length, some = length < room ? length : room;
        memcpy(self->text + self->length, from, some);
        self->length += some;
        from += some;
        length -= some;
        if (self->length < sizeof self->text)
            return;
        weft_event_clear(&self->taken);
        weft_event_set(&self->filled);
        WEFT_FIBER_CLEANUP(weft_event_wait(&self->co, &self->taken));
    }
}

__attribute__((format(printf, 2, 3))) static void put_format(query *self, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(self, text, strlen(text));
}

static void put_hex(query *self, const uint8_t *bytes, size_t length)
{
    put_format(self, "{\"hex\":\"");
    for (size_t i = 0; i < length; i++)
        put_format(self, "%02x", bytes[i]);
    put_format(self, "\"}");
}

static void put_text(query *self, const char *text, size_t length)
{
    if (!weft_text_is_utf8(weft_text_of(text, length))) {
        put_hex(self, (const uint8_t *)text, length);
        return;
    }
    put(self, "\"", 1);
    for (size_t from = 0, at = 0; at < length; from = ++at) {
        while (at < length && (uint8_t)text[at] >= ' ' && text[at] != '"' && text[at] != '\\')
            at++;
        put(self, text + from, at - from);
        if (at < length)
            put_format(self, "\\u%04x", text[at]);
    }
    put(self, "\"", 1);
}

static void put_integer(query *self, int64_t number)
{
    const int64_t exact = (int64_t)1 << 53;
    put_format(self, number < -exact || number > exact ? "\"%lld\"" : "%lld", (long long)number);
}

static void put_real(query *self, double number)
{
    if (number - number != 0) // infinite, for which JSON has no word
        put_format(self, number < 0 ? "-9e999" : "9e999");
    else
        put_format(self, "%.17g", number);
}

static void put_value(query *self, sqlite3_stmt *of, int column)
{
    switch (sqlite3_column_type(of, column)) {
    case SQLITE_INTEGER:
        put_integer(self, sqlite3_column_int64(of, column));
        break;
    case SQLITE_FLOAT:
        put_real(self, sqlite3_column_double(of, column));
        break;
    case SQLITE_TEXT:
        put_text(self, (const char *)sqlite3_column_text(of, column), (size_t)sqlite3_column_bytes(of, column));
        break;
    case SQLITE_BLOB:
        put_hex(self, sqlite3_column_blob(of, column), (size_t)sqlite3_column_bytes(of, column));
        break;
    default:
        put_format(self, "null");
    }
}

static void put_rows(query *self, sqlite3_stmt *of)
{
    int columns = sqlite3_column_count(of);
    const char *between = "{\"columns\":[";
    for (int i = 0; i < columns; i++, between = ",") {
        const char *name = sqlite3_column_name(of, i);
        put(self, between, strlen(between));
        put_text(self, name, name ? strlen(name) : 0); // without memory there is none
    }
    put_format(self, columns ? "],\"rows\":[" : "{\"columns\":[],\"rows\":[");
    for (int row = 0; sqlite3_step(of) == SQLITE_ROW && !self->stop; row++) {
        put_format(self, row ? ",[" : "[");
        for (int i = 0; i < columns; i++) {
            put(self, ",", i > 0);
            put_value(self, of, i);
        }
        put(self, "]", 1);
    }
    put_format(self, "],\"changes\":%d}", sqlite3_column_count(of) ? 0 : sqlite3_changes(self->db));
}

// Gives each parameter the item of its name, or of its number, as a text; without one it is NULL.
static int bind(query *self, sqlite3_stmt *of)
{
    char number[16];
    int error = SQLITE_OK;
    for (int i = 1; i <= sqlite3_bind_parameter_count(of) && !error; i++) {
        const char *name = sqlite3_bind_parameter_name(of, i);
        snprintf(number, sizeof number, "%d", i);
        weft_text item = weft_http_item(self->items, name ? name + 1 : number);
        char *value = item.at ? sqlite3_malloc64(item.length + 1) : NULL;
        size_t length = 0;
        if (!item.at)
            continue;
        if (!value)
            return SQLITE_NOMEM;
        if (weft_http_decode(item, true, value, item.length, &length))
            error = SQLITE_MISMATCH;
        int bound = sqlite3_bind_text64(of, i, value, length, sqlite3_free, SQLITE_UTF8);
        error = error ? error : bound;
    }
    return error;
}

// So that the others have their turn.
static int breathe(void *of)
{
    query *self = of;
    WEFT_FIBER_CLEANUP(weft_yield(&self->co));
    return self->stop;
}

static int run_one(query *self, sqlite3_stmt *statement, bool is_first)
{
    int error = bind(self, statement);
    if (error)
        return error;
    put(self, is_first ? "[" : ",", 1);
    put_rows(self, statement);
    return SQLITE_OK;
}

// The text has a zero behind it.
static int run(query *self)
{
    bool is_first = true;
    int error = SQLITE_OK;
    for (const char *at = self->sql.at, *end = at + self->sql.length; *at && !error && !breathe(self);) {
        sqlite3_stmt *statement;
        if ((error = sqlite3_prepare_v2(self->db, at, (int)(end - at) + 1, &statement, &at)) || !statement)
            continue;
        error = run_one(self, statement, is_first);
        int ended = sqlite3_finalize(statement);
        error = error ? error : ended;
        is_first = false;
    }
    put_format(self, is_first ? "[]\n" : "]\n");
    return error;
}

static int wait(void *of, int times)
{
    query *self = of;
    weft_timer timer = {0};
    (void)times;
    WEFT_FIBER_CLEANUP(weft_sleep(&self->co, &weft_host_clock, &timer, WEFT_MILLISECONDS(2)));
    return !self->stop;
}

// No other files, and nothing that would not survive the end of the host.
static int allowed(void *of, int what, const char *name, const char *value, const char *more, const char *by)
{
    (void)of, (void)name, (void)more, (void)by;
    bool is_other = what == SQLITE_ATTACH || what == SQLITE_DETACH;
    return is_other || (what == SQLITE_PRAGMA && value) ? SQLITE_DENY : SQLITE_OK;
}

static int status_of(int error)
{
    bool is_host =
        error == SQLITE_IOERR || error == SQLITE_FULL || error == SQLITE_CORRUPT || error == SQLITE_CANTOPEN;
    return error == SQLITE_OK ? 200 : error == SQLITE_BUSY || error == SQLITE_NOMEM ? 503 : is_host ? 500 : 400;
}

static const char *database; // its path
static uint64_t deadline;    // of a query, ms

static void answer_error(query *self, int error)
{
    const char *text = sqlite3_errmsg(self->db);
    if (sqlite3_errcode(self->db) != error)
        text = sqlite3_errstr(error);
    self->status = status_of(error);
    if (!owner_may_go_on()) { // it took longer than the lock holds
        self->status = 503;
        self->retry = 1;
    }
    self->length = 0;
    put_format(self, "{\"error\":");
    put_text(self, text, strlen(text));
    put_format(self, "}\n");
}

WEFT_FIBER(query)
{
    surroundings_set_up();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    if ((self->retry = owner_take(database, 2 * deadline))) {
        self->status = 503;
        put_format(self, "{\"error\":\"another has the database\"}\n");
        return;
    }
    int error = sqlite3_open_v2(database, &self->db, flags, "unix");
    if (!error) {
        sqlite3_progress_handler(self->db, STEPS, breathe, self);
        sqlite3_busy_handler(self->db, wait, self);
        sqlite3_set_authorizer(self->db, allowed, NULL);
        error = run(self);
    }
    self->status = 200;
    if (error)
        answer_error(self, error);
    sqlite3_close(self->db);
    owner_leave();
}

// ---- Its reply ----

typedef struct {
    weft_coro co;
    weft_http_exchange *http;
    bool begun;
    weft_bytes_buffer body;
    weft_scope scope;
    weft_child child;
    weft_case cases[3];
    weft_timer timer;
    query query;
} answer;

static weft_text without_zero(const weft_bytes_buffer *body)
{
    weft_text text = weft_bytes_text(body);
    return weft_text_slice(text, 0, text.length - 1);
}

static weft_text text_of(query *rows)
{
    size_t length = rows->length;
    rows->length = 0;
    return weft_text_of(rows->text, length);
}

static weft_error begin(weft_coro *co, answer *self)
{
    if (self->begun)
        return WEFT_OK;
    self->begun = true;
    weft_http_header_add(self->http, "content-type", WEFT_TEXT("application/json"));
    return weft_http_begin(co, self->http, 200);
}

static void add_retry_after(answer *self)
{
    char seconds[24];
    weft_format(seconds, sizeof seconds, "%llu", (unsigned long long)(self->query.retry / 1000 + 1));
    if (self->query.retry)
        weft_http_header_add(self->http, "retry-after", weft_text_z(seconds));
}

// Ends with the query, with its client, or by a cancel, at the deadline.
WEFT_ASYNC(answer)
{
    weft_http_exchange *it = self->http;
    query *rows = &self->query;
    weft_error error;
    WEFT_BEGIN;
    WEFT_TRY(it, weft_http_read_all(co, it, &self->body, BODY));
    if ((error = weft_bytes_append(&self->body, WEFT_TEXT("\0"))))
        WEFT_FAIL(error);
    WEFT_SPAWN(query, rows, &self->scope, &self->child, .sql = without_zero(&self->body),
               .items = weft_http_query(it), .fiber.stack_size = STACK);
    for (;;) {
        WEFT_AWAIT(weft_select(co, self->cases, weft_join(of, &self->child), weft_event_wait(of, &rows->filled),
                               weft_sleep(of, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(200))));
        if (weft_chosen(self->cases) == 0)
            break;
        if ((error = begin(co, self)))
            WEFT_FAIL(error);
        if (weft_chosen(self->cases) == 2) { // no row for long: is the client still there?
            WEFT_TRY(it, weft_bytes_write(co, &it->out, NULL, 0));
            continue;
        }
        WEFT_TRY(it, weft_write(co, &it->out, text_of(rows)));
        weft_event_clear(&rows->filled);
        weft_event_set(&rows->taken);
    }
    if (weft_outcome_of(&rows->co) == WEFT_FAILED) // no memory for its stack
        WEFT_FAIL(weft_failure(&rows->co));
    if (self->begun && rows->status != 200)
        WEFT_FAIL(WEFT_EIO);
    if (self->begun) {
        WEFT_TRY(it, weft_write(co, &it->out, text_of(rows)));
        WEFT_FINISH;
    }
    add_retry_after(self);
    self->begun = true;
    WEFT_TRY(it, weft_http_reply(co, it, rows->status, "application/json", text_of(rows)));
    WEFT_FINALLY;
    rows->stop = true;
    weft_event_set(&rows->taken);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_timer_stop(co, &self->timer));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_bytes_buffer_free(&self->body);
    WEFT_END;
}

// ---- The service ----

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_deadline deadline;
    answer answer;
} sql;

static void read_settings(void)
{
    static char path[256] = "data/sql.db";
    weft_settings settings = {0};
    if (database)
        return;
    deadline = weft_setting_duration(&settings, "DEADLINE", WEFT_SECONDS(5)) / 1000000;
    if (weft_text_to_z(weft_setting_text("DATABASE", weft_text_z(path)), path, sizeof path))
        weft_text_to_z(WEFT_TEXT("data/sql.db"), path, sizeof path);
    database = path;
}

WEFT_ASYNC(sql)
{
    weft_http_exchange *it = &self->http;
    answer *its = &self->answer;
    WEFT_BEGIN;
    read_settings();
    weft_http_limit(16);
    if (!weft_text_equal_z(weft_http_method(it), "POST")) {
        weft_http_header_add(it, "allow", WEFT_TEXT("POST"));
        WEFT_TRY(it, weft_http_reply_status(co, it, 405));
        WEFT_FINISH;
    }
    WEFT_CALL_WITHIN(answer, its, &self->deadline, &weft_host_clock, WEFT_MILLISECONDS(deadline), .http = it);
    if (weft_failure(&its->co) == WEFT_ELIMIT) // of the body
        WEFT_TRY(it, weft_http_reply_status(co, it, 413));
    else if (weft_failure(&its->co) || (its->begun && self->deadline.expired))
        WEFT_FAIL(weft_failure(&its->co) ? weft_failure(&its->co) : WEFT_ETIMEDOUT);
    else if (self->deadline.expired)
        WEFT_TRY(it, weft_http_reply_status(co, it, 504));
    WEFT_END;
}
WEFT_HTTP_SERVICE(sql);
