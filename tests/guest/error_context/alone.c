// Error contexts within a component: new, message, drop.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>
#include <weft/weft.h>

typedef struct {
    weft_coro co;
} message;

static void goes_through(const char *text)
{
    weft_error_context it = weft_error_context_new(text, strlen(text));
    size_t length;
    char *got = weft_error_context_message(it, &length);
    EXPECT(length, strlen(text));
    EXPECT(memcmp(got, text, length), 0);
    if (length)
        free(got);
    weft_error_context_drop(&it);
    EXPECT(it, 0);
    weft_error_context_drop(&it);
}

static weft_stepped message_run(weft_coro *co)
{
    WEFT_BEGIN;
    goes_through("lost on the way");
    goes_through("verloren, \xc3\xbc"
                 "ber Bord");
    goes_through("");
    WEFT_FINALLY;
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS TEST(message)
#include "weft_runner.h"
