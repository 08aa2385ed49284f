// Bytes: read from and written to streams and files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>

// ---- Streams ----

typedef struct {
    weft_bytes_reader *in;
    uint8_t *bytes;
    size_t size;
} reading;

typedef struct {
    weft_bytes_writer *out;
    const uint8_t *bytes;
    size_t size;
} writing;

WAIT(wait_read, reading, weft_bytes_read(co, it->in, it->bytes, it->size))
WAIT(wait_write, writing, weft_bytes_write_all(co, it->out, it->bytes, it->size))

// Bytes that a poll has read come first.
static size_t take_ahead(weft__fd *it, uint8_t *buffer, size_t size)
{
    size_t count = (size_t)(it->to - it->from);
    count = count < size ? count : size;
    __builtin_memcpy(buffer, it->ahead + it->from, count);
    it->from += (uint8_t)count;
    return count;
}

int weft__fd_read_stream(weft__fd *it, uint8_t *buffer, size_t size, size_t *count)
{
    if ((*count = take_ahead(it, buffer, size)) || !size)
        return 0;
    weft_bytes_reader *in = it->in(it);
    in->count = 0; // of the last read, if this one is not begun
    int blocked = weft__libc_block(wait_read, &(reading){in, buffer, size});
    *count = in->count; // a cancel may come when some have
    return *count ? 0 : weft__libc_ended(blocked, in->error);
}

static int write_stream(weft__fd *it, const uint8_t *bytes, size_t size, size_t *count)
{
    weft_bytes_writer *out = it->out(it);
    out->count = 0;
    int blocked = weft__libc_block(wait_write, &(writing){out, bytes, size});
    *count = out->count;
    return *count ? 0 : weft__libc_ended(blocked, out->error);
}

// ---- Files ----

typedef struct {
    weft_file *file;
    uint64_t offset;
    uint8_t *bytes;
    size_t size;
} moving;

WAIT(wait_read_at, moving, weft_file_read_at(co, it->file, it->offset, it->bytes, it->size))
WAIT(wait_write_at, moving, weft_file_write_at(co, it->file, it->offset, it->bytes, it->size))
WAIT(wait_stat, weft_file, weft_file_stat(co, it))

static int move(weft__fd *it, bool writes, uint64_t offset, uint8_t *bytes, size_t size, size_t *count)
{
    weft__libc_wait *wait = writes ? wait_write_at : wait_read_at;
    it->file.count = 0;
    int blocked = weft__libc_block(wait, &(moving){&it->file, offset, bytes, size});
    *count = it->file.count;
    return *count ? 0 : weft__libc_ended(blocked, it->file.error);
}

// ---- Both ----

typedef struct {
    uint8_t *at;
    size_t length;
} piece;

static int move_pieces(weft__fd *it, bool writes, uint64_t offset, const piece *pieces, size_t count,
                       size_t *moved)
{
    *moved = 0;
    for (size_t i = 0; i < count; i++) {
        size_t some = 0;
        int error = 0;
        if (!pieces[i].length)
            continue;
        if (it->kind == FD_FILE)
            error = move(it, writes, offset + *moved, pieces[i].at, pieces[i].length, &some);
        else if (writes)
            error = write_stream(it, pieces[i].at, pieces[i].length, &some);
        else
            error = weft__fd_read_stream(it, pieces[i].at, pieces[i].length, &some);
        *moved += some;
        if (error)
            return *moved ? 0 : error;
        if (some < pieces[i].length || (it->kind == FD_STREAMS && !writes))
            break;
    }
    return 0;
}

// After a write at the end of a file, the position is there.
static int go_to_end(weft__fd *it)
{
    int blocked = weft__libc_block(wait_stat, &it->file);
    if (!blocked && !it->file.error)
        it->position = it->file.info.size;
    return weft__libc_ended(blocked, it->file.error);
}

// at: the offset in the file; or NULL for its position, which goes on.
static int transfer(int32_t number, bool writes, const piece *pieces, size_t count, const uint64_t *at,
                    size_t *moved)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    weft_permit permit = {0};
    int error = it->kind == FD_DIRECTORY             ? EISDIR
                : !(writes ? it->writes : it->reads) ? EBADF
                : at && it->kind != FD_FILE          ? ESPIPE
                                                     : 0;
    if (!error)
        error = weft__fd_turn(writes && it->kind == FD_STREAMS ? &it->writing : &it->reading, &permit);
    if (!error)
        error = move_pieces(it, writes, at ? *at : it->position, pieces, count, moved);
    if (!error && !at) {
        it->position += *moved;
        if (writes && it->flags & __WASI_FDFLAGS_APPEND && *moved)
            error = go_to_end(it);
    }
    weft_release(&permit);
    weft__fd_release(it);
    return error;
}

PREVIEW1(fd_read, int32_t number, const piece *pieces, size_t count, size_t *moved)
{
    return transfer(number, false, pieces, count, NULL, moved);
}

PREVIEW1(fd_write, int32_t number, const piece *pieces, size_t count, size_t *moved)
{
    return transfer(number, true, pieces, count, NULL, moved);
}

PREVIEW1(fd_pread, int32_t number, const piece *pieces, size_t count, uint64_t at, size_t *moved)
{
    return transfer(number, false, pieces, count, &at, moved);
}

PREVIEW1(fd_pwrite, int32_t number, const piece *pieces, size_t count, uint64_t at, size_t *moved)
{
    return transfer(number, true, pieces, count, &at, moved);
}

// ---- Positions ----

static int seek(weft__fd *it, int64_t by, int32_t from, uint64_t *position)
{
    if (it->kind != FD_FILE)
        return ESPIPE;
    uint64_t base = 0;
    weft_permit permit;
    int error = weft__fd_turn(&it->reading, &permit);
    if (!error && from == __WASI_WHENCE_CUR)
        base = it->position;
    if (!error && from == __WASI_WHENCE_END) {
        error = weft__libc_ended(weft__libc_block(wait_stat, &it->file), it->file.error);
        base = it->file.info.size;
    }
    if (!error && (int64_t)(base + (uint64_t)by) < 0)
        error = EINVAL;
    if (!error)
        *position = it->position = base + (uint64_t)by;
    weft_release(&permit);
    return error;
}

PREVIEW1(fd_seek, int32_t number, int64_t by, int32_t from, uint64_t *position)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    int error = seek(it, by, from, position);
    weft__fd_release(it);
    return error;
}

PREVIEW1(fd_tell, int32_t number, uint64_t *position)
{
    return __imported_wasi_snapshot_preview1_fd_seek(number, 0, __WASI_WHENCE_CUR, position);
}

// ---- Sockets ----

PREVIEW1(sock_recv, int32_t number, const piece *pieces, size_t count, int32_t flags, size_t *moved,
         uint16_t *what)
{
    *what = 0;
    return flags ? ENOTSUP : transfer(number, false, pieces, count, NULL, moved);
}

PREVIEW1(sock_send, int32_t number, const piece *pieces, size_t count, int32_t flags, size_t *moved)
{
    return flags ? ENOTSUP : transfer(number, true, pieces, count, NULL, moved);
}

// The other end of what is written learns of it. What is read goes on to come, and nobody looks.
PREVIEW1(sock_shutdown, int32_t number, int32_t how)
{
    weft__fd *it = weft__fd_use(number);
    if (!it)
        return EBADF;
    weft_permit permit = {0};
    int error = it->type != __WASI_FILETYPE_SOCKET_STREAM ? ENOTSOCK : 0;
    if (!error && how & __WASI_SDFLAGS_WR && it->writes) {
        error = weft__fd_turn(&it->writing, &permit);
        if (!error)
            weft_bytes_close_writer(it->given_out);
        it->writes = false;
    }
    if (!error && how & __WASI_SDFLAGS_RD)
        it->reads = false;
    weft_release(&permit);
    weft__fd_release(it);
    return error;
}

// Who accepts connections hands each in, by weft_fd.
PREVIEW1(sock_accept, int32_t number, int32_t flags, int32_t *accepted)
{
    (void)number, (void)flags, (void)accepted;
    return ENOTSUP;
}
