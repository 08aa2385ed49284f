// The entries of one directory, as many at a time as there is room for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

WEFT_STREAM(entries, weft__wasi_filesystem_types_stream_directory_entry, FS(directory_entry_t));
WEFT_FUTURE(told, weft__wasi_filesystem_types_future_result_void_error_code, nothing_or_error);

enum { ENTRIES = sizeof(((weft__listing *)0)->entries) / (sizeof(FS(directory_entry_t))) };
_Static_assert(sizeof(nothing_or_error) <= sizeof(((weft__listing *)0)->result),
               "the field is too small: enlarge it");

static entries_reader *in(weft__listing *it)
{
    return (entries_reader *)&it->in;
}

static told_reader *told(weft__listing *it)
{
    return (told_reader *)&it->told;
}

static FS(directory_entry_t) * entry(weft__listing *it, uint32_t index)
{
    return (FS(directory_entry_t) *)it->entries + index;
}

static void free_entries(weft__listing *it)
{
    for (uint32_t i = 0; i < it->count; i++)
        FS(directory_entry_free)(entry(it, i));
    it->next = it->count = 0;
}

void weft__listing_start(weft__listing *it, int32_t descriptor)
{
    FS(tuple2_stream_directory_entry_future_result_void_error_code_t) ends;
    FS_CALL(read_directory)((FS(borrow_descriptor_t)){descriptor}, &ends);
    *it = (weft__listing){0};
    *in(it) = entries_reader_of(ends.f0);
    *told(it) = told_reader_of(ends.f1);
}

bool weft__listing_shift(weft__listing *it, weft_text *name, weft_file_type *type)
{
    if (it->next == it->count)
        return false;
    const FS(directory_entry_t) *at = entry(it, it->next++);
    *name = weft_text_of(at->name.ptr, at->name.len);
    *type = weft__fs_type_of(at->type.tag);
    return true;
}

// A cancel may find entries that have come. They are the next ones then.
static weft_stepped fill_run(weft_coro *co)
{
    weft__listing *self = weft_frame(co, weft__listing);
    WEFT_BEGIN;
    WEFT_AWAIT(entries_read(co, in(self), entry(self, 0), ENTRIES));
    if (!self->in.count)
        WEFT_AWAIT(told_read(co, told(self), (nothing_or_error *)self->result));
    WEFT_FINALLY;
    self->count = (uint32_t)self->in.count;
    self->over = weft_resolved(told(self));
    if (self->over)
        self->error = weft__fs_result((nothing_or_error *)self->result);
    WEFT_END;
}

weft_poll weft__listing_fill(weft_coro *co, weft__listing *it)
{
    free_entries(it);
    it->in.count = 0;
    return weft_call(co, &it->co, fill_run);
}

void weft__listing_close(weft__listing *it)
{
    free_entries(it);
    entries_close_reader(in(it));
    told_close_reader(told(it));
}

// ---- The list ----

static void settle_list(weft__fs *fs)
{
    weft__fs_settle_open(fs);
    if (!fs->error)
        weft__listing_start(&((weft_list *)fs)->listing, fs->descriptor);
    weft__fs_drop(&fs->descriptor);
}

weft_poll weft__list_open(weft_coro *co, weft_list *it, weft_text path, const weft_fs_options *o)
{
    weft_list_close(it);
    it->error = weft__fs_find(o->beneath, path, false, &it->at);
    if (it->error)
        return weft_breathe(co);
    return weft__fs_open_directory(co, &it->fs, !o->no_follow, settle_list);
}

// True if it has gone on to an entry, or the end.
static bool goes_on(weft_list *it)
{
    weft__listing *from = &it->listing;
    it->name = (weft_text){0};
    bool there = weft__listing_shift(from, &it->name, &it->type);
    it->ended = !there && from->over;
    it->error = it->ended ? from->error : there ? WEFT_OK : WEFT_ECANCELED;
    return there || it->ended;
}

static weft_stepped next_run(weft_coro *co)
{
    weft_list *self = weft_frame(co, weft_list);
    WEFT_BEGIN;
    WEFT_AWAIT(weft__listing_fill(co, &self->listing));
    goes_on(self);
    WEFT_END;
}

weft_poll weft_list_next(weft_coro *co, weft_list *it)
{
    WEFT__CHECK(!it->listing.told.handle, closed, "weft_list_next", 0);
    return goes_on(it) ? weft_breathe(co) : weft_call(co, &it->co, next_run);
}

void weft_list_close(weft_list *it)
{
    weft__listing_close(&it->listing);
}
