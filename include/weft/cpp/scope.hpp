// Children that run beside their parent, deadlines, shields, and cleanup that waits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_SCOPE_HPP
#define WEFT_CPP_SCOPE_HPP

#include "../scope.h"
#include "../time.h"
#include "task.hpp"

namespace weft
{

// Runs `cleanup` before the task of `co` is destroyed by a cancel or a failure, while all its locals are still
// there; the last one first. No cancel ends it, and its failure is nobody's. A task that ends by itself does
// not run it, nor does one that an exception leaves: for that there is weft::finally. It is a local of the
// task. If there was no memory for the frame of `cleanup`, it is false, and runs nothing. So ask it first:
//
//     weft::on_unwind gives_back(co, give_back(it));
//     if (!gives_back)
//         co_await weft::fail(WEFT_ENOMEM);
//     take(it);
class on_unwind : detail::cleanup
{
  public:
    on_unwind(weft_coro *co, task<> what) : detail::cleanup(co, run), it_(std::move(what))
    {
    }
    explicit operator bool() const
    {
        return bool(it_);
    }

  private:
    static weft_poll run(detail::cleanup *it, weft_coro *co)
    {
        return static_cast<on_unwind *>(it)->it_.begin(co);
    }
    running<void> it_;
};

// `co_await weft::finally(body, cleanup)` awaits the task `body`, and then, on every way out of it, `cleanup`,
// which no cancel ends. The value, failure or exception is that of `body`. If there was no memory for
// `cleanup`, `body` does not run, and the await fails by WEFT_ENOMEM.
template <class T> class [[nodiscard]] finally
{
  public:
    finally(task<T> body, task<> cleanup) : body_(std::move(body)), cleanup_(std::move(cleanup))
    {
    }
    weft_poll begin(weft_coro *co)
    {
        if (!cleanup_)
            return {};
        frame_ = {{}, this};
        return weft_call(co, &frame_.co, run);
    }
    int failed()
    {
        return weft_outcome_of(&frame_.co) == WEFT_UNFINISHED ? WEFT_ENOMEM : body_.failed();
    }
    T get()
    {
        return body_.get();
    }

  private:
    struct frame {
        weft_coro co;
        finally *it;
    };
    static weft_stepped run(weft_coro *co)
    {
        finally *it = weft_frame(co, frame)->it;
        WEFT_BEGIN;
        WEFT_AWAIT(it->body_.begin(co));
        WEFT_FINALLY;
        WEFT_AWAIT(it->cleanup_.begin(co));
        WEFT_END;
    }
    frame frame_{};
    running<T> body_;
    running<void> cleanup_;
};

// A task that runs in a scope, and stays where it is. Functions of C take it as a weft_child *. co_await waits
// for its end, and gives its value, or its failure; misuse if its value was taken before. If there was no
// memory for the task, it does not run, and the await fails by WEFT_ENOMEM. Misuse if it is destroyed while it
// runs: close its scope before.
template <class T> class [[nodiscard]] child
{
  public:
    child(weft_coro *co, weft_scope *scope, task<T> it) : it_(std::move(it))
    {
        if (it_)
            weft_spawn(co, scope, &handle_, it_.co(), it_.step);
    }
    child(const child &) = delete;
    ~child()
    {
        if (handle_.co)
            weft_detach(&handle_);
    }
    operator weft_child *()
    {
        return &handle_;
    }
    weft_poll begin(weft_coro *co)
    {
        return handle_.co ? weft_join(co, &handle_) : weft_poll{};
    }
    int failed()
    {
        return it_.failed();
    }
    T get()
    {
        if (WEFT_CHECKS && std::exchange(taken_, !std::is_void_v<T>))
            weft_misuse_task_begun("weft::child", 0);
        return it_.get();
    }

  private:
    weft_child handle_{};
    running<T> it_;
    bool taken_ = false;
};

// A weft_scope, which functions of C take as such: weft_join_all(co, scope). If the task of `co` is left by a
// cancel or a failure, the scope is closed first: all children are cancelled and waited for. At its end, the
// task does so itself: `co_await weft_scope_close(co, scope)`. Misuse if the scope is destroyed while children
// run. So no exception may pass one with children: catch it there, or run what may throw by weft::finally,
// outside of the scope. It is a local of the task, before its children.
class scope : detail::cleanup
{
  public:
    explicit scope(weft_coro *co, weft_policy policy = WEFT_END_SIBLINGS) : detail::cleanup(co, close), co_(co)
    {
        it_.policy = policy;
    }
    ~scope()
    {
        if (WEFT_CHECKS && it_.count)
            weft_misuse_scope_runs("weft::scope", 0);
    }
    operator weft_scope *()
    {
        return &it_;
    }
    weft_scope *operator->()
    {
        return &it_;
    }

    // Starts a task, whose value somebody asks for: `weft::child it = scope.start(task);`
    template <class T> child<T> start(task<T> it)
    {
        return child<T>(co_, &it_, std::move(it));
    }

    // Starts a task that nobody asks for. WEFT_ENOMEM if there is no memory.
    weft_error spawn(task<> it)
    {
        void *frame = it ? weft_spawn_new(co_, &it_, sizeof(detail::run), detail::spawned_step) : nullptr;
        if (!frame)
            return WEFT_ENOMEM;
        std::move(it).move_to(*static_cast<detail::run *>(frame));
        weft_detach(weft_child_of(frame));
        return WEFT_OK;
    }

  private:
    static weft_poll close(detail::cleanup *it, weft_coro *co)
    {
        return weft_scope_close(co, &static_cast<scope *>(it)->it_);
    }
    weft_coro *co_;
    weft_scope it_{};
};

// While it lives, no cancel is delivered to the coroutine of `co`: see weft_shield. It is for a task that may
// fail, which would not come to weft_unshield. One within another changes nothing.
class [[nodiscard]] shield
{
  public:
    explicit shield(weft_coro *co) : co_(weft_shielded(co) ? nullptr : co)
    {
        weft_shield(co);
    }
    shield(const shield &) = delete;
    ~shield()
    {
        if (co_)
            weft_unshield(co_);
    }

  private:
    weft_coro *co_; // NULL: it was shielded before
};

// `co_await weft::within(&clock, duration, task)` awaits a task, but cancels it after `duration` ns. If that
// ended it, the await fails by WEFT_ETIMEDOUT.
template <class T> class [[nodiscard]] within
{
  public:
    within(weft_clock *clock, uint64_t duration, task<T> it)
        : clock_(clock), duration_(duration), it_(std::move(it))
    {
    }
    weft_poll begin(weft_coro *co)
    {
        return it_ ? weft_call_within(co, &deadline_, clock_, duration_, it_.co(), it_.step) : weft_poll{};
    }
    int failed()
    {
        return deadline_.expired ? WEFT_ETIMEDOUT : it_.failed();
    }
    T get()
    {
        return it_.get();
    }

  private:
    weft_clock *clock_;
    uint64_t duration_;
    running<T> it_;
    weft_deadline deadline_{};
};

} // namespace weft

#endif
