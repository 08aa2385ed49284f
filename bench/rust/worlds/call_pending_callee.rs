//! call-pending, the callee in Rust: it returns after one yield.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "call-pending-callee" });

struct Part;
export!(Part);

impl exports::bench::aio::call_pending::Guest for Part {
    async fn add(a: u32, b: u32) -> u32 {
        wit_bindgen::yield_async().await;
        a.wrapping_add(b)
    }
}
