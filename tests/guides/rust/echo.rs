// A TCP server that sends back what it gets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn echo(mut conn: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = conn.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        conn.write_all(&buffer[..count]).await?;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (conn, _) = listener.accept().await?;
        tokio::spawn(echo(conn));
    }
}
