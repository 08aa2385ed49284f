// The version of the library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/version.h>

uint32_t weft_version(void)
{
    return WEFT_VERSION;
}
