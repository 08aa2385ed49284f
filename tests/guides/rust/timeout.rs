// A timeout, and what is cleaned up then.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use std::time::Duration;
use tokio::time::{sleep, timeout};

struct Room;

impl Drop for Room {
    fn drop(&mut self) {
        println!("cleaned up"); // it cannot await
    }
}

async fn work() {
    let _room = Room;
    sleep(Duration::from_secs(3600)).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if timeout(Duration::from_millis(20), work()).await.is_err() {
        println!("too late");
    }
}
