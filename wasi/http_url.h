// The parts of an address.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_HTTP_URL_H
#define WEFT_WASI_HTTP_URL_H

#include <weft/hooks.h>
#include <weft/wasi/http_client.h>

// WEFT_EURI: not of http or https, without a host, with a user, or not UTF-8.
weft_error weft__url_split(weft_text text, weft__url *url);

bool weft__url_same_origin(const weft__url *a, const weft__url *b);

// Where a reference in `base` leads to; base NULL: the reference alone. The texts of *url are in a new block of
// *block_size bytes, which begins with url->all. What stands behind a `#` is left out. WEFT_EURI, WEFT_ENOMEM:
// nothing is allocated. Spec: RFC 3986, 5.2.
weft_error weft__url_resolve(const weft__url *base, weft_text reference, weft__url *url, size_t *block_size);

#endif
