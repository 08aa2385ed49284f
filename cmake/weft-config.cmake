# find_package(weft): the targets weft::weft and weft::stderr, and the function weft_add_component().
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

include("${CMAKE_CURRENT_LIST_DIR}/weft-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/WeftComponent.cmake")
