// What ends.c is for typed async functions: each start with no fields, with some, and with as many as there
// can be.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bindings.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, w_stream_u32, uint32_t);
WEFT_FLOW(numbers, uint32_t);
WEFT_CLOCK(host_clock, w_clock);

typedef struct {
    weft_coro co;
    uint32_t a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
    w_string_t text;
    uint8_t buffer[512];
} many;
WEFT_UNZEROED(many, buffer);

typedef struct ping ping;
struct ping {
    weft_coro co;
    struct pong *other;
    uint32_t rounds;
};

typedef struct pong {
    weft_coro co;
    ping child;
    uint32_t rounds;
} pong;
WEFT_ASYNC_DECLARE(pong);
WEFT_ASYNC_DECLARE_EXTERN(many);

WEFT_ASYNC(ping)
{
    WEFT_BEGIN;
    if (self->rounds)
        WEFT_CALL(pong, self->other, .rounds = self->rounds - 1);
    WEFT_END;
}

WEFT_ASYNC(pong)
{
    WEFT_BEGIN;
    WEFT_CALL(ping, &self->child, .other = NULL, .rounds = self->rounds);
    WEFT_END;
}

WEFT_ASYNC_EXTERN(many)
{
    WEFT_BEGIN;
    if (!self->a)
        WEFT_FAIL(1);
    WEFT_END;
}

typedef struct {
    numbers_feed feed;
    uint32_t item;
} feeder;

WEFT_ASYNC_FEED(numbers, feeder)
{
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_write_all(co, &self->feed.out, &self->item, 1));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    many it, them[2], *made;
    struct {
        weft_error error;
    } fallible;
    feeder feeds, *fed;
    ping once;
    weft_scope scope;
    weft_child child, children[2];
    weft_deadline deadline;
    weft_once start_up;
    weft_attempt attempt;
    uint32_t handle, count;
    uint64_t x;
    w_string_t text;
} typed;

// A macro of a user's, as an argument, and with two awaits.
#define LENGTH(it) ((it)->count + 1)
#define TWICE(it)                                                                                              \
    do {                                                                                                       \
        WEFT_CALL(ping, (it), .rounds = 1);                                                                    \
        WEFT_AWAIT(weft_yield(co));                                                                            \
        WEFT_CALL(ping, (it));                                                                                 \
    } while (0)

WEFT_ASYNC(typed)
{
    WEFT_BEGIN;
    WEFT_CALL(many, &self->it);
    WEFT_CALL(many, &self->it, .a = 1, .b = 2, .c = 3, .d = 4, .e = 5, .f = 6, .g = 7, .h = 8, .i = 9, .j = 10,
              .k = 11, .l = 12, .m = 13, .n = 14, .o = 15, .p = 16);
    if (self->it.b)
        WEFT_TRY_CALL(many, self->them, .a = LENGTH(self));
    else
        WEFT_TRY_CALL(many, &self->them[1]);
    if (self->it.b)
        WEFT_TRY(&self->fallible, weft_yield(co));
    else
        WEFT_TRY(LENGTH(self) ? &self->fallible : NULL, weft_yield(co));
    WEFT_CALL_WITHIN(many, &self->it, &self->deadline, &host_clock, 5);
    WEFT_CALL_WITHIN(many, &self->it, &self->deadline, &host_clock, 5, .text = self->text, .b = 1);
    WEFT_CALL_UNTIL(many, &self->it, &self->deadline, &host_clock, weft_now(&host_clock) + 5);
    WEFT_CALL_UNTIL(many, &self->it, &self->deadline, &host_clock, 5, .text.len = 1);
    WEFT_ONCE(many, &self->it, &self->attempt, &self->start_up);
    if (self->attempt.error)
        WEFT_TRY_ONCE(many, &self->it, &self->attempt, &self->start_up, .a = 1, .text = self->text);
    else
        WEFT_TRY_ONCE(many, &self->it, &self->attempt, &self->start_up);
    WEFT_AWAIT_ROOM(&self->scope);
    WEFT_SPAWN(many, &self->it, &self->scope, &self->child);
    for (self->count = 0; self->count < 2; self->count++)
        WEFT_SPAWN(many, &self->them[self->count], &self->scope, &self->children[self->count],
                   .a = self->count);
    WEFT_SPAWN_NEW(many, &self->scope);
    self->made = WEFT_SPAWN_NEW(many, &self->scope, .a = 1);
    if (!self->made || !WEFT_TASK_SPAWN(many, WEFT_CANCEL_TOO))
        WEFT_FINISH;
    self->made = WEFT_TASK_SPAWN(many, WEFT_OUTLIVE_CANCEL, .a = 1, .b = 2);
    self->handle = WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, &self->child);
    self->handle = WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, &self->child, .item = 1);
    self->fed = WEFT_FEED_NEW(numbers, feeder, &self->scope, &self->handle);
    self->fed = WEFT_FEED_NEW(numbers, feeder, NULL, &self->handle, .item = 2);
    { // one in a field of another, and locals of the names that the macros have
        uint32_t scope = 1, handle = 2, frame = 3, it = 4, start = 5;
        WEFT_SPAWN(many, &self->it, &self->scope, &self->child,
                   .a =
                       WEFT_FEED_SPAWN(numbers, feeder, &self->feeds, &self->scope, self->children, .item = it),
                   .b = !!WEFT_SPAWN_NEW(many, &self->scope, .a = scope + handle + frame + start));
    }
    TWICE(&self->once);
#define EXPORT exports_double
    WEFT_RETURN(co, EXPORT, LENGTH(self));
    WEFT_FINALLY;
    WEFT_CALL(many, &self->it, .a = 1);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(w, exports_triple, typed, (uint32_t number), .count = number, .x = LENGTH(self));

WEFT_EXPORT_OR(w, exports_say, many, (w_string_t * text), exports_say_return(), .text = *text);
WEFT_EXPORT(w, exports_nothing, ping, (void));
WEFT_EXPORT_OR(w, exports_nothing_else, ping, (void), exports_nothing_else_return());

// Without a coroutine around.
void typed_start(weft_embedded *embedded, typed *frame);
void typed_start(weft_embedded *embedded, typed *frame)
{
    many it;
    it.co = frame->co;
    if (WEFT_BLOCK_ON(many, &it) == WEFT_DONE && WEFT_BLOCK_ON(many, &it, .a = 1) == WEFT_FAILED)
        WEFT_EMBEDDED_START(typed, frame, embedded);
    else
        WEFT_EMBEDDED_START(typed, frame, embedded, .count = 1);
}
