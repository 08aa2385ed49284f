// What ends.c is for weft.hpp and wasi.hpp: every public name of C++, used once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bindings.h"
#include <weft/wasi.hpp>

namespace
{

weft::task<uint32_t> doubled(uint32_t n)
{
    weft_coro *co = co_await weft::self;
    co_await weft_yield(co);
    co_return n + n;
}

weft::task<> nothing()
{
    co_return;
}

weft::task<uint32_t> here(weft::memory &, uint32_t n)
{
    co_return n;
}

weft::task<uint32_t> awaits(weft_clock *clock)
{
    weft_coro *co = co_await weft::self;
    weft::on_unwind cleanup(co, nothing());
    if (!cleanup)
        co_await weft::fail(WEFT_ENOMEM);
    weft::result<uint32_t> it = co_await weft::attempt(doubled(1));
    if (!it)
        co_await weft::ok(it.error());
    weft::room<256> room;
    uint32_t sum = *it + co_await here(room, static_cast<uint32_t>(room.needed()));
    sum += co_await weft::finally(doubled(2), nothing());
    sum += co_await weft::within(clock, 1, doubled(3));
    weft::scope scope(co, WEFT_GO_ON);
    weft::child child = scope.start(doubled(4));
    co_await weft::ok(scope.spawn(nothing()));
    sum += co_await child;
    co_await weft_scope_close(co, scope);
    co_return sum + weft::result<uint32_t>::failure(1).value_or(0);
}

WEFT_STREAM(words, w_stream_u32, uint32_t);
using word_reader = weft::owned<words_reader, words_close_reader_blocking>;

weft::task<> owns(weft_mutex *mutex, weft_clock *clock)
{
    weft_coro *co = co_await weft::self;
    weft::shield shield(co);
    weft::local local;
    weft_local_bind(co, local, mutex, clock);
    weft::permit permit;
    co_await weft_acquire(co, mutex, permit);
    weft::timer timer;
    co_await weft_sleep(co, clock, timer, 1);
    word_reader words;
    uint32_t word;
    co_await words_read(co, words, &word, words->count);
    weft::bytes_reader in;
    weft::bytes_writer out;
    weft::buffer buffer;
    weft::file file;
    weft::list list;
    weft::walk walk;
    weft::connection conn;
    weft::listener listener;
    weft::fetch page;
    weft_poll wait = weft_fetch_get(co, page, "http://127.0.0.1/", .timeout = 1);
    co_await weft::ok(page, wait);
    wait = weft_list_next(co, list);
    co_await weft::ok(list, wait);
    co_await weft::ok(walk, weft_walk_next(co, walk));
    co_await weft::ok(file, weft_file_stat(co, file));
    co_await weft::ok(conn, weft_accept(co, listener, conn));
    co_await weft::ok(in, weft_bytes_read(co, in, weft_bytes_extend(buffer, 1), 1));
    co_await weft::ok(out, weft_bytes_finish(co, out));
    weft::bytes_reader moved = std::move(in);
    in = std::move(moved);
}

weft::task<> echo(weft_connection *conn)
{
    weft_coro *co = co_await weft::self;
    co_await weft::ok(&conn->out, weft_write(co, &conn->out, WEFT_TEXT("hello\n")));
}

weft::task<> server()
{
    weft_coro *co = co_await weft::self;
    weft_tcp_server it{};
    weft_tcp_serve_options options{};
    options.limit = 10;
    co_await weft::ok(&it, weft::serve<echo>(co, &it, "[::]:7", options));
}

weft::task<> hello(weft_http_exchange *http)
{
    weft_coro *co = co_await weft::self;
    co_await weft::ok(http, weft_http_reply(co, http, 200, "text/plain", WEFT_TEXT("hello\n")));
}

WEFT_TASK_EXPORT(w, exports_double, doubled, (uint32_t n), n);
WEFT_TASK_EXPORT_VOID(w, exports_nothing, nothing, (void));

} // namespace

WEFT_TASK_COMMAND(server);
WEFT_TASK_HTTP_SERVICE(hello);

struct in_c {
    weft_coro co;
    weft_cxx cxx;
    uint32_t n;
};
WEFT_TASK(in_c)
{
    self->n = co_await doubled(self->n);
}

struct for_c {
    weft_coro co;
    weft_cxx cxx;
};
WEFT_ASYNC_DECLARE_EXTERN(for_c);
WEFT_TASK_EXTERN(for_c)
{
    co_await nothing();
}

weft_step *use(weft_coro *co, in_c *it);
weft_step *use(weft_coro *co, in_c *it)
{
    weft::running task(awaits(nullptr));
    (void)owns(nullptr, nullptr);
    (void)WEFT_BLOCK_ON(in_c, it, .n = 1);
    return task.co() == co ? task.step : nullptr;
}
