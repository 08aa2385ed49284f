# CMake toolchain: components with Debian's clang-22, lld-22, libclang-rt-22-dev-wasm32 and wasi-libc; for C++ also libc++-22-dev-wasm32 and
# libc++abi-22-dev-wasm32.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

set(CMAKE_C_COMPILER clang-22)
set(CMAKE_CXX_COMPILER clang++-22)
set(CMAKE_AR llvm-ar-22)
set(CMAKE_RANLIB llvm-ranlib-22)

# Debian's wasi-libc lies in the folders of the triple's old name, which clang warns of.
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET wasm32-wasi)
endforeach()
set(CMAKE_C_FLAGS_INIT "-Wno-deprecated")
set(CMAKE_CXX_FLAGS_INIT "-Wno-deprecated -fno-exceptions") # which its libc++ has none of
# An overflow of the stack traps at address 0, as with zig, where it would else run into the data.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--stack-first")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
