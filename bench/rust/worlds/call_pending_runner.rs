//! call-pending, the runner in Rust: one call after the other.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "call-pending-runner" });

struct Part;
export!(Part);

impl Guest for Part {
    async fn run_call_pending(n: u32) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum = bench::aio::call_pending::add(sum, i).await;
        }
        sum.into()
    }
}
