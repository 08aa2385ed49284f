# Runs a command, and shows what it says only if it fails: cmake -P quiet.cmake -- <command> <argument>...
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(command)
set(begun OFF)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(begun)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(begun ON)
  endif()
endforeach()
execute_process(COMMAND ${command} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  list(JOIN command " " command)
  message(NOTICE "${command}\n${said}")
  message(FATAL_ERROR "that failed: ${failed}")
endif()
