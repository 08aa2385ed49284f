//! memory, the runner in Rust: all calls are awaited at once.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;

use core::pin::pin;
use futures::future::{join, join_all};
use futures::poll;

#[global_allocator]
static MEMORY: worlds::Counted = worlds::Counted::new();

wit_bindgen::generate!({ path: "../../bench.wit", world: "memory-runner" });

struct Part;
export!(Part);

use bench::aio::memory;

struct Measured {
    pages: u64,
    live: u64,
}

/// Starts n calls, measures what they take, opens the gate, and waits for all.
async fn crowd(n: u32) -> Measured {
    let mut calls = pin!(join_all((0..n).map(memory::wait)));
    assert!(poll!(calls.as_mut()).is_pending());
    let measured = Measured {
        pages: u64::from(worlds::pages()) << 48 | u64::from(memory::pages()) << 16,
        live: u64::from(MEMORY.live()) << 32 | u64::from(memory::live()),
    };
    let (got, ()) = join(calls, memory::open()).await;
    assert_eq!(got.into_iter().map(u64::from).sum::<u64>(), u64::from(n) * u64::from(n - 1) / 2);
    measured
}

impl Guest for Part {
    async fn run_memory_pages(n: u32) -> u64 {
        crowd(n).await.pages
    }

    async fn run_memory_live(n: u32) -> u64 {
        crowd(n).await.live
    }

    async fn run_memory_time(n: u32) -> u64 {
        crowd(n).await;
        n.into()
    }
}
