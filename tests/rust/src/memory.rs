//! C's memory for Rust, so that either may free what generated bindings hand over; and what is live of it.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

unsafe extern "C" {
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn free(memory: *mut u8);
}

struct Memory;

static LIVE_BYTES: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.fetch_add(layout.size(), Relaxed);
        let layout = layout.align_to(8).unwrap().pad_to_align();
        unsafe { aligned_alloc(layout.align(), layout.size()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size(), Relaxed);
        unsafe { free(memory) }
    }
}

#[global_allocator]
static MEMORY: Memory = Memory;

#[unsafe(no_mangle)]
extern "C" fn rust_live_bytes() -> u32 {
    LIVE_BYTES.load(Relaxed) as u32
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
