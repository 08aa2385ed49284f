// HTTP: what services and clients share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_HTTP_H
#define WEFT_WASI_HTTP_H

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// A header. Names from the host are in lower case; hosts may give several of one name behind each other.
typedef struct weft_http_header {
    weft_text name;
    weft_text value;
} weft_http_header;

// The usual words for a status, such as "Not Found" for 404; "" if there are none. Static.
const char *weft_http_status_text(int status);

// Takes the first item `name=value` off the front of *items, the items of a query or a form. False when there
// is none. Name and value are as they came: weft_http_decode makes them readable.
bool weft_http_next_item(weft_text *items, weft_text *name, weft_text *value);

// The value of the first item of that name in a query or a form; NULL at `at` if there is none.
weft_text weft_http_item(weft_text items, const char *name);

// Decodes percent signs, and with `plus_is_space`, as in a query or a form, `+`. Writes *length bytes to `room`
// bytes at `bytes`, which may be where the text is. WEFT_EINVAL: a percent sign without two digits.
// WEFT_ELIMIT: they do not fit.
weft_error weft_http_decode(weft_text text, bool plus_is_space, char *bytes, size_t room, size_t *length);

// Takes the first cookie `name=value` off the front of *cookies, a `cookie` header.
bool weft_http_next_cookie(weft_text *cookies, weft_text *name, weft_text *value);

// The media type in a header content-type, without its parameters: "text/html" of "text/html; charset=utf-8".
weft_text weft_http_media_type(weft_text header);

// True if `header`, an if-none-match, is "*" or has `etag`, which is in its quotes: then the client has it. A
// W/ before either does not count. Spec: RFC 9110, 8.8.3.2 and 13.1.2.
bool weft_http_has_etag(weft_text header, weft_text etag);

// True if `path` is like `pattern`, such as "/items/{id}/parts" or "/files/{path*}". Each name in braces stands
// for one part between slashes. The last one, with a star, stands for all that is left. values[i] is what the
// i-th stands for, not decoded, up to `room` of them.
bool weft_http_path_is(weft_text path, const char *pattern, weft_text *values, size_t room);

// Where `link` leads to from the page at `base`, as a C string of *length bytes in `room` bytes at `url`. It is
// an address of http or https with its host in lower case, without dots in its path, and without what stands
// behind a `#`. Without a base, {0}, `link` has to be a whole one. WEFT_EURI: `link` or `base` is not of http
// or https, has a user in it, or is not UTF-8. WEFT_ELIMIT: it does not fit. WEFT_ENOMEM: a block is allocated
// meanwhile. Spec: RFC 3986, 5.2.
weft_error weft_url_resolve(weft_text base, weft_text link, char *url, size_t room, size_t *length);

// True if both are addresses, of the same scheme, host and port as they are written.
bool weft_url_same_origin(weft_text one, weft_text other);

#ifdef __cplusplus
}
#endif

#endif
