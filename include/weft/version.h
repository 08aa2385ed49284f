// The version of Weft: of the headers at compile time, and of the library that is linked.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_VERSION_H
#define WEFT_VERSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// As of SemVer. Until 1.0.0, a minor version may change names.
#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0

// As one number that grows with each release, for comparisons such as #if WEFT_VERSION >= 100.
#define WEFT_VERSION (WEFT_VERSION_MAJOR * 10000 + WEFT_VERSION_MINOR * 100 + WEFT_VERSION_PATCH)

// WEFT_VERSION of the library.
uint32_t weft_version(void);

#ifdef __cplusplus
}
#endif

#endif
