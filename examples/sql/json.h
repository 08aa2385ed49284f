// The results of statements as JSON, in a buffer that another coroutine takes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A blob, and a text that is no UTF-8, is {"hex":"00ff"}. An integer beyond 2^53 is in quotes.
#ifndef JSON_H
#define JSON_H

#include <sqlite3.h>
#include <weft/wasi.h>

// Zero-initialised but for `text` is an empty one. A fiber writes it.
typedef struct {
    weft_event filled; // set: the fiber waits until the text is taken,
    weft_event taken;  // which this tells it
    bool wanted;       // what there is, at the next json_pass
    bool stop;         // nobody takes any more: what is written is dropped
    size_t length;     // of the text so far
    char text[32768];
} json;

// In the fiber: lets the text be taken, if it is wanted.
void json_pass(json *self);

void json_put(json *self, const char *text);
void json_put_text(json *self, const char *text, size_t length);

// Steps through the statement to its end, which sqlite3_finalize tells, and writes
// {"columns":[],"rows":[],"changes":0}.
void json_put_results(json *self, sqlite3_stmt *of);

#endif
