# CMake toolchain: components for this machine, in the layout that they have on wasm32, to run in the native host (sim/).
# The compiler is gcc, or what CMAKE_C_COMPILER says, and g++, or what CMAKE_CXX_COMPILER says; they need 32-bit libraries
# (Debian: g++-multilib). With -DWEFT_SANITIZE=address,undefined or alike, all code of the project has these sanitizers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(WEFT_NATIVE ON)
set(CMAKE_C_FLAGS_INIT "-m32 -malign-double")
set(CMAKE_CXX_FLAGS_INIT "-m32 -malign-double -fno-exceptions") # as on WebAssembly
if(WEFT_SANITIZE)
  add_compile_options(-fsanitize=${WEFT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEFT_SANITIZE})
endif()
