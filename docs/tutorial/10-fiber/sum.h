// A reader of sums such as 2*(3+4), in plain C.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SUM_H
#define SUM_H

#include <stdbool.h>

typedef struct {
    int (*next)(void *data); // the next character; -1 at the end
    void *data;
    int c; // that was read last
    int depth;
    bool wrong;
} sum_source;

// Reads a line. False at the end. Else `wrong` tells that it is no sum, or *value is its value.
bool sum_line(sum_source *it, int *value);

#endif
