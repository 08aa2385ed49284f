// Selects among waits of each kind: which is chosen, what becomes of the others, and what a cancel leaves.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "sweep.h"

WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);
WEFT_STREAM(numbers, weft_flow_peer_stream_u32, uint32_t);
WEFT_CHANNEL(tube, uint32_t, 0);

enum { MS = 1000000, SHORT = 20 * MS, TICKET = 7 };
static const uint64_t NEVER = UINT64_MAX / 2; // a time, in ns

// Does one thing to the one that selects, a round later.
typedef struct {
    weft_coro co;
    weft_event *sets;
    tube *sends, *takes;
    tube_slot slot;
    weft_permit *releases;
    uint32_t opens, rounds, count, i, got;
} helper;

static weft_stepped helper_run(weft_coro *co)
{
    helper *self = weft_frame(co, helper);
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--)
        WEFT_AWAIT(weft_yield(co));
    if (self->sets)
        weft_event_set(self->sets);
    if (self->opens) {
        while (!weft_calls_peer_waits(self->opens))
            WEFT_AWAIT(weft_yield(co));
        weft_calls_peer_open(self->opens);
    }
    if (self->releases)
        weft_release(self->releases);
    for (; self->i < self->count; self->i++) {
        if (self->sends)
            WEFT_AWAIT(tube_send(co, self->sends, &self->slot, self->i));
        else
            WEFT_AWAIT(tube_receive(co, self->takes, &self->slot));
        self->got += weft_served(&self->slot);
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_case cases[5];
    weft_event event, other;
    weft_subtask call;
    uint32_t result;
    weft_timer timer;
    uint64_t start;
    weft_semaphore semaphore;
    weft_permit permit, mine;
    weft_scope scope;
    weft_child children[2];
    helper helpers[2];
    tube tube, back;
    tube_slot slot, slot_back;
    weft_flow_peer_stream_u32_t end;
    numbers_reader in;
    uint32_t items[3], sum, items_in, items_out;
    bool reading;
    settle settle;
} frame;

static void help(weft_coro *co, uint32_t i, helper how)
{
    frame *self = weft_frame(co, frame);
    while (weft_next_ended(&self->scope)) {
    }
    self->helpers[i] = how;
    weft_spawn(co, &self->scope, &self->children[i], &self->helpers[i].co, helper_run);
}

// What is left of all that there can be.
#define END                                                                                                    \
    WEFT_FINALLY;                                                                                              \
    weft_release(&self->permit);                                                                               \
    weft_release(&self->mine);                                                                                 \
    weft_timer_stop_blocking(&self->timer);                                                                    \
    weft_stop_blocking(&self->call);                                                                           \
    numbers_close_reader_blocking(&self->in);                                                                  \
    WEFT_AWAIT(weft_scope_close(co, &self->scope));                                                            \
    WEFT_AWAIT(end(co, &self->settle));                                                                        \
    WEFT_END

// A call, an event and a time: what was not chosen goes on, and is chosen later.
TEST_OF(operations)
{
    BEGIN;
    EXPECT(weft_chosen(self->cases), -1);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(TICKET, &self->result));
    help(co, 0, (helper){.sets = &self->event, .rounds = 1});
    WEFT_AWAIT(weft_select(co, self->cases, weft_await(of, &self->call), weft_event_wait(of, &self->event),
                           weft_sleep_until(of, &host_clock, &self->timer, NEVER)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_in_flight(&self->call), true);
    EXPECT(weft_in_flight(&self->timer.call), true);
    weft_event_clear(&self->event);
    help(co, 1, (helper){.opens = TICKET});
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event), weft_await(of, &self->call),
                           weft_sleep_until(of, &host_clock, &self->timer, NEVER)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(self->result, 3 * TICKET + 1);
    EXPECT(self->event.waiters == NULL, true);
    EXPECT(weft_in_flight(&self->timer.call), true);
    END;
}
SWEEP(operations)

// A time for each other wait, without a coroutine of its own; and a sleep that goes on, or is replaced.
TEST_OF(times)
{
    BEGIN;
    self->start = weft_now(&host_clock);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(TICKET, &self->result));
    WEFT_AWAIT(weft_select(co, self->cases, weft_await(of, &self->call),
                           weft_sleep(of, &host_clock, &self->timer, SHORT)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_now(&host_clock) - self->start >= SHORT, true);
    EXPECT(weft_in_flight(&self->call), true);
    weft_stop_blocking(&self->call);
    weft_event_set(&self->event);
    help(co, 0, (helper){.sets = &self->other, .rounds = 1});
    WEFT_AWAIT(weft_select(co, self->cases, weft_sleep_until(of, &host_clock, &self->timer, NEVER),
                           weft_event_wait(of, &self->other)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_in_flight(&self->timer.call), true);
    self->items_in = self->timer.call.op.handle;
    WEFT_AWAIT(weft_select(co, self->cases, weft_sleep_until(of, &host_clock, &self->timer, NEVER),
                           weft_event_wait(of, &self->event)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(self->timer.call.op.handle, self->items_in);
    self->start = weft_now(&host_clock);
    WEFT_AWAIT(weft_sleep(co, &host_clock, &self->timer, SHORT));
    EXPECT(weft_now(&host_clock) - self->start >= SHORT, true);
    EXPECT(weft_in_flight(&self->timer.call), false);
    END;
}

enum { COUNT = 40 };

// A stream, and channels both ways: all of each comes, in its order, whatever was chosen between.
TEST_OF(all_come)
{
    BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_flow_peer_numbers(COUNT, 3, &self->end)));
    self->in = numbers_reader_of(self->end);
    help(co, 0, (helper){.sends = &self->tube, .count = COUNT});
    help(co, 1, (helper){.takes = &self->back, .count = COUNT});
    while (!weft_dropped(&self->in) || self->items_in < COUNT || self->items_out < COUNT) {
        if (!self->reading && !weft_dropped(&self->in)) {
            numbers_start_read(co, &self->in, self->items, 3);
            self->reading = true;
        }
        WEFT_AWAIT(
            weft_select(co, self->cases, self->reading ? weft_await(of, &self->in) : weft_never(of),
                        weft_event_wait(of, &self->event),
                        self->items_in < COUNT ? tube_receive(of, &self->tube, &self->slot) : weft_never(of),
                        self->items_out < COUNT ? tube_send(of, &self->back, &self->slot_back, self->items_out)
                                                : weft_never(of)));
        switch (weft_chosen(self->cases)) {
        case 0:
            self->reading = false;
            for (uint32_t i = 0; i < self->in.count; i++)
                EXPECT(self->items[i], self->sum++);
            break;
        case 2:
            EXPECT(self->slot.item, self->items_in++);
            break;
        default:
            EXPECT(weft_chosen(self->cases), 3);
            self->items_out++;
        }
    }
    EXPECT(self->sum, COUNT);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->helpers[0].got, COUNT);
    EXPECT(self->helpers[1].got, COUNT);
    END;
}
SWEEP(all_come)

// Permits and children.
TEST_OF(permits)
{
    BEGIN;
    EXPECT(weft_try_acquire(&self->semaphore, &self->permit), true);
    help(co, 0, (helper){.rounds = 1});
    WEFT_AWAIT(weft_select(co, self->cases, weft_acquire(of, &self->semaphore, &self->mine),
                           weft_join(of, &self->children[0])));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_held(&self->mine), false);
    EXPECT(self->semaphore.waiters == NULL, true);
    help(co, 0, (helper){.releases = &self->permit, .rounds = 1});
    help(co, 1, (helper){.sets = &self->event, .rounds = 5});
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event),
                           weft_acquire(of, &self->semaphore, &self->mine), weft_join_all(of, &self->scope)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_held(&self->mine), true);
    WEFT_AWAIT(
        weft_select(co, self->cases, weft_join_all(of, &self->scope), weft_event_wait(of, &self->other)));
    EXPECT(weft_chosen(self->cases), 0);
    EXPECT(self->scope.all == NULL, true);
    END;
}
SWEEP(permits)

// A closed channel is told at once, and as unserved; a cancel leaves nothing in a queue.
TEST_OF(closed)
{
    BEGIN;
    tube_close(&self->tube);
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event),
                           tube_receive(of, &self->tube, &self->slot)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_served(&self->slot), false);
    help(co, 0, (helper){.takes = &self->back, .rounds = 1, .count = 1});
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->event), weft_never(of),
                           tube_send(of, &self->back, &self->slot, 1)));
    EXPECT(weft_chosen(self->cases), 2);
    EXPECT(weft_served(&self->slot), true);
    END;
}
SWEEP(closed)

typedef struct {
    weft_coro co;
    weft_case cases[3];
    weft_event never, *gone;
    tube *tube;
    tube_slot slot;
    bool finalised;
} waiter;

static weft_stepped waiter_run(weft_coro *co)
{
    waiter *self = weft_frame(co, waiter);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->never),
                           tube_receive(of, self->tube, &self->slot)));
    EXPECT(true, false); // it is cancelled
    WEFT_FINALLY;
    self->finalised = true;
    WEFT_END;
}

// A cancel while it waits takes nothing; one behind the service leaves that, and tells it.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    waiter waiters[2];
    tube tube;
    uint32_t item;
} cancelled;

static weft_stepped cancelled_run(weft_coro *co)
{
    cancelled *self = weft_frame(co, cancelled);
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++) {
        self->waiters[i].tube = &self->tube;
        weft_spawn(co, &self->scope, &self->children[i], &self->waiters[i].co, waiter_run);
    }
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->waiters[0].co);
    EXPECT(self->waiters[0].never.waiters == NULL, true);
    EXPECT(tube_try_send(&self->tube, 5), true); // to the second
    weft_cancel(&self->waiters[1].co);
    EXPECT(tube_try_send(&self->tube, 6), false);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_chosen(self->waiters[0].cases), -1);
    EXPECT(weft_served(&self->waiters[0].slot), false);
    EXPECT(self->waiters[0].finalised, true);
    EXPECT(weft_chosen(self->waiters[1].cases), 1);
    EXPECT(weft_served(&self->waiters[1].slot), true);
    EXPECT(self->waiters[1].slot.item, 5);
    EXPECT(self->waiters[1].finalised, true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Who selects what is always ready lets others run.
typedef frame breathes;

static weft_stepped breathes_run(weft_coro *co)
{
    BEGIN;
    weft_event_set(&self->event);
    help(co, 0, (helper){.sets = &self->other, .rounds = 3});
    while (!self->other.is_set && self->sum++ < 100000)
        WEFT_AWAIT(weft_select(co, self->cases, weft_never(of), weft_event_wait(of, &self->event)));
    EXPECT(self->other.is_set, true);
    END;
}

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe() + weft_flow_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(operations)                                                                                           \
    TEST(sweep_operations)                                                                                     \
    TEST(times)                                                                                                \
    TEST(all_come)                                                                                             \
    TEST(sweep_all_come)                                                                                       \
    TEST(permits)                                                                                              \
    TEST(sweep_permits)                                                                                        \
    TEST(closed)                                                                                               \
    TEST(sweep_closed)                                                                                         \
    TEST(cancelled)                                                                                            \
    TEST(breathes)
#include "weft_runner.h"
