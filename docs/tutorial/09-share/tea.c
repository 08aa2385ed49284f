// An HTTP service that sells tea. All requests share the price, a kettle, and a count of pots.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

static unsigned price, searches, pots;
static weft_once price_is_known;
static weft_mutex kettle;

typedef struct {
    weft_coro co;
    weft_timer timer;
} find_price;

WEFT_ASYNC(find_price)
{
    WEFT_BEGIN;
    searches++;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(500)));
    price = 3;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_http_exchange http; // second
    weft_attempt attempt;
    find_price search;
    weft_permit turn;
    weft_timer timer;
    char reply[64];
} tea;

WEFT_ASYNC(tea)
{
    WEFT_BEGIN;
    if (!weft_http_is(&self->http, "GET", "/tea", NULL, 0)) {
        WEFT_AWAIT(weft_http_reply_status(co, &self->http, 404));
        WEFT_FINISH;
    }
    WEFT_TRY_ONCE(find_price, &self->search, &self->attempt, &price_is_known);

    WEFT_AWAIT(weft_acquire(co, &kettle, &self->turn));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(100)));
    pots++;
    weft_format(self->reply, sizeof self->reply, "pot %u: %u coins, %u search\n", pots, price, searches);
    weft_release(&self->turn);

    WEFT_TRY(&self->http, weft_http_reply(co, &self->http, 200, "text/plain", weft_text_z(self->reply)));

    WEFT_FINALLY;
    weft_release(&self->turn);
    WEFT_END;
}
WEFT_HTTP_SERVICE(tea);
