// Workload: task-locals. A tree of calls and spawned children binds values, covers and unbinds them, and is
// cancelled. Model: each node is told what it must see by who made it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <string.h>
#include <weft/weft.h>

enum { KEYS = 2, BRANCHES = 3, DEPTH = 4 };

static const char keys[KEYS];
static uint32_t nodes, ended, tasks;

typedef struct node {
    weft_coro co;
    const void *sees[KEYS]; // what it, and who it calls or spawns, must see now
    weft_local bound[2];
    const void *covered[KEYS]; // by the second binding
    struct node *called;
    weft_scope scope;
    uint32_t depth, i;
} node;

static void look(const node *self)
{
    for (uint32_t key = 0; key < KEYS; key++)
        EXPECT(weft_local_get(&self->co, &keys[key]) == self->sees[key], "a node %u deep sees another value",
               self->depth);
}

static void bind(node *self, uint32_t which)
{
    uint32_t key = pick(KEYS);
    memcpy(self->covered, self->sees, sizeof self->covered);
    weft_local_bind(&self->co, &self->bound[which], &keys[key], &self->bound[which]);
    self->sees[key] = &self->bound[which];
}

static void inherit(node *child, const node *parent)
{
    memcpy(child->sees, parent->sees, sizeof child->sees);
    child->depth = parent->depth + 1;
    nodes++;
}

WEFT_ASYNC(node)
{
    WEFT_BEGIN;
    look(self);
    if (pick(2))
        bind(self, 0);
    look(self);
    for (self->i = self->depth < DEPTH ? pick(BRANCHES + 1) : 0; self->i && nodes < 40; self->i--) {
        if (pick(2)) {
            node *child = WEFT_SPAWN_NEW(node, &self->scope);
            if (child)
                inherit(child, self);
            if (child && pick(6) == 0)
                weft_cancel(&child->co);
        } else if ((self->called = weft_alloc(sizeof *self->called))) {
            *self->called = (node){0};
            if (pick(3) == 0) // for the callee alone
                bind(self, 1);
            inherit(self->called, self);
            WEFT_AWAIT(weft_call(co, &self->called->co, node__step));
            weft_free(self->called, sizeof *self->called);
            self->called = NULL;
            if (self->bound[1].by)
                memcpy(self->sees, self->covered, sizeof self->sees);
            weft_local_unbind(&self->bound[1]);
        }
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        look(self);
    }
    if (pick(2))
        WEFT_AWAIT(weft_join_all(co, &self->scope));
    look(self);
    WEFT_FINALLY;
    look(self);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    if (self->called)
        weft_free(self->called, sizeof *self->called);
    weft_local_unbind(&self->bound[1]);
    weft_local_unbind(&self->bound[0]);
    ended++;
    WEFT_END;
}

// Of the task's own scope: it outlives who binds, and sees nothing.
static weft_stepped apart_run(weft_coro *co)
{
    WEFT_BEGIN;
    for (uint32_t key = 0; key < KEYS; key++)
        EXPECT(!weft_local_get(co, &keys[key]), "a coroutine of the task's own scope sees a value");
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_local bound;
    node node;
} local_root;

WEFT_ASYNC(local_root)
{
    WEFT_BEGIN;
    if (pick(2)) {
        weft_local_bind(co, &self->bound, &keys[0], self);
        self->node.sees[0] = self;
    }
    if (pick(3) == 0)
        (void)!weft_task_spawn(co, sizeof(weft_coro), apart_run, WEFT_CANCEL_TOO);
    nodes++;
    WEFT_AWAIT(weft_call(co, &self->node.co, node__step));
    WEFT_RETURN(co, exports_workloads_local, 7);
    WEFT_FINALLY;
    weft_local_unbind(&self->bound);
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_local, local_root, (void),
               exports_workloads_local_return(NO_MEMORY));

// ---- The world ----

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    uint32_t result = 7;
    if (call_and_wait("local", NULL, &result) == WEFT_SIM_RETURNED)
        EXPECT(result == 7 || result == NO_MEMORY, "the call returned %u", result);
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    nodes = ended = 0;
    weft_sim_spawn(sim, calm_down, NULL);
    for (tasks = 1 + pick(2); tasks; tasks--)
        weft_sim_spawn(sim, one_call, NULL);
}

static void check(void)
{
    EXPECT(nodes == ended, "%u nodes were made, and %u have ended", nodes, ended);
}

const workload local_workload = {"locals", play, check};
