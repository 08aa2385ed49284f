// Coroutines that print at the same time: lines short and long, from several of them, and some cancelled
// meanwhile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include <stdlib.h>

enum { PRINTERS = 8, LINES = 40, LONGEST = 1500, CANCELS = 30 };

static size_t blocks;
static bool is_empty; // there is no memory

void *weft_alloc(size_t size)
{
    blocks += !is_empty;
    return is_empty ? NULL : malloc(size);
}

void weft_free(void *memory, size_t size)
{
    (void)size;
    blocks--;
    free(memory);
}

typedef struct {
    weft_coro co;
    int number, line, lines;
} printer;

WEFT_ASYNC(printer)
{
    WEFT_BEGIN;
    for (self->line = 0; self->line < self->lines; self->line++)
        WEFT_TRY(weft_stdout(), weft_printf(co, "%d %d <%*d>\n", self->number, self->line,
                                            (self->number * 97 + self->line * 31) % LONGEST, 1));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_bytes_reader in;
    uint8_t buffer[100];
} passing;

WEFT_ASYNC(passing)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(weft_yield(co));
        WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
        WEFT_TRY(weft_stderr(), weft_bytes_write_all(co, weft_stderr(), self->buffer, self->in.count));
    } while (self->in.count);
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope slow;
    weft_child reader;
    passing passing;
    weft_scope scope;
    weft_child children[PRINTERS];
    printer printers[PRINTERS];
    int rounds, left;
    size_t before;
} turns;

WEFT_ASYNC(turns)
{
    WEFT_BEGIN;
    weft_bytes_close_writer(weft_stdout());
    WEFT_SPAWN(passing, &self->passing, &self->slow, &self->reader,
               .in = weft_bytes_reader_of(weft_bytes_new(weft_stdout())));
    weft_bytes_start_write_all(co, weft_stdout(), (const uint8_t *)"not printed\n", 12);
    WEFT_TRY(weft_stdout(), weft_printf(co, "begin\n"));
    for (int i = 0; i < PRINTERS; i++)
        WEFT_SPAWN(printer, &self->printers[i], &self->scope, &self->children[i], .number = i, .lines = LINES);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    if (self->scope.failed)
        WEFT_FAIL(self->scope.failure);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "all\n"));

    // Cancelled before the first wait, the second, ...: one is writing then, and others wait for their turn.
    self->before = blocks;
    for (self->rounds = 0; self->rounds < CANCELS; self->rounds++) {
        for (int i = 0; i < PRINTERS; i++)
            WEFT_SPAWN(printer, &self->printers[i], &self->scope, &self->children[i], .number = i,
                       .lines = LINES);
        for (self->left = self->rounds; self->left; self->left--)
            WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        WEFT_TRY(weft_stdout(), weft_printf(co, "\ncancelled\n"));
    }
    if (blocks != self->before)
        WEFT_FAIL(1);

    // Without memory.
    is_empty = true;
    WEFT_AWAIT(weft_printf(co, "%*d\n", 512, 1));
    if (weft_stdout()->error != WEFT_ENOMEM)
        WEFT_FAIL(2);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%*d\n", 510, 1));
    self->scope.policy = WEFT_GO_ON;
    for (int i = 0; i < 2; i++) // the second has to wait for its turn
        WEFT_SPAWN(printer, &self->printers[i], &self->scope, &self->children[i], .number = i, .lines = 3);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    if (weft_outcome_of(&self->printers[0].co) != WEFT_DONE || self->scope.failure != WEFT_ENOMEM)
        WEFT_FAIL(3);
    WEFT_TRY(weft_stdout(), weft_printf(co, "end\n"));
    is_empty = false;
    WEFT_AWAIT(weft_bytes_finish(co, weft_stdout()));
    WEFT_AWAIT(weft_join_all(co, &self->slow));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->slow));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(turns);
