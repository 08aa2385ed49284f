// The log line of a request.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>
#include <weft/wasi/format.h>
#include <weft/wasi/log.h>
#include "http.h"

static void over(weft_http_exchange *it, bool is_whole)
{
    uint64_t us = (weft_now(&weft_host_clock) - it->weft__began) / 1000;
    weft_log(WEFT_LOG_INFO, "%.*s %.*s %u %llu.%03u ms%s%s%.*s", WEFT_TEXT_ARGUMENTS(weft_http_method(it)),
             WEFT_TEXT_ARGUMENTS(weft_http_path(it)), it->weft__status, (unsigned long long)(us / 1000),
             (unsigned)(us % 1000), is_whole ? "" : ", cut", it->weft__note.length ? " " : "",
             WEFT_TEXT_ARGUMENTS(it->weft__note));
}

void weft_http_log_request(weft_http_exchange *it, weft_text note)
{
    WEFT__CHECK(!it->weft__request && !it->weft__method.at, closed, "weft_http_log_request", 0);
    weft_http_method(it);
    weft_http_path(it);
    it->weft__note = note;
    it->weft__began = weft_now(&weft_host_clock);
    it->weft__over = over;
}
