//! A market in Rust, which knows prices.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;

use alloc::format;
use alloc::string::String;

wit_bindgen::generate!({ path: "../wit", world: "market" });

struct Market;
export!(Market);

impl exports::tutorial::market::prices::Guest for Market {
    async fn price_of(goods: String) -> Result<u32, String> {
        match goods.as_str() {
            "tea" => Ok(3),
            "eggs" => Ok(5),
            _ => Err(format!("no {goods} today")),
        }
    }
}

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
