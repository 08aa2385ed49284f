// The two ends of every stream of bytes, and how a stream tells that it was cut short.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include "weft_wasi_bytes.h"

// The built-ins of stream<u8>. All interfaces have the same ones; these come by the library's own.
#define STREAM(call) weft__weft_library_bytes_stream_u8_##call

enum { READS = WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_READ | WEFT__READ_ON };
enum { WRITES = WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_WRITE | WEFT__WRITE_ON };
enum { ASKS = WEFT__IN_FLIGHT | WEFT_EVENT_FUTURE_READ };

// ---- How a stream ended ----

// Drops the stream's end, which is of no more use, puts the future in its place, and reads that: the question
// how the stream ended. True if the host said BLOCKED.
static bool ask(weft_op *op, weft__bytes_result *result, void (*drop)(uint32_t end))
{
    if (!result->asking) {
        if (op->handle) // 0: the stream's end was never here
            drop(op->handle);
        weft__op_let_go(op);
        op->handle = result->future;
        op->cancel = result->from->cancel;
        result->future = 0;
        result->asking = true;
    }
    uint32_t status = result->from->read(op->handle, result->value);
    if (status == WEFT_BLOCKED)
        return true;
    op->status = weft__future_status(status);
    return false;
}

// The read of the future is over. True if it was not cancelled: then *error is the answer.
static bool tell(weft_op *op, weft__bytes_result *result, weft_error *error)
{
    if (op->status != WEFT__FUTURE_DONE)
        return false;
    *error = result->from->error(result->value);
    result->from->drop(op->handle);
    weft__op_let_go(op);
    result->from = NULL;
    result->asking = false;
    result->told = true;
    return true;
}

// True if a copy may go to the host. Stops on misuse.
static bool begins(const weft_op *op, const weft__bytes_result *result, const char *call)
{
    if (__builtin_expect(op->handle && !(op->status & (WEFT__IN_FLIGHT | WEFT_COPY_DROPPED)), 1))
        return true;
    WEFT__CHECK(!op->handle && !result->told, closed, call, 0);
    WEFT__CHECK(weft__op_in_flight(op), busy, call, op->handle);
    (void)result;
    (void)call;
    return false;
}

// There is no future any more, and no question. Its value stays, and nobody looks at it.
static void forget(weft__bytes_result *result)
{
    result->from = NULL;
    result->future = 0;
    result->asking = result->finishing = result->told = false;
}

static void close(weft_op *op, weft__bytes_result *result, void (*drop)(uint32_t end), const char *call)
{
    if (weft__op_closes(op, call)) {
        (result->asking ? result->from->drop : drop)(op->handle);
        weft__op_let_go(op);
    }
    if (result->future)
        result->from->drop(result->future);
    forget(result);
}

// ---- Reading ----

// The reader's stream is over: asks how. True if the host said BLOCKED.
static bool read_over(weft_bytes_reader *in)
{
    if (in->result.from) {
        if (ask(&in->op, &in->result, STREAM(drop_readable)))
            return true;
        tell(&in->op, &in->result, &in->error);
    }
    in->op.status = WEFT_COPY_DROPPED;
    return false;
}

// The sequel of a read. An end that comes with the last bytes, or with a cancel, is for the next read to tell.
static bool read_on(weft_op *op, bool cancelled)
{
    weft_bytes_reader *in = (weft_bytes_reader *)op;
    if (in->result.asking) {
        op->status = tell(op, &in->result, &in->error) ? WEFT_COPY_DROPPED : WEFT__COPY_LAST;
        return false;
    }
    if (!weft_dropped(in))
        return false;
    if (in->count || cancelled) {
        op->status = WEFT__COPY_LAST;
        return false;
    }
    return read_over(in);
}

// A read that goes to no host: the stream is over. True if the host said BLOCKED to the question how.
static bool read_nothing(weft_bytes_reader *in)
{
    in->count = 0;
    return in->op.status == WEFT__COPY_LAST && read_over(in);
}

// The host answered a read at once. True if it said BLOCKED to the question how the stream ended.
static bool read_at_once(weft_bytes_reader *in, uint32_t status)
{
    in->op.status = status;
    in->count = WEFT_STATUS_COUNT(status);
    return __builtin_expect(WEFT_STATUS_STATE(status), 0) && read_on(&in->op, false);
}

weft_poll weft_bytes_read(weft_coro *co, weft_bytes_reader *in, uint8_t *buffer, size_t size)
{
    if (begins(&in->op, &in->result, "weft_bytes_read")) {
        uint32_t status = STREAM(read)(in->op.handle, buffer, weft__stream_clamp(size));
        if (status == WEFT_BLOCKED) {
            WEFT__TRACE_ITEMS_STAY("weft_bytes_read", buffer);
            return weft__op_block(co, &in->op, READS, STREAM(cancel_read));
        }
        if (read_at_once(in, status))
            return weft__op_block(co, &in->op, ASKS | WEFT__READ_ON, in->op.cancel);
    } else if (read_nothing(in)) {
        return weft__op_block(co, &in->op, ASKS | WEFT__READ_ON, in->op.cancel);
    }
    return weft_breathe(co);
}

static void track(weft_coro *co, weft_op *op, uint32_t status, uint32_t (*cancel)(uint32_t))
{
    weft__op_track(co->task, op, status & 7, cancel);
    op->status = status;
}

void weft_bytes_start_read(weft_coro *co, weft_bytes_reader *in, uint8_t *buffer, size_t size)
{
    if (begins(&in->op, &in->result, "weft_bytes_read")) {
        uint32_t status = STREAM(read)(in->op.handle, buffer, weft__stream_clamp(size));
        in->count = 0;
        if (status == WEFT_BLOCKED)
            track(co, &in->op, READS, STREAM(cancel_read));
        else if (read_at_once(in, status))
            track(co, &in->op, ASKS | WEFT__READ_ON, in->op.cancel);
    } else if (read_nothing(in)) {
        track(co, &in->op, ASKS | WEFT__READ_ON, in->op.cancel);
    }
    WEFT__TRACE_ITEMS(in, "weft_bytes_read", buffer);
}

void weft_bytes_close_reader(weft_bytes_reader *in)
{
    close(&in->op, &in->result, STREAM(drop_readable), "weft_bytes_close_reader");
}

void weft_bytes_close_reader_blocking(weft_bytes_reader *in)
{
    weft__op_stop_last(&in->op);
    weft_bytes_close_reader(in);
}

weft_bytes_reader weft__bytes_none(weft_error error)
{
    weft_bytes_reader in = {.error = error};
    in.op.status = WEFT_COPY_DROPPED;
    in.result.told = true;
    return in;
}

void weft__bytes_end(weft_bytes_reader *in)
{
    weft_stop_blocking(in);
    if (in->op.handle)
        in->op.status = WEFT_COPY_DROPPED;
}

// ---- Writing ----

// The question is answered; or cancelled, and then the next call asks again.
static void write_told(weft_bytes_writer *out)
{
    bool finishing = out->result.finishing;
    weft_error error;
    bool told = tell(&out->op, &out->result, &error);
    out->op.status = WEFT_COPY_DROPPED;
    if (!told)
        return;
    if (error) // else that of the writes stays
        out->error = error;
    if (finishing) {
        out->op.status = 0;
        forget(&out->result);
    }
}

// The reader is gone, or is to learn of the end: asks how it took the stream. True if the host said BLOCKED.
static bool write_over(weft_bytes_writer *out)
{
    if (ask(&out->op, &out->result, STREAM(drop_writable)))
        return true;
    write_told(out);
    return false;
}

// The sequel of a write. A write_all tells that the reader is gone if not all was written; a write, if nothing
// was.
static bool write_on(weft_op *op, bool cancelled)
{
    weft_bytes_writer *out = (weft_bytes_writer *)op;
    if (out->result.asking) {
        write_told(out);
        return false;
    }
    if (!weft_dropped(out) || out->count >= out->length)
        return false;
    out->error = WEFT_EPIPE;
    return !cancelled && out->result.from && write_over(out);
}

// A write that goes to no host, since the reader is gone. True if the host said BLOCKED to the question why.
static bool write_nothing(weft_bytes_writer *out)
{
    out->count = 0;
    if (!out->error)
        out->error = WEFT_EPIPE;
    return out->result.from && write_over(out);
}

static bool write_at_once(weft_bytes_writer *out, uint32_t status)
{
    out->op.status = status;
    out->length = 1;
    out->count = WEFT_STATUS_COUNT(status);
    return __builtin_expect(WEFT_STATUS_STATE(status), 0) && write_on(&out->op, false);
}

weft_poll weft_bytes_write(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
{
    if (begins(&out->op, &out->result, "weft_bytes_write")) {
        uint32_t status = STREAM(write)(out->op.handle, bytes, weft__stream_clamp(size));
        if (status == WEFT_BLOCKED) {
            WEFT__TRACE_ITEMS_STAY("weft_bytes_write", bytes);
            out->length = 1;
            return weft__op_block(co, &out->op, WRITES, STREAM(cancel_write));
        }
        if (write_at_once(out, status))
            return weft__op_block(co, &out->op, ASKS | WEFT__WRITE_ON, out->op.cancel);
    } else if (write_nothing(out)) {
        return weft__op_block(co, &out->op, ASKS | WEFT__WRITE_ON, out->op.cancel);
    }
    return weft_breathe(co);
}

void weft_bytes_start_write(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
{
    if (begins(&out->op, &out->result, "weft_bytes_write")) {
        uint32_t status = STREAM(write)(out->op.handle, bytes, weft__stream_clamp(size));
        out->count = 0;
        out->length = 1;
        if (status == WEFT_BLOCKED)
            track(co, &out->op, WRITES, STREAM(cancel_write));
        else if (write_at_once(out, status))
            track(co, &out->op, ASKS | WEFT__WRITE_ON, out->op.cancel);
    } else if (write_nothing(out)) {
        track(co, &out->op, ASKS | WEFT__WRITE_ON, out->op.cancel);
    }
    WEFT__TRACE_ITEMS(out, "weft_bytes_write", bytes);
}

// Goes on with a write_all. True if the host said BLOCKED.
static bool more(weft_stream_writer *out)
{
    while (out->count < out->length && weft__op_is(&out->op, WEFT_COPY_COMPLETED)) {
        uint32_t status = STREAM(write)(out->op.handle, (const uint8_t *)out->items + out->count,
                                        weft__stream_clamp(out->length - out->count));
        if (status == WEFT_BLOCKED)
            return true;
        out->op.status = status;
        out->count += WEFT_STATUS_COUNT(status);
    }
    return false;
}

// Begins a write_all. Returns what is in flight then, as a status; 0 if nothing is.
static uint32_t begin_all(weft_bytes_writer *out, const uint8_t *bytes, size_t size)
{
    if (!begins(&out->op, &out->result, "weft_bytes_write_all"))
        return write_nothing(out) ? ASKS | WEFT__WRITE_ON : 0;
    out->count = 0;
    if (!size)
        return 0;
    uint32_t status = STREAM(write)(out->op.handle, bytes, weft__stream_clamp(size));
    if (status != WEFT_BLOCKED) {
        out->op.status = status;
        out->count = WEFT_STATUS_COUNT(status);
        if (__builtin_expect(out->count == size, 1))
            return 0;
    }
    out->items = bytes;
    out->length = size;
    if (status == WEFT_BLOCKED || more(&out->writer)) {
        WEFT__TRACE_ITEMS_STAY("weft_bytes_write_all", bytes);
        out->more = more;
        return WRITES;
    }
    return write_on(&out->op, false) ? ASKS | WEFT__WRITE_ON : 0;
}

weft_poll weft_bytes_write_all(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
{
    uint32_t status = begin_all(out, bytes, size);
    if (status)
        return weft__op_block(co, &out->op, status, status == WRITES ? STREAM(cancel_write) : out->op.cancel);
    return weft_breathe(co);
}

void weft_bytes_start_write_all(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
{
    uint32_t status = begin_all(out, bytes, size);
    if (status)
        track(co, &out->op, status, status == WRITES ? STREAM(cancel_write) : out->op.cancel);
}

weft_poll weft_bytes_finish(weft_coro *co, weft_bytes_writer *out)
{
    WEFT__CHECK(weft_in_flight(out), busy, "weft_bytes_finish", out->op.handle);
    if (!out->result.from) {
        weft_bytes_close_writer(out);
        return weft_breathe(co);
    }
    out->result.finishing = true;
    if (write_over(out))
        return weft__op_block(co, &out->op, ASKS | WEFT__WRITE_ON, out->op.cancel);
    return weft_breathe(co);
}

void weft_bytes_close_writer(weft_bytes_writer *out)
{
    close(&out->op, &out->result, STREAM(drop_writable), "weft_bytes_close_writer");
}

void weft_bytes_close_writer_blocking(weft_bytes_writer *out)
{
    weft__op_stop_last(&out->op);
    weft_bytes_close_writer(out);
}

// ---- Ends ----

weft_bytes_handle weft_bytes_new(weft_bytes_writer *out)
{
    *out = (weft_bytes_writer){.sequel = write_on};
    return STREAM(new)(&out->op.handle);
}

weft_bytes_reader weft_bytes_reader_of(weft_bytes_handle handle)
{
    weft_bytes_reader in = {.sequel = read_on};
    in.op.handle = handle;
    return in;
}

weft_bytes_handle weft_bytes_hand_on(weft_bytes_reader *in)
{
    weft_bytes_writer none;
    bool is_over = in->op.status == WEFT__COPY_LAST || weft_dropped(in);
    // The host takes no end that is over in this way. So it gets a new one that is over.
    weft_bytes_handle handle =
        is_over ? weft_bytes_new(&none) : weft__op_transfer(&in->op, "weft_bytes_hand_on");
    if (is_over)
        weft_bytes_close_writer(&none);
    weft_bytes_close_reader(in);
    return handle;
}

weft_bytes_reader weft__bytes_reader_from(weft_bytes_handle handle, uint32_t future,
                                          const weft__bytes_source *from)
{
    weft_bytes_reader in = weft_bytes_reader_of(handle);
    in.result.from = from;
    in.result.future = future;
    return in;
}

void weft__bytes_writer_to(weft_bytes_writer *out, uint32_t future, const weft__bytes_source *from)
{
    out->sequel = write_on;
    out->result.from = from;
    out->result.future = future;
}
