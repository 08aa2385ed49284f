//! stream-items, the callee in Rust: one item a write.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "stream-items-callee" });

struct Part;
export!(Part);

impl exports::bench::aio::stream_items::Guest for Part {
    async fn open(n: u32) -> wit_bindgen::StreamReader<u32> {
        let (mut out, reader) = wit_stream::new();
        wit_bindgen::spawn_local(async move {
            for i in 0..n {
                if out.write_one(i).await.is_some() {
                    break;
                }
            }
        });
        reader
    }
}
