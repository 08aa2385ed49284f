// What a client sends, statement by statement.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef STATEMENTS_H
#define STATEMENTS_H

#include "json.h"

enum { STATEMENTS_LONGEST = 1024 * 1024 };

typedef struct {
    weft_text sql;   // with a zero behind it
    weft_text items; // the values of parameters, as in the query of a URL
    uint64_t turn;   // private: it began then
    json out;        // the results; out.stop ends it soon
} statements;

// In a fiber: runs them on that connection, which is then of no other use. SQLite's error.
int statements_run(sqlite3 *db, statements *self);

#endif
