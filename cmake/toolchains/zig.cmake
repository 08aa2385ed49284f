# CMake toolchain: components with `zig cc`, which brings its own clang, linker and wasi-libc. The default of the presets.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

find_program(WEFT_ZIG zig
  HINTS "${CMAKE_CURRENT_LIST_DIR}/../../.tools/bin"
  NO_CMAKE_FIND_ROOT_PATH
  DOC "The zig executable")
if(NOT WEFT_ZIG)
  include("${CMAKE_CURRENT_LIST_DIR}/../missing.cmake")
  weft_missing(WEFT_ZIG)
endif()

set(CMAKE_C_COMPILER "${WEFT_ZIG}" cc)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)

# zig checks for undefined behaviour and guards the stack. The messages of the first and the random number of the second
# would need WASI preview 1, which no component here has: the checks trap, in Debug builds, and the guard is left out.
set(CMAKE_C_FLAGS_INIT "-fsanitize-trap=undefined -fno-stack-protector")
foreach(type RELEASE RELWITHDEBINFO)
  set(CMAKE_C_FLAGS_${type}_INIT "-fno-sanitize=undefined")
endforeach()
# CMake's own is -Os, which is also what zig makes of -Oz.
set(CMAKE_C_FLAGS_MINSIZEREL "-Os -Xclang -Oz -DNDEBUG -fno-sanitize=undefined" CACHE STRING "")

# `zig ar` is two words, and CMAKE_AR takes one: spell the rules out instead.
set(CMAKE_C_ARCHIVE_CREATE "\"${WEFT_ZIG}\" ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "\"${WEFT_ZIG}\" ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "\"${WEFT_ZIG}\" ranlib <TARGET>")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
