// A command that copies its standard input to its standard output.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cat.h"
#include <weft/weft.h>

typedef wasi_cli_stdin_result_void_error_code_t stdio_result;

WEFT_STREAM(bytes, wasi_cli_stdin_stream_u8, uint8_t);
WEFT_FUTURE(result, wasi_cli_stdin_future_result_void_error_code, stdio_result);

typedef struct {
    weft_coro co;
    bytes_reader in;
    bytes_writer out;
    result_reader read, written;
    stdio_result outcome;
    uint8_t buffer[65536];
} cat;

WEFT_ASYNC(cat)
{
    WEFT_BEGIN;

    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t input;
    wasi_cli_stdin_read_via_stream(&input);
    self->in = bytes_reader_of(input.f0);
    self->read = result_reader_of(input.f1);
    self->written = result_reader_of(wasi_cli_stdout_write_via_stream(bytes_new(&self->out)));

    do {
        WEFT_AWAIT(bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
        WEFT_AWAIT(bytes_write_all(co, &self->out, self->buffer, self->in.count));
    } while (!weft_dropped(&self->in) && !weft_dropped(&self->out));
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);

    WEFT_AWAIT(result_read(co, &self->read, &self->outcome));
    if (!self->outcome.is_err)
        WEFT_AWAIT(result_read(co, &self->written, &self->outcome));
    exports_wasi_cli_run_result_void_void_t outcome = {.is_err = self->outcome.is_err};
    WEFT_RETURN(co, exports_wasi_cli_run_run, outcome);

    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);
    result_close_reader(&self->read);
    result_close_reader(&self->written);
    WEFT_END;
}

WEFT_EXPORT(cat, exports_wasi_cli_run_run, cat, (void));
