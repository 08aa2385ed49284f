// Structs of C that a destructor gives back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_OWNED_HPP
#define WEFT_CPP_OWNED_HPP

#include "../local.h"
#include "../sync.h"
#include "../time.h"
#include <utility>

namespace weft
{

// A T of C, zero-initialised, that `close(T *)` gives back at the end of its life. Functions and macros of C
// take it as a T *, and `->` leads to its members. `close` does not wait: of two, it is that which stops what
// is in flight.
//
//     using reader = weft::owned<bytes_reader, bytes_close_reader_blocking>; // of a WEFT_STREAM(bytes, ...)
//
// It stays where it is. A weft::movable may be moved while nothing is in flight on it: an end, a file, a
// connection, a buffer.
template <class T, auto close> class owned
{
  public:
    owned() = default;
    explicit owned(T it) : it_(it)
    {
    }
    owned(const owned &) = delete;
    owned &operator=(const owned &) = delete;
    ~owned()
    {
        close(&it_);
    }
    operator T *()
    {
        return &it_;
    }
    T *operator->() const
    {
        return const_cast<T *>(&it_);
    }
    T *get()
    {
        return &it_;
    }

  protected:
    static T zero() // all of it, also of a union
    {
        T it;
        __builtin_memset(&it, 0, sizeof it);
        return it;
    }
    T it_ = zero();
};

// One that may be moved, as above.
template <class T, auto close> class movable : public owned<T, close>
{
  public:
    using owned<T, close>::owned;
    movable() = default;
    movable(movable &&other) noexcept : owned<T, close>(std::exchange(other.it_, other.zero()))
    {
    }
    movable &operator=(movable &&other) noexcept
    {
        std::swap(this->it_, other.it_);
        return *this;
    }
};

// Of a task that may fail: a binding is unbound before the frame that it is in goes. Misuse else, which builds
// with WEFT_TRACE see.
using local = owned<weft_local, weft_local_unbind>;
using permit = owned<weft_permit, weft_release>;
using timer = owned<weft_timer, weft_timer_stop_blocking>;

} // namespace weft

#endif
