// Random numbers of the host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing fails, and nothing waits. weft_random_bytes and weft_insecure_bytes take up to 64 KiB of malloc's
// memory for the time of the call, as the host's results do. WASI: wasi:random/{random,insecure}.
#ifndef WEFT_WASI_RANDOM_H
#define WEFT_WASI_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Fit for keys: nobody can guess them.
void weft_random_bytes(void *bytes, size_t count);
uint64_t weft_random_u64(void);

// From 0 to below `bound`, each as likely as the others. With 0, any of 64 bits.
uint64_t weft_random_below(uint64_t bound);

// The same for all that needs no secret: they may be faster, and be guessed.
void weft_insecure_bytes(void *bytes, size_t count);
uint64_t weft_insecure_u64(void);
uint64_t weft_insecure_below(uint64_t bound);

#ifdef __cplusplus
}
#endif

#endif
