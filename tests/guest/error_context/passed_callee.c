// Gives an error context back. Bound by hand: wit-bindgen c does not know the type.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/error_context.h>

__attribute__((export_name("weft:passed/peer#back"))) uint32_t back(uint32_t it);

uint32_t back(uint32_t it)
{
    return it;
}
