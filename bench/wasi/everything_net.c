// The other half of everything.c. There is one command in a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

#undef WEFT_COMMAND
#define WEFT_COMMAND(T)                                                                                        \
    __attribute__((used)) static weft_step *const steps[] = {T##__step, tcp__step, udp__step}

#include "../../tests/compile/wasi_net.c"

__attribute__((used)) static size_t (*const functions[])(weft_text, weft_address *) = {addresses};
