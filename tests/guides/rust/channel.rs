// A producer and a consumer, with a channel between them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use tokio::sync::mpsc;

async fn produce(numbers: mpsc::Sender<i32>) {
    for number in 1..=10 {
        numbers.send(number).await.unwrap();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (to, mut numbers) = mpsc::channel(2);
    let producer = tokio::spawn(produce(to));
    let mut sum = 0;
    while let Some(number) = numbers.recv().await {
        sum += number;
    }
    producer.await.unwrap();
    println!("{sum}");
}
