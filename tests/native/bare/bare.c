// A service that hands each request on, and its response back, and asks for neither's body.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bare.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    weft_subtask call;
    exports_wasi_http_handler_own_request_t given;
    wasi_http_client_result_own_response_error_code_t result;
} handle;

static exports_wasi_http_handler_result_own_response_error_code_t response_of(const handle *self)
{
    return (exports_wasi_http_handler_result_own_response_error_code_t){
        .val.ok = {self->result.val.ok.__handle}};
}

WEFT_ASYNC(handle)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(
        co, &self->call,
        wasi_http_client_send((wasi_http_client_own_request_t){self->given.__handle}, &self->result)));
    WEFT_RETURN(co, exports_wasi_http_handler_handle, response_of(self));
    WEFT_END;
}

WEFT_EXPORT(bare, exports_wasi_http_handler_handle, handle, (exports_wasi_http_handler_own_request_t request),
            .given = request);
