//! future-pingpong, the callee in Rust: it writes when its caller has the future.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "future-pingpong-callee" });

struct Part;
export!(Part);

impl exports::bench::aio::future_pingpong::Guest for Part {
    async fn ping(f: wit_bindgen::FutureReader<u32>) -> wit_bindgen::FutureReader<u32> {
        let (out, reader) = wit_future::new(|| 0);
        let value = f.await + 1;
        wit_bindgen::spawn_local(async move { out.write(value).await });
        reader
    }
}
