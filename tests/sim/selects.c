// Workload: tasks select among waits of all kinds, which are served by each other, by the peer and by the
// clock, and are cancelled. Model: what was chosen took place, and nothing else did; each item that was sent is
// received once, each call resolves once, each permit comes back; and what was not chosen waits nowhere.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { ITEMS = 128, CALLS = 4, CASES = 4, PERMITS = 1, SLEEPS = 64 };

enum kind {
    NOTHING,
    CALL,    // of call 0
    STARTED, // of call 1
    ANY,     // of calls 2 and 3
    EVENT,   // the one that all have
    EVENT_AGAIN,
    PERMIT,
    CONDITION,
    CHILD,
    CHILDREN,
    SLEEP,      // on the virtual clock
    HOST_SLEEP, // on the peer's
    TAKE_DIRECT,
    TAKE_BUFFERED,
    GIVE_DIRECT,
    GIVE_BUFFERED,
    KINDS
};
enum { BOTH_ENDS = GIVE_DIRECT - TAKE_DIRECT };

WEFT_CHANNEL(straight, uint32_t, 0);
WEFT_CHANNEL(roomy, uint32_t, 2);

static straight straight_channel;
static roomy roomy_channel;
static weft_event nudge;
static weft_semaphore semaphore;
static weft_mutex mutex;
static weft_condition condition;
static uint32_t signals;
static weft_virtual_clock the_clock;
static uint32_t items, inside, made, resolved, left;
static uint32_t slept[SLEEPS], last_sleep; // what the peer answered: the time of the sleep, + 5
static bool sent[ITEMS], received[ITEMS], all_over;

// A clock of the peer's: a sleep is a call of it, and ends when that likes.
static uint64_t peer_clock_now(void)
{
    return 0;
}

static uint32_t peer_clock_wait_until(uint64_t when)
{
    return workloads_add((uint32_t)when, 5, &slept[when % SLEEPS]);
}

WEFT_CLOCK(peer, peer_clock);

typedef struct {
    weft_coro co;
    uint32_t rounds;
    bool waits;
} dawdler;

typedef struct {
    weft_coro co;
    weft_case cases[CASES];
    enum kind kinds[CASES];
    weft_subtask call[CALLS];
    uint32_t id[CALLS], result[CALLS]; // id: of a call that nobody has noted
    weft_any any;
    weft_op *ops[2];
    weft_permit permit, lock;
    weft_scope scope;
    weft_child child;
    dawdler dawdler;
    weft_timer timer, peer_timer;
    uint64_t when, peer_when;
    straight_slot straight;
    roomy_slot roomy;
    uint32_t rounds;
    bool selects, spawned;
} selector;

WEFT_ASYNC(dawdler)
{
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--)
        WEFT_AWAIT(weft_yield(co));
    if (self->waits)
        WEFT_AWAIT(weft_event_wait(co, &nudge));
    WEFT_END;
}

static void start_call(selector *self, uint32_t i)
{
    if (self->id[i])
        return;
    self->id[i] = ++made;
    weft_subtask_start(&self->co, &self->call[i], workloads_add(self->id[i], 5, &self->result[i]));
}

// What a case of that kind needs before.
static void prepare(weft_coro *co, selector *self, enum kind kind)
{
    switch (kind) {
    case CALL:
    case STARTED:
        start_call(self, kind - CALL);
        break;
    case ANY:
        for (uint32_t i = 0; i < 2; i++) {
            start_call(self, 2 + i);
            self->ops[i] = &self->call[2 + i].op;
        }
        break;
    case CHILD:
    case CHILDREN:
        if (self->scope.count)
            break;
        while (weft_next_ended(&self->scope)) {
        }
        WEFT_SPAWN(dawdler, &self->dawdler, &self->scope, &self->child, .rounds = pick(4), .waits = pick(2));
        self->spawned = true;
        break;
    case SLEEP:
        self->when = weft_now(&the_clock.clock) + pick(3);
        break;
    case HOST_SLEEP:
        if (!self->peer_when || pick(2))
            self->peer_when = ++last_sleep;
        break;
    default:
        break;
    }
}

// One end of a channel in one select: it is not to serve itself.
static bool may_stand(selector *self, uint32_t at, enum kind kind)
{
    if (kind == CONDITION)
        return !weft_held(&self->lock) && weft_try_acquire(&mutex, &self->lock);
    for (uint32_t i = 0; i < at; i++)
        if (self->kinds[i] == kind || self->kinds[i] == kind + BOTH_ENDS || self->kinds[i] + BOTH_ENDS == kind)
            return false;
    return items < ITEMS || kind < GIVE_DIRECT;
}

static void draw(weft_coro *co, selector *self)
{
    uint32_t some = 0;
    for (uint32_t i = 0; i < CASES; i++) {
        enum kind kind = pick(KINDS + 3);
        if (kind >= KINDS)
            kind = HOST_SLEEP; // where it replaces another, others go on while it blocks
        self->kinds[i] = may_stand(self, i, kind) ? kind : NOTHING;
        prepare(co, self, self->kinds[i]);
        some |= self->kinds[i];
    }
    if (!some || run.calm || pick(2))
        self->kinds[pick(CASES)] = EVENT;
    self->straight.ticket.is = self->roomy.ticket.is = WEFT__UNSERVED;
    self->selects = true;
}

static weft_poll wait(weft_coro *of, selector *self, uint32_t at)
{
    enum kind kind = self->kinds[at];
    switch (kind) {
    case CALL:
        return weft_await(of, &self->call[0]);
    case STARTED:
        return weft_subtask_await_started(of, &self->call[1]);
    case ANY:
        return weft_await_any(of, &self->any, self->ops, 2);
    case EVENT:
    case EVENT_AGAIN:
        return weft_event_wait(of, &nudge);
    case PERMIT:
        return weft_acquire(of, &semaphore, &self->permit);
    case CONDITION:
        return weft_condition_wait(of, &condition, &self->lock);
    case CHILD:
        return weft_join(of, &self->child);
    case CHILDREN:
        return weft_join_any(of, &self->scope);
    case SLEEP:
        return weft_sleep_until(of, &the_clock.clock, &self->timer, self->when);
    case HOST_SLEEP:
        return weft_sleep_until(of, &peer, &self->peer_timer, self->peer_when);
    case TAKE_DIRECT:
        return straight_receive(of, &straight_channel, &self->straight);
    case TAKE_BUFFERED:
        return roomy_receive(of, &roomy_channel, &self->roomy);
    case GIVE_DIRECT:
        return straight_send(of, &straight_channel, &self->straight, items++);
    case GIVE_BUFFERED:
        return roomy_send(of, &roomy_channel, &self->roomy, items++);
    default:
        return weft_never(of);
    }
}

static void receive_item(uint32_t item)
{
    EXPECT(item < items, "item %u came, which nobody has", item);
    EXPECT(!received[item], "item %u came twice", item);
    received[item] = true;
}

static void note_call(selector *self, uint32_t i)
{
    if (!self->id[i])
        return;
    EXPECT(!weft_in_flight(&self->call[i]), "call %u: chosen, but still in flight", self->id[i]);
    if (weft_subtask_state_of(&self->call[i]) == WEFT_SUBTASK_RETURNED)
        EXPECT(self->result[i] == self->id[i] + 5, "call %u: the result is %u", self->id[i],
               (unsigned)self->result[i]);
    self->id[i] = 0;
    resolved++;
}

static void note_served(selector *self, enum kind kind)
{
    bool straight_served = weft_served(&self->straight), roomy_served = weft_served(&self->roomy);
    bool of_straight = kind == TAKE_DIRECT || kind == GIVE_DIRECT;
    bool of_roomy = kind == TAKE_BUFFERED || kind == GIVE_BUFFERED;
    EXPECT(straight_served == (of_straight && (straight_served || !straight_channel.base.closed)),
           "a slot is %sserved, and case of kind %u was chosen", straight_served ? "" : "not ", kind);
    EXPECT(roomy_served == (of_roomy && (roomy_served || !roomy_channel.base.closed)),
           "a slot is %sserved, and case of kind %u was chosen", roomy_served ? "" : "not ", kind);
    if (kind >= GIVE_DIRECT)
        sent[of_straight ? self->straight.item : self->roomy.item] = straight_served || roomy_served;
    else if (straight_served || roomy_served)
        receive_item(of_straight ? self->straight.item : self->roomy.item);
}

// What has come of a select: once, when it is over, also in the finaliser.
static void note(selector *self)
{
    if (!self->selects)
        return;
    self->selects = false;
    int chosen = weft_chosen(self->cases);
    EXPECT(chosen >= 0 || weft_cancelled(&self->co), "a select was over, and nothing chosen");
    enum kind kind = chosen < 0 ? NOTHING : self->kinds[chosen];
    EXPECT(chosen < 0 || kind != NOTHING, "weft_never was chosen");
    for (uint32_t i = 0; i < CASES; i++)
        EXPECT(self->cases[i].co.state <= WEFT__ENDED, "case %u waits still", i);
    note_served(self, kind);
    EXPECT(weft_held(&self->permit) == (kind == PERMIT), "a permit is held, and kind %u was chosen", kind);
    for (uint32_t i = 0; i < CASES; i++)
        EXPECT(self->kinds[i] != CONDITION || weft_held(&self->lock), "a lock that was given up is not back");
    EXPECT(self->straight.ticket.is != WEFT__WAITS && self->roomy.ticket.is != WEFT__WAITS &&
               self->permit.ticket.is != WEFT__WAITS,
           "a slot is waited with still");
    EXPECT(!self->timer.sleep.co, "a timer is left in the clock");
    switch (kind) {
    case CALL:
        note_call(self, 0);
        break;
    case STARTED:
        EXPECT(weft_subtask_state_of(&self->call[1]) != WEFT_SUBTASK_STARTING, "a call has not started");
        break;
    case ANY:
        EXPECT(!weft__op_in_flight(self->ops[self->any.index]), "weft_await_any tells one in flight");
        note_call(self, 2 + self->any.index);
        break;
    case PERMIT:
        EXPECT(inside++ < PERMITS, "more are inside than there are permits");
        break;
    case CONDITION:
        EXPECT(signals--, "a condition was chosen, and nobody signalled");
        break;
    case CHILD:
        EXPECT(weft_outcome_of(&self->dawdler.co) != WEFT_UNFINISHED, "the child still runs");
        break;
    case CHILDREN:
        EXPECT(self->scope.ended || !self->scope.count, "no child has ended");
        break;
    case SLEEP:
        EXPECT(weft_now(&the_clock.clock) >= self->when, "woken too early");
        break;
    case HOST_SLEEP:
        EXPECT(!weft_in_flight(&self->peer_timer.call), "a sleep is over, and in flight");
        if (weft_subtask_state_of(&self->peer_timer.call) == WEFT_SUBTASK_RETURNED)
            EXPECT(slept[self->peer_when % SLEEPS] == self->peer_when + 5, "another sleep is over");
        break;
    default:
        break;
    }
}

static void signal_one(void)
{
    signals += condition.waiters != NULL;
    weft_condition_signal(&condition);
}

static void leave(selector *self)
{
    inside -= weft_held(&self->permit);
    weft_release(&self->permit);
    weft_release(&self->lock);
}

WEFT_ASYNC(selector)
{
    WEFT_BEGIN;
    for (self->rounds = 1 + pick(6); self->rounds; self->rounds--) {
        draw(co, self);
        if (pick(8) == 0)
            weft_shield(co);
        WEFT_AWAIT(weft_select(co, self->cases, wait(of, self, 0), wait(of, self, 1), wait(of, self, 2),
                               wait(of, self, 3)));
        weft_unshield(co);
        note(self);
        if (pick(3) == 0)
            weft_event_set(&nudge);
        else if (!all_over && !run.calm && pick(2))
            weft_event_clear(&nudge);
        if (pick(4) == 0)
            signal_one();
        if (pick(3) == 0 || weft_held(&self->permit))
            WEFT_AWAIT(weft_yield(co));
        leave(self);
    }
    WEFT_RETURN(co, exports_workloads_select, 7);
    WEFT_FINALLY;
    note(self);
    leave(self);
    weft_timer_stop_blocking(&self->timer);
    weft_timer_stop_blocking(&self->peer_timer);
    for (uint32_t i = 0; i < CALLS; i++)
        weft_stop_blocking(&self->call[i]);
    for (uint32_t i = 0; i < CALLS; i++)
        note_call(self, i);
    if (self->spawned)
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_select, selector, (void),
               exports_workloads_select_return(NO_MEMORY));

void turn_selects(uint32_t by)
{
    weft_virtual_clock_advance(&the_clock, by);
    if (run.calm || by == 2) {
        weft_event_set(&nudge);
        signal_one();
    }
    if (run.calm) {
        straight_close(&straight_channel);
        roomy_close(&roomy_channel);
    }
}

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("select", NULL, NULL);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    straight_channel = (straight){0};
    roomy_channel = (roomy){0};
    nudge = (weft_event){0};
    semaphore = (weft_semaphore){.limit = PERMITS};
    mutex = (weft_mutex){0};
    condition = (weft_condition){0};
    signals = 0;
    weft_virtual_clock_init(&the_clock);
    items = inside = made = resolved = last_sleep = 0;
    for (uint32_t i = 0; i < ITEMS; i++)
        sent[i] = received[i] = false;
    for (uint32_t i = 0; i < SLEEPS; i++)
        slept[i] = 0;
    all_over = false;
    answer_by_script("add", add);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(5);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    while (!all_over) {
        weft_sim_pause(sim);
        if (run.calm || pick(4) == 0)
            call_and_wait("tick", &(weft_sim_value){.number = 1 + pick(2)}, NULL);
    }
}

static void check(void)
{
    uint32_t item;
    while (roomy_try_receive(&roomy_channel, &item))
        receive_item(item);
    for (uint32_t i = 0; i < items; i++)
        EXPECT(sent[i] == received[i], "item %u was %ssent, and %sreceived", i, sent[i] ? "" : "not ",
               received[i] ? "" : "not ");
    EXPECT(made == resolved, "%u calls were made, and %u resolved", made, resolved);
    EXPECT(!inside && !semaphore.taken && !mutex.taken, "a permit has not come back");
    EXPECT(!signals, "%u signals were lost", signals);
    EXPECT(!nudge.waiters && !semaphore.waiters && !mutex.waiters && !condition.waiters && !the_clock.first,
           "somebody waits, and nobody is there");
    EXPECT(!straight_channel.base.senders && !straight_channel.base.receivers && !roomy_channel.base.senders &&
               !roomy_channel.base.receivers,
           "somebody waits at a channel, and nobody is there");
}

const workload select_workload = {"selects", play, check};
