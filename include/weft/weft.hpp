// Weft in C++20: the language's own coroutines over all that weft.h has. docs/cpp.md is the way in.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft::task<size_t> copy(weft_bytes_reader *in, weft_bytes_writer *out)
//     {
//         weft_coro *co = co_await weft::self;
//         uint8_t buffer[4096];
//         size_t total = 0;
//         do {
//             co_await weft::ok(in, weft_bytes_read(co, in, buffer, sizeof buffer));
//             co_await weft::ok(out, weft_bytes_write_all(co, out, buffer, in->count));
//             total += in->count;
//         } while (in->count);
//         co_return total;
//     }
//
// Laws:
// - co_await takes every wait of C, a weft_poll on `co`, and a task. Locals live across it.
// - A failure leaves a task as an exception would: `co_await weft::fail(code)`, and each await of a task or of
//   weft::ok that has failed. Its locals are destroyed, and then its awaiter fails by the same code, unless
//   that asked for a value by weft::attempt.
// - So does a cancel, from the innermost task out, and nobody sees it as a value. Destructors can't wait: what
//   has to, before they run, stands in a weft::on_unwind or a weft::finally.
// - A call of a task makes its frame, by weft_alloc, or in a weft::room of the caller's, and runs nothing. If
//   there is no memory, the await of it fails by WEFT_ENOMEM.
// - A task is awaited or started once, and stays where it is until it has ended.
// - An exception, where there are such, travels to the awaiter. Where that is C, or nobody, the program ends
//   with a message. On WebAssembly the C++ libraries have none: -fno-exceptions.
// - Alignment of locals: 16 at most. Parameters are copied into the frame, references as references: what they
//   refer to must live until the task has ended, as must a lambda that is a task.
// - g++ 12 fails on a macro with options, or weft_select, inside of co_await, and on co_await in `?:`. So the
//   wait gets a name first: `weft_poll wait = weft_fetch_get(co, page, url, .retries = 2);`.
#ifndef WEFT_HPP
#define WEFT_HPP

#include "weft.h"

#include "cpp/frame.hpp"  // where frames are
#include "cpp/result.hpp" // a value, or the code of a failure
#include "cpp/task.hpp"   // tasks, and what they await
#include "cpp/scope.hpp"  // children, deadlines, cleanup that waits
#include "cpp/owned.hpp"  // ends, files, permits that are given back by destructors
#include "cpp/export.hpp" // exports, commands, services; tasks that C calls

#endif
