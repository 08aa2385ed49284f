// A component that links Weft and libc, without an await.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "hello.h"

#include <string.h>
#include <weft/weft.h>

uint32_t exports_hello_add(uint32_t a, uint32_t b)
{
    uint32_t *sum = weft_alloc(sizeof *sum);
    memcpy(sum, &a, sizeof a);
    *sum += b;
    uint32_t result = *sum;
    weft_free(sum, sizeof *sum);
    return result;
}

void exports_hello_misuse(void)
{
    weft_misuse_closed("hello_misuse", 7);
}
