// A TCP server in C++, as a command: echoes what its clients send, until one sends `stop`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.hpp>

namespace
{

weft_tcp_server server;

weft::task<> echo(weft_connection *conn)
{
    weft_coro *co = co_await weft::self;
    uint8_t piece[64];
    do {
        co_await weft::ok(&conn->in, weft_bytes_read(co, &conn->in, piece, sizeof piece));
        if (weft_text_equal_z(weft_text_of(reinterpret_cast<char *>(piece), conn->in.count), "stop"))
            weft_tcp_stop(&server);
        co_await weft::ok(&conn->out, weft_bytes_write_all(co, &conn->out, piece, conn->in.count));
    } while (conn->in.count);
}

weft::task<> serve()
{
    weft_coro *co = co_await weft::self;
    weft_address address;
    char text[WEFT_ADDRESS_ROOM];
    weft_error error = weft_tcp_listen(&server.listener, "127.0.0.1:0");
    co_await weft::ok(error);
    co_await weft::ok(weft_listener_address(&server.listener, &address));
    weft_text at = weft_address_text(&address, text);
    co_await weft::ok(weft_stdout(), weft_printf(co, "%.*s\n", WEFT_TEXT_ARGUMENTS(at)));
    co_await weft::ok(&server, weft::serve<echo>(co, &server, nullptr));
    co_await weft::fail(7); // so that the host sees that it was left by a failure
}

} // namespace

WEFT_TASK_COMMAND(serve);
