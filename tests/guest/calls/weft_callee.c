// The peer of the calls' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include "crowd.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_calls_peer_stream_u8, uint8_t);

uint64_t exports_weft_calls_peer_probe(void)
{
    return probe();
}

uint32_t exports_weft_calls_peer_pages(void)
{
    return (uint32_t)__builtin_wasm_memory_size(0);
}

void exports_weft_calls_peer_settle(void)
{
    weft_trim(); // the sets of pooled tasks
    settle_handles();
}

void exports_weft_calls_peer_block(void)
{
    weft_backpressure_inc();
}

void exports_weft_calls_peer_unblock(void)
{
    weft_backpressure_dec();
}

// Calls that answer by themselves.

typedef struct {
    weft_coro co;
    uint32_t a, b;
} add;

static weft_stepped add_run(weft_coro *co)
{
    add *self = weft_frame(co, add);
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_calls_peer_add, self->a + self->b);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_add, add, add_run, (uint32_t a, uint32_t b), self->a = a,
                 self->b = b);

static weft_stepped add_later_run(weft_coro *co)
{
    add *self = weft_frame(co, add);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_calls_peer_add_later, self->a + self->b);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_add_later, add, add_later_run, (uint32_t a, uint32_t b),
                 self->a = a, self->b = b);

typedef struct {
    weft_coro co;
} nothing;

static weft_stepped nothing_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_RETURN_VOID(co, exports_weft_calls_peer_nothing);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_nothing, nothing, nothing_run, (void), );

static weft_stepped nothing_later_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN_VOID(co, exports_weft_calls_peer_nothing_later);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_nothing_later, nothing, nothing_later_run, (void), );

typedef struct {
    weft_coro co;
    uint64_t sum;
} weigh;

WEFT_ASYNC(weigh)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_calls_peer_weigh, self->sum);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_calls_peer_weigh, weigh,
            (uint8_t a, uint64_t b, uint16_t c, uint32_t d, uint64_t e),
            .sum = a + 2 * b + 3ull * c + 4ull * d + 5 * e);

// Calls that wait for their ticket: a read of a stream that this component drops the other end of.

typedef struct gate {
    weft_coro co;
    uint32_t ticket;
    uint8_t byte;
    bytes_reader in;
    bytes_writer out;
} gate;

static gate *gates[TICKETS];
static uint32_t held;

WEFT_ASYNC(gate)
{
    WEFT_BEGIN;
    if (self->ticket >= TICKETS || gates[self->ticket])
        __builtin_trap();
    gates[self->ticket] = self;
    held++;
    self->in = bytes_reader_of(bytes_new(&self->out));
    WEFT_AWAIT(bytes_read(co, &self->in, &self->byte, 1));
    WEFT_FINALLY;
    held--;
    gates[self->ticket] = NULL;
    bytes_close_writer(&self->out);
    bytes_close_reader(&self->in);
    WEFT_END;
}

void exports_weft_calls_peer_open(uint32_t ticket)
{
    bytes_close_writer(&gates[ticket]->out);
}

uint32_t exports_weft_calls_peer_held(void)
{
    return held;
}

bool exports_weft_calls_peer_waits(uint32_t ticket)
{
    return gates[ticket];
}

typedef struct {
    weft_coro co;
    gate gate;
} hold;

static weft_stepped hold_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->gate.co, gate__step));
    WEFT_RETURN(co, exports_weft_calls_peer_hold, 3 * self->gate.ticket + 1);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_hold, hold, hold_run, (uint32_t ticket),
                 self->gate.ticket = ticket);

static weft_stepped insist_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->gate.co, gate__step));
    WEFT_FINALLY;
    WEFT_RETURN(co, exports_weft_calls_peer_insist, 3 * self->gate.ticket + (weft_cancelled(co) ? 2 : 1));
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_calls_peer_insist, hold, insist_run, (uint32_t ticket),
                 self->gate.ticket = ticket);

typedef struct {
    weft_coro co;
    gate gate;
    exports_weft_calls_peer_texts_t texts;
} reverse;

static void reverse_string(callee_string_t *text)
{
    for (size_t i = 0; i < text->len / 2; i++) {
        uint8_t byte = text->ptr[i];
        text->ptr[i] = text->ptr[text->len - 1 - i];
        text->ptr[text->len - 1 - i] = byte;
    }
}

WEFT_ASYNC(reverse)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->gate.co, gate__step));
    reverse_string(&self->texts.whole);
    callee_list_string_t *parts = &self->texts.parts;
    for (size_t i = 0; i < parts->len; i++)
        reverse_string(&parts->ptr[i]);
    for (size_t i = 0; i < parts->len / 2; i++) {
        callee_string_t part = parts->ptr[i];
        parts->ptr[i] = parts->ptr[parts->len - 1 - i];
        parts->ptr[parts->len - 1 - i] = part;
    }
    WEFT_RETURN(co, exports_weft_calls_peer_reverse, self->texts);
    WEFT_FINALLY;
    exports_weft_calls_peer_texts_free(&self->texts);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_calls_peer_reverse, reverse,
            (uint32_t ticket, callee_string_t *whole, callee_list_string_t *parts), .gate.ticket = ticket,
            .texts.whole = *whole, .texts.parts = *parts);

typedef struct {
    weft_coro co;
    gate gate;
    bytes_reader end;
    uint8_t byte;
} keep_end;

WEFT_ASYNC(keep_end)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->gate.co, gate__step));
    WEFT_AWAIT(bytes_read(co, &self->end, &self->byte, 1));
    WEFT_RETURN(co, exports_weft_calls_peer_keep_end, self->byte);
    WEFT_FINALLY;
    bytes_close_reader(&self->end);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_calls_peer_keep_end, keep_end,
            (uint32_t ticket, exports_weft_calls_peer_stream_u8_t end), .gate.ticket = ticket,
            .end = bytes_reader_of(end));

struct exports_weft_calls_peer_token_t {
    uint32_t id;
};

static uint32_t tokens;

exports_weft_calls_peer_own_token_t exports_weft_calls_peer_constructor_token(uint32_t id)
{
    exports_weft_calls_peer_token_t *it = malloc(sizeof *it);
    it->id = id;
    tokens++;
    return exports_weft_calls_peer_token_new(it);
}

void exports_weft_calls_peer_token_destructor(exports_weft_calls_peer_token_t *it)
{
    tokens--;
    free(it);
}

uint32_t exports_weft_calls_peer_tokens(void)
{
    return tokens;
}

typedef struct {
    weft_coro co;
    gate gate;
    exports_weft_calls_peer_own_token_t it;
} keep_token;

WEFT_ASYNC(keep_token)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->gate.co, gate__step));
    WEFT_RETURN(co, exports_weft_calls_peer_keep_token, exports_weft_calls_peer_token_rep(self->it)->id);
    WEFT_FINALLY;
    exports_weft_calls_peer_token_drop_own(self->it);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_calls_peer_keep_token, keep_token,
            (uint32_t ticket, exports_weft_calls_peer_own_token_t it), .gate.ticket = ticket, .it = it);
