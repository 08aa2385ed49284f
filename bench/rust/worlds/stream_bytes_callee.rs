//! stream-bytes, the callee in Rust: every write takes the same buffer.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

use alloc::vec;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "stream-bytes-callee" });

struct Part;
export!(Part);

const CHUNK: usize = 65536;

impl exports::bench::aio::stream_bytes::Guest for Part {
    async fn open(mib: u32) -> wit_bindgen::StreamReader<u8> {
        let (mut out, reader) = wit_stream::new();
        wit_bindgen::spawn_local(async move {
            let mut buffer = vec![0xa5; CHUNK];
            for _ in 0..mib * 16 {
                buffer = out.write_all(buffer).await;
                if !buffer.is_empty() {
                    break;
                }
                unsafe { buffer.set_len(CHUNK) } // its bytes are there still
            }
        });
        reader
    }
}
