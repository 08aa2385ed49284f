// A value, or the code of the failure in its place. (std::expected is of C++23.)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_RESULT_HPP
#define WEFT_CPP_RESULT_HPP

#include "../error.h"
#include "../hooks.h"
#include <optional>
#include <utility>

namespace weft
{

namespace detail
{
inline int checked(int code)
{
    if (WEFT_CHECKS && !code)
        weft_misuse_no_code("weft::result", 0);
    return code;
}
} // namespace detail

// A code is a weft_error, or one above 0 of yours: see error.h. Misuse if that of a failure is 0.
template <class T> class [[nodiscard]] result
{
  public:
    result(T value) : value_(std::move(value)) // NOLINT: it is meant to convert
    {
    }
    static result failure(int code)
    {
        return result(detail::checked(code), nullptr);
    }

    // True if there is a value. `*it` and `it->member` are of that; undefined if there is none.
    explicit operator bool() const
    {
        return !code_;
    }
    T &operator*() &
    {
        return *value_;
    }
    T &&operator*() &&
    {
        return std::move(*value_);
    }
    T *operator->()
    {
        return &*value_;
    }
    T value_or(T other) &&
    {
        return value_ ? std::move(*value_) : std::move(other);
    }

    // 0 if there is a value.
    int error() const
    {
        return code_;
    }

  private:
    result(int code, std::nullptr_t) : code_(code)
    {
    }
    int code_ = 0;
    std::optional<T> value_;
};

// Of what has no value: it is there, or the code of a failure is.
template <> class [[nodiscard]] result<void>
{
  public:
    result() = default;
    static result failure(int code)
    {
        result it;
        it.code_ = detail::checked(code);
        return it;
    }
    explicit operator bool() const
    {
        return !code_;
    }
    void operator*() const
    {
    }
    int error() const
    {
        return code_;
    }

  private:
    int code_ = 0;
};

} // namespace weft

#endif
