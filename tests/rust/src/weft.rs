//! The glue between futures and Weft, for both directions. To be copied into a program of yours.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use crate::BoxFuture;
use alloc::boxed::Box;
use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

// A Rust future that C awaits with weft_foreign_await.

unsafe extern "C" {
    fn weft_waker_clone(waker: *const ()) -> *const ();
    fn weft_waker_wake(waker: *const ());
    fn weft_waker_drop(waker: *const ());
}

static WAKER: RawWakerVTable = RawWakerVTable::new(
    |it| RawWaker::new(unsafe { weft_waker_clone(it) }, &WAKER),
    |it| unsafe {
        weft_waker_wake(it);
        weft_waker_drop(it);
    },
    |it| unsafe { weft_waker_wake(it) },
    |it| unsafe { weft_waker_drop(it) },
);

pub struct Foreign {
    future: BoxFuture,
    result: u64,
}

pub fn foreign(future: impl Future<Output = u64> + 'static) -> *mut Foreign {
    Box::into_raw(Box::new(Foreign { future: Box::pin(future), result: 0 }))
}

/// A weft_foreign_step.
#[unsafe(no_mangle)]
unsafe extern "C" fn rust_poll(it: *mut Foreign, waker: *const ()) -> bool {
    let it = unsafe { &mut *it };
    let waker = unsafe { Waker::from_raw(RawWaker::new(weft_waker_clone(waker), &WAKER)) };
    match it.future.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(result) => {
            it.result = result;
            true
        }
        Poll::Pending => false,
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rust_result(it: *const Foreign) -> u64 {
    unsafe { (*it).result }
}

/// NULL is fine.
#[unsafe(no_mangle)]
unsafe extern "C" fn rust_drop(it: *mut Foreign) {
    if !it.is_null() {
        drop(unsafe { Box::from_raw(it) });
    }
}

// A Weft coroutine that Rust awaits.

/// C's: the coroutine's memory, with its weft_embedded.
#[repr(C)]
struct Coroutine {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    fn hold_new(ticket: u32, kind: Kind) -> *mut Coroutine;
    fn hold_poll(it: *mut Coroutine, wake: extern "C" fn(data: *mut c_void), data: *mut c_void) -> bool;
    fn hold_result(it: *const Coroutine) -> u32;
    fn hold_drop(it: *mut Coroutine);
}

#[repr(C)]
pub enum Kind {
    Plain,
    SlowFinaliser,
    Event,
}

pub struct Hold {
    it: *mut Coroutine,
    waker: Box<UnsafeCell<Option<Waker>>>,
}

extern "C" fn wake(data: *mut c_void) {
    let waker = unsafe { &*data.cast::<UnsafeCell<Option<Waker>>>() };
    if let Some(waker) = unsafe { &*waker.get() } {
        waker.wake_by_ref();
    }
}

impl Hold {
    pub fn new(ticket: u32, kind: Kind) -> Hold {
        Hold { it: unsafe { hold_new(ticket, kind) }, waker: Box::new(UnsafeCell::new(None)) }
    }
}

impl Future for Hold {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        unsafe { *self.waker.get() = Some(context.waker().clone()) };
        let data = (&raw const *self.waker).cast_mut().cast();
        if unsafe { hold_poll(self.it, wake, data) } {
            Poll::Ready(unsafe { hold_result(self.it) })
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        unsafe { hold_drop(self.it) };
    }
}
