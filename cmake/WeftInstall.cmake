# What `make install` and `make install-native` install. The archives of each have a folder of their own, lib/weft/wasm32 or
# lib/weft/native, so one prefix holds both. Files find each other from where they lie, so the prefix can be moved.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

if(WEFT_LTO)
  message(FATAL_ERROR "weft: what is installed has to link with any compiler: WEFT_INSTALL needs WEFT_LTO=OFF")
elseif(WEFT_NATIVE)
  set(platform native)
elseif(WEFT_WASM)
  set(platform wasm32)
else()
  message(FATAL_ERROR "weft: WEFT_INSTALL needs a toolchain file for WASI, or toolchains/native.cmake")
endif()
set(archives "${CMAKE_INSTALL_LIBDIR}/weft/${platform}")
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/weft")

install(TARGETS ${targets} EXPORT weft ARCHIVE DESTINATION "${archives}" OBJECTS DESTINATION "${archives}")
install(EXPORT weft FILE weft-${platform}.cmake NAMESPACE weft:: DESTINATION "${package}")
install(DIRECTORY include/weft DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
include(CMakePackageConfigHelpers)
write_basic_package_version_file(weft-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/weft-config-version.cmake" DESTINATION "${package}")
install(DIRECTORY cmake/ DESTINATION "${package}"
  PATTERN WeftCompose.cmake EXCLUDE
  PATTERN WeftInstall.cmake EXCLUDE
  PATTERN __pycache__ EXCLUDE
  PATTERN quiet.cmake EXCLUDE
  PATTERN weft.pc.in EXCLUDE)
file(REAL_PATH "${WEFT_WASI_WIT}/0.3" wit)
install(DIRECTORY "${wit}/" DESTINATION "${package}/wit/0.3")
if(WEFT_NATIVE)
  install(DIRECTORY sim/stubs DESTINATION "${package}/sim" PATTERN __pycache__ EXCLUDE)
  install(FILES sim/stub.h sim/trap.h sim/values.h sim/weft_sim.h DESTINATION "${package}/sim")
  install(FILES sim/world/weft_world.h DESTINATION "${package}/sim/world")
  install(FILES "${WEFT_LLHTTP}/LICENSE-MIT" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME LICENSE-llhttp) # it is in the library
endif()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# weft_pkg_config(<name> <description> [<other>] CFLAGS <flag>... LIBS <flag>...): <name>.pc, which links <other> after it.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}/${archives}/pkgconfig" OUTPUT_VARIABLE to_prefix)
function(weft_pkg_config name description)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "CFLAGS;LIBS")
  list(JOIN arg_CFLAGS " " cflags)
  list(JOIN arg_LIBS " " libs)
  configure_file(cmake/weft.pc.in ${name}.pc @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${archives}/pkgconfig")
endfunction()
list(TRANSFORM weft_definitions PREPEND -D)
if(WEFT_NATIVE)
  # The layout of wasm32, as in toolchains/native.cmake.
  separate_arguments(layout UNIX_COMMAND "${CMAKE_C_FLAGS_INIT}")
  weft_pkg_config(weft "${PROJECT_DESCRIPTION}" CFLAGS ${layout} ${weft_definitions} LIBS -m32 -lweft)
  weft_pkg_config(weft_wasi "WASI in plain words" weft LIBS -lweft_wasi)
  weft_pkg_config(weft_fiber_native "Weft's fibers" weft LIBS -lweft_fiber_native)
  get_target_property(wrapped weft_libc INTERFACE_LINK_OPTIONS)
  weft_pkg_config(weft_libc "Libc over Weft" "weft_wasi weft_fiber_native" LIBS ${wrapped} -lweft_libc)
  weft_pkg_config(weft_sim "The native host of Weft's components" weft CFLAGS "-I\${sim}" LIBS -lweft_sim)
  weft_pkg_config(weft_world "WASI on this machine, for the native host" weft_sim CFLAGS "-I\${sim}/world" LIBS -lweft_world)
else()
  weft_pkg_config(weft "${PROJECT_DESCRIPTION}" CFLAGS ${weft_definitions} LIBS -lweft)
  weft_pkg_config(weft_wasi "WASI in plain words" weft LIBS -lweft_wasi)
  weft_pkg_config(weft_fiber_threads "Weft's fibers, on threads of the host" weft LIBS -lweft_fiber_threads -Wl,--export-table)
  weft_pkg_config(weft_libc "Libc over Weft" weft_wasi
    CFLAGS -include weft/detail/missing.h -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS
    LIBS -lweft_libc -lwasi-emulated-signal -lwasi-emulated-process-clocks)
  weft_pkg_config(weft_stderr "Weft, with its messages on a component's standard error" weft LIBS -lweft_stderr)
  set(objects "\${libdir}/objects-${CMAKE_BUILD_TYPE}")
  weft_pkg_config(weft_no_heap "Weft, without libc's heap" weft
    LIBS "${objects}/weft_no_heap/no_heap.c${CMAKE_C_OUTPUT_EXTENSION}")
  weft_pkg_config(weft_cxx "Weft, for C++" weft LIBS "${objects}/weft_cxx/cxx.c${CMAKE_C_OUTPUT_EXTENSION}")
  if(WEFT_TRACE)
    weft_pkg_config(weft_trace_json "Weft, with a trace on a component's standard error" weft LIBS -lweft_trace_json)
  endif()
endif()
