// What is inline of bytes.h. Included by bytes.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_BYTES_INLINE_H
#define WEFT_WASI_DETAIL_BYTES_INLINE_H

static inline weft_poll weft_write(weft_coro *co, weft_bytes_writer *out, weft_text text)
{
    return weft_bytes_write_all(co, out, (const uint8_t *)text.at, text.length);
}

#endif
