// Options that a caller sets by their names. Included by the headers that have some.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_OPTIONS_H
#define WEFT_WASI_DETAIL_OPTIONS_H

#include "../../async.h"

#pragma GCC system_header // the user is not warned of what stands here

// `call` uses weft__options, of that type, zeroed but for what the caller sets.
#define WEFT__WITH_OPTIONS(type, call, ...)                                                                    \
    __extension__({                                                                                            \
        type weft__options;                                                                                    \
        __builtin_memset(&weft__options, 0, sizeof weft__options);                                             \
        WEFT__SET(&weft__options, __VA_ARGS__)                                                                 \
        call;                                                                                                  \
    })

#endif
