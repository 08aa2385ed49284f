//! stream-items, the runner in Rust: one item a read.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "stream-items-runner" });

struct Part;
export!(Part);

impl Guest for Part {
    async fn run_stream_items(n: u32) -> u64 {
        let mut stream = bench::aio::stream_items::open(n).await;
        let mut sum = 0;
        while let Some(item) = stream.next().await {
            sum += u64::from(item);
        }
        sum
    }
}
