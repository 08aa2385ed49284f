// SQLite at work on a database in memory: `inserts N` puts N rows into a table in a transaction, and `scan ROWS
// N` reads a table of so many N times. Prints how many rows these were.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *db;

static void check(int code, int expected)
{
    if (code == expected)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void insert(int rows)
{
    run("BEGIN");
    sqlite3_stmt *insert = prepared("INSERT INTO rows(name, value) VALUES(?, ?)");
    for (int i = 0; i < rows; i++) {
        char name[32];
        int length = snprintf(name, sizeof name, "the row %d", i);
        check(sqlite3_bind_text(insert, 1, name, length, SQLITE_TRANSIENT), SQLITE_OK);
        check(sqlite3_bind_int(insert, 2, i), SQLITE_OK);
        check(sqlite3_step(insert), SQLITE_DONE);
        check(sqlite3_reset(insert), SQLITE_OK);
    }
    check(sqlite3_finalize(insert), SQLITE_OK);
    run("COMMIT");
}

// The rows that are as they were inserted.
static long long scan(void)
{
    long long right = 0;
    sqlite3_stmt *select = prepared("SELECT id, name, value FROM rows");
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        long long value = sqlite3_column_int64(select, 2);
        right += sqlite3_column_int64(select, 0) == value + 1 &&
                 memcmp(sqlite3_column_text(select, 1), "the row ", 8) == 0 &&
                 sqlite3_column_bytes(select, 1) > 8;
    }
    check(code, SQLITE_DONE);
    check(sqlite3_finalize(select), SQLITE_OK);
    return right;
}

static int number(const char *text)
{
    return text ? atoi(text) : 0;
}

int main(int count, char **words)
{
    check(sqlite3_open(":memory:", &db), SQLITE_OK);
    run("CREATE TABLE rows(id INTEGER PRIMARY KEY, name TEXT, value INTEGER)");
    long long rows = 0;
    if (count == 3 && strcmp(words[1], "inserts") == 0) {
        insert(number(words[2]));
        rows = sqlite3_total_changes(db);
    } else if (count == 4 && strcmp(words[1], "scan") == 0) {
        insert(number(words[2]));
        for (int i = number(words[3]); i > 0; i--)
            rows += scan();
    }
    printf("%lld\n", rows);
    return sqlite3_close(db) != SQLITE_OK;
}
