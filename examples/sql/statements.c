// What a client sends, statement by statement: statements.h says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements.h"
#include <stdio.h>
#include <weft/fiber.h>

enum { STEPS = 50 };

// Gives each parameter the item of its name, or of its number, as a text; without one it is NULL.
static int bind(statements *self, sqlite3_stmt *of)
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

// So that the others have their turn after a millisecond.
static int breathe(void *of)
{
    statements *self = of;
    if (weft_now(&weft_host_clock) - self->turn > WEFT_MILLISECONDS(1)) {
        json_pass(&self->out);
        WEFT_FIBER_CLEANUP(weft_yield(weft_fiber_co()));
        self->turn = weft_now(&weft_host_clock);
    }
    return self->out.stop;
}

static int run_one(statements *self, sqlite3_stmt *of, bool is_first)
{
    int error = bind(self, of);
    if (error)
        return error;
    json_put(&self->out, is_first ? "[" : ",");
    json_put_results(&self->out, of);
    return SQLITE_OK;
}

static int run(sqlite3 *db, statements *self)
{
    bool is_first = true;
    int error = SQLITE_OK;
    for (const char *at = self->sql.at; *at && !error && !breathe(self);) {
        sqlite3_stmt *statement;
        if ((error = sqlite3_prepare_v2(db, at, -1, &statement, &at)) || !statement)
            continue;
        error = run_one(self, statement, is_first);
        int ended = sqlite3_finalize(statement);
        error = error ? error : ended;
        is_first = false;
    }
    json_put(&self->out, is_first ? "[]\n" : "]\n");
    return error;
}

static int wait(void *of, int times)
{
    statements *self = of;
    weft_timer timer = {0};
    (void)times;
    WEFT_FIBER_CLEANUP(weft_sleep(weft_fiber_co(), &weft_host_clock, &timer, WEFT_MILLISECONDS(2)));
    return !self->out.stop;
}

// No other files, nothing that would not survive the end of the host, and no chain of views or triggers, which
// would take a stack without a limit.
static int allowed(void *of, int what, const char *name, const char *value, const char *more, const char *by)
{
    (void)of, (void)name, (void)more, (void)by;
    switch (what) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_CREATE_TEMP_TRIGGER:
        return SQLITE_DENY;
    default:
        return what == SQLITE_PRAGMA && value ? SQLITE_DENY : SQLITE_OK;
    }
}

// The first two limit how long an instruction takes: instr() may take the time of the square of LENGTH. The
// others limit the stack: a host has 512 KB of its own, which is enough for 300 SELECTs in each other, or 4 KB.
static void limit(sqlite3 *db)
{
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 32 * 1024);
    sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 4096);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 50);
    sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 50);
}

int statements_run(sqlite3 *db, statements *self)
{
    limit(db);
    sqlite3_progress_handler(db, STEPS, breathe, self);
    sqlite3_busy_handler(db, wait, self);
    sqlite3_set_authorizer(db, allowed, NULL);
    return run(db, self);
}
