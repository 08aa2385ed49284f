// weft/wasi.h in C++20: its structs with destructors, and commands, services and servers that are tasks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     static weft::task<> hello(weft_http_exchange *http)
//     {
//         weft_coro *co = co_await weft::self;
//         co_await weft::ok(http, weft_http_reply(co, http, 200, "text/plain", WEFT_TEXT("hello\n")));
//     }
//     WEFT_TASK_HTTP_SERVICE(hello);
#ifndef WEFT_WASI_HPP
#define WEFT_WASI_HPP

#include "wasi.h"
#include "weft.hpp"

#include "cpp/detail/wasi.hpp"

namespace weft
{

// Each has the functions of its header in weft/wasi/, and is closed by its destructor, which stops what is in
// flight on it, as by weft_stop_blocking.
using bytes_reader = movable<weft_bytes_reader, weft_bytes_close_reader_blocking>;
using bytes_writer = movable<weft_bytes_writer, weft_bytes_close_writer_blocking>;
using buffer = movable<weft_bytes_buffer, weft_bytes_buffer_free>;
using file = movable<weft_file, weft_file_close>;
using list = movable<weft_list, weft_list_close>;
using walk = movable<weft_walk, weft_walk_close>;
using connection = movable<weft_connection, weft_connection_close>;
using listener = owned<weft_listener, weft_listener_close>;
using fetch = owned<weft_fetch, weft_fetch_close>;

// weft::serve<echo>(co, server, "[::]:8080", {.limit = 100}) is weft_tcp_serve with the function `echo`, a
// weft::task<> of a weft_connection *, for each connection.
template <auto handler>
weft_poll serve(weft_coro *co, weft_tcp_server *server, const char *where,
                const weft_tcp_serve_options &options = {})
{
    return detail::served<handler>::serve(co, server, where, options);
}

} // namespace weft

// WEFT_TASK_COMMAND(f); makes the function f, which takes nothing and returns a weft::task<>, the program, as
// WEFT_COMMAND does. In messages it is f_command. It stands outside of namespaces; f may be in an unnamed one.
#define WEFT_TASK_COMMAND(f) WEFT__TASK_ROOT(f##_command, , f(), WEFT_COMMAND)

// WEFT_TASK_HTTP_SERVICE(f); makes the function f, which takes a weft_http_exchange * and returns a
// weft::task<>, the service, as WEFT_HTTP_SERVICE does. In messages it is f_service. It stands where that does.
#define WEFT_TASK_HTTP_SERVICE(f)                                                                              \
    WEFT__TASK_ROOT(f##_service, weft_http_exchange http;, f(&self->http), WEFT_HTTP_SERVICE)

#endif
