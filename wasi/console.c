// The standard streams of an instance.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/console.h>
#include "internal.h"
#include "weft_wasi_console.h"

static weft_error error_of(uint8_t code)
{
    switch (code) {
    case WASI_CLI_TYPES_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE:
        return WEFT_EILSEQ;
    case WASI_CLI_TYPES_ERROR_CODE_PIPE:
        return WEFT_EPIPE;
    default:
        return WEFT_EIO;
    }
}

// The bindings have three types, alike but for their names.
#define RESULT(stream)                                                                                         \
    typedef weft__wasi_cli_##stream##_result_void_error_code_t stream##_result;                                \
    static weft_error stream##_error(stream##_result *result)                                                  \
    {                                                                                                          \
        return result->is_err ? error_of(result->val.err) : WEFT_OK;                                           \
    }                                                                                                          \
    WEFT__BYTES_SOURCE(stream##_source, weft__wasi_cli_##stream##_future_result_void_error_code,               \
                       stream##_result, stream##_error)

RESULT(stdin);
RESULT(stdout);
RESULT(stderr);

static weft_bytes_reader in;
static weft_bytes_writer out, err;

// True if the end is closed, by the library or its user. One that is over is not closed.
static bool is_closed(const weft_op *op, const weft__bytes_result *result)
{
    return !op->handle && !result->told;
}

weft_bytes_reader *weft_stdin(void)
{
    if (is_closed(&in.op, &in.result)) {
        weft__wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t ends;
        weft__wasi_cli_stdin_read_via_stream(&ends);
        in = weft__bytes_reader_from(ends.f0, ends.f1, &stdin_source);
    }
    return &in;
}

weft_bytes_writer *weft_stdout(void)
{
    if (is_closed(&out.op, &out.result))
        weft__bytes_writer_to(&out, weft__wasi_cli_stdout_write_via_stream(weft_bytes_new(&out)),
                              &stdout_source);
    return &out;
}

weft_bytes_writer *weft_stderr(void)
{
    if (is_closed(&err.op, &err.result))
        weft__bytes_writer_to(&err, weft__wasi_cli_stderr_write_via_stream(weft_bytes_new(&err)),
                              &stderr_source);
    return &err;
}

bool weft_stdin_is_terminal(void)
{
    weft__wasi_cli_terminal_stdin_own_terminal_input_t terminal;
    if (!weft__wasi_cli_terminal_stdin_get_terminal_stdin(&terminal))
        return false;
    weft__wasi_cli_terminal_input_terminal_input_drop_own(terminal);
    return true;
}

bool weft_stdout_is_terminal(void)
{
    weft__wasi_cli_terminal_stdout_own_terminal_output_t terminal;
    if (!weft__wasi_cli_terminal_stdout_get_terminal_stdout(&terminal))
        return false;
    weft__wasi_cli_terminal_output_terminal_output_drop_own(terminal);
    return true;
}

bool weft_stderr_is_terminal(void)
{
    weft__wasi_cli_terminal_stderr_own_terminal_output_t terminal;
    if (!weft__wasi_cli_terminal_stderr_get_terminal_stderr(&terminal))
        return false;
    weft__wasi_cli_terminal_output_terminal_output_drop_own(terminal);
    return true;
}
