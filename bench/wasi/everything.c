// All of weft/wasi.h in one module, for its size: each public function is called, as a test of the headers has
// it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../../tests/compile/wasi.c"

// What nothing calls.
__attribute__((used)) static weft_step *const steps[] = {times__step, files__step};
__attribute__((used)) static void (*const functions[])(void) = {
    (void (*)(void))texts,     (void (*)(void))formats, (void (*)(void))randoms,
    (void (*)(void))is_strict, (void (*)(void))dates,   (void (*)(void))pass,
};
