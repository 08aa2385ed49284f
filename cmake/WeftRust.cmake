# Rust for WebAssembly, for weft's own tests and benchmarks: Debian's cargo-web, rustc-web and rust-web-src, for rustup's targets
# may not be at hand. Sets weft_cargo to the command that builds static libraries of the current folder, and weft_rust_built to
# the folder that they come to; or WEFT_CARGO to a false value, if that Rust is not installed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

find_program(WEFT_CARGO cargo PATHS /usr/bin NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(NOT EXISTS /usr/lib/rustlib/src/rust/library/core/src/lib.rs)
  set(WEFT_CARGO WEFT_CARGO-NOTFOUND)
endif()
set(weft_rust_built ${CMAKE_CURRENT_BINARY_DIR}/target/wasm32-unknown-unknown/release)
set(weft_cargo ${CMAKE_COMMAND} -E env --modify PATH=path_list_prepend:/usr/bin RUSTC_BOOTSTRAP=1
  ${WEFT_CARGO} build --quiet --release --locked -Zbuild-std=core,alloc --target wasm32-unknown-unknown
  --target-dir ${CMAKE_CURRENT_BINARY_DIR}/target)

# weft_rust_exports(<variable> <function>...): sets it to the options that make a linker export async functions; one other than
# Rust's does not know what Rust exports.
function(weft_rust_exports variable)
  set(exports)
  foreach(function ${ARGN})
    foreach(prefix "" [callback])
      list(APPEND exports "-Wl,--export=${prefix}[async-lift]${function}")
    endforeach()
  endforeach()
  set(${variable} ${exports} PARENT_SCOPE)
endfunction()
