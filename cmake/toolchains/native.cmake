# CMake toolchain: components for this machine, in the layout that they have on wasm32, to run in the native host (sim/).
# The compiler is gcc, or what CMAKE_C_COMPILER says; it needs a 32-bit libc (Debian: gcc-multilib).
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(CMAKE_C_FLAGS_INIT "-m32 -malign-double")
