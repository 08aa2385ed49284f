// A service whose bodies are streams of the host: of a file, after a while, and of a peer, at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_file file;
    weft_connection conn;
    weft_bytes_reader in;
    weft_timer timer;
    weft_text words[1];
    uint64_t port;
} handed;

WEFT_ASYNC(handed)
{
    weft_http_exchange *it = &self->http;
    WEFT_BEGIN;
    if (weft_http_path_is(weft_http_path(it), "/file", NULL, 0)) {
        WEFT_TRY(&self->file, weft_file_open(co, &self->file, "d/text"));
        self->in = weft_file_reader(&self->file, 0);
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(1)));
        weft_http_begin_with(co, it, 200, &self->in);
    } else if (weft_http_path_is(weft_http_path(it), "/peer/{port}", self->words, 1)) {
        weft_text_to_u64(self->words[0], &self->port);
        weft_address peer = {.family = WEFT_IPV4, .ip = {127, 0, 0, 1}, .port = (uint16_t)self->port};
        WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &peer));
        weft_http_begin_with(co, it, 200, &self->conn.in);
    }
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_file_close(&self->file);
    weft_connection_close(&self->conn);
    WEFT_END;
}
WEFT_HTTP_SERVICE(handed);
