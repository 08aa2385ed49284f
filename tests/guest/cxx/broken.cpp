// Tasks that break a rule, each of that name; and one that is seen in a dump.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "broken.h"

#include <string_view>
#include <weft/weft.hpp>

namespace
{

weft::task<> waits(weft_event *event)
{
    weft_coro *co = co_await weft::self;
    co_await weft_event_wait(co, event); // seen in the dump
}

weft::task<> breaks(broken_string_t rule)
{
    weft_coro *co = co_await weft::self;
    std::string_view name(reinterpret_cast<const char *>(rule.ptr), rule.len);
    weft_event event{};
    if (name == "task_begun") {
        event.is_set = true;
        weft::task<> it = waits(&event);
        co_await it;
        co_await it;
    } else if (name == "task_runs") {
        weft_scope scope{};
        weft_child child{};
        weft::running it(waits(&event));
        weft_spawn(co, &scope, &child, it.co(), it.step);
        co_await weft_yield(co);
    } else if (name == "scope_runs") {
        weft::scope scope(co);
        co_await weft::ok(scope.spawn(waits(&event)));
    } else {
        weft::scope scope(co);
        co_await weft::ok(scope.spawn(waits(&event)));
        co_await weft_yield(co);
        weft_dump();
        co_await weft_scope_close(co, scope);
    }
    broken_string_free(&rule);
}

WEFT_TASK_EXPORT_VOID(broken, exports_broken_run, breaks, (broken_string_t * rule), *rule);

} // namespace
