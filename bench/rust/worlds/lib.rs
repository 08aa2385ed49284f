//! What the parts of the worlds of bench.wit share: a panic ends them, and memory may be counted.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// What std has on wasm, with a count of the live bytes.
pub struct Counted {
    live: AtomicUsize,
}

impl Counted {
    pub const fn new() -> Self {
        Counted { live: AtomicUsize::new(0) }
    }

    pub fn live(&self) -> u32 {
        self.live.load(Relaxed) as u32
    }
}

unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.live.fetch_add(layout.size(), Relaxed);
        unsafe { dlmalloc::GlobalDlmalloc.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.live.fetch_sub(layout.size(), Relaxed);
        unsafe { dlmalloc::GlobalDlmalloc.dealloc(memory, layout) }
    }
}

/// The bytes of the linear memory.
pub fn pages() -> u32 {
    core::arch::wasm32::memory_size(0) as u32
}
