// Tasks as exports, and as async functions of C.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_EXPORT_HPP
#define WEFT_CPP_EXPORT_HPP

#include "../bindgen.h"
#include "task.hpp"
#include "detail/export.hpp"

// WEFT_TASK(T) { ... } is the body of the async function T, as WEFT_ASYNC(T) is in C, but a weft::task<>.
// `self` is the frame, whose first members are `weft_coro co` and `weft_cxx cxx` (cxx.h). All that starts an
// async function starts it: WEFT_CALL in C, weft_spawn, WEFT_EXPORT, weft_tcp_serve. It fails by WEFT_ENOMEM if
// there is no memory for the task. WEFT_TASK_EXTERN(T) is the same for a T that other files use, with
// WEFT_ASYNC_DECLARE_EXTERN(T) in their header.
#define WEFT_TASK(T)                                                                                           \
    WEFT_ASYNC_DECLARE(T);                                                                                     \
    WEFT__TASK_LINKED(T, static)
#define WEFT_TASK_EXTERN(T) WEFT__TASK_LINKED(T, extern "C")

// WEFT_TASK_EXPORT(world, export, task, (type name, ...), arguments...) makes the function `task`, which
// returns a weft::task<V>, the async export `export`, as WEFT_EXPORT does. The task's value is the export's.
// WEFT_TASK_EXPORT_VOID is for an export without a result, and a weft::task<>. If the task fails, also for want
// of memory, the export has no value, which is misuse: so what may fail is awaited by weft::attempt.
#define WEFT_TASK_EXPORT(world, export_, task_, parameters, ...)                                               \
    WEFT__TASK_RETURNING(world, export_, task_, parameters,                                                    \
                         WEFT_RETURN(co, export_, weft::detail::value_of(task_, by)), __VA_ARGS__)
#define WEFT_TASK_EXPORT_VOID(world, export_, task_, parameters, ...)                                          \
    WEFT__TASK_RETURNING(world, export_, task_, parameters, WEFT_RETURN_VOID(co, export_), __VA_ARGS__)

#endif
