# The native form of weft_add_component(): under toolchains/native.cmake, a component is a shared object that the native host
# loads, or that a test of your own links, together with weft::sim. Its sources and bindings are as on WebAssembly;
# sim/stubs makes what connects them to the host.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# The host's folder: in weft's own tree, or installed beside this file.
find_path(WEFT_SIM_DIR weft_sim.h HINTS "${CMAKE_CURRENT_LIST_DIR}/../sim" "${CMAKE_CURRENT_LIST_DIR}/sim"
  NO_DEFAULT_PATH DOC "The folder of the native host")

# weft__native_code(<target>): its sources are of a component.
function(weft__native_code target)
  # Import and export names are attributes that mean nothing here; the stubs come from them.
  target_compile_options(${target} PRIVATE $<IF:$<C_COMPILER_ID:Clang>,-Wno-unknown-attributes,-Wno-attributes>)
  # Hidden: what one component defines is not another's.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
endfunction()

# weft__native_stubs(<target> <stubs> <option>... SOURCES <file>...): generates them for the sources and bindings of a target, with
# its flags. The options are those of sim/stubs.
function(weft__native_stubs target stubs)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES")
  set_source_files_properties("${stubs}" PROPERTIES INCLUDE_DIRECTORIES "${WEFT_SIM_DIR}")
  # Built-ins that weft itself calls are declared in abi.h, which not every source includes.
  set(options ${arg_UNPARSED_ARGUMENTS} --include weft/abi.h)
  set(sources)
  foreach(source ${arg_SOURCES})
    get_filename_component(source "${source}" ABSOLUTE)
    list(APPEND options --source "${source}")
    list(APPEND sources "${source}")
  endforeach()
  if(CMAKE_CXX_COMPILER_LOADED)
    list(APPEND options --cxx "${CMAKE_CXX_COMPILER}")
  endif()
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
  file(GLOB stub_makers "${WEFT_SIM_DIR}/stubs/*.py")
  set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  add_custom_command(
    OUTPUT "${stubs}"
    COMMAND "${WEFT_PYTHON}" "${WEFT_SIM_DIR}/stubs"
      --wasm-tools "${WEFT_WASM_TOOLS}" ${options} --output "${stubs}" --depfile "${stubs}.d"
      -- "${CMAKE_C_COMPILER}" ${flags} "$<TARGET_PROPERTY:${target},COMPILE_OPTIONS>"
      "$<$<BOOL:${includes}>:-I$<JOIN:${includes},;-I>>" "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>"
    DEPENDS ${sources} ${stub_makers}
    DEPFILE "${stubs}.d"
    COMMENT "Generating native stubs for ${target}"
    COMMAND_EXPAND_LISTS
    VERBATIM)
endfunction()

# For weft_add_component(), which has checked the arguments. `bindings` is what weft_wit_bindings() made.
function(weft__add_native_component name world bindings)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "SOURCES;LIBRARIES;COMPILE_OPTIONS")
  list(FILTER bindings EXCLUDE REGEX "_component_type")
  if(weft::libc IN_LIST arg_LIBRARIES)
    # Last: the linker takes of an archive what was asked for before it, and any of the others may call libc.
    list(REMOVE_ITEM arg_LIBRARIES weft::libc)
    list(APPEND arg_LIBRARIES weft::libc)
  endif()
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/${name}.bindings")
  set(stubs "${directory}/stubs.c")
  add_library(${name} SHARED ${arg_SOURCES} ${bindings} "${stubs}")
  weft__native_code(${name})
  target_compile_options(${name} PRIVATE ${arg_COMPILE_OPTIONS})
  target_include_directories(${name} SYSTEM PRIVATE "${directory}")
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} weft::wasi weft::weft)
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX .so LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" WEFT_COMPONENT "${CMAKE_CURRENT_BINARY_DIR}/${name}.so")
  set(world_of --world ${name})
  if(world)
    set(world_of --wit "${directory}/wit" --world ${world})
  endif()
  weft__native_stubs(${name} "${stubs}" ${world_of} SOURCES ${arg_SOURCES} ${bindings})
endfunction()
