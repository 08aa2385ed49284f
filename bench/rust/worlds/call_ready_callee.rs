//! call-ready, the callee in Rust: it returns at once.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "call-ready-callee" });

struct Part;
export!(Part);

impl exports::bench::aio::call_ready::Guest for Part {
    async fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
}
