// Opens more files than the host lets it, and is told. Then it does everything so often that what is left by it
// would be too much: of files open, and of memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

enum { TIMES = 1000, MANY = 100 };

// A path that leads no further.
#define DOTS "./././././././././././././././././././././././././././././././././././././././"
#define LONG "d/" DOTS DOTS DOTS DOTS

typedef struct {
    weft_coro co;
    uint32_t open, i;
    size_t pages, entries;
    weft_file files[MANY];
    weft_file file, directory;
    weft_fs fs;
    weft_list list;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
    weft_bytes_reader in;
    uint32_t handle, first_handle;
    char target[4096];
} many;

WEFT_ASYNC(many)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(weft_file_open(co, &self->files[self->open], "d/a"));
    } while (!self->files[self->open].error && ++self->open < MANY);
    if (self->open < 9 || self->open == MANY || self->files[self->open].error != WEFT_EIO)
        WEFT_FAIL(1);
    for (self->i = 0; self->i < MANY; self->i++)
        weft_file_close(&self->files[self->i]);

    for (self->i = 0; self->i < TIMES; self->i++) {
        WEFT_TRY(&self->file, weft_file_open(co, &self->file, "d/a"));
        self->in = weft_file_reader(&self->file, 0); // dropped unread
        self->handle = self->in.op.handle;
        weft_bytes_close_reader(&self->in);
        WEFT_TRY(&self->file, weft_file_read_at(co, &self->file, 0, self->target, 1));
        WEFT_AWAIT(weft_file_open(co, &self->file, "d/nosuch"));
        WEFT_TRY(&self->directory, weft_file_open(co, &self->directory, "d/"));
        WEFT_TRY(&self->fs,
                 weft_fs_readlink(co, &self->fs, "link", self->target, 4096, .beneath = &self->directory));
        WEFT_AWAIT(weft_fs_readlink(co, &self->fs, "link", self->target, 0, .beneath = &self->directory));
        WEFT_TRY(&self->whole, weft_whole_read(co, &self->whole, "d/a", &self->text, 100));
        weft_bytes_buffer_free(&self->text);
        WEFT_TRY(&self->whole, weft_whole_write(co, &self->whole, LONG "b", WEFT_TEXT("text")));
        WEFT_TRY(&self->list, weft_list_open(co, &self->list, "d"));
        WEFT_TRY(&self->list, weft_list_next(co, &self->list)); // and no more of it
        if (self->i % 10 == 0) {
            WEFT_TRY(&self->walk, weft_walk_open(co, &self->walk, "d"));
            do {
                WEFT_TRY(&self->walk, weft_walk_next(co, &self->walk));
                self->entries++;
            } while (self->entries % 20 && !self->walk.ended); // to its end, or not
        }
        if (self->i == TIMES / 4) {
            self->pages = __builtin_wasm_memory_size(0);
            self->first_handle = self->handle;
        }
    }
    // Handles are numbers, which are given again.
    if (__builtin_wasm_memory_size(0) != self->pages || self->handle > self->first_handle + 9)
        WEFT_FAIL(2);
    WEFT_FINALLY;
    weft_file_close(&self->file);
    weft_file_close(&self->directory);
    weft_list_close(&self->list);
    weft_walk_close(&self->walk);
    WEFT_END;
}
WEFT_COMMAND(many);
