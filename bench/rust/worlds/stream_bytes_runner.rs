//! stream-bytes, the runner in Rust: every read takes the same buffer.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

use alloc::vec::Vec;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "stream-bytes-runner" });

struct Part;
export!(Part);

const CHUNK: usize = 65536;

impl Guest for Part {
    async fn run_stream_bytes(n: u32) -> u64 {
        let mut stream = bench::aio::stream_bytes::open(n).await;
        let mut buffer = Vec::with_capacity(CHUNK);
        let mut total = 0;
        loop {
            let (result, bytes) = stream.read(buffer).await;
            assert!(bytes.first().is_none_or(|&byte| byte == 0xa5) && bytes.last().is_none_or(|&byte| byte == 0xa5));
            total += bytes.len() as u64;
            if let wit_bindgen::StreamResult::Dropped = result {
                return total;
            }
            buffer = bytes;
            buffer.clear();
        }
    }
}
