# The library `sqlite`: SQLite, its sources as they are, for the shell of tests/libc, the example sql, and the benchmarks.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

include_guard(GLOBAL)
find_path(WEFT_SQLITE sqlite3.c HINTS "${PROJECT_SOURCE_DIR}/.tools/sqlite" "${weft_tools}/../sqlite"
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH DOC "The folder of SQLite's sources")
if(NOT WEFT_SQLITE)
  include("${PROJECT_SOURCE_DIR}/cmake/missing.cmake")
  weft_missing(WEFT_SQLITE)
endif()

# It has no mutexes of its own: a program that uses it in several fibers gives it some. Temporary tables stay in memory: on WASI, its way to make
# their files calls a function that it has left out. The interpreter's loop has more locals than a host allows if it is not
# optimised.
add_library(sqlite STATIC "${WEFT_SQLITE}/sqlite3.c")
target_compile_options(sqlite PRIVATE -w)
target_compile_definitions(sqlite PRIVATE
  SQLITE_THREADSAFE=1 SQLITE_MUTEX_NOOP SQLITE_MAX_WORKER_THREADS=0 SQLITE_OMIT_WAL SQLITE_TEMP_STORE=3 USE_PREAD)
target_include_directories(sqlite SYSTEM PUBLIC "${WEFT_SQLITE}")
set_target_properties(sqlite PROPERTIES C_EXTENSIONS ON) # as a compiler has them by itself
if(WEFT_NATIVE)
  # Files have at most 2 GB: -malign-double breaks the structs that libc has for larger ones. gcc's check of an object's size
  # takes an element of one of two arrays, `(a ? b : c)[i]`, for one behind the shorter; AddressSanitizer sees what is out of bounds.
  target_compile_options(sqlite PRIVATE -O1 $<$<C_COMPILER_ID:GNU>:-fno-sanitize=object-size>)
  target_compile_definitions(sqlite PRIVATE SQLITE_DISABLE_LFS)
  set_target_properties(sqlite PROPERTIES POSITION_INDEPENDENT_CODE ON)
else()
  target_compile_options(sqlite PRIVATE -O2)
endif()
