// A file as one piece: read to its end, or written so that nobody sees a half of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// ---- Reading ----

static weft_stepped read_run(weft_coro *co)
{
    weft_whole *self = weft_frame(co, weft_whole);
    WEFT_BEGIN;
    WEFT_AWAIT(weft__file_open(co, &self->file, self->path, &self->options));
    self->error = self->file.error;
    if (self->error)
        WEFT_FINISH;
    self->in = weft_file_reader(&self->file, 0);
    self->error = WEFT_ECANCELED;
    WEFT_AWAIT(
        weft_bytes_read_to_end(co, &self->to_end, &self->in, (weft_bytes_buffer *)self->buffer, self->limit));
    self->error = self->to_end.error ? self->to_end.error : self->in.error;
    if (self->error == WEFT_ELIMIT) { // or the file has just that much: only a read tells
        self->error = WEFT_ECANCELED;
        WEFT_AWAIT(weft_bytes_read(co, &self->in, &self->more, 1));
        self->error = self->in.count ? WEFT_ELIMIT : self->in.error;
    }
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_file_close(&self->file);
    WEFT_END;
}

weft_poll weft__whole_read(weft_coro *co, weft_whole *it, weft_text path, weft_bytes_buffer *buffer,
                           size_t limit, const weft_fs_options *o)
{
    it->options = (weft_file_options){.beneath = o->beneath, .no_follow = o->no_follow};
    it->path = path;
    it->buffer = &buffer->buffer;
    it->limit = limit;
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, read_run);
}

// ---- Writing ----

enum { TRIES = 100 };
static const char temporary[] = ".weft-";
enum { PREFIX = sizeof temporary - 1, DIGITS = 8 };

// A name for a new file in the same directory, another one each time. Other instances begin at other times.
static weft_text new_name(weft_whole *it)
{
    static uint32_t names;
    if (!names) {
        weft_instant now = weft_instant_now();
        names = (uint32_t)now.seconds * 1000000000 + now.nanoseconds;
    }
    uint32_t number = names++;
    size_t length = weft__fs_last_name(it->path);
    __builtin_memcpy(it->room + length, temporary, PREFIX);
    length += PREFIX;
    for (int i = DIGITS; i--;)
        it->room[length++] = "0123456789abcdef"[number >> 4 * i & 15];
    return weft_text_of(it->room, length);
}

static weft_stepped write_run(weft_coro *co)
{
    weft_whole *self = weft_frame(co, weft_whole);
    WEFT_BEGIN;
    // The shield is for the open: after a cancel, nobody would know whether there is a file to remove.
    weft_shield(co);
    do {
        self->name = new_name(self);
        WEFT_AWAIT(weft__file_open(co, &self->file, self->name, &self->options));
    } while (self->file.error == WEFT_EEXIST && ++self->tries < TRIES);
    weft_unshield(co);
    self->made = !self->file.error;
    if (!self->file.error)
        WEFT_AWAIT(weft_file_write_at(co, &self->file, 0, self->text.at, self->text.length));
    if (!self->file.error)
        WEFT_AWAIT(weft_file_sync(co, &self->file));
    if (self->file.error) {
        self->error = self->file.error;
        WEFT_FINISH;
    }
    weft_file_close(&self->file);
    WEFT_AWAIT(weft_fs_rename(co, &self->names, self->name, self->path, .beneath = self->options.beneath));
    self->error = self->names.error;
    WEFT_FINALLY;
    weft_file_close(&self->file);
    if (self->made && self->names.error)
        WEFT_AWAIT(weft_fs_unlink(co, &self->names, self->name, .beneath = self->options.beneath));
    weft_free(self->room, self->size);
    self->room = NULL;
    WEFT_END;
}

weft_poll weft__whole_write(weft_coro *co, weft_whole *it, weft_text path, weft_text text,
                            const weft_fs_options *o)
{
    it->error = weft__fs_find(o->beneath, path, true, &it->at);
    if (!it->error && it->at.slash)
        it->error = WEFT_EISDIR;
    size_t directory = weft__fs_last_name(path);
    it->size = directory + PREFIX + DIGITS;
    if (!it->error && !(it->room = weft_alloc(it->size)))
        it->error = WEFT_ENOMEM;
    if (it->error)
        return weft_breathe(co);
    __builtin_memcpy(it->room, path.at, directory);
    it->options = (weft_file_options){.beneath = o->beneath, .write = true, .exclusive = true};
    it->path = path;
    it->text = text;
    it->tries = 0;
    it->made = false;
    it->names.error = WEFT_ECANCELED; // until it was renamed
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, write_run);
}
