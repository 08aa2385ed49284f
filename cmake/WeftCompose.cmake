# weft_compose(): one component of several; for weft's own tests and benchmarks.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# weft_compose(<target> <root> [OUTPUT <file>] [ON <component>...] [CONFIG <file>] [DEPENDS <target>...]): <target>.wasm, or
# OUTPUT, is the component <root> whose imports are filled in by those of ON, or as the configuration of `wasm-tools
# compose` says. All are targets of the current folder, or composed there; DEPENDS are those that the configuration names. Natively, it makes
# nothing: weft-sim composes when it runs.
function(weft_compose target root)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "OUTPUT;CONFIG" "ON;DEPENDS")
  if(NOT WEFT_WASM)
    return()
  endif()
  if(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.wasm)
  endif()
  set(dependencies)
  foreach(component ${arg_ON})
    list(APPEND dependencies -d ${component}.wasm)
    if(TARGET ${component}-composed)
      list(APPEND arg_DEPENDS ${component}-composed ${CMAKE_CURRENT_BINARY_DIR}/${component}.wasm)
    else()
      list(APPEND arg_DEPENDS ${component})
    endif()
  endforeach()
  if(arg_CONFIG)
    list(APPEND dependencies -c ${arg_CONFIG})
  endif()
  add_custom_command(OUTPUT ${arg_OUTPUT}
    COMMAND ${CMAKE_COMMAND} -P ${PROJECT_SOURCE_DIR}/cmake/quiet.cmake --
      ${WEFT_WASM_TOOLS} compose ${root}.wasm ${dependencies} -o ${arg_OUTPUT}
    DEPENDS ${root} ${arg_CONFIG} ${arg_DEPENDS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    COMMENT "Composing ${target}"
    VERBATIM)
  add_custom_target(${target}-composed ALL DEPENDS ${arg_OUTPUT})
endfunction()
