// The memory of tasks' frames: of weft_alloc, or of the caller's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_FRAME_HPP
#define WEFT_CPP_FRAME_HPP

#include "../hooks.h"
#include <cstddef>

#if defined __wasm__ && defined __cpp_exceptions && !defined __wasm_exception_handling__
#error "the C++ library for WebAssembly has no exceptions: compile with -fno-exceptions"
#endif

namespace weft
{

namespace detail
{
struct promise_base;
}

// Memory for the frame of one task at a time: a task whose first parameter is a weft::memory & is made there;
// of a member or a lambda, too. If it is too small, or taken by a task that has not been destroyed, the frame
// is of weft_alloc.
//
//     weft::task<int> next(weft::memory &, weft_bytes_reader *in);
//
//     weft::room<256> room; // outlives the tasks in it
//     for (...)
//         sum += co_await next(room, in);
class memory
{
  public:
    memory(const memory &) = delete;
    memory &operator=(const memory &) = delete;
    // Misuse if a task in it has not been destroyed.
    ~memory()
    {
        if (WEFT_CHECKS && taken_)
            weft_misuse_room_taken("weft::room", 0);
    }

    // Bytes of the largest frame that was to be made here: what the room needs.
    std::size_t needed() const
    {
        return needed_;
    }

  private:
    friend struct detail::promise_base;

    // The two for a frame of `size` bytes; `from` is NULL for weft_alloc.
    static void *take(std::size_t size, memory *from) noexcept
    {
        size += before;
        void *block = from ? from->give(size) : nullptr;
        if (!block) {
            from = nullptr;
            block = weft_alloc(size);
        }
        if (!block)
            return nullptr;
        *static_cast<memory **>(block) = from;
        return static_cast<char *>(block) + before;
    }

    static void give_back(void *frame, std::size_t size) noexcept
    {
        void *block = static_cast<char *>(frame) - before;
        if (memory *from = *static_cast<memory **>(block))
            from->taken_ = false;
        else
            weft_free(block, size + before);
    }

  protected:
    memory(void *at, std::size_t size) : at_(at), size_(size)
    {
    }
    static constexpr std::size_t before = 16; // whose it is, in as much as a frame is aligned to

  private:
    void *give(std::size_t size)
    {
        needed_ = size - before > needed_ ? size - before : needed_;
        if (taken_ || size > size_)
            return nullptr;
        taken_ = true;
        return at_;
    }

    void *at_;
    std::size_t size_, needed_ = 0;
    bool taken_ = false;
};

// Memory for a frame of `size` bytes.
template <std::size_t size> class room : public memory
{
  public:
    room() : memory(bytes_, sizeof bytes_)
    {
    }

  private:
    alignas(16) std::byte bytes_[size + before];
};

} // namespace weft

#endif
