// The ends of a body, on Weft's core: for who has included the bindings of wasi:http/types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/weft.h>

#define TYPES(name) wasi_http_types_##name

typedef TYPES(result_option_own_trailers_error_code_t) trailers_result;
typedef TYPES(result_void_error_code_t) done_result;

WEFT_STREAM(bytes, wasi_http_types_stream_u8, uint8_t);
WEFT_FUTURE(trailers, wasi_http_types_future_result_option_own_trailers_error_code, trailers_result);
WEFT_FUTURE(done, wasi_http_types_future_result_void_error_code, done_result);
