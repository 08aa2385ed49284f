// The peer of the tests of whole tasks that the host cancels: on Weft, which is what they are about.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_stopped_peer_stream_u8, uint8_t);

static weft_mutex lock;
static weft_event go;
static uint32_t begun, ended;
static bytes_reader output;

uint64_t exports_weft_stopped_peer_probe(void)
{
    return probe();
}

void exports_weft_stopped_peer_tally(callee_tuple3_u32_u32_u32_t *result)
{
    *result = (callee_tuple3_u32_u32_u32_t){begun, ended, lock.taken};
    begun = ended = 0;
}

uint32_t exports_weft_stopped_peer_output(void)
{
    return bytes_hand_on(&output);
}

void exports_weft_stopped_peer_go(void)
{
    weft_event_set(&go);
}

typedef struct {
    weft_coro co;
    bytes_reader in;
    uint8_t items[3];
    uint32_t sum;
} reader;

WEFT_ASYNC(reader)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(bytes_read(co, &self->in, self->items, sizeof self->items));
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
    }
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_AWAIT(weft_yield(co));
    ended++;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    bytes_writer out;
} writer;

WEFT_ASYNC(writer)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->out))
        WEFT_AWAIT(bytes_write_all(co, &self->out, (const uint8_t *)"abcdefg", 7));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_yield(co));
    bytes_close_writer(&self->out);
    ended++;
    WEFT_END;
}

// Takes the lock after `work`, and holds it for a turn.
typedef struct {
    weft_coro co;
    weft_permit permit;
} locker;

WEFT_ASYNC(locker)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &lock, &self->permit));
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_yield(co));
    weft_release(&self->permit);
    ended++;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t i;
} turner;

WEFT_ASYNC(turner)
{
    WEFT_BEGIN;
    for (; self->i < 6; self->i++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    ended++;
    WEFT_END;
}

// A scope within: two that take turns, one of them the library's.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    turner first;
} inner;

WEFT_ASYNC(inner)
{
    WEFT_BEGIN;
    begun += 2;
    WEFT_SPAWN(turner, &self->first, &self->scope, &self->child);
    weft_detach(weft_child_of(WEFT_SPAWN_NEW(turner, &self->scope)));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    ended++;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[4];
    reader reader;
    writer writer;
    locker locker;
    inner inner;
    weft_permit permit;
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    weft_event_clear(&go);
    output = bytes_reader_of(bytes_new(&self->writer.out));
    WEFT_AWAIT(weft_acquire(co, &lock, &self->permit));
    begun += 6;
    weft_spawn(co, &self->scope, &self->children[0], &self->reader.co, reader__step);
    weft_spawn(co, &self->scope, &self->children[1], &self->writer.co, writer__step);
    WEFT_SPAWN(locker, &self->locker, &self->scope, &self->children[2]);
    WEFT_SPAWN(inner, &self->inner, &self->scope, &self->children[3]);
    // in the scope of the task: the cancel does not reach it
    WEFT_TASK_SPAWN(turner, WEFT_OUTLIVE_CANCEL);
    WEFT_AWAIT(weft_event_wait(co, &go));
    weft_release(&self->permit);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_weft_stopped_peer_work, self->reader.sum);
    WEFT_FINALLY;
    weft_release(&self->permit);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    bytes_close_reader(&output);
    ended++;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_stopped_peer_work, work, (uint32_t bytes),
            .reader.in = bytes_reader_of(bytes));

typedef struct {
    weft_coro co;
    weft_permit permit;
} bystander;

WEFT_ASYNC(bystander)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &lock, &self->permit));
    WEFT_RETURN(co, exports_weft_stopped_peer_bystander, 1);
    WEFT_FINALLY;
    weft_release(&self->permit);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_stopped_peer_bystander, bystander, (void));

typedef struct {
    weft_coro co;
    bytes_writer out;
} journal;

WEFT_ASYNC(journal)
{
    WEFT_BEGIN;
    output = bytes_reader_of(bytes_new(&self->out));
    WEFT_AWAIT(bytes_write_all(co, &self->out, (const uint8_t *)"begin, ", 7));
    for (;;) {
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(bytes_write_all(co, &self->out, (const uint8_t *)"on, ", 4));
    }
    WEFT_FINALLY;
    WEFT_AWAIT(bytes_write_all(co, &self->out, (const uint8_t *)"end.", 4));
    bytes_close_writer(&self->out);
    bytes_close_reader(&output);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_stopped_peer_journal, journal, (void));

typedef struct {
    weft_coro co;
    bytes_reader in;
    size_t length;
    uint8_t text[256];
} read_;

WEFT_ASYNC(read_)
{
    WEFT_BEGIN;
    while (!weft_dropped(&self->in) && self->length < sizeof self->text - 3) {
        WEFT_AWAIT(bytes_read(co, &self->in, self->text + self->length, 3));
        self->length += self->in.count;
    }
    WEFT_RETURN(co, exports_weft_stopped_peer_read, (callee_string_t){self->text, self->length});
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_stopped_peer_read, read_, (uint32_t text), .in = bytes_reader_of(text));
