// What names.h is made of. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_NAMES_H
#define WEFT_WASI_DETAIL_NAMES_H

#define WEFT__PRIVATE_NAMES                                                                                    \
    weft_coro weft__co;                                                                                        \
    weft_text weft__host;                                                                                      \
    uint16_t weft__port;                                                                                       \
    weft_subtask weft__call;                                                                                   \
    uint64_t weft__result[3]; /* as the host has it */

#endif
