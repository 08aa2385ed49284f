// What a task is made of: its promise, and how its coroutine steps. Included by task.hpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_DETAIL_PROMISE_HPP
#define WEFT_CPP_DETAIL_PROMISE_HPP

#include "../../cxx.h"
#include "../../step.h"
#include "../frame.hpp"
#include <bit>
#include <concepts>
#include <coroutine>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#ifdef __cpp_exceptions
#include <exception>
#endif

namespace weft
{

template <class T> class task;

namespace detail
{

// What each frame that runs a task begins with. The tasks that it awaits, and those that they do, run in it,
// too: as one coroutine of Weft.
struct run {
    weft_coro co;
    weft_cxx cxx;
};

struct cleanup;
struct promise_base;

// What holds a frame: NULL for want of memory, or after it was left by `code`.
struct held {
    promise_base *promise;
    int code;
};

inline promise_base *promise_of(const run &it)
{
    return static_cast<promise_base *>(it.cxx.promise);
}

// What co_await takes beside a weft_poll. It begins a wait; then it has failed by a code, or has a value.
template <class A>
concept awaitable = requires(A &it, weft_coro *co) {
    { it.begin(co) } -> std::same_as<weft_poll>;
    { it.failed() } -> std::same_as<int>;
    it.get();
};

struct self_type {};

using location = std::source_location;
#if WEFT_TRACE
// It is a pointer to static data in the layout of a weft_place, which both compilers make so.
static_assert(sizeof(location) == sizeof(void *));
inline uintptr_t kept(location at)
{
    return std::bit_cast<uintptr_t>(at);
}
inline weft_stepped wait_at(weft_coro *co, weft_poll poll, uintptr_t at)
{
    return weft_step_wait(co, poll, reinterpret_cast<const weft_place *>(at));
}
#else // the line alone, which is all that is told of it
inline uintptr_t kept(location at)
{
    return at.line() % 0x10000 ? at.line() % 0x10000 : 1;
}
inline weft_stepped wait_at(weft_coro *co, weft_poll poll, uintptr_t line)
{
    weft_place at{"", "", static_cast<uint16_t>(line)};
    if (!at.line)
        __builtin_unreachable();
    return weft_step_wait(co, poll, &at);
}
#endif

// That a task leaves no binding (local.h) behind, as its frame goes. That is a tenth of a call: so it is looked
// for with WEFT_TRACE only.
struct bindings {
#if WEFT_CHECKS && WEFT_TRACE
    void begin(const weft_coro *co)
    {
        last = weft_step_local(co);
    }
    void end(const weft_coro *co) const
    {
        if (last != weft_step_local(co))
            weft_misuse_still_bound("weft::task", 0);
    }
    const weft_local *last = nullptr;
#else
    void begin(const weft_coro *)
    {
    }
    void end(const weft_coro *) const
    {
    }
#endif
};

struct promise_base {
    run *runs = nullptr; // that runs it; NULL before its start
    promise_base *up;    // awaits it; NULL: it is the first of that
    held *holder;        // NULL: nobody
    std::coroutine_handle<> body;
    weft_poll wait; // of its last step; ready: it awaits another task, has ended, or fails
    uintptr_t at;   // where that is
    // Whether what it awaits, or itself, has failed: by `code`. NULL: it goes on.
    bool (*fails)(promise_base &by) = nullptr;
    void *awaited;
    int code;
    cleanup *cleanups = nullptr; // the last one first
    [[no_unique_address]] bindings bound;
#ifdef __cpp_exceptions
    std::exception_ptr thrown;
#endif

    static void *operator new(std::size_t size) noexcept
    {
        return memory::take(size, nullptr);
    }
    template <class... Rest> static void *operator new(std::size_t size, memory &in, Rest &...) noexcept
    {
        return memory::take(size, &in);
    }
    template <class This, class... Rest> // a member, or a lambda
        requires(std::is_class_v<This> && !std::same_as<This, memory>)
    static void *operator new(std::size_t size, This &, memory &in, Rest &...) noexcept
    {
        return memory::take(size, &in);
    }
    static void operator delete(void *frame, std::size_t size) noexcept
    {
        memory::give_back(frame, size);
    }

    std::suspend_always initial_suspend() noexcept
    {
        return {};
    }
    struct at_end {
        bool await_ready() noexcept
        {
            return false;
        }
        template <class Promise> void await_suspend(std::coroutine_handle<Promise> ended) noexcept
        {
            promise_base &it = ended.promise();
            it.bound.end(&it.runs->co);
            it.wait = {};
            if (!it.up) {
                it.runs->cxx.over = true;
                return;
            }
            it.runs->cxx.promise = it.up;
            it.up->fails = nullptr;
        }
        void await_resume() noexcept
        {
        }
    };
    at_end final_suspend() noexcept
    {
        return {};
    }
    void unhandled_exception() noexcept
    {
#ifdef __cpp_exceptions
        thrown = std::current_exception();
#endif
    }
    bool has_thrown() const
    {
#ifdef __cpp_exceptions
        return bool(thrown);
#else
        return false;
#endif
    }
    void rethrow() const
    {
#ifdef __cpp_exceptions
        if (thrown)
            std::rethrow_exception(thrown);
#endif
    }

    struct await_self {
        weft_coro *co;
        bool await_ready() noexcept
        {
            return true;
        }
        void await_suspend(std::coroutine_handle<>) noexcept
        {
        }
        weft_coro *await_resume() noexcept
        {
            return co;
        }
    };
    await_self await_transform(self_type) noexcept
    {
        return {&runs->co};
    }

    // Empty: what an awaiter has of its own, compilers keep in the frame.
    struct await_poll {
        bool await_ready() noexcept
        {
            return false;
        }
        template <class Promise> bool await_suspend(std::coroutine_handle<Promise> awaiter) noexcept
        {
            return weft_pending(awaiter.promise().wait);
        }
        void await_resume() noexcept
        {
        }
    };
    await_poll await_transform(weft_poll poll, location from = location::current()) noexcept
    {
        wait = poll;
        at = kept(from);
        return {};
    }

    template <class A> struct await_it {
        A &it;
        bool await_ready() noexcept
        {
            return false;
        }
        template <class Promise> bool await_suspend(std::coroutine_handle<Promise> awaiter) noexcept
        {
            promise_base &by = awaiter.promise();
            run &of = *by.runs;
            by.wait = it.begin(&of.co);
            bool is_over = !weft_pending(by.wait) && promise_of(of) == &by;
            if (is_over && !(by.code = it.failed()))
                return false;
            by.awaited = &it;
            by.fails = [](promise_base &me) { return (me.code = static_cast<A *>(me.awaited)->failed()) != 0; };
            return true;
        }
        decltype(auto) await_resume()
        {
            return it.get();
        }
    };
    template <class A>
        requires awaitable<std::remove_reference_t<A>>
    await_it<std::remove_reference_t<A>> await_transform(A &&task, location from = location::current()) noexcept
    {
        at = kept(from);
        return {task};
    }
};

// In the place of a task for which there was no memory: it fails when it begins.
inline promise_base *no_memory()
{
    static promise_base it;
    it.body = std::noop_coroutine();
    it.code = WEFT_ENOMEM;
    it.fails = [](promise_base &) { return true; };
    it.up = nullptr;
    it.holder = nullptr;
    return &it;
}

// `up` awaits it; NULL: it is the first of `of`.
inline void begin(promise_base &it, run &of, promise_base *up, held *by)
{
    if (WEFT_CHECKS && it.runs)
        weft_misuse_task_begun("weft::task", 0);
    it.runs = &of;
    it.up = up;
    it.holder = by;
    it.bound.begin(&of.co);
}

// Misuse if it runs: its frame is to be given away, or destroyed.
inline void check_rests(const promise_base *it)
{
    if (WEFT_CHECKS && it && !it->body.done() && it->runs)
        weft_misuse_task_runs("weft::task", 0);
}

template <class T> struct promise : promise_base {
    std::optional<T> value;

    T get()
    {
        rethrow();
        return std::move(*value);
    }

    task<T> get_return_object() noexcept
    {
        body = std::coroutine_handle<promise>::from_promise(*this);
        return task<T>(this);
    }
    static task<T> get_return_object_on_allocation_failure() noexcept
    {
        return task<T>(nullptr);
    }
    template <std::convertible_to<T> From> void return_value(From &&from)
    {
        value.emplace(std::forward<From>(from));
    }
};

template <> struct promise<void> : promise_base {
    void get() const
    {
        rethrow();
    }
    inline task<void> get_return_object() noexcept;
    static inline task<void> get_return_object_on_allocation_failure() noexcept;
    void return_void() noexcept
    {
    }
};

// A local of the task of `co`: what is to be done, and may wait, before a cancel or a failure destroys that.
struct cleanup {
    using begins = weft_poll(cleanup *it, weft_coro *co);

    cleanup(weft_coro *co, begins *how)
        : by(*promise_of(*weft_frame(co, run))), begin(how), next(std::exchange(by.cleanups, this))
    {
    }
    cleanup(const cleanup &) = delete;
    ~cleanup()
    {
        cleanup **at = &by.cleanups;
        while (*at && *at != this)
            at = &(*at)->next;
        if (*at)
            *at = next;
    }

    promise_base &by;
    begins *begin;
    cleanup *next;
};

// Whether the innermost task is to leave: it was cancelled, or what it has awaited has failed. That stays so.
inline bool leaves(run &it)
{
    promise_base &by = *promise_of(it);
    if (weft_step_unwinds(&it.co))
        return true;
    bool fails = by.fails && by.fails(by);
    by.fails = fails ? [](promise_base &) { return true; } : static_cast<bool (*)(promise_base &)>(nullptr);
    return fails;
}

// The cleanups of a task, the last one first, as destructors go.
inline weft_poll clean_up(run &it, promise_base &by)
{
    while (cleanup *last = by.cleanups) {
        by.cleanups = last->next;
        weft_poll poll = last->begin(last, &it.co);
        if (!weft_pending(poll))
            continue;
        if (weft_step_unwinds(&it.co)) {
            weft_step_finalise(&it.co);
        } else if (!weft_shielded(&it.co)) {
            weft_shield(&it.co);
            it.cxx.shielded = true;
        }
        return poll;
    }
    if (it.cxx.shielded)
        weft_unshield(&it.co);
    it.cxx.shielded = false;
    return {};
}

// Destroys the frames of the innermost task, and then of who awaits it, up to one that goes on, or to the last.
[[gnu::noinline]] inline weft_poll leave(run &it)
{
    do {
        promise_base &by = *promise_of(it);
        weft_poll poll = clean_up(it, by);
        if (weft_pending(poll))
            return poll;
        promise_base *up = by.up;
        int code = weft_step_unwinds(&it.co) ? WEFT_ECANCELED : by.code;
        if (by.holder)
            *by.holder = {nullptr, code};
        it.cxx.promise = up;
        bindings bound = by.bound;
        by.body.destroy();
        bound.end(&it.co);
        if (!up) {
            it.cxx.over = true;
            if (!weft_step_unwinds(&it.co))
                weft_step_fail(&it.co, code);
            return {};
        }
    } while (leaves(it));
    return {};
}

// Runs the innermost task, `by`, to its next wait. If the first task of all ends instead, the coroutine does:
// `done` takes the promise of that; NULL if it was left by a cancel or a failure.
template <class Done> weft_stepped run_step(run &it, promise_base *by, Done done)
{
    for (;; by = promise_of(it)) {
        if (__builtin_expect(weft_step_unwinds(&it.co) || by->fails, 0) && leaves(it)) {
            weft_poll poll = leave(it);
            if (weft_pending(poll))
                return wait_at(&it.co, poll, promise_of(it)->at);
        } else {
            by->body.resume();
            if (__builtin_expect(weft_pending(by->wait), 1))
                return wait_at(&it.co, by->wait, by->at);
        }
        if (it.cxx.over) {
            done(promise_of(it));
            return weft_step_end(&it.co);
        }
    }
}

// Of a task that is an object, and keeps its value, or what was thrown, until it is destroyed.
inline weft_stepped step(weft_coro *co)
{
    run &it = *weft_frame(co, run);
    return run_step(it, promise_of(it), [co](promise_base *by) {
        if (by && by->has_thrown())
            weft_step_fail(co, WEFT_EOTHER);
    });
}

// Ends the program if a task has thrown that nobody in C++ awaits.
inline void end_if_thrown([[maybe_unused]] promise_base &by)
{
#ifdef __cpp_exceptions
    static const char text[] = "weft: an exception left a task that C++ does not await: catch it there\n";
    if (!by.thrown)
        return;
    weft_report(text, sizeof text - 1);
    std::terminate();
#endif
}

// Of a task that nobody in C++ awaits: `done` takes its promise when it has ended.
template <class Done> weft_stepped root_step(weft_coro *co, Done done)
{
    run &it = *weft_frame(co, run);
    return run_step(it, promise_of(it), [&it, done](promise_base *by) {
        if (!by)
            return;
        end_if_thrown(*by);
        done(by);
        it.cxx.promise = nullptr;
        by->body.destroy();
    });
}

// Of one that was spawned with a frame of weft_spawn_new.
inline weft_stepped spawned_step(weft_coro *co)
{
    return root_step(co, [](promise_base *) {});
}

} // namespace detail
} // namespace weft

#endif
