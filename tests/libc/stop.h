// What stops a test's server: a line on standard input.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef STOP_H
#define STOP_H

#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_tcp_server *server;
    uint8_t byte;
} stop;

WEFT_ASYNC(stop)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_bytes_read(co, weft_stdin(), &self->byte, 1));
    weft_tcp_stop(self->server);
    WEFT_END;
}

#endif
