// Task-locals, by themselves: they need no peer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include "sweep.h"
#include <weft/weft.h>

static const char first_key, second_key;
static int one = 1, two = 2, three = 3;

static int seen(const weft_coro *co, const void *key)
{
    int *value = weft_local_get(co, key);
    return value ? *value : 0;
}

// What a coroutine sees, before and after a turn.
typedef struct {
    weft_coro co;
    int first, second, later;
} looker;

static weft_stepped looker_run(weft_coro *co)
{
    looker *self = weft_frame(co, looker);
    WEFT_BEGIN;
    self->first = seen(co, &first_key);
    self->second = seen(co, &second_key);
    WEFT_AWAIT(weft_yield(co));
    self->later = seen(co, &first_key);
    WEFT_FINALLY;
    EXPECT(!self->first || seen(co, &first_key) == self->first, true);
    WEFT_END;
}

// Binds, and calls or spawns what looks.
typedef struct {
    weft_coro co;
    weft_local first, second, again;
    weft_scope scope;
    weft_child child;
    looker looker, spawned;
    bool bind_second;
} binder;

static weft_stepped binder_run(weft_coro *co)
{
    binder *self = weft_frame(co, binder);
    WEFT_BEGIN;
    weft_local_bind(co, &self->first, &first_key, &one);
    EXPECT(seen(co, &first_key), 1);
    WEFT_AWAIT(weft_call(co, &self->looker.co, looker_run));
    EXPECT(self->looker.first, 1);
    EXPECT(self->looker.second, 0);
    weft_local_bind(co, &self->second, &second_key, &two);
    weft_spawn(co, &self->scope, &self->child, &self->spawned.co, looker_run);
    weft_local_bind(co, &self->again, &first_key,
                    &three); // covers the first for us, not for who was spawned before
    EXPECT(seen(co, &first_key), 3);
    WEFT_AWAIT(weft_call(co, &self->looker.co, looker_run));
    EXPECT(self->looker.first, 3);
    EXPECT(self->looker.second, 2);
    weft_local_unbind(&self->again);
    EXPECT(seen(co, &first_key), 1);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(self->spawned.first, 1);
    EXPECT(self->spawned.second, 2);
    EXPECT(self->spawned.later, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_local_unbind(&self->again);
    weft_local_unbind(&self->second);
    weft_local_unbind(&self->first);
    EXPECT(seen(co, &first_key), 0);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    binder binder;
} bind;

static weft_stepped bind_run(weft_coro *co)
{
    bind *self = weft_frame(co, bind);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->binder.co, binder_run));
    EXPECT(seen(co, &first_key), 0);
    EXPECT(seen(&self->binder.looker.co, &second_key), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// A spawned coroutine binds for itself and spawns; its spawner's binding is still seen two spawns down.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    weft_local local;
    looker looker;
} middle;

static weft_stepped middle_run(weft_coro *co)
{
    middle *self = weft_frame(co, middle);
    WEFT_BEGIN;
    EXPECT(seen(co, &first_key), 1);
    weft_local_bind(co, &self->local, &second_key, &two);
    weft_spawn(co, &self->scope, &self->child, &self->looker.co, looker_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->looker.first, 1);
    EXPECT(self->looker.second, 2);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_local_unbind(&self->local);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    weft_local local;
    middle middle;
    looker *allocated, looker;
} spawn;

static weft_stepped spawn_run(weft_coro *co)
{
    spawn *self = weft_frame(co, spawn);
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->children[0], &self->looker.co, looker_run);
    weft_local_bind(co, &self->local, &first_key, &one);
    weft_spawn(co, &self->scope, &self->children[1], &self->middle.co, middle_run);
    self->allocated = weft_spawn_new(co, &self->scope, sizeof(looker), looker_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->looker.first, 0);
    EXPECT(self->allocated->first, 1);
    EXPECT(self->allocated->later, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_local_unbind(&self->local);
    WEFT_END;
}

// Who may outlive the binder inherits nothing.
typedef struct {
    weft_coro co;
    weft_local local;
    int *saw;
    int sees;
} outliving;

typedef struct {
    weft_coro co;
    int *saw;
} outliver;

static weft_stepped outliver_run(weft_coro *co)
{
    outliver *self = weft_frame(co, outliver);
    WEFT_BEGIN;
    *self->saw = 10 + seen(co, &first_key);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped outliving_run(weft_coro *co)
{
    outliving *self = weft_frame(co, outliving);
    WEFT_BEGIN;
    weft_local_bind(co, &self->local, &first_key, &one);
    outliver *it = weft_task_spawn(co, sizeof *it, outliver_run, WEFT_CANCEL_TOO);
    it->saw = &self->sees;
    weft_local_unbind(&self->local);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT(self->sees, 10);
    WEFT_FINALLY;
    WEFT_END;
}

// More binders than there are chains.
enum { MANY = 500 };

typedef struct {
    weft_coro co;
    weft_local local;
    int value;
    looker looker;
} one_of_many;

static weft_stepped one_of_many_run(weft_coro *co)
{
    one_of_many *self = weft_frame(co, one_of_many);
    WEFT_BEGIN;
    weft_local_bind(co, &self->local, &first_key, &self->value);
    WEFT_AWAIT(weft_call(co, &self->looker.co, looker_run));
    EXPECT(self->looker.first, self->value);
    EXPECT(self->looker.later, self->value);
    WEFT_FINALLY;
    weft_local_unbind(&self->local);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
} many;

static weft_stepped many_run(weft_coro *co)
{
    many *self = weft_frame(co, many);
    WEFT_BEGIN;
    for (int i = 0; i < MANY; i++) {
        one_of_many *it = weft_spawn_new(co, &self->scope, sizeof *it, one_of_many_run);
        it->value = i + 1;
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

SWEEP(bind)
SWEEP(spawn)

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(bind)                                                                                                 \
    TEST(spawn)                                                                                                \
    TEST(outliving)                                                                                            \
    TEST(many)                                                                                                 \
    TEST(sweep_bind)                                                                                           \
    TEST(sweep_spawn)
#include "weft_runner.h"
