# weft_add_component(): turns C or C++ sources and a WIT folder into a WebAssembly component.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# weft_add_component(<name>
#   SOURCES <file>...            the sources, C or C++ (the bindings are C: a project in C++ has LANGUAGES C CXX)
#   [WIT <file or folder>]       the WIT of the component; a program that gets by with weft/wasi.h has none
#   [WORLD <world>]              the world in it to build: its bindings are <world>.h
#   [LIBRARIES <library>...]     more to link (weft::weft always is)
#   [COMPILE_OPTIONS <option>...] for the sources; the generated bindings never warn. Errors by default are a wait or a status that is
#                                dropped (-Werror=unused-result), and with clang and zig a local variable that may not have its value,
#                                such as one that lives across an await (-Werror=conditional-uninitialized)
#   [BINDGEN_OPTIONS <option>...] more for wit-bindgen c, such as --sync export:<package>/<interface>#<function>
#   [WIT_DEPS 0.3|none]          add WASI 0.3's packages to the WIT; the default is 0.3, or none if WIT has a deps folder
#   [STDERR ON|OFF]              show Weft's messages on standard error, through WASI 0.2; the default is ON in Debug only:
#                                a component so made imports wasi:cli/stderr and wasi:io/streams beside its own world
#   [TRACE ON|OFF]               write a Chrome trace there, and import wasi:clocks, too; needs a weft built with WEFT_TRACE. The
#                                default is WEFT_TRACE_JSON, which is OFF
#   [HEAP ON|OFF]                OFF leaves libc's heap out, a kilobyte: for a world whose calls carry no strings and no lists. Each
#                                export then has memory for one call at a time (see weft_limit_calls), or what your weft_alloc gives
#   [FIBERS threads|asyncify|none] with the fibers of weft/fiber.h: on the host's threads, which wasmtime has behind the flag
#                                -W component-model-threading; or on any host, with code that Binaryen's wasm-opt adds. none: a
#                                program that asks whether it runs on one, as libc does, and never does
#   [LIBC]                       the sources are a C program with `int main`, unchanged: a command whose main runs in a fiber, by
#                                default on asyncify, and in which all of libc's calls wait. With FIBERS none, it has the
#                                component's stack, and is the fastest. docs/libc.md says what there is
#   [LTO ON|OFF]                 optimise across files, Weft's and the bindings' among them; the default is WEFT_LTO, or if that is
#                                not set, ON in Release and MinSizeRel, but for LIBC with FIBERS threads or none: their setjmp needs OFF
#   [STRIP none|debug|all])      what to drop: nothing (default in Debug, RelWithDebInfo), debug information but not the
#                                names in backtraces (default), or the names too (default in MinSizeRel)
#
# The bindings are wit-bindgen's with its faults mended, by bindings.py. What of libc a component cannot have, such as printf,
# stops the build with a message, by component.py.
#
# Makes the target <name>, an executable that links to <name>.core.wasm, and turns that into <name>.wasm in the current
# binary folder. The target's property WEFT_COMPONENT is the path of <name>.wasm. The usual target_...() commands work.
#
# Under toolchains/native.cmake, it makes <name>.so instead, for the native host: see WeftNative.cmake. STDERR, TRACE, HEAP and
# STRIP are then of no use: messages go to standard error.

if(WEFT_NATIVE)
  include("${CMAKE_CURRENT_LIST_DIR}/WeftNative.cmake")
endif()

# The tools and the WIT files of WASI: of tools/setup.py in weft's repository, or beside an installed weft; else those of
# another checkout, whose zig, or whose tools, were found by the toolchain file, or in PATH.
get_filename_component(weft_tools "${WEFT_ZIG}" DIRECTORY)
list(PREPEND weft_tools "${CMAKE_CURRENT_LIST_DIR}/../.tools/bin")
find_program(WEFT_WASM_TOOLS wasm-tools HINTS ${weft_tools} NO_CMAKE_FIND_ROOT_PATH DOC "The wasm-tools executable")
find_program(WEFT_WIT_BINDGEN wit-bindgen HINTS ${weft_tools} NO_CMAKE_FIND_ROOT_PATH DOC "The wit-bindgen executable")
find_program(WEFT_WASM_OPT wasm-opt HINTS ${weft_tools} NO_CMAKE_FIND_ROOT_PATH
  DOC "The wasm-opt executable, which FIBERS asyncify needs,")
get_filename_component(weft_tools "${WEFT_WIT_BINDGEN}" DIRECTORY)
find_path(WEFT_WASI_WIT 0.3/http.wit
  HINTS "${CMAKE_CURRENT_LIST_DIR}/../.tools/wit" "${CMAKE_CURRENT_LIST_DIR}/wit" "${weft_tools}/../wit"
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
  DOC "The folder with the WIT files of WASI")

foreach(needed WEFT_WIT_BINDGEN WEFT_WASM_TOOLS WEFT_WASI_WIT)
  if(NOT ${needed})
    include("${CMAKE_CURRENT_LIST_DIR}/missing.cmake")
    weft_missing(${needed})
  endif()
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
# What was found may be a script of a version manager, which takes longer to find Python than ours take to run.
execute_process(COMMAND "${Python3_EXECUTABLE}" -c "import sys; print(sys.executable)"
  OUTPUT_VARIABLE weft_python OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(WEFT_PYTHON "${weft_python}" CACHE INTERNAL "Python, where the module that finds it was not called, too")
set(weft_scripts "${CMAKE_CURRENT_LIST_DIR}" CACHE INTERNAL "The folder of what weft_add_component() runs")

# weft_wit_bindings(<sources-variable> <name> <wit> <world> <deps> [PREFIX <prefix>] [<option>...]): generates C bindings;
# for weft's own use. <deps> is a folder of packages to add to the WIT, or empty; the prefix goes before the names of
# interfaces; the options are wit-bindgen's. Sets the variable to the sources to compile and link.
function(weft_wit_bindings sources name wit world deps)
  cmake_parse_arguments(PARSE_ARGV 5 arg "" PREFIX "")
  get_filename_component(wit "${wit}" ABSOLUTE)
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/${name}.bindings")
  if(IS_DIRECTORY "${wit}")
    set(copy copy_directory "${wit}" "${directory}/wit")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${wit}/*.wit")
  elseif(EXISTS "${wit}")
    set(copy copy "${wit}" "${directory}/wit")
    set(files "${wit}")
  else()
    message(FATAL_ERROR "weft: no such WIT file or folder: ${wit}")
  endif()
  set(copy_deps)
  if(deps)
    set(copy_deps COMMAND "${CMAKE_COMMAND}" -E copy_directory "${deps}" "${directory}/wit/deps")
    file(GLOB_RECURSE deps_files "${deps}/*.wit")
    list(APPEND files ${deps_files})
  endif()

  string(REPLACE "-" "_" stem "${world}")
  set(generated "${directory}/${stem}.c" "${directory}/${stem}_component_type.o")
  add_custom_command(
    OUTPUT ${generated} "${directory}/${stem}.h"
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${directory}/wit"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${directory}/wit"
    COMMAND "${CMAKE_COMMAND}" -E ${copy}
    ${copy_deps}
    COMMAND "${WEFT_PYTHON}" "${weft_scripts}/bindings.py" --wit-bindgen "${WEFT_WIT_BINDGEN}" --wasm-tools "${WEFT_WASM_TOOLS}"
      --wit "${directory}/wit" --world "${world}" --output "${directory}" --prefix "${arg_PREFIX}" -- ${arg_UNPARSED_ARGUMENTS}
    DEPENDS ${files} "${weft_scripts}/bindings.py"
    COMMENT "Generating bindings of ${world} for ${name}"
    VERBATIM)
  # The generated code has warnings that are not ours to mend.
  set_source_files_properties("${directory}/${stem}.c" PROPERTIES COMPILE_OPTIONS -w)
  set_source_files_properties("${directory}/${stem}_component_type.o" PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  set(${sources} ${generated} PARENT_SCOPE)
endfunction()

# weft_strip(<commands-variable> <file> <none|debug|all>): sets it to the commands that drop so much of a module or component;
# for weft's own use. The linker leaves room in each number for the largest; printed and parsed, a file is a twelfth smaller.
function(weft_strip commands file what)
  if(what STREQUAL "none")
    set(${commands} "" PARENT_SCOPE)
  elseif(what MATCHES "^(debug|all)$")
    set(${commands}
      COMMAND "${WEFT_WASM_TOOLS}" strip $<$<STREQUAL:${what},all>:--all> "${file}" -o "${file}"
      COMMAND "${WEFT_WASM_TOOLS}" print "${file}" -o "${file}.wat"
      COMMAND "${WEFT_WASM_TOOLS}" parse "${file}.wat" -o "${file}"
      COMMAND "${CMAKE_COMMAND}" -E rm "${file}.wat"
      PARENT_SCOPE)
  endif()
endfunction()

function(weft_add_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LIBC" "WIT;WORLD;WIT_DEPS;STDERR;TRACE;HEAP;FIBERS;LTO;STRIP"
    "SOURCES;LIBRARIES;COMPILE_OPTIONS;BINDGEN_OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weft_add_component(${name}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "weft_add_component(${name}): SOURCES is missing")
  elseif(arg_WIT AND NOT arg_WORLD)
    message(FATAL_ERROR "weft_add_component(${name}): WORLD is missing: the world in WIT to build")
  elseif(NOT arg_WIT AND arg_WORLD)
    message(FATAL_ERROR "weft_add_component(${name}): WIT is missing")
  endif()
  if(NOT CMAKE_C_COMPILER_LOADED)
    message(FATAL_ERROR "weft_add_component(${name}): the bindings are C: write project(... LANGUAGES C CXX)")
  endif()
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "WASI" AND NOT WEFT_NATIVE)
    message(FATAL_ERROR "weft_add_component(${name}): a toolchain file for WASI is needed, or weft's native.cmake: "
      "-DCMAKE_TOOLCHAIN_FILE=...")
  endif()
  if(arg_WIT AND NOT DEFINED arg_WIT_DEPS)
    get_filename_component(wit "${arg_WIT}" ABSOLUTE)
    if(IS_DIRECTORY "${wit}/deps")
      set(arg_WIT_DEPS none)
    else()
      set(arg_WIT_DEPS 0.3)
    endif()
  endif()
  if(NOT DEFINED arg_WIT_DEPS OR arg_WIT_DEPS STREQUAL none)
    set(deps "")
  elseif(arg_WIT_DEPS STREQUAL 0.3)
    set(deps "${WEFT_WASI_WIT}/0.3")
  else()
    message(FATAL_ERROR "weft_add_component(${name}): WIT_DEPS is 0.3 or none")
  endif()

  if(arg_LIBC AND arg_WIT)
    message(FATAL_ERROR "weft_add_component(${name}): LIBC makes a command, which has no WIT: link weft::libc instead (LIBRARIES)")
  elseif(arg_LIBC AND CMAKE_C_COMPILER_TARGET MATCHES "wasip[2-9]")
    message(FATAL_ERROR "weft_add_component(${name}): LIBC needs a libc that asks for WASI preview 1: the target wasm32-wasi")
  endif()
  if(arg_LIBC AND NOT DEFINED arg_FIBERS)
    set(arg_FIBERS asyncify)
  elseif("weft::lua" IN_LIST arg_LIBRARIES AND NOT DEFINED arg_FIBERS)
    set(arg_FIBERS none) # it waits by Lua's own yields
  endif()
  if(DEFINED arg_FIBERS AND NOT arg_FIBERS MATCHES "^(threads|asyncify|none)$")
    message(FATAL_ERROR "weft_add_component(${name}): FIBERS is threads, asyncify or none")
  elseif(DEFINED arg_FIBERS)
    list(APPEND arg_LIBRARIES weft::fiber_$<IF:$<BOOL:${WEFT_NATIVE}>,native,${arg_FIBERS}>)
  elseif(NOT WEFT_NATIVE)
    list(APPEND arg_LIBRARIES weft::fiber_missing) # so that component.py can tell what to write
  endif()
  if(WEFT_NATIVE AND NOT "${arg_FIBERS}" STREQUAL none)
    set(lua native)
  else()
    set(lua ${arg_FIBERS})
  endif()
  if("weft::lua" IN_LIST arg_LIBRARIES AND NOT TARGET weft::lua_${lua})
    message(FATAL_ERROR "weft_add_component(${name}): this weft was made without weft::lua, for want of Lua's sources (make setup) or of a setjmp in its libc")
  endif()
  list(TRANSFORM arg_LIBRARIES REPLACE "^weft::lua$" weft::lua_${lua})
  if(NOT DEFINED arg_TRACE)
    set(arg_TRACE ${WEFT_TRACE_JSON})
  endif()
  if(arg_TRACE AND NOT TARGET weft::trace_json)
    message(FATAL_ERROR "weft_add_component(${name}): TRACE needs a weft that was configured with -DWEFT_TRACE=ON")
  endif()
  if(NOT DEFINED arg_STDERR)
    string(COMPARE EQUAL "${CMAKE_BUILD_TYPE}" Debug arg_STDERR)
    if(arg_TRACE)
      set(arg_STDERR ON)
    endif()
  endif()
  if(NOT DEFINED arg_LTO)
    set(arg_LTO OFF)
    if(arg_LIBC AND NOT arg_FIBERS STREQUAL asyncify)
      # The compiler makes its setjmp when it makes the code, and zig's linker, which then does that, cannot be told to.
    elseif(DEFINED WEFT_LTO)
      set(arg_LTO ${WEFT_LTO})
    elseif(CMAKE_BUILD_TYPE MATCHES "^(Release|MinSizeRel)$")
      set(arg_LTO ON)
    endif()
  endif()
  if(NOT DEFINED arg_STRIP)
    if(CMAKE_BUILD_TYPE MATCHES "^(Debug|RelWithDebInfo)$")
      set(arg_STRIP none)
    elseif(CMAKE_BUILD_TYPE STREQUAL MinSizeRel)
      set(arg_STRIP all)
    else()
      set(arg_STRIP debug)
    endif()
  endif()

  set(bindings)
  if(arg_WIT)
    weft_wit_bindings(bindings ${name} "${arg_WIT}" ${arg_WORLD} "${deps}" ${arg_BINDGEN_OPTIONS})
  endif()
  # What is dropped without a wait, and local variables that live across one: -Wno-error=... lets it pass. Plain C has none.
  if(NOT arg_LIBC)
    list(PREPEND arg_COMPILE_OPTIONS -Werror=unused-result $<$<C_COMPILER_ID:Clang>:-Werror=conditional-uninitialized>)
  endif()
  if(WEFT_NATIVE)
    if(arg_LIBC)
      list(APPEND arg_LIBRARIES weft::libc_main weft::libc)
    endif()
    weft__add_native_component(${name} "${arg_WORLD}" "${bindings}" SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES}
      COMPILE_OPTIONS ${arg_COMPILE_OPTIONS})
    if(arg_LIBC)
      set_target_properties(${name} PROPERTIES C_EXTENSIONS ON)
    endif()
    return()
  endif()
  add_executable(${name} ${arg_SOURCES} ${bindings})
  target_compile_options(${name} PRIVATE ${arg_COMPILE_OPTIONS})
  # Not to the link: zig would then make its libc for it, too, whose guard of the stack asks the host for a random number.
  target_compile_options(${name} PRIVATE $<$<BOOL:${arg_LTO}>:-flto>)
  target_include_directories(${name} SYSTEM PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/${name}.bindings")
  set(no_heap)
  if(DEFINED arg_HEAP AND NOT arg_HEAP)
    set(no_heap weft::no_heap)
  endif()
  set(cxx ${arg_SOURCES})
  list(FILTER cxx INCLUDE REGEX "\\.(cc|cpp|cxx)$")
  if(cxx)
    set(cxx weft::cxx)
  endif()
  # weft::trace_json and weft::stderr first: they replace weft's own hooks, which the archive of weft also has.
  target_link_libraries(${name} PRIVATE $<$<BOOL:${arg_TRACE}>:weft::trace_json> $<$<BOOL:${arg_STDERR}>:weft::stderr>
    ${arg_LIBRARIES} weft::wasi weft::weft ${no_heap} ${cxx})
  # A component is a reactor: a library of exports. zig drops all names from a link without -g, so they go below.
  target_link_options(${name} PRIVATE -mexec-model=reactor -g -Wl,-z,stack-size=1048576)
  if(CMAKE_C_COMPILER_ID STREQUAL Clang AND NOT WEFT_ZIG AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 20)
    # A clang that finds wasm-opt in PATH runs it after the link, and so drops all names, also those that backtraces show.
    target_link_options(${name} PRIVATE --no-wasm-opt)
  endif()
  if(arg_LIBC)
    set_target_properties(${name} PROPERTIES C_EXTENSIONS ON) # as a compiler has them by itself
    target_link_libraries(${name} PRIVATE weft::libc_main$<$<STREQUAL:${arg_FIBERS},none>:_none> weft::libc)
  endif()
  if(CMAKE_C_COMPILER_TARGET MATCHES "wasip[2-9]")
    # The linker of these targets would make the component by itself.
    target_link_options(${name} PRIVATE -Wl,--skip-wit-component)
  endif()

  set(component "${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm")
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${name}.core SUFFIX .wasm WEFT_COMPONENT "${component}")
  set(asyncify)
  if(arg_FIBERS STREQUAL asyncify)
    if(NOT WEFT_WASM_OPT)
      include("${weft_scripts}/missing.cmake")
      weft_missing(WEFT_WASM_OPT)
    endif()
    set(asyncify --wasm-opt "${WEFT_WASM_OPT}")
    if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
      list(APPEND asyncify --wasm-opt-option=-O3) # else what it adds is long
    endif()
  endif()
  unset(strip)
  weft_strip(strip "${component}" ${arg_STRIP})
  if(NOT DEFINED strip)
    message(FATAL_ERROR "weft_add_component(${name}): STRIP is none, debug or all")
  endif()
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND "${WEFT_PYTHON}" "${weft_scripts}/component.py" --wasm-tools "${WEFT_WASM_TOOLS}" ${asyncify} "$<TARGET_FILE:${name}>" "${component}"
    ${strip}
    BYPRODUCTS "${component}"
    COMMAND_EXPAND_LISTS VERBATIM)
endfunction()
