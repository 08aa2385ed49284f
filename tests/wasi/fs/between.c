// Cancels waits of several calls of the host's between these: a wait that has gone on at once so often that it
// lets others go on first is cancelled by one of these. Where that is, depends on how many waits were before.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

enum { FIRST = 960, PLACES = 4, TRIALS = 70 * PLACES, ENTRIES = 12 };

// Of one wait, or of a row of them.
typedef struct {
    weft_coro co;
    uint32_t before, entries;
    int what;
    weft_file file;
    weft_fs fs;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
} waiter;

enum { OPENS, LOOKS, MAKES, READS, WALKS, RENAMES, KINDS };

WEFT_ASYNC(waiter)
{
    WEFT_BEGIN;
    self->walk.error = self->whole.error = self->file.error = self->fs.error = WEFT_OK;
    for (; self->before; self->before--)
        WEFT_AWAIT(weft_breathe(co));
    if (self->what == OPENS)
        WEFT_AWAIT(weft_file_open(co, &self->file, "d/a"));
    if (self->what == LOOKS)
        WEFT_AWAIT(weft_fs_stat(co, &self->fs, "d/a/"));
    if (self->what == MAKES)
        WEFT_AWAIT(weft_fs_mkdir(co, &self->fs, "d/new/sub", .parents = true));
    if (self->what == READS)
        WEFT_AWAIT(weft_whole_read(co, &self->whole, "d/a", &self->text, 100));
    if (self->what == RENAMES)
        WEFT_AWAIT(weft_fs_rename(co, &self->fs, "d/a/", "d/b"));
    while (self->what == WALKS) {
        WEFT_AWAIT(weft_walk_next(co, &self->walk));
        if (self->walk.ended)
            break;
        self->entries++;
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_coro *victim;
} killer;

WEFT_ASYNC(killer)
{
    WEFT_BEGIN;
    weft_cancel(self->victim);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    waiter waiter;
    killer killer;
    weft_scope scope;
    weft_child children[2];
    weft_fs fs;
    uint32_t trial, cancelled[KINDS];
    int what;
} between;

// What a cancel has left in the waiter: true if that is how it stands.
static bool is_so(const waiter *it)
{
    switch (it->what) {
    case OPENS:
        return it->file.error == (it->file.descriptor ? WEFT_OK : WEFT_ECANCELED);
    case READS:
        return it->whole.error == WEFT_ECANCELED || (!it->whole.error && it->text.count == 4);
    case WALKS:
        return it->walk.error == WEFT_ECANCELED || it->walk.ended;
    default:
        return it->fs.error == WEFT_ECANCELED;
    }
}

WEFT_ASYNC(between)
{
    waiter *it = &self->waiter;
    WEFT_BEGIN;
    for (; self->what < KINDS; self->what++) {
        for (self->trial = 0; self->trial < TRIALS; self->trial++) {
            it->text = (weft_bytes_buffer){0};
            WEFT_AWAIT(weft_walk_open(co, &it->walk, "d/tree"));
            for (it->entries = 0; it->entries < self->trial % PLACES; it->entries++)
                WEFT_AWAIT(weft_walk_next(co, &it->walk));
            WEFT_AWAIT(weft_yield(co)); // a new breath
            it->what = self->what;
            it->before = FIRST + self->trial / PLACES;
            self->killer.victim = &it->co;
            weft_spawn(co, &self->scope, &self->children[0], &it->co, waiter__step);
            weft_spawn(co, &self->scope, &self->children[1], &self->killer.co, killer__step);
            WEFT_AWAIT(weft_join_all(co, &self->scope));
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
            if (weft_outcome_of(&it->co) == WEFT_CANCELLED && !it->before) {
                self->cancelled[self->what]++;
                if (!is_so(it))
                    WEFT_FAIL(100 + self->what);
            }
            while (self->what == WALKS && !it->walk.ended) { // what it has not told, it tells yet
                WEFT_AWAIT(weft_walk_next(co, &it->walk));
                it->entries += !it->walk.ended;
            }
            if (self->what == WALKS && it->entries != ENTRIES)
                WEFT_FAIL(10);
            WEFT_AWAIT(weft_fs_rmdir(co, &self->fs, "d/new/sub"));
            WEFT_AWAIT(weft_fs_rmdir(co, &self->fs, "d/new"));
            weft_file_close(&it->file);
            weft_walk_close(&it->walk);
            weft_bytes_buffer_free(&it->text);
        }
        if (!self->cancelled[self->what])
            WEFT_FAIL(20 + self->what);
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_walk_close(&it->walk);
    WEFT_END;
}
WEFT_COMMAND(between);
