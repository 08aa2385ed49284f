// What a component in Rust has of C.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
typedef int nothing;
