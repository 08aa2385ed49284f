# CMake toolchain: components with Debian's clang-22, lld-22, libclang-rt-22-dev-wasm32 and wasi-libc.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

set(CMAKE_C_COMPILER clang-22)
set(CMAKE_AR llvm-ar-22)
set(CMAKE_RANLIB llvm-ranlib-22)

# Debian's wasi-libc lies in the folders of the triple's old name, which clang warns of.
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_C_FLAGS_INIT "-Wno-deprecated")
# An overflow of the stack traps at address 0, as with zig, where it would else run into the data.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--stack-first")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
