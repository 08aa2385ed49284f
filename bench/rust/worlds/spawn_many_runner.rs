//! spawn-many in Rust: local tasks, each of which yields once.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;
extern crate worlds as _;

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

wit_bindgen::generate!({ path: "../../bench.wit", world: "spawn-many-runner" });

struct Part;
export!(Part);

impl Guest for Part {
    async fn run_spawn_many(n: u32) -> u64 {
        let count = Rc::new(Cell::new(0));
        let spawned: Vec<_> = (0..n)
            .map(|_| {
                let count = count.clone();
                wit_bindgen::spawn_local(async move {
                    wit_bindgen::yield_async().await;
                    count.set(count.get() + 1);
                })
            })
            .collect();
        for one in spawned {
            one.await;
        }
        count.get()
    }
}
