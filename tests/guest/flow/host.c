// Flows over the host's own streams: the first line of standard input says what becomes of the rest.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// "forward" copies it; a number reads at most that many bytes to the end, and prints how many there were, and
// why it stopped, as a digit.
#include "host.h"
#include <stdlib.h>
#include <weft/weft.h>

typedef wasi_cli_stdin_result_void_error_code_t stdio_result;

WEFT_STREAM(bytes, wasi_cli_stdin_stream_u8, uint8_t);
WEFT_FLOW(bytes, uint8_t);
WEFT_LINES(bytes);
WEFT_FUTURE(result, wasi_cli_stdin_future_result_void_error_code, stdio_result);

typedef struct {
    weft_coro co;
    bytes_reader in;
    bytes_writer out;
    result_reader read, written;
    stdio_result outcome;
    weft_lines lines;
    weft_forward forward;
    weft_to_end to_end;
    bytes_buffer all;
    size_t limit;
    uint8_t *rest;
    size_t length;
    uint8_t buffer[100];
    char answer[32];
} host;

static weft_stepped host_run(weft_coro *co)
{
    host *self = weft_frame(co, host);
    WEFT_BEGIN;
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t input;
    wasi_cli_stdin_read_via_stream(&input);
    self->in = bytes_reader_of(input.f0);
    self->read = result_reader_of(input.f1);
    self->written = result_reader_of(wasi_cli_stdout_write_via_stream(bytes_new(&self->out)));

    bytes_lines(&self->lines, &self->in, self->buffer, sizeof self->buffer, WEFT_LINES_REFUSE);
    WEFT_AWAIT(weft_line_next(co, &self->lines));
    for (size_t i = 0; i < self->lines.length; i++)
        self->limit = self->limit * 10 + (size_t)(self->lines.line[i] - '0');
    if (self->lines.line[0] != 'f') {
        // What has come with the line stands in front.
        self->rest = weft_lines_rest(&self->lines, &self->length);
        self->all.capacity = self->length > self->limit ? self->length : self->limit + 1;
        self->all.items = weft_alloc(self->all.capacity);
        self->all.count = self->length;
        __builtin_memcpy(self->all.items, self->rest, self->length);
        WEFT_AWAIT(bytes_read_to_end(co, &self->to_end, &self->in, &self->all, self->limit));
        char *at = self->answer + sizeof self->answer - 1;
        *at = (char)('0' - self->to_end.error);
        *--at = ' ';
        size_t number = self->all.count;
        do {
            *--at = (char)('0' + number % 10);
            number /= 10;
        } while (number);
        self->rest = (uint8_t *)at;
        WEFT_AWAIT(bytes_write_all(co, &self->out, self->rest,
                                   (size_t)(self->answer + sizeof self->answer - (char *)self->rest)));
    } else {
        self->rest = weft_lines_rest(&self->lines, &self->length);
        WEFT_AWAIT(bytes_write_all(co, &self->out, self->rest, self->length));
        WEFT_AWAIT(bytes_forward(co, &self->forward, &self->in, &self->out, self->buffer, sizeof self->buffer));
    }
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);
    WEFT_AWAIT(result_read(co, &self->written, &self->outcome));
    exports_wasi_cli_run_result_void_void_t outcome = {.is_err = self->outcome.is_err};
    WEFT_RETURN(co, exports_wasi_cli_run_run, outcome);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    bytes_close_writer(&self->out);
    bytes_buffer_free(&self->all);
    result_close_reader(&self->read);
    result_close_reader(&self->written);
    WEFT_END;
}

WEFT_EXPORT_STEP(host, exports_wasi_cli_run_run, host, host_run, (void), );
