// Cancels a row of all waits of fs.h at each of them, again and again, and later and later within a wait. Each
// time, what the row holds is closed, and nothing is left: the host gives the component few files to be open,
// and memory stays as it is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

enum { ROUNDS = 8, SIZE = 100000 };

typedef struct {
    weft_coro co;
    char folder[16];
    uint32_t step; // how many waits it has begun
    bool wrong;
    weft_file directory, file;
    weft_fs fs;
    weft_list list;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
    uint8_t buffer[SIZE];
} row;
WEFT_UNZEROED(row, buffer);

// The next wait: it ends well, or by a cancel.
#define NEXT(it, wait)                                                                                         \
    self->step++;                                                                                              \
    WEFT_TRY(&self->it, wait)

static bool fine(weft_error error)
{
    return !error || error == WEFT_ECANCELED;
}

WEFT_ASYNC(row)
{
    WEFT_BEGIN;
    NEXT(fs, weft_fs_mkdir(co, &self->fs, self->folder));
    NEXT(directory,
         weft_file_open(co, &self->directory, self->folder, .directory = true, .read = true, .write = true));
    NEXT(file,
         weft_file_open(co, &self->file, "a", .beneath = &self->directory, .write = true, .create = true));
    NEXT(file, weft_file_write_at(co, &self->file, 0, self->buffer, SIZE));
    NEXT(file, weft_file_sync(co, &self->file));
    NEXT(file, weft_file_open(co, &self->file, "a", .beneath = &self->directory, .read = true, .write = true));
    NEXT(file, weft_file_read_at(co, &self->file, 1, self->buffer, SIZE - 1));
    self->wrong |= self->file.count != SIZE - 1;
    NEXT(file, weft_file_stat(co, &self->file));
    self->wrong |= self->file.info.size != SIZE;
    NEXT(file, weft_file_resize(co, &self->file, 10));
    NEXT(file, weft_file_set_times(co, &self->file, WEFT_TIME_NOW, WEFT_TIME_KEEP));
    NEXT(fs, weft_fs_stat(co, &self->fs, "a", .beneath = &self->directory));
    NEXT(fs, weft_fs_link(co, &self->fs, "a", "b", .beneath = &self->directory));
    NEXT(fs, weft_fs_rename(co, &self->fs, "b", "c", .beneath = &self->directory));
    NEXT(fs, weft_fs_symlink(co, &self->fs, "c", "d", .beneath = &self->directory));
    NEXT(fs, weft_fs_readlink(co, &self->fs, "d", (char *)self->buffer, 9, .beneath = &self->directory));
    NEXT(fs, weft_fs_set_times(co, &self->fs, "d", WEFT_TIME_NOW, WEFT_TIME_NOW, .beneath = &self->directory));
    NEXT(fs, weft_fs_mkdir(co, &self->fs, "e/f/g", .beneath = &self->directory, .parents = true));
    NEXT(fs, weft_fs_stat(co, &self->fs, "e/f/", .beneath = &self->directory));
    NEXT(fs, weft_fs_rmdir(co, &self->fs, "e/f/g", .beneath = &self->directory));
    NEXT(whole, weft_whole_write(co, &self->whole, "e/h", WEFT_TEXT("text"), .beneath = &self->directory));
    NEXT(whole, weft_whole_read(co, &self->whole, "e/h", &self->text, 4, .beneath = &self->directory));
    self->wrong |= self->text.count != 4;
    NEXT(list, weft_list_open(co, &self->list, ".", .beneath = &self->directory));
    do {
        NEXT(list, weft_list_next(co, &self->list));
    } while (!self->list.ended);
    NEXT(walk, weft_walk_open(co, &self->walk, self->folder));
    do {
        NEXT(walk, weft_walk_next(co, &self->walk));
    } while (!self->walk.ended);
    NEXT(fs, weft_fs_unlink(co, &self->fs, "a", .beneath = &self->directory));
    WEFT_FINALLY;
    self->wrong |= !fine(self->fs.error) || !fine(self->directory.error) || !fine(self->file.error);
    self->wrong |= !fine(self->list.error) || !fine(self->walk.error) || !fine(self->whole.error);
    weft_file_close(&self->file);
    weft_file_close(&self->directory);
    weft_list_close(&self->list);
    weft_walk_close(&self->walk);
    weft_bytes_buffer_free(&self->text);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    uint32_t number, at, late, rounds;
    uint32_t cancelled, pages;
    row row;
} sweep;

// "d/000012"
static void name(char *folder, uint32_t number)
{
    folder[0] = 'd';
    folder[1] = '/';
    for (int i = 7; i > 1; i--, number /= 10)
        folder[i] = (char)('0' + number % 10);
    folder[8] = 0;
}

WEFT_ASYNC(sweep)
{
    WEFT_BEGIN;
    for (self->rounds = 0; self->rounds < ROUNDS; self->rounds++) {
        for (self->at = 1;; self->at++) {
            WEFT_SPAWN(row, &self->row, &self->scope, &self->child);
            name(self->row.folder, self->number++);
            while (self->row.step < self->at && weft_outcome_of(&self->row.co) == WEFT_UNFINISHED)
                WEFT_AWAIT(weft_yield(co));
            for (self->late = 0; self->late < self->rounds * self->rounds; self->late++)
                WEFT_AWAIT(weft_yield(co));
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
            if (self->row.wrong || weft_outcome_of(&self->row.co) == WEFT_FAILED)
                WEFT_FAIL(1000 + (int32_t)self->row.step);
            if (weft_outcome_of(&self->row.co) == WEFT_DONE && self->row.step < self->at)
                break;
            self->cancelled += weft_outcome_of(&self->row.co) == WEFT_CANCELLED;
        }
        if (self->rounds == 1)
            self->pages = __builtin_wasm_memory_size(0);
    }
    if (self->cancelled < ROUNDS * 20 || __builtin_wasm_memory_size(0) != self->pages)
        WEFT_FAIL(1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(sweep);
