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
// runs it, and waits for its end. If it has failed, the awaiter fails by the same code; by WEFT_ECANCELED if it
// alone was cancelled, and by WEFT_ENOMEM if there was no memory for its frame. What it has thrown is thrown
// here. Misuse if it was awaited or started before.
template <class T = void> class [[nodiscard("await the task, or start it in a scope")]] task
{
  public:
    using promise_type = detail::promise<T>;

    task(task &&other) noexcept : run_(std::exchange(other.run_, {}))
    {
    }
    task &operator=(task &&) = delete;

    // Misuse if it runs.
    ~task()
    {
        if (!*this)
            return;
        if (WEFT_CHECKS && promise()->co && weft_outcome_of(&run_.co) == WEFT_UNFINISHED)
            weft_misuse_task_runs("weft::task", 0);
        promise()->body.destroy();
    }

    // False if there was no memory for its frame, or that has gone.
    explicit operator bool() const
    {
        return run_.cxx.promise;
    }

    // For functions of C that start a coroutine: weft_spawn(co, &scope, &child, it.co(), it.step). By co() it
    // is begun, and must not move until it has ended. Misuse if it was before, or there was no memory.
    weft_coro *co()
    {
        if (WEFT_CHECKS && (!*this || promise()->co))
            weft_misuse_task_begun("weft::task", 0);
        promise()->co = &run_.co;
        return &run_.co;
    }
    static constexpr weft_step *step = detail::step;

    // Gives the frame to `it`, which runs it by a step of its own.
    void move_to(detail::run &it) &&
    {
        it.cxx = std::exchange(run_.cxx, {});
        if (it.cxx.promise)
            detail::promise_of(it)->co = &it.co;
    }

    // What co_await calls: see detail::awaitable.
    weft_poll begin(weft_coro *by)
    {
        bool lacks_memory = !*this && weft_outcome_of(&run_.co) == WEFT_UNFINISHED;
        return lacks_memory ? weft_poll{} : weft_call(by, co(), step);
    }
    int failed()
    {
        weft_outcome outcome = weft_outcome_of(&run_.co);
        if (outcome == WEFT_UNFINISHED)
            return WEFT_ENOMEM;
        if (outcome == WEFT_CANCELLED)
            return WEFT_ECANCELED;
        return *this && promise()->has_thrown() ? 0 : weft_failure(&run_.co);
    }
    T get()
    {
        promise()->rethrow();
        if constexpr (!std::is_void_v<T>)
            return std::move(*promise()->value);
    }

  private:
    friend promise_type;

    explicit task(promise_type *promise) : run_{{}, {static_cast<detail::promise_base *>(promise)}}
    {
    }
    promise_type *promise() const
    {
        return static_cast<promise_type *>(static_cast<detail::promise_base *>(run_.cxx.promise));
    }
    detail::run run_;
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

// `co_await weft::fail(code)` does not come back: the task fails. The code is not 0.
class [[nodiscard]] failure : public ok_code
{
  public:
    using ok_code::ok_code;
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
// and so for weft::ok. A cancel of the awaiter leaves it all the same.
template <class A> class [[nodiscard]] attempt_of
{
  public:
    explicit attempt_of(A &&it) : it_(std::forward<A>(it))
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
    A it_;
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
