// The log line of a request.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>
#include <weft/wasi/format.h>
#include <weft/wasi/log.h>
#include "http.h"

static void over(weft_http_exchange *it, bool is_whole)
{
    weft_text method = weft_http_method(it), path = weft_http_path(it);
    uint64_t us = (weft_now(&weft_host_clock) - it->weft__began) / 1000;
    char status[6] = "-";
    if (it->weft__begun)
        weft_format(status, sizeof status, "%d", it->weft__status);
    weft_log(WEFT_LOG_INFO, "%.*s %.*s %s %llu.%03u ms%s", (int)method.length, method.at, (int)path.length,
             path.at, status, (unsigned long long)(us / 1000), (unsigned)(us % 1000), is_whole ? "" : ", cut");
}

void weft_http_log_request(weft_http_exchange *it)
{
    WEFT__CHECK(!it->weft__request && !it->weft__method.at, closed, "weft_http_log_request", 0);
    weft_http_method(it);
    weft_http_path(it);
    it->weft__began = weft_now(&weft_host_clock);
    it->weft__over = over;
}
