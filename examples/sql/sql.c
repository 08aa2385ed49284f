// SQLite over HTTP: a POST of SQL, whose parameters are the items of the query, answers the rows as JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//     wasmtime serve -S p3,cli -W component-model-async --max-instance-reuse-count=1000000
//         --idle-instance-timeout=600s --dir path/to/data::data sql.wasm
//     curl 'localhost:8080/?who=Ada' -d 'SELECT * FROM author WHERE name = :who'
//     [{"columns":["id","name"],"rows":[[1,"Ada"]],"changes":0}]
// The changes are also those of triggers. json.h has the values. The database is data/sql.db, or DATABASE.
// DEADLINE is a query's time, five seconds if it is not set. All instances of one database are to have the same
// DEADLINE, and their machines times of day that differ by less than half of it. owner.h tells what a host that
// stands still may do.
//
// A reply begins after two seconds, or with 32 KB of rows. Before that, an error has its status, and a query
// that is over its time is a 504. After that, either cuts the reply. A query is interrupted between two
// instructions of SQLite. A sort, a count and a check of a table are one instruction each, however long.
//
// A statement has at most 4 KB, a value or a row 32 KB. Denied are ATTACH, and so VACUUM, which uses it; each
// PRAGMA with a value, also as PRAGMA x(y); and to make views and triggers.
#include "owner.h"
#include "statements.h"
#include "surroundings.h"
#include <errno.h>
#include <string.h>
#include <weft/fiber.h>

enum { STACK = 256 * 1024 };

// ---- A query, in a fiber with a connection of its own ----

// It is told to stop, not cancelled: libc refuses all that a cancelled fiber would wait for, also the writes of
// a rollback.
typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int status;     // of the reply
    uint64_t retry; // after so many ms
    sqlite3 *db;
    statements its;
} query;
WEFT_UNZEROED(query, its.out.text);

static int status_of(int error)
{
    switch (error) {
    case SQLITE_OK:
        return 200;
    case SQLITE_BUSY:
    case SQLITE_NOMEM:
        return 503;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return 500;
    default:
        return 400;
    }
}

static const char *database; // its path
static uint64_t deadline;    // of a query, ms

static void answer_error(query *self, int status, const char *text)
{
    self->status = status;
    if (status == 503 && !self->retry)
        self->retry = 1;
    self->its.out.length = 0;
    json_put(&self->its.out, "{\"error\":");
    json_put_text(&self->its.out, text, strlen(text));
    json_put(&self->its.out, "}\n");
}

static void answer(query *self, int error)
{
    if (!error)
        self->status = 200;
    else if (!owner_may_go_on())
        answer_error(self, 503, "it took longer than the lock of the database holds");
    else
        answer_error(self, status_of(error),
                     sqlite3_errcode(self->db) == error ? sqlite3_errmsg(self->db) : sqlite3_errstr(error));
}

static void use_database(query *self)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    int error = sqlite3_open_v2(database, &self->db, flags, "unix");
    if (!error)
        error = statements_run(self->db, &self->its);
    answer(self, error);
    sqlite3_close(self->db);
}

WEFT_FIBER(query)
{
    surroundings_set_up();
    int error = owner_take(database, 2 * deadline, &self->retry);
    if (error == EAGAIN) {
        answer_error(self, 503, "another has the database");
    } else if (error) {
        answer_error(self, 500, strerror(error));
    } else {
        self->retry = 0;
        use_database(self);
        owner_leave();
    }
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
} reply;

static weft_text without_zero(const weft_bytes_buffer *body)
{
    weft_text text = weft_bytes_text(body);
    return weft_text_slice(text, 0, text.length - 1);
}

static weft_text text_of(json *out)
{
    size_t length = out->length;
    out->length = 0;
    return weft_text_of(out->text, length);
}

static weft_error begin(weft_coro *co, reply *self)
{
    if (self->begun)
        return WEFT_OK;
    self->begun = true;
    weft_http_header_add(self->http, "content-type", WEFT_TEXT("application/json"));
    return weft_http_begin(co, self->http, 200);
}

static void add_retry_after(reply *self)
{
    char seconds[24];
    weft_format(seconds, sizeof seconds, "%llu", (unsigned long long)(self->query.retry / 1000 + 1));
    if (self->query.retry)
        weft_http_header_add(self->http, "retry-after", weft_text_z(seconds));
}

// Ends with the query, with its client, or by a cancel, at the deadline.
WEFT_ASYNC(reply)
{
    weft_http_exchange *it = self->http;
    query *rows = &self->query;
    weft_error error;
    WEFT_BEGIN;
    WEFT_TRY(it, weft_http_read_all(co, it, &self->body, STATEMENTS_LONGEST));
    if ((error = weft_bytes_append(&self->body, WEFT_TEXT("\0"))))
        WEFT_FAIL(error);
    WEFT_SPAWN(query, rows, &self->scope, &self->child, .its.sql = without_zero(&self->body),
               .its.items = weft_http_query(it), .fiber.stack_size = STACK);
    for (;;) {
        WEFT_AWAIT(weft_select(co, self->cases, weft_join(of, &self->child),
                               weft_event_wait(of, &rows->its.out.filled),
                               weft_sleep(of, &weft_host_clock, &self->timer, WEFT_SECONDS(2))));
        if (weft_chosen(self->cases) == 0)
            break;
        if (!rows->db) // another may have the database
            continue;
        if ((error = begin(co, self)))
            WEFT_FAIL(error);
        if (weft_chosen(self->cases) == 2) { // no row for long: is the client still there?
            rows->its.out.wanted = true;
            WEFT_TRY(it, weft_bytes_write(co, &it->out, NULL, 0));
            continue;
        }
        WEFT_TRY(it, weft_write(co, &it->out, text_of(&rows->its.out)));
        weft_event_clear(&rows->its.out.filled);
        weft_event_set(&rows->its.out.taken);
    }
    if (weft_outcome_of(&rows->co) == WEFT_FAILED) // no memory for its stack
        WEFT_FAIL(weft_failure(&rows->co));
    if (self->begun && rows->status != 200)
        WEFT_FAIL(WEFT_EIO);
    if (self->begun) {
        WEFT_TRY(it, weft_write(co, &it->out, text_of(&rows->its.out)));
        WEFT_FINISH;
    }
    add_retry_after(self);
    self->begun = true;
    WEFT_TRY(it, weft_http_reply(co, it, rows->status, "application/json", text_of(&rows->its.out)));
    WEFT_FINALLY;
    rows->its.out.stop = true;
    weft_event_set(&rows->its.out.taken);
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
    reply reply;
} sql;

// Says what is wrong with them, or nothing.
static const char *read_settings(void)
{
    static weft_settings settings;
    static char path[256];
    if (database || *settings.message)
        return settings.message;
    deadline = weft_setting_duration(&settings, "DEADLINE", WEFT_SECONDS(5)) / 1000000;
    if (!settings.error && (!deadline || deadline > 24 * 60 * 60 * 1000))
        weft_format(settings.message, sizeof settings.message, "variable DEADLINE: is not from 1ms to 1d");
    else if (weft_text_to_z(weft_setting_text("DATABASE", WEFT_TEXT("data/sql.db")), path, sizeof path))
        weft_format(settings.message, sizeof settings.message,
                    "variable DATABASE: is no path of less than 256 bytes");
    else if (!settings.error)
        database = path;
    return settings.message;
}

WEFT_ASYNC(sql)
{
    weft_http_exchange *it = &self->http;
    reply *its = &self->reply;
    const char *wrong = read_settings();
    WEFT_BEGIN;
    weft_http_limit(16);
    if (*wrong) {
        WEFT_TRY(it, weft_http_reply(co, it, 500, "text/plain", weft_text_z(wrong)));
        WEFT_FINISH;
    }
    if (!weft_text_equal_z(weft_http_method(it), "POST")) {
        weft_http_header_add(it, "allow", WEFT_TEXT("POST"));
        WEFT_TRY(it, weft_http_reply_status(co, it, 405));
        WEFT_FINISH;
    }
    WEFT_CALL_WITHIN(reply, its, &self->deadline, &weft_host_clock, WEFT_MILLISECONDS(deadline), .http = it);
    if (weft_failure(&its->co) == WEFT_ELIMIT) // of the body
        WEFT_TRY(it, weft_http_reply_status(co, it, 413));
    else if (weft_failure(&its->co) || (its->begun && self->deadline.expired))
        WEFT_FAIL(weft_failure(&its->co) ? weft_failure(&its->co) : WEFT_ETIMEDOUT);
    else if (self->deadline.expired)
        WEFT_TRY(it, weft_http_reply_status(co, it, 504));
    WEFT_END;
}
WEFT_HTTP_SERVICE(sql);
