//! The Rust half of the component: futures that a Weft task awaits, and exports that await Weft coroutines.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;

mod memory;
mod weft;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Poll, Waker};
use wit_bindgen::StreamReader;

wit_bindgen::generate!({ path: "wit", world: "rust", generate_all });
use exports::weft::both::rust_side::Guest;
use wit_stream::StreamPayload;

struct Component;
export!(Component);

async fn sum(mut numbers: StreamReader<u32>) -> u64 {
    let mut sum = 0;
    let mut buffer = Vec::with_capacity(16);
    loop {
        let (result, items) = numbers.read(buffer).await;
        sum += items.iter().map(|&item| u64::from(item)).sum::<u64>();
        if let wit_bindgen::StreamResult::Dropped = result {
            return sum;
        }
        buffer = items;
        buffer.clear();
    }
}

/// Something that happened, in Rust only: whoever waits has left its waker.
struct Notice {
    count: Cell<u32>,
    wakers: RefCell<Vec<Waker>>,
}

// The component has one thread.
unsafe impl Sync for Notice {}
static NOTICE: Notice = Notice { count: Cell::new(0), wakers: RefCell::new(Vec::new()) };

fn notify() {
    NOTICE.count.set(NOTICE.count.get() + 1);
    for waker in NOTICE.wakers.take() {
        waker.wake();
    }
}

async fn notified() -> u32 {
    let before = NOTICE.count.get();
    poll_fn(|context| {
        if NOTICE.count.get() != before {
            return Poll::Ready(());
        }
        NOTICE.wakers.borrow_mut().push(context.waker().clone());
        Poll::Pending
    })
    .await;
    NOTICE.count.get() - before
}

#[cfg(feature = "wakeup")]
async fn spawns() -> u64 {
    wit_bindgen::spawn_local(async { 7 }).await.unwrap_or(0)
}

#[cfg(not(feature = "wakeup"))]
async fn spawns() -> u64 {
    7
}

async fn both<T>(left: impl Future<Output = T>, right: impl Future<Output = T>) -> (T, T) {
    let (mut left, mut right) = (pin!(left), pin!(right));
    let (mut of_left, mut of_right) = (None, None);
    poll_fn(move |context| {
        if of_left.is_none() {
            if let Poll::Ready(value) = left.as_mut().poll(context) {
                of_left = Some(value);
            }
        }
        if of_right.is_none() {
            if let Poll::Ready(value) = right.as_mut().poll(context) {
                of_right = Some(value);
            }
        }
        if of_left.is_some() && of_right.is_some() {
            return Poll::Ready((of_left.take().unwrap(), of_right.take().unwrap()));
        }
        Poll::Pending
    })
    .await
}

impl Guest for Component {
    async fn hold(ticket: u32) -> u32 {
        weft::Hold::new(ticket, weft::Kind::Plain).await
    }
    async fn hold_both(first: u32) -> u32 {
        let (left, right) =
            both(weft::Hold::new(first, weft::Kind::Plain), weft::Hold::new(first + 1, weft::Kind::Plain)).await;
        left + right
    }
    async fn hold_slow(ticket: u32) -> u32 {
        weft::Hold::new(ticket, weft::Kind::SlowFinaliser).await
    }
    async fn wait() -> u32 {
        weft::Hold::new(7, weft::Kind::Event).await
    }
    async fn sum(numbers: StreamReader<u32>) -> u64 {
        sum(numbers).await
    }
    async fn spawns() -> u64 {
        spawns().await
    }
    async fn notify() {
        notify();
    }
}

// What C calls.

#[unsafe(no_mangle)]
extern "C" fn rust_sum_new(stream: u32) -> *mut weft::Foreign {
    weft::foreign(sum(StreamReader::new(stream, <u32 as StreamPayload>::VTABLE)))
}

#[unsafe(no_mangle)]
extern "C" fn rust_notified_new() -> *mut weft::Foreign {
    weft::foreign(async { u64::from(notified().await) })
}

#[unsafe(no_mangle)]
extern "C" fn rust_spawns_new() -> *mut weft::Foreign {
    weft::foreign(spawns())
}

#[unsafe(no_mangle)]
extern "C" fn rust_notify() {
    notify();
}

type BoxFuture = Pin<Box<dyn Future<Output = u64>>>;
