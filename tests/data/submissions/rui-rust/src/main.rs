use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let servidor = TcpListener::bind("127.0.0.1:65432").await?;
    let (mut cliente, _) = servidor.accept().await?;
    let mut dados = [0; 1024];
    loop {
        let lidos = cliente.read(&mut dados).await?;
        if lidos == 0 {
            return Ok(());
        }
        cliente.write_all(&dados[..lidos]).await?;
    }
}
