// Sleeps, then prints.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tokio::time::sleep(Duration::from_millis(20)).await;
    println!("awake");
}
