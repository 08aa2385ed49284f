// What the macros of export.hpp are made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_DETAIL_EXPORT_HPP
#define WEFT_CPP_DETAIL_EXPORT_HPP

#include "../task.hpp"

namespace weft::detail
{

// Steps the task that `make` makes of the frame in its first step.
template <class T, class Make> weft_stepped begin_step(weft_coro *co, Make make)
{
    static_assert(offsetof(T, cxx) == sizeof(weft_coro),
                  "the frame of a task begins with `weft_coro co; weft_cxx cxx;`");
    static_assert(std::is_trivially_copyable_v<T>,
                  "a frame is plain data, as nobody constructs its members: point to other data");
    static_assert(alignof(T) <= 16, "the alignment of a frame is at most 16: point to what needs more");
    run &it = *weft_frame(co, run);
    if (!it.cxx.promise && weft_step_unwinds(co))
        return weft_step_end(co);
    if (!it.cxx.promise)
        make(weft_frame(co, T)).move_to(it);
    return spawned_step(co);
}

// The value of a task that `function` made.
template <class T, class... Parameters> T &value_of(task<T> (*)(Parameters...), promise_base *by)
{
    return *static_cast<promise<T> *>(by)->value;
}

} // namespace weft::detail

#define WEFT__TASK_LINKED(T, linkage)                                                                          \
    static weft::task<> T##__task(T *self);                                                                    \
    linkage weft_stepped T##__step(weft_coro *co)                                                              \
    {                                                                                                          \
        return weft::detail::begin_step<T>(co, T##__task);                                                     \
    }                                                                                                          \
    static weft::task<> T##__task([[maybe_unused]] T *self)

#define WEFT__TASK_RETURNING(world, export_, task_, parameters, returns, ...)                                  \
    static weft_stepped export_##__task_step(weft_coro *co)                                                    \
    {                                                                                                          \
        return weft::detail::root_step(co, [co](weft::detail::promise_base *by) {                              \
            (void)by;                                                                                          \
            returns;                                                                                           \
        });                                                                                                    \
    }                                                                                                          \
    WEFT_EXPORT_STEP(world, export_, weft::detail::run, export_##__task_step, parameters,                      \
                     task_(__VA_ARGS__).move_to(*self))

#endif
