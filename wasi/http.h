// What the files of HTTP share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_HTTP_INTERNAL_H
#define WEFT_WASI_HTTP_INTERNAL_H

#include <weft/wasi/http_service.h>
#include "internal.h"
#include "weft_wasi_http.h"

typedef weft__wasi_http_types_error_code_t weft__http_code;

// The weft_error of a code of the host's. Takes the code.
weft_error weft__http_error(weft__http_code *code);

// The error of a body that has ended by `error`.
weft_error weft__http_body_error(weft_error error);

// The error of a cancelled async function: WEFT_ETIMEDOUT if its deadline, which may be NULL, has expired.
weft_error weft__http_cut(const weft_deadline *deadline);

// A future that tells the host how a body was received: well, whatever came of it. 0: there is no memory.
uint32_t weft__http_received(void);

// The body of a request or response. Takes both the request or response and the future `received`.
typedef weft__wasi_http_types_tuple2_stream_u8_future_result_option_own_trailers_error_code_t
    weft__http_contents;
weft__http_contents weft__http_request_body(int32_t request, uint32_t received);
weft__http_contents weft__http_response_body(int32_t response, uint32_t received);

// Reads the rest of a body in weft__http_collect_run: *error tells how.
void weft__http_collect_from(weft__http_collect *self, weft_bytes_reader *in, weft_bytes_buffer *buffer,
                             size_t limit, weft_error *error, const weft_deadline *deadline);
weft_stepped weft__http_collect_run(weft_coro *co);

// The names of the methods that HTTP has, by their tags.
extern const char *const weft__http_methods[WASI_HTTP_TYPES_METHOD_OTHER];

// A number in decimal, at the end of `digits`.
weft_text weft__decimal(uint64_t number, char digits[20]);

// *fields, which is made on first use. Append adds a header. Set puts it in place of all of its name, or with
// NULL at `at` takes these out. WEFT_EHEADER if it is not valid or not allowed, or there are too many.
weft__wasi_http_types_borrow_fields_t weft__http_made(int32_t *fields);
weft_error weft__http_append(int32_t *fields, weft_text name, weft_text value);
// Appends several, whose names are UTF-8: in one call if there are no others yet.
weft_error weft__http_append_all(int32_t *fields, const weft_http_header *headers, size_t count);
weft_error weft__http_set(int32_t *fields, weft_text name, weft_text value);
void weft__http_drop_fields(int32_t *fields);

// All headers of `fields`, which it takes; the value of the first of a name; and the end of them.
weft__http_headers weft__http_all_of(weft__wasi_http_types_own_fields_t fields);
weft_text weft__http_value(const weft__http_headers *headers, const char *name);
void weft__http_free_headers(weft__http_headers *headers);

// Around a call of `send`, or of the next handler, whose request and result are in it->weft__run. The first
// begins with the host's `status` of it. The second takes the response, or tells how the call failed.
struct weft_fetch;
void weft__fetch_call(weft_coro *co, struct weft_fetch *it, uint32_t status);
void weft__fetch_take(struct weft_fetch *it);

// Closes what `it` had, and forgets it.
void weft__fetch_reset(struct weft_fetch *it);

// Replies with a response.
void weft__http_return(weft_coro *co, weft_http_exchange *it, int32_t response);

#endif
