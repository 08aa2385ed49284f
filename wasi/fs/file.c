// Open files: their bytes, and their properties.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static descriptor of(const weft_file *it, const char *call)
{
    WEFT__CHECK(!it->descriptor, closed, call, 0);
    (void)call;
    return (descriptor){it->descriptor};
}

// ---- Opening ----

static bool writes(const weft_file_options *o)
{
    return o->write || o->append;
}

static bool makes(const weft_file_options *o)
{
    return o->create || o->exclusive || o->truncate;
}

static bool wants_nonsense(const weft_file_options *o)
{
    return makes(o) && (!writes(o) || o->directory);
}

static void take_flags(weft_file *it, const weft_file_options *o)
{
    bool directory = o->directory || it->at.slash;
    it->appends = o->append;
    it->fixed = !writes(o);
    it->path_flags = o->no_follow ? 0 : WASI_FILESYSTEM_TYPES_PATH_FLAGS_SYMLINK_FOLLOW;
    it->open_flags = 0;
    if (o->create || o->exclusive)
        it->open_flags |= WASI_FILESYSTEM_TYPES_OPEN_FLAGS_CREATE;
    if (o->exclusive)
        it->open_flags |= WASI_FILESYSTEM_TYPES_OPEN_FLAGS_EXCLUSIVE;
    if (o->truncate)
        it->open_flags |= WASI_FILESYSTEM_TYPES_OPEN_FLAGS_TRUNCATE;
    if (directory)
        it->open_flags |= WASI_FILESYSTEM_TYPES_OPEN_FLAGS_DIRECTORY;
    it->flags = 0;
    if (o->read || !writes(o) || directory)
        it->flags |= WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ;
    if (writes(o))
        it->flags |= directory ? WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_MUTATE_DIRECTORY
                               : WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_WRITE;
}

static weft_poll open_at(weft_coro *co, weft_file *it)
{
    return weft__fs_open_at(co, &it->fs, it->path_flags, it->open_flags, it->flags, weft__fs_settle_open);
}

static weft_poll look_at(weft_coro *co, weft_file *it)
{
    return FS_LOOK(co, &it->fs, false, stat_at, weft__fs_directory(&it->at), it->path_flags,
                   weft__fs_string(it->at.path));
}

static bool is_usual(weft_file_type type)
{
    return type == WEFT_FILE_REGULAR || type == WEFT_FILE_DIRECTORY || type == WEFT_FILE_LINK;
}

// Looks at what is there before it opens that: to open a pipe may take for ever, and to open a device may do
// anything.
static weft_stepped open_run(weft_coro *co)
{
    weft_file *self = weft_frame(co, weft_file);
    WEFT_BEGIN;
    WEFT_AWAIT(look_at(co, self));
    if (self->error == WEFT_ENOENT && self->open_flags & WASI_FILESYSTEM_TYPES_OPEN_FLAGS_CREATE)
        self->error = WEFT_OK;
    else if (!self->error && !is_usual(self->found))
        self->error = WEFT_ENODEV;
    if (!self->error)
        WEFT_AWAIT(open_at(co, self));
    WEFT_FINALLY;
    if (weft_cancelled(co) && !self->descriptor)
        self->error = WEFT_ECANCELED;
    WEFT_END;
}

weft_poll weft__file_open(weft_coro *co, weft_file *it, weft_text path, const weft_file_options *o)
{
    weft_file_close(it);
    it->error = wants_nonsense(o) ? WEFT_EINVAL : weft__fs_find(o->beneath, path, writes(o), &it->at);
    if (!it->error && it->at.slash && makes(o))
        it->error = WEFT_EISDIR;
    if (it->error)
        return weft_breathe(co);
    take_flags(it, o);
    if (o->device || o->exclusive)
        return open_at(co, it);
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, open_run);
}

weft_file weft_file_of(int32_t handle, bool append)
{
    return (weft_file){.descriptor = handle, .appends = append};
}

int32_t weft_file_hand_on(weft_file *it)
{
    int32_t handle = it->descriptor;
    it->descriptor = 0;
    return handle;
}

void weft_file_close(weft_file *it)
{
    weft__fs_drop(&it->descriptor);
}

// ---- Bytes ----

WEFT__BYTES_SOURCE(source, weft__wasi_filesystem_types_future_result_void_error_code, nothing_or_error,
                   weft__fs_result);

weft_bytes_reader weft_file_reader(weft_file *it, uint64_t offset)
{
    FS(tuple2_stream_u8_future_result_void_error_code_t) ends;
    FS_CALL(read_via_stream)(of(it, "weft_file_reader"), offset, &ends);
    return weft__bytes_reader_from(ends.f0, ends.f1, &source);
}

weft_bytes_writer weft_file_writer(weft_file *it, uint64_t offset)
{
    descriptor file = of(it, "weft_file_writer");
    weft_bytes_writer out;
    weft_bytes_handle data = weft_bytes_new(&out);
    uint32_t future =
        it->appends ? FS_CALL(append_via_stream)(file, data) : FS_CALL(write_via_stream)(file, data, offset);
    weft__bytes_writer_to(&out, future, &source);
    return out;
}

// Counts the bytes of the read, once, also if it was cut short.
static void count_read(weft_file *it)
{
    it->count += it->in.count;
    it->in.count = 0;
}

static weft_stepped read_run(weft_coro *co)
{
    weft_file *self = weft_frame(co, weft_file);
    WEFT_BEGIN;
    while (self->count < self->size) {
        WEFT_AWAIT(weft_bytes_read(co, &self->in, self->bytes + self->count, self->size - self->count));
        if (!self->in.count) {
            self->error = self->in.error;
            WEFT_FINISH;
        }
        count_read(self);
    }
    self->error = WEFT_OK;
    WEFT_FINALLY;
    count_read(self);
    weft_bytes_close_reader(&self->in);
    WEFT_END;
}

static weft_poll move(weft_coro *co, weft_file *it, uint8_t *bytes, size_t size, weft_step *run)
{
    it->bytes = bytes;
    it->size = size;
    it->count = 0;
    it->error = WEFT_ECANCELED;
    return weft_call(co, &it->co, run);
}

weft_poll weft_file_read_at(weft_coro *co, weft_file *it, uint64_t offset, void *buffer, size_t size)
{
    it->in = weft_file_reader(it, offset);
    return move(co, it, buffer, size, read_run);
}

static weft_stepped write_run(weft_coro *co)
{
    weft_file *self = weft_frame(co, weft_file);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_bytes_write_all(co, &self->out, self->bytes, self->size));
    if (!self->out.error)
        WEFT_AWAIT(weft_bytes_finish(co, &self->out));
    self->error = self->out.error;
    WEFT_FINALLY;
    self->count = self->out.count;
    weft_bytes_close_writer(&self->out);
    WEFT_END;
}

weft_poll weft_file_write_at(weft_coro *co, weft_file *it, uint64_t offset, const void *bytes, size_t size)
{
    it->out = weft_file_writer(it, offset);
    return move(co, it, (uint8_t *)bytes, size, write_run);
}

// ---- What there is to tell, and to change ----

weft_poll weft_file_stat(weft_coro *co, weft_file *it)
{
    return FS_LOOK(co, &it->fs, true, stat, of(it, "weft_file_stat"));
}

weft_poll weft_file_identify(weft_coro *co, weft_file *it)
{
    return FS_IDENTIFY(co, &it->fs, metadata_hash, of(it, "weft_file_identify"));
}

weft_poll weft_file_resize(weft_coro *co, weft_file *it, uint64_t size)
{
    return FS_DO(co, &it->fs, set_size, of(it, "weft_file_resize"), size);
}

weft_poll weft_file_sync(weft_coro *co, weft_file *it)
{
    return FS_DO(co, &it->fs, sync, of(it, "weft_file_sync"));
}

weft_poll weft_file_set_times(weft_coro *co, weft_file *it, weft_instant accessed, weft_instant modified)
{
    it->error = weft__fs_is_time(accessed) && weft__fs_is_time(modified) ? WEFT_OK : WEFT_EINVAL;
    if (it->error)
        return weft_breathe(co);
    return FS_DO(co, &it->fs, set_times,
                 FS_ARGUMENTS(&it->fs, set_times, .self = of(it, "weft_file_set_times"),
                              .data_access_timestamp = weft__fs_timestamp(accessed),
                              .data_modification_timestamp = weft__fs_timestamp(modified)));
}
