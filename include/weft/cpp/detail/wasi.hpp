// What wasi.hpp is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CPP_DETAIL_WASI_HPP
#define WEFT_CPP_DETAIL_WASI_HPP

#include "../../wasi/tcp_server.h"
#include "../export.hpp"

namespace weft::detail
{

template <auto handler> struct served {
    struct connection {
        weft_coro co;
        weft_cxx cxx;
        weft_connection conn;
    };
    WEFT_ASYNC_DECLARE(connection);
    static weft_poll serve(weft_coro *co, weft_tcp_server *server, const char *where,
                           const weft_tcp_serve_options &options)
    {
        return weft_tcp_serve(co, server, where, connection, = options); // sets all of them
    }
};

template <auto handler> weft_stepped served<handler>::connection__step(weft_coro *co)
{
    return begin_step<connection>(co, [](connection *self) { return handler(&self->conn); });
}

} // namespace weft::detail

// A frame T whose task is `call`.
#define WEFT__TASK_ROOT(T, members, call, as)                                                                  \
    struct T {                                                                                                 \
        weft_coro co;                                                                                          \
        weft_cxx cxx;                                                                                          \
        members                                                                                                \
    };                                                                                                         \
    WEFT_ASYNC_DECLARE(T);                                                                                     \
    static weft_stepped T##__step(weft_coro *co)                                                               \
    {                                                                                                          \
        return weft::detail::begin_step<T>(co, []([[maybe_unused]] T *self) { return call; });                 \
    }                                                                                                          \
    as(T)

#endif
