// What the guides show that is no whole program: compiled, and linked to a component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calc.h"

#include <stdlib.h>
#include <weft/wasi.h>

// clang-format off: laid out as on the pages
// ---- guide.md ----

typedef struct {
    weft_coro co;              // first
    weft_subtask call;         // what lives across an await: parameters, results, locals, operations
    uint32_t a, b, sum;
} add_up;

WEFT_ASYNC(add_up)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, ns_pkg_math_add(self->a, self->b, &self->sum)));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t a, b;
    uint32_t total;
    add_up child;
} add;

WEFT_ASYNC(add)
{
    WEFT_BEGIN;
    WEFT_CALL(add_up, &self->child, .a = 1, .b = 2);
    self->total += self->child.sum;
    WEFT_RETURN(co, exports_ns_pkg_math_add, self->total);
    WEFT_END;
}
WEFT_EXPORT(calc, exports_ns_pkg_math_add, add, (uint32_t a, uint32_t b), .a = a, .b = b);

// ---- bindings.md, cancellation.md ----

typedef struct {
    weft_coro co;
    uint32_t x;
} twice;

static const uint32_t what_there_is_so_far = 0;

WEFT_ASYNC(twice)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_ns_pkg_math_twice, 2 * self->x);
    WEFT_FINALLY;
    if (weft_cancelled(co))
        WEFT_RETURN(co, exports_ns_pkg_math_twice, what_there_is_so_far);
    WEFT_END;
}

WEFT_EXPORT(calc, exports_ns_pkg_math_twice, twice, (uint32_t x), .x = x);

WEFT_STREAM(body, ns_pkg_peer_stream_u8, uint8_t);     // body_reader, body_writer, body_read(), ...
WEFT_FUTURE(answer, ns_pkg_peer_future_u32, uint32_t);

// ---- concurrency.md ----

typedef struct {
    weft_coro co;
    weft_timer timer;
    int from;
} half;

WEFT_ASYNC(half)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, 1000));
    WEFT_END;
}

static const char request_id;

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child left_handle, right_handle;
    half left, right;
    int middle;
} halves;

WEFT_ASYNC(halves)
{
    WEFT_BEGIN;
    WEFT_SPAWN(half, &self->left, &self->scope, &self->left_handle, .from = 0);
    WEFT_SPAWN(half, &self->right, &self->scope, &self->right_handle, .from = self->middle);
    WEFT_AWAIT(weft_join_all(co, &self->scope));

    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));   // cancels what still runs, and waits for it
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_local id;
    void *request;
} bound;

WEFT_ASYNC(bound)
{
    WEFT_BEGIN;
    weft_local_bind(co, &self->id, &request_id, self->request);

    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_local_unbind(&self->id);
    WEFT_END;
}

// ---- sharing.md ----

WEFT_CHANNEL(jobs, int, 8);
WEFT_BROADCAST(news, int, 8);

typedef struct {
    weft_mutex mutex;
    weft_condition some;
    int count;
} store;

typedef struct {
    weft_coro co;
    store *store;
    weft_permit lock;
} take;

WEFT_ASYNC(take)
{
    store *store = self->store;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &store->mutex, &self->lock));
    while (!store->count)
        WEFT_AWAIT(weft_condition_wait(co, &store->some, &self->lock));
    store->count--;
    weft_release(&self->lock);

    WEFT_FINALLY;
    if (weft_held(&self->lock))
        weft_condition_signal(&store->some);
    weft_release(&self->lock);
    WEFT_END;
}

static news the_news;
static int shown;

static void show(int item)
{
    shown += item;
}

typedef struct {
    weft_coro co;
    news_subscriber reader;
} listen;

WEFT_ASYNC(listen)
{
    WEFT_BEGIN;
    news_subscribe(&the_news, &self->reader);
    for (;;) {
        WEFT_AWAIT(news_receive(co, &the_news, &self->reader));
        if (!weft_served(&self->reader))
            break;                                    // closed; or too slow: news_is_dropped(&the_news, &self->reader)
        show(self->reader.item);
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    const char *name;
} open_store;

WEFT_ASYNC(open_store)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    if (!self->name)
        WEFT_FAIL(WEFT_EINVAL);
    WEFT_END;
}

static weft_once store_is_open;

typedef struct {
    weft_coro co;
    const char *name;
    open_store open;
    weft_attempt attempt;
} user;

WEFT_ASYNC(user)
{
    WEFT_BEGIN;
    WEFT_TRY_ONCE(open_store, &self->open, &self->attempt, &store_is_open, .name = self->name);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_subtask call;
    weft_case cases[3];
    weft_timer timer;
    jobs jobs;
    jobs_slot slot;
    uint32_t x, result;
    int got;
} first;

WEFT_ASYNC(first)
{
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, ns_pkg_peer_compute(self->x, &self->result));
    WEFT_AWAIT(weft_select(co, self->cases, weft_await(of, &self->call),
                           jobs_receive(of, &self->jobs, &self->slot),
                           weft_sleep(of, &weft_host_clock, &self->timer, WEFT_SECONDS(1))));
    switch (weft_chosen(self->cases)) {
    case 0: self->got = (int)self->result; break;
    case 1: self->got = self->slot.item; break;
    default: self->got = -1;                          // a second has passed
    }

    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, &self->call));
    WEFT_AWAIT(weft_timer_stop(co, &self->timer));
    WEFT_END;
}

// ---- languages.md ----

void *rust_sum_new(uint32_t stream);
int rust_result(void *future);
void rust_drop(void *future);
bool rust_poll(void *future, weft_waker *waker);   // true: done

typedef struct {
    weft_coro co;
    uint32_t in;
    void *future;
    weft_foreign wait;
    int sum;
} sum;

WEFT_ASYNC(sum)
{
    WEFT_BEGIN;
    self->future = rust_sum_new(self->in);
    WEFT_AWAIT(weft_foreign_await(co, &self->wait, rust_poll, self->future));
    self->sum = rust_result(self->future);
    WEFT_FINALLY;
    rust_drop(self->future);                           // also ends it, if it is not done
    WEFT_END;
}

struct embedded {
    sum frame;
    weft_embedded embedded;
};

void embed(struct embedded *it, uint32_t stream, void (*wake)(void *data), void *data);
void embed(struct embedded *it, uint32_t stream, void (*wake)(void *data), void *data)
{
    bool done;
    WEFT_EMBEDDED_START(sum, &it->frame, &it->embedded, .in = stream);
    done = weft_embedded_poll(&it->embedded, wake, data);   // each time that wake(data) was called
    if (weft_embedded_drop(&it->embedded, free, it))        // at any time: cancelled, unless it is done
        free(it);                                           // else its finaliser waits, and free(it) comes when that is over
    (void)done;
}

typedef struct {
    weft_coro co;
    weft_timer timer;
} script;

static weft_poll script_run(script *self)
{
    return weft_sleep(&self->co, &weft_host_clock, &self->timer, 1000);
}

static void script_free(script *self)
{
    (void)self;
}

static weft_stepped script_step(weft_coro *co)
{
    script *self = weft_frame(co, script);
    if (weft_step_unwinds(co)) {
        script_free(self);
        return weft_step_end(co);
    }
    weft_poll poll = script_run(self);   // to its next wait, or to its end
    return weft_pending(poll) ? weft_step_wait(co, poll, NULL) : weft_step_end(co);
}

typedef struct {
    weft_coro co;
    script script;
} scripts;

WEFT_ASYNC(scripts)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->script.co, script_step));
    WEFT_END;
}

// So that none is unused.
weft_step *const all_steps[] = {halves__step, bound__step, take__step, listen__step, user__step, first__step, sum__step, scripts__step};
