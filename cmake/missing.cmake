# weft_missing(<variable>): stops, because what tools/setup.py installs was not found and put into the variable.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

function(weft_missing variable)
  get_property(what CACHE ${variable} PROPERTY HELPSTRING)
  set(command "run `make setup` in Weft's repository, and add its .tools/bin to PATH")
  if(EXISTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tools/setup.py")
    file(REAL_PATH "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tools/setup.py" setup)
    set(command "run `python3 ${setup}`")
  endif()
  message(FATAL_ERROR "weft: ${what} was not found: ${command}, or set ${variable}")
endfunction()
