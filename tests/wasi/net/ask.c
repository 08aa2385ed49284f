// Sends a line to an address that it is built with, and shows what comes: the least that imports TCP.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_address address;
    uint8_t bytes[512];
} ask;

WEFT_ASYNC(ask)
{
    WEFT_BEGIN;
    if (weft_text_to_address(WEFT_TEXT("127.0.0.1:7"), &self->address))
        WEFT_FAIL(WEFT_EINVAL);
    WEFT_TRY(&self->conn, weft_tcp_connect_to(co, &self->conn, &self->address));
    WEFT_TRY(&self->conn.out, weft_write(co, &self->conn.out, WEFT_TEXT("hello\n")));
    WEFT_TRY(&self->conn.in, weft_bytes_read(co, &self->conn.in, self->bytes, sizeof self->bytes));
    WEFT_TRY(weft_stdout(), weft_bytes_write_all(co, weft_stdout(), self->bytes, self->conn.in.count));
    WEFT_FINALLY;
    weft_connection_close(&self->conn);
    WEFT_END;
}
WEFT_COMMAND(ask);
