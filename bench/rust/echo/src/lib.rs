//! The body comes back in upper case.
//! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#![no_std]
extern crate alloc;

use alloc::vec::Vec;
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_bindgen::StreamResult;
use wasip3::{spawn_local, wit_future, wit_stream};

#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

const CHUNK: usize = 65536;

struct Echo;
wasip3::http::service::export!(Echo);

impl wasip3::exports::http::handler::Guest for Echo {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let (received, res) = wit_future::new(|| Ok(()));
        drop(received);
        let (mut body, trailers_in) = Request::consume_body(request, res);
        let (mut out, contents) = wit_stream::new();
        let (trailers, trailers_out) = wit_future::new(|| Ok(None));
        let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_out);
        spawn_local(async move {
            let mut buffer = Vec::with_capacity(CHUNK);
            loop {
                let (result, mut bytes) = body.read(buffer).await;
                bytes.make_ascii_uppercase();
                let mut rest = out.write_all(bytes).await;
                if !rest.is_empty() || matches!(result, StreamResult::Dropped) {
                    break;
                }
                rest.clear();
                buffer = rest;
            }
            drop(body); // else its trailers may never come
            drop(out);
            let ended = trailers_in.await;
            let _ = trailers.write(ended).await;
        });
        Ok(response)
    }
}
