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
        return weft_tcp_serve(co, server, where, connection, .limit = options.limit, .finish = options.finish,
                              .data = options.data, .stop_reads = options.stop_reads, .listen = options.listen);
    }
};

template <auto handler> weft_stepped served<handler>::connection__step(weft_coro *co)
{
    return begin_step<connection>(co, [](connection *self) { return handler(&self->conn); });
}

} // namespace weft::detail

// The frame's type has the name of the function f, for messages, in a namespace of its own. There f is the
// function until then.
#define WEFT__TASK_ROOT(f, kind, members, call, as)                                                            \
    namespace weft_##kind##_of_##f                                                                             \
    {                                                                                                          \
        template <class Frame> static weft::task<> make([[maybe_unused]] Frame * self)                         \
        {                                                                                                      \
            return call;                                                                                       \
        }                                                                                                      \
        struct f {                                                                                             \
            weft_coro co;                                                                                      \
            weft_cxx cxx;                                                                                      \
            members                                                                                            \
        };                                                                                                     \
        WEFT_ASYNC_DECLARE(f);                                                                                 \
        static weft_stepped f##__step(weft_coro * co)                                                          \
        {                                                                                                      \
            return weft::detail::begin_step<f>(co, make<f>);                                                   \
        }                                                                                                      \
        as(f);                                                                                                 \
    }                                                                                                          \
    static_assert(true, "")

#endif
