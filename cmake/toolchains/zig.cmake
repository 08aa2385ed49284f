# CMake toolchain: components with `zig cc` and `zig c++`, which bring their own clang, linker, wasi-libc and libc++. The default of the presets.
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
set(CMAKE_CXX_COMPILER "${WEFT_ZIG}" c++)

# zig checks for undefined behaviour and guards the stack. The messages of the first and the random number of the second
# would need WASI preview 1, which no component here has: the checks trap, in Debug builds, and the guard is left out.
set(checks "-fsanitize-trap=undefined -fno-stack-protector")
set(CMAKE_C_FLAGS_INIT "${checks}")
set(CMAKE_CXX_FLAGS_INIT "${checks} -fno-exceptions") # which its libc++ has none of
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_TARGET wasm32-wasi)
  foreach(type RELEASE RELWITHDEBINFO)
    set(CMAKE_${language}_FLAGS_${type}_INIT "-fno-sanitize=undefined")
  endforeach()
  # CMake's own is -Os, which is also what zig makes of -Oz.
  set(CMAKE_${language}_FLAGS_MINSIZEREL "-Os -Xclang -Oz -DNDEBUG -fno-sanitize=undefined" CACHE STRING "")

  # `zig ar` is two words, and CMAKE_AR takes one: spell the rules out instead.
  set(CMAKE_${language}_ARCHIVE_CREATE "\"${WEFT_ZIG}\" ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "\"${WEFT_ZIG}\" ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "\"${WEFT_ZIG}\" ranlib <TARGET>")
endforeach()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
