//! The `tcp-multi` server: serves one connection after another, forever.
//!
//! Each connection carries one question and one answer: the question in upper case. While the
//! server serves one client, the others wait in the kernel's queue (the backlog), already
//! connected. With `concurrent`, each client has its own thread, and no client waits for another.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Listens on `host`:`port` and serves forever. If `concurrent`, serves all clients at once,
/// otherwise one after another.
pub(super) fn run(host: &str, port: u16, concurrent: bool) -> io::Result<()> {
    let listener = TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))?;
    loop {
        serve_next(&listener, concurrent)?;
    }
}

/// Accepts one client and serves it.
fn serve_next(listener: &TcpListener, concurrent: bool) -> io::Result<()> {
    let (stream, client) = match listener.accept() {
        Ok(accepted) => accepted,
        // The client connected and left before we accepted it. Continue with the next one.
        Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => return Ok(()),
        Err(error) => return Err(error),
    };
    if concurrent {
        thread::Builder::new().spawn(move || serve(stream, client))?;
    } else {
        serve(stream, client);
    }
    Ok(())
}

/// Serves one client. An error of this client must not stop the server for the others.
fn serve(stream: TcpStream, client: SocketAddr) {
    if let Err(error) = answer(stream, client) {
        eprintln!("{client} could not be served: {error}");
    }
}

/// Receives once, answers in upper case, and closes.
fn answer(mut stream: TcpStream, client: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 1024];
    // One read is enough for the short lines of this lab. A longer text can arrive in several
    // parts. The server would then have to know where it ends: by a newline, by its length...
    let count = stream.read(&mut buffer)?;
    let data = buffer[..count].trim_ascii();
    println!("{} escreveu:", client.ip());
    println!("{}", data.escape_ascii());
    stream.write_all(&data.to_ascii_uppercase())
    // Here `stream` goes out of scope, which closes the connection.
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `text`, then reads until the end of the stream. Returns the answer.
    fn ask(mut client: &TcpStream, text: &[u8]) -> io::Result<Vec<u8>> {
        client.write_all(text)?;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn waiting_clients_each_get_their_own_answer() -> io::Result<()> {
        for concurrent in [false, true] {
            let listener = TcpListener::bind(("127.0.0.1", 0))?;
            let server = listener.local_addr()?;
            let first = TcpStream::connect(server)?;
            let second = TcpStream::connect(server)?;
            thread::scope(|scope| {
                let both = scope.spawn(|| {
                    serve_next(&listener, concurrent)?;
                    serve_next(&listener, concurrent)
                });
                let asked = scope.spawn(|| ask(&second, b" two!\n"));
                assert_eq!(ask(&first, b"one")?, b"ONE");
                assert!(matches!(asked.join(), Ok(Ok(answer)) if answer == b"TWO!"));
                assert!(matches!(both.join(), Ok(Ok(()))));
                Ok::<(), io::Error>(())
            })?;
        }
        Ok(())
    }

    #[test]
    fn silent_and_abrupt_clients_do_not_stop_the_server() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        drop(TcpStream::connect(listener.local_addr()?)?);
        serve_next(&listener, false)?;
        let mut rude = TcpStream::connect(listener.local_addr()?)?;
        rude.write_all(&[b'x'; 5_000])?; // More than is read, and no answer is awaited.
        drop(rude);
        serve_next(&listener, false)
    }
}
