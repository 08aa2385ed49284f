// What an outbox is made of. Included by outbox.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_OUTBOX_H
#define WEFT_WASI_DETAIL_OUTBOX_H

#define WEFT__PRIVATE_OUTBOX                                                                                   \
    weft_coro weft__writer;                                                                                    \
    weft_coro weft__drain;                                                                                     \
    size_t weft__most; /* of that */                                                                           \
    weft_scope weft__scope;                                                                                    \
    weft_child weft__child;                                                                                    \
    weft_bytes_writer *weft__out; /* NULL: it is closed */                                                     \
    size_t weft__limit;                                                                                        \
    weft_bytes_buffer weft__next, weft__sent; /* by the next write; by the one in flight */                    \
    weft_event weft__some, weft__less;        /* waits */

#endif
