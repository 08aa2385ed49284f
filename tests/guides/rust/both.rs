// Two at once: each takes its time, and both have a result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use std::time::Duration;

async fn work(number: i32) -> i32 {
    tokio::time::sleep(Duration::from_millis(20)).await;
    number * number
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (left, right) = tokio::join!(work(3), work(4));
    println!("{}", left + right);
}
