//! memory, the callee in Rust: who waits has left its waker.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};

#[global_allocator]
static MEMORY: worlds::Counted = worlds::Counted::new();

wit_bindgen::generate!({ path: "../../bench.wit", world: "memory-callee" });

struct Part;
export!(Part);

/// Whose calls wait, and how often they were let go.
struct Gate {
    opened: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

// The component has one thread.
unsafe impl Sync for Gate {}
static GATE: Gate = Gate { opened: Cell::new(0), waiting: RefCell::new(Vec::new()) };

impl exports::bench::aio::memory::Guest for Part {
    async fn wait(x: u32) -> u32 {
        let before = GATE.opened.get();
        poll_fn(|context| {
            if GATE.opened.get() != before {
                return Poll::Ready(());
            }
            GATE.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
        x
    }

    async fn open() {
        GATE.opened.set(GATE.opened.get() + 1);
        for waker in GATE.waiting.take() {
            waker.wake();
        }
    }

    fn pages() -> u32 {
        worlds::pages()
    }

    fn live() -> u32 {
        MEMORY.live()
    }
}
