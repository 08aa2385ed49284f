// A proxy in C++: asks several services for the same page at once, and passes on the first good answer as it
// streams. The others are cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime serve -S p3,cli,http -W component-model-async --env UPSTREAMS=http://a.org,http://b.org
//     proxy.wasm
//
// Settings: UPSTREAMS, at most 8, with commas between; TIMEOUT, how long each may take, default 10 s. An
// answer of 500 and above is no good one. If there is none, the client gets 502.
#include <array>
#include <optional>
#include <weft/wasi.hpp>

namespace
{

constexpr int most = 8;

struct question {
    weft_http_exchange *http;
    weft_text upstream;
    uint64_t timeout;
};

// Asks one, and fails unless its answer is good.
weft::task<> ask(question it, weft_fetch *page)
{
    weft_coro *co = co_await weft::self;
    weft::buffer url;
    weft_text path = weft_http_path(it.http), query = weft_http_query(it.http);
    weft_bytes_append_format(url, "%.*s%.*s%s%.*s", WEFT_TEXT_ARGUMENTS(it.upstream), WEFT_TEXT_ARGUMENTS(path),
                             query.length ? "?" : "", WEFT_TEXT_ARGUMENTS(query));
    co_await weft::ok(weft_bytes_append(url, weft_text_of("", 1)));
    bool is_head = weft_text_equal_z(weft_http_method(it.http), "HEAD");
    weft_poll wait = weft_fetch_get(co, page, reinterpret_cast<const char *>(url->items),
                                    .method = is_head ? "HEAD" : "GET", .timeout = it.timeout);
    co_await weft::ok(page, wait);
    if (page->status >= 500)
        co_await weft::fail(page->status);
}

// Asks all at once. Returns which of the pages is the first good one; the others are cancelled.
weft::task<weft_fetch *> first_good(question it, std::array<weft::fetch, most> &pages)
{
    weft_coro *co = co_await weft::self;
    weft::scope scope(co, WEFT_GO_ON);
    std::array<std::optional<weft::child<void>>, most> asked;
    weft_text upstreams = weft_setting_text("UPSTREAMS", weft_text{});
    for (int i = 0; weft_text_next(&upstreams, ',', &it.upstream); i++) {
        if (i == most)
            co_await weft::fail(WEFT_ELIMIT);
        asked[i].emplace(co, scope, ask(it, pages[i]));
    }

    weft_fetch *best = nullptr;
    while (!best && scope->count) {
        co_await weft_join_any(co, scope);
        while (weft_child *ended = best ? nullptr : weft_next_ended(scope))
            for (int i = 0; i < most; i++)
                if (asked[i] && *asked[i] == ended && weft_outcome_of(ended->co) == WEFT_DONE)
                    best = pages[i];
    }
    co_await weft_scope_close(co, scope);
    co_return best;
}

weft::task<> pass_on(weft_http_exchange *http, weft_fetch *page)
{
    weft_coro *co = co_await weft::self;
    size_t count;
    const weft_http_header *headers = weft_fetch_headers(page, &count);
    for (size_t i = 0; i < count; i++)
        if (weft_http_header_copy(http, &headers[i]) == WEFT_ENOMEM) // else it is one of the host's
            co_await weft::fail(WEFT_ENOMEM);
    co_await weft::ok(weft_http_begin(co, http, page->status));
    uint8_t piece[16384];
    do { // a body that is cut fails the task, so that the client sees its own cut
        co_await weft::ok(&page->in, weft_bytes_read(co, &page->in, piece, sizeof piece));
        co_await weft::ok(&http->out, weft_bytes_write_all(co, &http->out, piece, page->in.count));
    } while (page->in.count);
}

weft::task<> proxy(weft_http_exchange *http)
{
    weft_coro *co = co_await weft::self;
    weft_text method = weft_http_method(http);
    if (!weft_text_equal_z(method, "GET") && !weft_text_equal_z(method, "HEAD")) {
        co_await weft::ok(http, weft_http_reply_status(co, http, 405));
        co_return;
    }
    weft_settings settings{};
    uint64_t timeout = weft_setting_duration(&settings, "TIMEOUT", WEFT_SECONDS(10));
    co_await weft::ok(settings.error);
    std::array<weft::fetch, most> pages;
    weft_fetch *best = co_await first_good({http, {}, timeout}, pages);
    if (best)
        co_await pass_on(http, best);
    else
        co_await weft::ok(http, weft_http_reply_status(co, http, 502));
}

} // namespace

WEFT_TASK_HTTP_SERVICE(proxy);
