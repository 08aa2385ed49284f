// The C half of the component: exports on Weft that await Rust futures, and a Weft coroutine that Rust awaits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "c.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

// Rust's: src/lib.rs and src/weft.rs.
typedef struct rust_future rust_future;
rust_future *rust_sum_new(uint32_t stream);
rust_future *rust_notified_new(void);
rust_future *rust_spawns_new(void);
bool rust_poll(void *it, weft_waker *waker);
uint64_t rust_result(const rust_future *it);
void rust_drop(rust_future *it);
void rust_notify(void);
uint32_t rust_live_bytes(void);

static uint32_t coroutines, overs;
static weft_event event;

uint64_t exports_weft_both_weft_side_probe(void)
{
    return probe() + rust_live_bytes() + coroutines;
}

uint32_t exports_weft_both_weft_side_overs(void)
{
    uint32_t were = overs;
    overs = 0;
    return were;
}

// A Weft task awaits a Rust future.

typedef struct {
    weft_coro co;
    weft_foreign wait;
    rust_future *future;
    uint32_t stream;
    uint64_t sum;
} sum;

static weft_stepped sum_run(weft_coro *co)
{
    sum *self = weft_frame(co, sum);
    WEFT_BEGIN;
    self->future = rust_sum_new(self->stream);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, rust_poll, self->future));
    WEFT_RETURN(co, exports_weft_both_weft_side_sum, rust_result(self->future));
    WEFT_FINALLY;
    rust_drop(self->future);
    WEFT_END;
}

WEFT_EXPORT_STEP(c, exports_weft_both_weft_side_sum, sum, sum_run,
                 (exports_weft_both_weft_side_stream_u32_t numbers), self->stream = numbers);

static weft_stepped part_run(weft_coro *co)
{
    sum *self = weft_frame(co, sum);
    WEFT_BEGIN;
    self->future = rust_sum_new(self->stream);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, rust_poll, self->future));
    self->sum = rust_result(self->future);
    WEFT_FINALLY;
    rust_drop(self->future);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    sum parts[2];
} sum_both;

WEFT_ASYNC(sum_both)
{
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++)
        weft_spawn(co, &self->scope, &self->children[i], &self->parts[i].co, part_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_weft_both_weft_side_sum_both, self->parts[0].sum + self->parts[1].sum);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(c, exports_weft_both_weft_side_sum_both, sum_both,
            (exports_weft_both_weft_side_stream_u32_t left, exports_weft_both_weft_side_stream_u32_t right),
            .parts[0].stream = left, .parts[1].stream = right);

typedef struct {
    weft_coro co;
    weft_foreign wait;
    rust_future *future;
} wait;

WEFT_ASYNC(wait)
{
    WEFT_BEGIN;
    self->future = rust_notified_new();
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, rust_poll, self->future));
    WEFT_RETURN(co, exports_weft_both_weft_side_wait, (uint32_t)rust_result(self->future));
    WEFT_FINALLY;
    rust_drop(self->future);
    WEFT_END;
}

WEFT_EXPORT(c, exports_weft_both_weft_side_wait, wait, (void));

typedef wait spawns;

static weft_stepped spawns_run(weft_coro *co)
{
    spawns *self = weft_frame(co, spawns);
    WEFT_BEGIN;
    self->future = rust_spawns_new();
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, rust_poll, self->future));
    WEFT_RETURN(co, exports_weft_both_weft_side_spawns, rust_result(self->future));
    WEFT_FINALLY;
    rust_drop(self->future);
    WEFT_END;
}

WEFT_EXPORT_STEP(c, exports_weft_both_weft_side_spawns, spawns, spawns_run, (void), );

typedef struct {
    weft_coro co;
} plain;

static weft_stepped notify_run(weft_coro *co)
{
    WEFT_BEGIN;
    rust_notify();
    WEFT_RETURN_VOID(co, exports_weft_both_weft_side_notify);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(c, exports_weft_both_weft_side_notify, plain, notify_run, (void), );

static weft_stepped set_run(weft_coro *co)
{
    WEFT_BEGIN;
    weft_event_set(&event);
    weft_event_clear(&event);
    WEFT_RETURN_VOID(co, exports_weft_both_weft_side_set);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(c, exports_weft_both_weft_side_set, plain, set_run, (void), );

// A Weft coroutine that Rust awaits.

enum kind { PLAIN, SLOW_FINALISER, EVENT }; // src/weft.rs: Kind

typedef struct {
    weft_coro co;
    weft_subtask call;
    enum kind kind;
    uint32_t ticket, result, last;
} hold;

WEFT_ASYNC(hold)
{
    WEFT_BEGIN;
    if (self->kind == EVENT) {
        WEFT_AWAIT(weft_event_wait(co, &event));
        self->result = self->ticket;
    } else {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket, &self->result)));
    }
    WEFT_FINALLY;
    if (self->kind == SLOW_FINALISER)
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_hold(self->ticket + 1, &self->last)));
    WEFT_END;
}

// What Rust holds a pointer to.
typedef struct {
    weft_embedded embedded;
    hold frame;
} coroutine;

coroutine *hold_new(uint32_t ticket, enum kind kind);
bool hold_poll(coroutine *it, void (*wake)(void *data), void *data);
uint32_t hold_result(const coroutine *it);
void hold_drop(coroutine *it);

coroutine *hold_new(uint32_t ticket, enum kind kind)
{
    coroutine *it = calloc(1, sizeof *it); // malloc aligns to 16
    coroutines++;
    WEFT_EMBEDDED_START(hold, &it->frame, &it->embedded, .ticket = ticket, .kind = kind);
    return it;
}

bool hold_poll(coroutine *it, void (*wake)(void *data), void *data)
{
    return weft_embedded_poll(&it->embedded, wake, data);
}

uint32_t hold_result(const coroutine *it)
{
    return it->frame.result;
}

static void give_back(void *it)
{
    overs++;
    coroutines--;
    free(it);
}

void hold_drop(coroutine *it)
{
    if (!weft_embedded_drop(&it->embedded, give_back, it))
        return;
    coroutines--;
    free(it);
}
