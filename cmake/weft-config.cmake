# find_package(weft): the targets weft::weft and those beside it, for WebAssembly or for the native host, as the toolchain file
# says, and the function weft_add_component().
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(weft_platform wasm32)
set(weft_installs install)
if(WEFT_NATIVE)
  set(weft_platform native)
  set(weft_installs install-native)
endif()
if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/weft-${weft_platform}.cmake")
  set(weft_FOUND FALSE)
  set(weft_NOT_FOUND_MESSAGE "it is not installed for ${weft_platform}: run `make ${weft_installs}` in Weft's repository")
  return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/weft-${weft_platform}.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/WeftComponent.cmake")
