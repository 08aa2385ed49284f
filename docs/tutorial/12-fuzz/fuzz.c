// Has the reader of sums read whatever libFuzzer makes up.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../10-fiber/sum.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *at, *end;
} bytes;

static int next(void *data)
{
    bytes *it = data;
    return it->at < it->end ? *it->at++ : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bytes input = {data, data + size};
    sum_source source = {.next = next, .data = &input};
    int value;
    while (sum_line(&source, &value)) {
    }
    return 0;
}
