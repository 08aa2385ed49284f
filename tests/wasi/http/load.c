// hello and echo, and what the instance that serves them has.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../net/memory.h"

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    char text[256];
    uint8_t buffer[4096];
} load;

WEFT_UNZEROED(load, text);

static uint64_t served; // requests, so far

// Which instance this is, how many requests it has served, what is in flight, the bytes by weft_alloc and of
// linear memory, and the number of the next handle.
static weft_text told(load *self)
{
    static uint64_t name;
    weft_stats now = weft_stats_now();
    if (!name)
        name = weft_insecure_u64();
    size_t length =
        weft_format(self->text, sizeof self->text,
                    "{\"name\": %llu, \"served\": %llu, \"tasks\": %u, \"coroutines\": %u, \"operations\": %u, "
                    "\"bytes\": %zu, \"memory\": %zu, \"handle\": %u}",
                    (unsigned long long)name, (unsigned long long)served, (unsigned)now.tasks,
                    (unsigned)now.coroutines, (unsigned)now.operations, allocated,
                    (size_t)__builtin_wasm_memory_size(0) << 16, (unsigned)next_handle());
    return weft_text_of(self->text, length);
}

static void upper(uint8_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] -= 'a' - 'A';
}

WEFT_ASYNC(load)
{
    weft_http_exchange *it = &self->http;
    WEFT_BEGIN;
    served++;
    if (weft_http_is(it, "GET", "/stats", NULL, 0)) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, "application/json", told(self)));
    } else if (weft_http_is(it, "GET", "/", NULL, 0)) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, "text/plain", WEFT_TEXT("hello\n")));
    } else {
        weft_http_begin(co, it, 200);
        do {
            WEFT_TRY(&it->in, weft_bytes_read(co, weft_http_body(it), self->buffer, sizeof self->buffer));
            upper(self->buffer, it->in.count);
            WEFT_TRY(it, weft_bytes_write_all(co, &it->out, self->buffer, it->in.count));
        } while (it->in.count);
    }
    WEFT_END;
}
WEFT_HTTP_SERVICE(load);
