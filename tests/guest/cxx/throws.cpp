// Exceptions of tasks: they travel from awaiter to awaiter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "throws.h"
#include "check.h"

#include <stdexcept>
#include <string_view>
#include <weft/weft.hpp>

namespace
{

int alive;

struct guard {
    guard()
    {
        alive++;
    }
    ~guard()
    {
        alive--;
    }
};

weft::task<int> throwing(int rounds)
{
    guard here;
    weft_coro *co = co_await weft::self;
    while (rounds--)
        co_await weft_yield(co);
    throw std::runtime_error("thrown");
}

weft::task<int> passes_on(int rounds)
{
    guard here;
    co_return co_await throwing(rounds);
}

weft::task<> sets(bool *it)
{
    *it = true;
    co_return;
}

weft::task<> passes_scope()
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co);
    co_await weft::ok(scope.spawn([]() -> weft::task<> { (void)co_await passes_on(50); }()));
    throw std::runtime_error("thrown");
}

template <class Awaited> weft::task<bool> is_caught(Awaited &it)
{
    try {
        (void)co_await it;
    } catch (const std::runtime_error &thrown) {
        co_return thrown.what() == std::string_view("thrown");
    }
    co_return false;
}

weft::task<> caught()
{
    weft_coro *co = co_await weft::self;
    for (int rounds = 0; rounds < 3; rounds++) {
        weft::task<int> it = passes_on(rounds);
        EXPECT(co_await is_caught(it), true);
    }
    bool cleaned = false;
    weft::finally whole(throwing(1), sets(&cleaned));
    EXPECT(co_await is_caught(whole), true);
    EXPECT(cleaned, true);
    weft::scope scope(co);
    weft::child other = scope.start(passes_on(2)), beside = scope.start(throwing(50));
    EXPECT(co_await is_caught(other), true);
    EXPECT(scope->failure, WEFT_EOTHER); // which has ended its sibling
    EXPECT((co_await weft::attempt(beside)).error(), WEFT_ECANCELED);
    co_await weft_scope_close(co, scope);
}

weft::task<throws_result_void_string_t> run(throws_string_t test)
{
    std::string_view name(reinterpret_cast<const char *>(test.ptr), test.len);
    if (name == "caught")
        co_await caught();
    else if (name == "passes_scope")
        co_await passes_scope();
    else
        co_await passes_on(1);
    throws_string_free(&test);
    EXPECT(alive, 0);
    throws_result_void_string_t result{};
    result.is_err = check_text[0];
    throws_string_dup(&result.val.err, check_text);
    co_return result;
}

WEFT_TASK_EXPORT(throws, exports_throws_run, run, (throws_string_t * test), *test);

} // namespace
