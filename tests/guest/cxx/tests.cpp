// Tasks of C++: what they give, how they fail, and what a cancel and a lack of memory leave behind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tests.h"
#include "runner.h"

#include <memory>
#include <optional>
#include <weft/wasi.hpp>

#define EXPECT(actual, expected)                                                                               \
    expect_(__LINE__, #actual, static_cast<uint64_t>(actual), static_cast<uint64_t>(expected))
#define EXPECT_SAID(expected) expect_said(__LINE__, expected)

extern "C" {
int alive;
}

namespace
{

// Counts itself, and says a letter at its end.
struct guard {
    char letter;
    explicit guard(char name = 0) : letter(name)
    {
        alive++;
    }
    guard(const guard &) = delete;
    ~guard()
    {
        alive--;
        if (letter)
            say_(letter);
    }
};

weft::task<> yields(int rounds)
{
    guard here;
    weft_coro *co = co_await weft::self;
    while (rounds--)
        co_await weft_yield(co);
}

template <class T> weft::task<T> later(T value, int rounds)
{
    guard here;
    co_await yields(rounds);
    co_return std::move(value);
}

weft::task<int> failing(int code, int rounds = 0)
{
    guard here;
    co_await yields(rounds);
    if (code)
        co_await weft::fail(code);
    co_return 1;
}

weft::task<uint32_t> added(uint32_t a, uint32_t b)
{
    guard here;
    weft_coro *co = co_await weft::self;
    add frame{};
    frame.a = a;
    frame.b = b;
    co_await weft_call(co, &frame.co, add__step);
    co_await weft::ok(weft_failure(&frame.co));
    co_return frame.sum;
}

weft::task<> tick(weft_virtual_clock *clock)
{
    guard here;
    weft_coro *co = co_await weft::self;
    for (;;) {
        co_await weft_yield(co);
        weft_virtual_clock_advance(clock, 1);
    }
}

weft::task<> says(char letter, int rounds = 0)
{
    guard here;
    co_await yields(rounds);
    say_(letter);
}

WEFT_CHANNEL(numbers, uint32_t, 2);

} // namespace

WEFT_TASK_EXTERN(add_in_cxx)
{
    self->sum = co_await added(self->a, self->b);
}

namespace
{
struct of_file {
    weft_coro co;
    weft_cxx cxx;
    uint32_t n;
};
WEFT_TASK(of_file)
{
    self->n += co_await later(1u, 1);
}

// wasm-opt takes each `*` of their names for a wildcard, by which these are all one.
__attribute__((noinline)) bool pause(uint32_t *left)
{
    return WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co())) && --*left && pause(left);
}

__attribute__((noinline)) bool pause(uint32_t **left)
{
    return pause(*left) || WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co()));
}

__attribute__((noinline)) bool pause(uint32_t *left, uint32_t *of)
{
    return pause(&left) && *left < *of;
}
} // namespace

uint32_t after_pauses(uint32_t n)
{
    uint32_t left = 3;
    (void)pause(&left, &n);
    return n;
}

// Tasks, async functions of C, and fibers, in turn.
WEFT_TASK_EXTERN(calls)
{
    guard here;
    weft_coro *co = co_await weft::self;
    EXPECT(co_await later(3, 2) + co_await later(4, 0), 7);
    EXPECT(co_await added(20, 1), 21);
    twice in_c{};
    in_c.n = 21;
    co_await weft_call(co, &in_c.co, twice__step);
    co_await weft::ok(weft_failure(&in_c.co));
    EXPECT(in_c.n, 42);
    of_file here_too{};
    co_await weft_call(co, &here_too.co, of_file__step);
    co_await weft::ok(weft_failure(&here_too.co));
    EXPECT(here_too.n, 1);
    in_fiber fiber{};
    fiber.n = 5;
    co_await weft_call(co, &fiber.co, in_fiber_step);
    co_await weft::ok(weft_failure(&fiber.co));
    EXPECT(fiber.n, 10);
}

namespace
{
weft::task<size_t> read_all(weft_bytes_reader *in)
{
    guard here;
    weft_coro *co = co_await weft::self;
    uint8_t bytes[3];
    size_t total = 0;
    do {
        co_await weft::ok(in, weft_bytes_read(co, in, bytes, sizeof bytes));
        for (size_t i = 0; i < in->count; i++)
            total += bytes[i];
    } while (in->count);
    co_return total;
}

weft::task<> write_ten(weft::bytes_writer out)
{
    guard here;
    weft_coro *co = co_await weft::self;
    uint8_t bytes[10];
    for (uint8_t i = 0; i < 10; i++)
        bytes[i] = i;
    co_await weft::ok(out, weft_bytes_write_all(co, out, bytes, sizeof bytes));
}
} // namespace

// Ends that are given back; one is moved into a task.
WEFT_TASK_EXTERN(streams)
{
    guard here;
    weft_coro *co = co_await weft::self;
    weft::bytes_writer out, beside;
    weft::bytes_reader in(weft_bytes_reader_of(weft_bytes_new(out)));
    weft::bytes_reader never(weft_bytes_reader_of(weft_bytes_new(beside)));
    uint8_t byte;
    weft_bytes_start_read(co, never, &byte, 1); // in flight until the end
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(write_ten(std::move(out))));
    EXPECT(co_await read_all(in), 45);
    co_await weft_join_all(co, scope);
}

// Children with values and without, of which some run still when the scope is closed.
WEFT_TASK_EXTERN(children)
{
    guard here;
    weft_coro *co = co_await weft::self;
    weft_virtual_clock clock;
    weft_virtual_clock_init(&clock);
    weft::scope scope(co, WEFT_GO_ON); // else the clock would stand when a child has failed
    co_await weft::ok(scope.spawn(tick(&clock)));
    weft::child one = scope.start(later(1, 3)), two = scope.start(later(2, 1));
    weft::child sum = scope.start(added(3, 4));
    weft::timer timer;
    co_await weft_sleep(co, &clock.clock, timer, 3);
    EXPECT(co_await one + co_await two, 3);
    EXPECT(co_await sum, 7);
    EXPECT((co_await weft::within(&clock.clock, 100, later(5, 3))), 5);
    co_await weft_scope_close(co, scope);
}

// Cleanup that waits, on every way out.
WEFT_TASK_EXTERN(cleanups)
{
    guard here;
    weft_coro *co = co_await weft::self;
    bool cleaned = false;
    auto clean = [](bool *to) -> weft::task<> {
        guard inside;
        *to = true;
        co_await yields(2);
    };
    EXPECT((co_await weft::finally(later(1, 2), clean(&cleaned))), 1);
    EXPECT(cleaned, true);
    weft::on_unwind first(co, yields(2)), second(co, yields(1));
    if (!first || !second)
        co_await weft::fail(WEFT_ENOMEM);
    co_await yields(2);
}

namespace
{
weft::task<> gives_back()
{
    weft_coro *co = co_await weft::self;
    co_await weft_yield(co);
    co_await weft_yield(co);
    alive--;
}

weft::task<> fails_late()
{
    guard here;
    weft_coro *co = co_await weft::self;
    weft::on_unwind cleanup(co, gives_back());
    if (!cleanup)
        co_await weft::fail(WEFT_ENOMEM);
    alive++;
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(yields(100)));
    co_await yields(1);
    co_await weft::fail(7);
}
} // namespace

// A failure, which is left as a cancel is, and is over then.
WEFT_TASK_EXTERN(leaves)
{
    guard here;
    weft::result<void> it = co_await weft::attempt(fails_late());
    if (it.error() == 7)
        it = co_await weft::attempt(weft::finally(fails_late(), yields(2)));
    if (it.error() != 7)
        co_await weft::ok(it.error());
    EXPECT(it.error(), 7);
    co_await yields(2);
}

namespace
{
weft::task<> sends(numbers *to)
{
    guard here;
    weft_coro *co = co_await weft::self;
    numbers_slot slot{};
    for (uint32_t i = 1; i <= 4; i++)
        co_await numbers_send(co, to, &slot, i);
    numbers_close(to);
}

weft::task<> locks(weft_mutex *mutex, int *inside)
{
    guard here;
    weft_coro *co = co_await weft::self;
    weft::permit permit;
    co_await weft_acquire(co, mutex, permit);
    EXPECT(++*inside, 1);
    co_await weft_yield(co);
    --*inside;
}
} // namespace

// What coroutines do for each other: channels, selects, locks.
WEFT_TASK_EXTERN(others)
{
    guard here;
    weft_coro *co = co_await weft::self;
    numbers channel{};
    weft_mutex mutex{};
    weft_event never{};
    int inside = 0;
    uint32_t total = 0;
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(sends(&channel)));
    for (int i = 0; i < 3; i++)
        co_await weft::ok(scope.spawn(locks(&mutex, &inside)));
    weft_case cases[2]{};
    numbers_slot slot{};
    for (;;) {
        weft_poll wait =
            weft_select(co, cases, weft_event_wait(of, &never), numbers_receive(of, &channel, &slot));
        co_await wait;
        EXPECT(weft_chosen(cases), 1);
        if (!weft_served(&slot))
            break;
        total += slot.item;
    }
    EXPECT(total, 10);
    co_await weft_join_all(co, scope);
    co_await weft_scope_close(co, scope);
}

// ---- Those that run once ----

WEFT_TASK_EXTERN(values)
{
    auto moved = co_await later(std::make_unique<int>(5), 1);
    EXPECT(*moved, 5);
    weft::result<int> good = co_await weft::attempt(later(6, 0));
    EXPECT(bool(good), true);
    EXPECT(*good, 6);
    EXPECT(good.error(), 0);
    weft::task<int> kept = later(7, 1);
    weft::task<int> taken = std::move(kept);
    EXPECT(bool(kept), false);
    EXPECT(co_await taken, 7);
    EXPECT((co_await weft::attempt(failing(0))).value_or(9), 1);
    EXPECT((co_await weft::attempt(failing(2))).value_or(9), 9);
}

namespace
{
weft::task<int> passes_on(int code, int rounds)
{
    guard here('p');
    int value = co_await failing(code, rounds);
    say_('!'); // not reached
    co_return value;
}
} // namespace

// A failure leaves task by task, until somebody asks.
WEFT_TASK_EXTERN(fails)
{
    weft_coro *co = co_await weft::self;
    for (int rounds = 0; rounds < 2; rounds++) {
        auto it = co_await weft::attempt(passes_on(WEFT_EPIPE, rounds));
        EXPECT(it.error(), WEFT_EPIPE);
        EXPECT_SAID("p");
    }
    EXPECT((co_await weft::attempt(added(60, 60))).error(), WEFT_ELIMIT);
    weft::bytes_reader closed;
    closed->error = WEFT_EIO;
    EXPECT((co_await weft::attempt(weft::ok(closed, weft_yield(co)))).error(), WEFT_EIO);
    EXPECT((co_await weft::attempt(weft::ok(closed, weft_poll{}))).error(), WEFT_EIO);
    weft::result<void> fine = co_await weft::attempt(says('a'));
    EXPECT(bool(fine), true);
    EXPECT_SAID("a");

    weft::scope scope(co, WEFT_GO_ON);
    weft::child cancelled = scope.start(later(1, 10)), failed = scope.start(failing(8, 1));
    co_await weft_yield(co);
    weft_cancel(static_cast<weft_child *>(cancelled)->co);
    EXPECT((co_await weft::attempt(cancelled)).error(), WEFT_ECANCELED);
    EXPECT((co_await weft::attempt(failed)).error(), 8);
    EXPECT(scope->failure, 8);
    co_await weft_scope_close(co, scope);
}

namespace
{
weft::task<> inner()
{
    guard one('1'), two('2');
    weft_coro *co = co_await weft::self;
    weft::on_unwind last(co, says('b', 2)), first(co, says('a', 2));
    weft::scope scope(co);
    co_await weft::ok(scope.spawn([](char letter) -> weft::task<> {
        guard child(letter);
        co_await yields(100);
    }('c')));
    co_await yields(100);
}

weft::task<> outer(int *reached)
{
    guard three('3');
    co_await weft::finally(inner(), says('f', 1));
    ++*reached;
}
} // namespace

// A cancel: children, then cleanups, the last one first, then locals; and so on outwards.
WEFT_TASK_EXTERN(order)
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co);
    int reached = 0;
    {
        weft::child child = scope.start(outer(&reached));
        co_await yields(3);
        weft_cancel(static_cast<weft_child *>(child)->co);
        auto it = co_await weft::attempt(child);
        EXPECT(it.error(), WEFT_ECANCELED);
        EXPECT_SAID("cab21f3");
        weft::child unbegun = scope.start(outer(&reached));
        weft_scope_cancel(scope);
        EXPECT((co_await weft::attempt(unbegun)).error(), WEFT_ECANCELED);
    }
    EXPECT_SAID("");
    EXPECT(reached, 0);
    weft::result<int> failed = co_await weft::attempt(weft::finally(failing(3, 1), says('f')));
    EXPECT(failed.error(), 3);
    EXPECT_SAID("f");
}

// One that C has started, and cancelled before its first step.
WEFT_TASK_EXTERN(unbegun)
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co);
    add_in_cxx it{};
    for (int i = 0; i < 2; i++) {
        weft_child child{};
        weft_spawn(co, scope, &child, &it.co, add_in_cxx__step);
        weft_cancel(&it.co);
        co_await weft_join(co, &child);
        EXPECT(weft_outcome_of(&it.co), WEFT_CANCELLED);
        it.a = it.sum;
        it.b = 1;
        co_await weft_call(co, &it.co, add_in_cxx__step);
        EXPECT(it.sum, i + 1);
    }
    co_await weft_scope_close(co, scope);
}

namespace
{
weft::task<> gone()
{
    weft_coro *co = co_await weft::self;
    std::optional<weft::on_unwind> first, third;
    first.emplace(co, says('1'));
    weft::on_unwind second(co, says('2'));
    third.emplace(co, says('3'));
    first.reset();
    third.reset();
    co_await weft::fail(3);
}
} // namespace

// Cleanups that have gone before the task is left.
WEFT_TASK_EXTERN(unlinked)
{
    EXPECT((co_await weft::attempt(gone())).error(), 3);
    EXPECT_SAID("2");
}

namespace
{
weft::task<> shielded()
{
    weft_coro *co = co_await weft::self;
    weft::shield shield(co);
    {
        weft::shield within(co);
    }
    EXPECT(weft_shielded(co), true);
    co_await fails_late();
}
} // namespace

// A failure, and what is cleaned up after it, leaves the shield as it was.
WEFT_TASK_EXTERN(shields)
{
    weft_coro *co = co_await weft::self;
    EXPECT((co_await weft::attempt(fails_late())).error(), 7);
    EXPECT(weft_shielded(co), false);
    EXPECT((co_await weft::attempt(shielded())).error(), 7);
    EXPECT(weft_shielded(co), false);
    weft::shield shield(co);
    EXPECT((co_await weft::attempt(fails_late())).error(), 7);
    EXPECT(weft_shielded(co), true);
    EXPECT((co_await weft::attempt(shielded())).error(), 7);
    EXPECT(weft_shielded(co), true);
}

namespace
{
weft::task<> binds(const char *key, int code)
{
    weft_coro *co = co_await weft::self;
    weft::local local;
    char value;
    weft_local_bind(co, local, key, &value);
    EXPECT(weft_local_get(co, key) == &value, true);
    EXPECT((co_await weft::attempt(failing(3, 1))).error(), 3);
    co_await weft::ok(code);
}
} // namespace

// Bindings hold for the task that makes them, and those that it awaits.
WEFT_TASK_EXTERN(locals)
{
    weft_coro *co = co_await weft::self;
    char key = 0;
    for (int code = 0; code < 2; code++) {
        EXPECT((co_await weft::attempt(binds(&key, code))).error(), code);
        EXPECT(weft_local_get(co, &key) == nullptr, true);
    }
}

WEFT_TASK_EXTERN(deadlines)
{
    weft_coro *co = co_await weft::self;
    weft_virtual_clock clock;
    weft_virtual_clock_init(&clock);
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(tick(&clock)));
    auto late = co_await weft::attempt(weft::within(&clock.clock, 3, later(1, 100)));
    EXPECT(late.error(), WEFT_ETIMEDOUT);
    EXPECT((co_await weft::attempt(weft::within(&clock.clock, 100, failing(5, 1)))).error(), 5);
    co_await weft_scope_close(co, scope);
}

namespace
{
weft::task<int> in_room(weft::memory &, int value)
{
    guard here;
    weft_coro *co = co_await weft::self;
    co_await weft_yield(co);
    co_return value;
}

weft::task<int> beside_room(int value, weft::memory &)
{
    co_return value;
}
} // namespace

// A frame in the caller's memory takes none of weft_alloc; one that does not fit there, or is the second, does.
WEFT_TASK_EXTERN(rooms)
{
    weft::room<512> room;
    weft::room<8> small;
    uint32_t before = live();
    for (int i = 0; i < 3; i++) {
        weft::task<int> one = in_room(room, i);
        EXPECT(live(), before);
        weft::task<int> two = in_room(room, i);
        EXPECT(live() > before, true);
        EXPECT(co_await one + co_await two, 2 * i);
    }
    EXPECT(live(), before);
    EXPECT(co_await in_room(small, 4), 4);
    EXPECT(room.needed() > 0 && room.needed() <= 512, true);
    EXPECT(small.needed(), room.needed());
    auto lambda = [](weft::memory &, int value) -> weft::task<int> { co_return value; };
    weft::task<int> three = lambda(room, 3);
    EXPECT(live(), before);
    EXPECT(co_await three, 3);
    weft::room<512> unused;
    weft::task<int> no_member = beside_room(4, unused); // whose room is a parameter as any other
    EXPECT(live() > before, true);
    EXPECT(co_await no_member, 4);
}

// A task that nobody awaits runs nothing, but gives back its parameters.
WEFT_TASK_EXTERN(dropped)
{
    auto takes = [](std::unique_ptr<guard>) -> weft::task<> {
        say_('!');
        co_return;
    };
    {
        weft::task<> it = takes(std::make_unique<guard>('d'));
        EXPECT_SAID("");
    }
    EXPECT_SAID("d");
    co_return;
}

// The first of three, by the functions of C.
WEFT_TASK_EXTERN(races)
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co);
    weft::child slow = scope.start(later('s', 30)), quick = scope.start(later('q', 2)),
                slower = scope.start(later('t', 40));
    co_await weft_join_any(co, scope);
    EXPECT(weft_next_ended(scope) == quick, true);
    co_await weft_scope_close(co, scope);
    EXPECT(co_await quick, 'q');
    EXPECT((co_await weft::attempt(slow)).error(), WEFT_ECANCELED);
    (void)slower;
}

// Deep, and often: the machine stack does not grow.
namespace
{
weft::task<uint32_t> depth(uint32_t n)
{
    if (!n)
        co_return 0;
    co_return 1 + co_await depth(n - 1);
}
} // namespace

WEFT_TASK_EXTERN(many)
{
    EXPECT(co_await depth(3000), 3000);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 3000; i++)
        sum += co_await later(1u, i % 2);
    EXPECT(sum, 3000);
}

// ---- Exports ----

namespace
{
weft::task<uint32_t> twice_n(uint32_t n)
{
    co_await yields(1);
    co_return n + n;
}

weft::task<> nothing()
{
    co_await yields(1);
}

WEFT_TASK_EXPORT(runner, exports_runner_double, twice_n, (uint32_t n), n);
WEFT_TASK_EXPORT_VOID(runner, exports_runner_nothing, nothing, (void));
} // namespace
