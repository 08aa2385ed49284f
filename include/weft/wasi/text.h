// Texts: bytes with a length, which need no zero behind them and no copy.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A weft_text points to bytes of somebody else. What the library hands out stays until the thing that it came
// from is closed. What you pass in must stay until the wait that takes it ends. Nothing here allocates.
#ifndef WEFT_WASI_TEXT_H
#define WEFT_WASI_TEXT_H

#include "../detail/language.h"
#include "../error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Zero-initialised is the empty text.
typedef struct weft_text {
    const char *at; // not ended by a zero
    size_t length;  // bytes
} weft_text;

// The text of a string literal; the second is for the initialiser of something static.
#define WEFT_TEXT(literal) (WEFT__LITERAL(weft_text) WEFT_TEXT_INIT(literal))
#define WEFT_TEXT_INIT(literal) {"" literal, sizeof(literal) - 1}

// The text of a C string; empty for NULL.
weft_text weft_text_z(const char *string);
weft_text weft_text_of(const void *bytes, size_t length);

// Copies the text with a zero behind it to `room` bytes at `string`. WEFT_ELIMIT if it does not fit,
// WEFT_EINVAL if it has a zero inside: `string` is empty then.
weft_error weft_text_to_z(weft_text text, char *string, size_t room);

// True if both are the same bytes.
bool weft_text_equal(weft_text a, weft_text b);
bool weft_text_equal_z(weft_text a, const char *b);
// The same whatever the case of ASCII letters, as names of headers and hosts are compared.
bool weft_text_alike(weft_text a, weft_text b);
bool weft_text_alike_z(weft_text a, const char *b);
// Below, at or above 0, in the order of the bytes.
int weft_text_compare(weft_text a, weft_text b);
// True if the text begins, or ends, with `with`.
bool weft_text_starts(weft_text text, weft_text with);
bool weft_text_ends(weft_text text, weft_text with);

// True if it is valid UTF-8, as a `string` of the component model must be: the host ends a component that
// passes another. The library checks what it passes on.
bool weft_text_is_utf8(weft_text text);

// Where `part` begins in the text; the text's length if it is not in it.
size_t weft_text_find(weft_text text, weft_text part);

// Bytes `from` to before `to`, clamped to the text.
weft_text weft_text_slice(weft_text text, size_t from, size_t to);

// Without the spaces, tabs, and ends of lines around it.
weft_text weft_text_trim(weft_text text);

// Takes the next field of a list, the part before the first `separator`, off the front of *rest, and the
// separator with it. False when nothing is left: "a,,b" has three parts, "" none, "a," one.
bool weft_text_next(weft_text *rest, char separator, weft_text *part);

// The number that all of the text is: decimal digits, and for an int64_t a sign. WEFT_EINVAL if it is none,
// WEFT_EOVERFLOW if it does not fit; *number stays as it was.
weft_error weft_text_to_u64(weft_text text, uint64_t *number);
weft_error weft_text_to_i64(weft_text text, int64_t *number);
// The same for one from `least` to `most`; WEFT_EOVERFLOW if it is another.
weft_error weft_text_to_number(weft_text text, int64_t least, int64_t most, int64_t *number);
// As the first in hexadecimal, without a prefix. Errors as above.
weft_error weft_text_to_hex(weft_text text, uint64_t *number);

// In ns: the sum of numbers with their units, such as "1h30m", "1.5s" or "250ms". Units are d, h, m, s, ms, us
// and ns; 0 needs none. Errors as above.
weft_error weft_text_to_duration(weft_text text, uint64_t *ns);
// In bytes: a number, and k, M, G or T, of either case, for a power of 1024, which B or iB may follow. Errors
// as above.
weft_error weft_text_to_size(weft_text text, uint64_t *bytes);
// 1, true, yes or on; 0, false, no or off; of either case. WEFT_EINVAL if it is none of these.
weft_error weft_text_to_bool(weft_text text, bool *yes);

#ifdef __cplusplus
}
#endif

#endif
