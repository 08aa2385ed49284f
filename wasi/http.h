// What the files of HTTP tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_HTTP_INTERNAL_H
#define WEFT_WASI_HTTP_INTERNAL_H

#include <weft/wasi/http_service.h>
#include "internal.h"
#include "weft_wasi_http.h"

typedef weft__wasi_http_types_error_code_t weft__http_code;

// The fields of the reply's head, made on first use.
weft__wasi_http_types_borrow_fields_t weft__http_fields(weft_http_exchange *it);

// Adds a header to *fields, made on first use.
weft_error weft__http_append(int32_t *fields, const char *name, weft_text value);

// Gives back the texts of the request.
void weft__http_forget(weft_http_exchange *it);

// What a code of the host's is here. Takes the code.
weft_error weft__http_error(weft__http_code *code);

#endif
