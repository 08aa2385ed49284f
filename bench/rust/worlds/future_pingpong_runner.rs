//! future-pingpong, the runner in Rust: each call is awaited beside the write that it waits for.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

use futures::future::join;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "future-pingpong-runner" });

struct Part;
export!(Part);

impl Guest for Part {
    async fn run_future_pingpong(n: u32) -> u64 {
        let mut value = 0;
        for _ in 0..n {
            let (out, reader) = wit_future::new(|| 0);
            let (pinged, _) = join(bench::aio::future_pingpong::ping(reader), out.write(value)).await;
            value = pinged.await;
        }
        value.into()
    }
}
