// Tasks that break a rule, each of that name; and one that is seen in a dump.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "broken.h"

#include <optional>
#include <string_view>
#include <weft/weft.hpp>

namespace
{

weft::task<> waits(weft_event *event)
{
    weft_coro *co = co_await weft::self;
    co_await weft_event_wait(co, event); // seen in the dump
}

weft::task<int> gives_one()
{
    co_return 1;
}

weft::task<> in_room(weft::memory &)
{
    co_return;
}

weft::task<> binds(weft_local *local, int code)
{
    weft_coro *co = co_await weft::self;
    weft_local_bind(co, local, local, local);
    co_await weft::ok(code);
}

weft::task<> awaits(weft::task<> &it)
{
    co_await it;
}

weft::task<> task_begun()
{
    weft_event event{};
    event.is_set = true;
    weft::task<> it = waits(&event);
    co_await it;
    co_await it;
}

weft::task<> task_begun_child()
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co);
    weft::child it = scope.start(gives_one());
    co_await weft::ok(co_await it - co_await it);
}

weft::task<> task_runs()
{
    weft_coro *co = co_await weft::self;
    weft_event never{};
    weft_scope scope{};
    weft_child child{};
    weft::running it(waits(&never));
    weft_spawn(co, &scope, &child, it.co(), it.step);
    co_await weft_yield(co);
}

weft::task<> task_runs_awaited()
{
    weft_coro *co = co_await weft::self;
    weft_event never{};
    std::optional<weft::task<>> it(waits(&never));
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(awaits(*it)));
    co_await weft_yield(co);
    it.reset();
}

weft::task<> task_runs_moved()
{
    weft_coro *co = co_await weft::self;
    weft_event never{};
    weft::task<> it = waits(&never);
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(awaits(it)));
    co_await weft_yield(co);
    weft::task<> moved = std::move(it);
}

weft::task<> scope_runs()
{
    weft_coro *co = co_await weft::self;
    weft_event never{};
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(waits(&never)));
}

weft::task<> room_taken()
{
    std::optional<weft::room<512>> room;
    room.emplace();
    weft::task<> it = in_room(*room);
    room.reset();
    co_await it;
}

weft::task<> no_code()
{
    co_await weft::fail(0);
}

weft::task<> no_code_result()
{
    (void)weft::result<int>::failure(0);
    co_return;
}

weft::task<> still_bound()
{
    weft_local local{};
    co_await binds(&local, 0);
}

weft::task<> still_bound_failed()
{
    weft_local local{};
    (void)co_await weft::attempt(binds(&local, 1));
}

weft::task<> dump()
{
    weft_coro *co = co_await weft::self;
    weft_event never{};
    weft::scope scope(co);
    co_await weft::ok(scope.spawn(waits(&never)));
    co_await weft_yield(co);
    weft_dump();
    co_await weft_scope_close(co, scope);
}

#define TEST(name) {#name, name}
const struct {
    std::string_view name;
    weft::task<> (*breaks)();
} tests[] = {
    TEST(task_begun),      TEST(task_begun_child), TEST(task_runs),          TEST(task_runs_awaited),
    TEST(task_runs_moved), TEST(scope_runs),       TEST(room_taken),         TEST(no_code),
    TEST(no_code_result),  TEST(still_bound),      TEST(still_bound_failed), TEST(dump),
};

weft::task<> breaks(broken_string_t rule)
{
    std::string_view name(reinterpret_cast<const char *>(rule.ptr), rule.len);
    for (const auto &test : tests)
        if (test.name == name)
            co_await test.breaks();
    broken_string_free(&rule);
}

WEFT_TASK_EXPORT_VOID(broken, exports_broken_run, breaks, (broken_string_t * rule), *rule);

} // namespace
