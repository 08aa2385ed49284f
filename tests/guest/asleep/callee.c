// The peer of the tests of tasks that are asleep in the host: on Weft, which is what they are about.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include "log.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_weft_asleep_peer_stream_u8, uint8_t);
WEFT_FUTURE(byte, exports_weft_asleep_peer_future_u8, uint8_t);

uint64_t exports_weft_asleep_peer_probe(void)
{
    return probe();
}

void exports_weft_asleep_peer_said(callee_string_t *result)
{
    said[said_length] = 0;
    callee_string_dup(result, said);
    said_length = 0;
}

typedef struct {
    weft_coro co;
    bytes_reader in;
    byte_reader done;
    uint8_t item, value;
    bool reading, blocking;
} hold;

// The last.
static hold *held;

static weft_stepped hold_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    held = self;
    WEFT_AWAIT(bytes_read(co, &self->in, &self->item, 1)); // joins the set
    say((char)self->item);
    if (self->reading)
        bytes_start_read(co, &self->in, &self->item, 1);
    WEFT_AWAIT(byte_read(co, &self->done, &self->value));
    if (!self->blocking)
        WEFT_RETURN(co, exports_weft_asleep_peer_hold, self->value);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    byte_close_reader(&self->done);
    held = NULL;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_asleep_peer_hold, hold, hold_run,
                 (uint32_t bytes, uint32_t done, bool reading), self->in = bytes_reader_of(bytes),
                 self->done = byte_reader_of(done), self->reading = reading);

uint8_t exports_weft_asleep_peer_hold_blocking(uint32_t bytes, uint32_t done, bool reading)
{
    hold it = {
        .in = bytes_reader_of(bytes), .done = byte_reader_of(done), .reading = reading, .blocking = true};
    return weft_block_on(&it.co, hold_run) == WEFT_DONE ? it.value : 0;
}

void exports_weft_asleep_peer_close(void)
{
    bytes_close_reader_blocking(&held->in);
}

#ifdef CANCEL_ASYNC
WEFT_STREAM_CANCEL(bytes, "[export]weft:asleep/peer", "hold", 0);
#endif

uint32_t exports_weft_asleep_peer_stop(void)
{
#ifdef CANCEL_ASYNC
    bytes_cancel_read(&held->in); // the host knows at once what came of it
#else
    weft_stop_blocking(&held->in);
#endif
    return (uint32_t)held->in.count;
}

uint32_t exports_weft_asleep_peer_release(void)
{
    return bytes_hand_on(&held->in);
}

typedef struct {
    weft_coro co;
} adopt;

WEFT_ASYNC(adopt)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await(co, &held->in));
    WEFT_RETURN(co, exports_weft_asleep_peer_adopt, held->in.count ? held->item : 0);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_asleep_peer_adopt, adopt, (void));

static weft_stepped read_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    held = self;
    WEFT_AWAIT(bytes_read(co, &self->in, &self->item, 1));
    self->value = (uint8_t)(self->in.count + (weft_copy_cancelled(&self->in) ? 100 : 0));
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    held = NULL;
    WEFT_END;
}

uint32_t exports_weft_asleep_peer_read_blocking(uint32_t bytes)
{
    hold it = {.in = bytes_reader_of(bytes)};
    return weft_block_on(&it.co, read_run) == WEFT_DONE ? it.value : 1000;
}

static weft_event event;

void exports_weft_asleep_peer_set(void)
{
    weft_event_set(&event);
}

typedef struct {
    weft_coro co;
    uint32_t times, i;
} waiter;

static weft_stepped waiter_run(weft_coro *co)
{
    waiter *self = weft_frame(co, waiter);
    WEFT_BEGIN;
    for (; self->i < self->times; self->i++) {
        weft_event_clear(&event);
        WEFT_AWAIT(weft_event_wait(co, &event));
        say('w');
    }
    WEFT_FINALLY;
    WEFT_END;
}

uint32_t exports_weft_asleep_peer_wait_blocking(uint32_t times)
{
    waiter it = {.times = times};
    return weft_block_on(&it.co, waiter_run) == WEFT_DONE ? it.i : 1000;
}

__attribute__((noinline)) static bool yields_keep_the_stack(void)
{
    volatile unsigned char room[512];
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = 0x55;
    for (int i = 0; i < 20; i++)
        weft_yield_blocking();
    size_t kept = 0;
    while (kept < sizeof room && room[kept] == 0x55)
        kept++;
    return kept == sizeof room;
}

static weft_stepped nested_run(weft_coro *co)
{
    hold *self = weft_frame(co, hold);
    WEFT_BEGIN;
    WEFT_AWAIT(byte_read(co, &self->done, &self->value));
    say('(');
    say(yields_keep_the_stack() ? ')' : '!');
    WEFT_RETURN(co, exports_weft_asleep_peer_nested, self->value);
    WEFT_FINALLY;
    byte_close_reader(&self->done);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_asleep_peer_nested, hold, nested_run, (uint32_t done),
                 self->done = byte_reader_of(done));

__attribute__((noinline)) static void fill(void)
{
    volatile unsigned char room[2048];
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = 0xaa;
}

void exports_weft_asleep_peer_turn(void)
{
    say('a');
    weft_yield_blocking();
    fill();
    say('z');
}

static weft_stepped turn_run(weft_coro *co)
{
    waiter *self = weft_frame(co, waiter);
    WEFT_BEGIN;
    for (; self->i < self->times; self->i++) {
        WEFT_AWAIT(weft_yield(co));
        fill();
    }
    WEFT_FINALLY;
    WEFT_END;
}

void exports_weft_asleep_peer_turn_blocking(void)
{
    waiter it = {.times = 5};
    say('a');
    weft_block_on(&it.co, turn_run);
    say('z');
}
