// Tasks, and what they await.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_TASK_HPP
#define WEFT_CPP_TASK_HPP

#include "detail/promise.hpp"
#include "result.hpp"
#include <memory>
#include <type_traits>

namespace weft
{

// An async function that returns a T, or nothing. Its body begins when the task is awaited, or started in a
// scope. Until then it may be moved, and one that is dropped has run nothing.
//
//     T value = co_await task;
//
// runs it, and waits for its end. If it has failed, the awaiter fails by the same code; by WEFT_ENOMEM if there
// was no memory for its frame. What it has thrown is thrown here. Misuse if it was awaited or started before.
// Tasks that await each other so are one coroutine for Weft: `co` and its shield are the same in all of them,
// and a cancel is of all.
template <class T = void> class [[nodiscard("await the task, or start it in a scope")]] task
{
  public:
    using promise_type = detail::promise<T>;

    task(task &&other) noexcept : it_(std::exchange(other.it_, {nullptr, WEFT_ENOMEM}))
    {
        detail::check_rests(it_.promise);
    }
    task &operator=(task &&) = delete;
    // Misuse if it runs, as is the move of one that does.
    ~task()
    {
        detail::check_rests(it_.promise);
        if (it_.promise)
            it_.promise->body.destroy();
    }

    // False if there was no memory for its frame, or that has gone.
    explicit operator bool() const
    {
        return it_.promise;
    }

    // Private: gives the frame to a coroutine that runs it. `by` is who holds it from here on; NULL: that
    // coroutine.
    void move_to(detail::run &of, detail::held *by = nullptr) &&
    {
        detail::promise_base *promise = std::exchange(it_.promise, nullptr);
        of.cxx = {promise ? promise : detail::no_memory(), false, false};
        if (by)
            *by = {promise, it_.code};
        if (promise)
            detail::begin(*promise, of, nullptr, by);
    }

    // Private, here and below: what co_await calls. See detail::awaitable.
    weft_poll begin(weft_coro *co)
    {
        detail::run &of = *weft_frame(co, detail::run);
        if (!it_.promise)
            return {};
        detail::begin(*it_.promise, of, detail::promise_of(of), &it_);
        of.cxx.promise = it_.promise;
        return weft_breathe(co);
    }
    int failed()
    {
        return it_.promise ? 0 : it_.code;
    }
    T get()
    {
        return static_cast<promise_type *>(it_.promise)->get();
    }

  private:
    friend promise_type;

    explicit task(promise_type *promise) : it_{promise, WEFT_ENOMEM}
    {
    }
    detail::held it_;
};

// A task with a coroutine of its own, for functions of C that start one, and for co_await, which is as of a
// task:
//
//     weft::running it(task);
//     weft_spawn(co, &scope, &child, it.co(), it.step);
//
// It stays where it is. If it alone was cancelled, the await fails by WEFT_ECANCELED.
template <class T> class [[nodiscard]] running
{
  public:
    explicit running(task<T> it)
    {
        std::move(it).move_to(run_, &it_);
    }
    running(const running &) = delete;
    // Misuse if it runs.
    ~running()
    {
        if (WEFT_CHECKS && begun_ && weft_outcome_of(&run_.co) == WEFT_UNFINISHED)
            weft_misuse_task_runs("weft::running", 0);
        if (it_.promise)
            it_.promise->body.destroy();
    }

    // False if there was no memory for the task, or it was left.
    explicit operator bool() const
    {
        return it_.promise;
    }

    // It is begun now. Misuse if it was before, or there was no memory.
    weft_coro *co()
    {
        if (WEFT_CHECKS && (!it_.promise || begun_))
            weft_misuse_task_begun("weft::running", 0);
        begun_ = true;
        return &run_.co;
    }
    static constexpr weft_step *step = detail::step;

    weft_poll begin(weft_coro *by)
    {
        return it_.promise ? weft_call(by, co(), step) : weft_poll{};
    }
    int failed()
    {
        weft_outcome outcome = weft_outcome_of(&run_.co);
        if (outcome == WEFT_CANCELLED)
            return WEFT_ECANCELED;
        return outcome == WEFT_UNFINISHED || !it_.promise ? it_.code : 0;
    }
    T get()
    {
        return static_cast<detail::promise<T> *>(it_.promise)->get();
    }

  private:
    detail::run run_{};
    detail::held it_;
    bool begun_ = false;
};

// `weft_coro *co = co_await weft::self;` is the coroutine of the task that runs, for all that takes one.
inline constexpr detail::self_type self{};

// What a wait of C leaves behind: `co_await weft::ok(in, weft_bytes_read(co, in, buffer, size))` waits, and
// fails by in->error if that is a code, as WEFT_TRY does. `it` is a pointer, or an owned (owned.hpp).
template <class It> class [[nodiscard]] ok_of
{
  public:
    ok_of(It *it, weft_poll poll) : it_(it), poll_(poll)
    {
    }
    weft_poll begin(weft_coro *)
    {
        return poll_;
    }
    int failed()
    {
        return it_->error;
    }
    void get()
    {
    }

  private:
    It *it_;
    weft_poll poll_;
};
template <class It> auto ok(const It &it, weft_poll poll)
{
    return ok_of(std::to_address(it), poll);
}

// `co_await weft::ok(code)` fails by a code that is not 0.
class [[nodiscard]] ok_code
{
  public:
    explicit ok_code(int code) : code_(code)
    {
    }
    weft_poll begin(weft_coro *)
    {
        return {};
    }
    int failed()
    {
        return code_;
    }
    void get()
    {
    }

  private:
    int code_;
};
inline ok_code ok(int code)
{
    return ok_code(code);
}

// `co_await weft::fail(code)` does not come back: the task fails. Misuse if the code is 0, as weft_failure is
// of a coroutine that was cancelled.
class [[nodiscard]] failure : public ok_code
{
  public:
    explicit failure(int code) : ok_code(code)
    {
        if (WEFT_CHECKS && !code)
            weft_misuse_no_code("weft::fail", 0);
    }
    [[noreturn]] void get()
    {
        __builtin_trap();
    }
};
inline failure fail(int code)
{
    return failure(code);
}

// `weft::result<T> it = co_await weft::attempt(task)` has the task's value, or the code by which it has failed;
// and so for weft::ok, weft::finally and what else co_await takes. It is awaited where it is made. A cancel of
// the awaiter leaves it all the same.
template <class A> class [[nodiscard]] attempt_of
{
  public:
    explicit attempt_of(A &&it) : it_(static_cast<kept &&>(it))
    {
    }
    weft_poll begin(weft_coro *co)
    {
        return it_.begin(co);
    }
    int failed()
    {
        return 0;
    }
    auto get()
    {
        using T = decltype(it_.get());
        if (int code = it_.failed())
            return result<T>::failure(code);
        if constexpr (std::is_void_v<T>)
            return it_.get(), result<void>();
        else
            return result<T>(it_.get());
    }

  private:
    using kept = std::conditional_t<std::is_move_constructible_v<A>, A, A &>;
    kept it_;
};
template <class A> attempt_of<A> attempt(A &&it)
{
    return attempt_of<A>(std::forward<A>(it));
}

} // namespace weft

inline weft::task<void> weft::detail::promise<void>::get_return_object() noexcept
{
    body = std::coroutine_handle<promise>::from_promise(*this);
    return task<void>(this);
}
inline weft::task<void> weft::detail::promise<void>::get_return_object_on_allocation_failure() noexcept
{
    return task<void>(nullptr);
}

#endif
