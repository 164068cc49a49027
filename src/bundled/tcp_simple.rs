//! The `tcp-simple` server: an echo server for ONE client.
//!
//! It runs once through the life of a TCP server: socket, bind, listen, accept, receive and send,
//! close. It does not interpret the bytes: it sends back exactly the bytes it received.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Listens on `host`:`port`, serves one client, and exits.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    // This one call does three things, which are three calls in C and Python. It creates the
    // socket. It binds it to the address: from now on the port is ours. It listens: from now on the
    // kernel accepts connections for us and queues them until we fetch them.
    let listener = TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))?;
    println!("Bind");
    println!("Listen");
    serve(&listener)
}

/// Accepts one client and echoes until the client closes.
fn serve(listener: &TcpListener) -> io::Result<()> {
    // accept() waits for a client. It returns a NEW socket, for this one connection. The listening
    // socket only ever listens.
    let (stream, address) = listener.accept()?;
    println!("Connected");
    println!("Connected by {}", as_pair(address));
    match echo(stream) {
        // A client can also reset the connection. That ends the conversation, but it is not an
        // error of this server.
        Err(error) if matches!(error.kind(), ConnectionReset | BrokenPipe) => {
            eprintln!("the client has reset the connection");
            Ok(())
        }
        end => end,
    }
    // `echo` owned the socket, so the connection is closed here.
}

/// Sends back every byte received, until the client closes its direction.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        // TCP is a stream of bytes, not of messages. One read can return a part of what the client
        // sent in one call, or the bytes of several sends together. So we read in a loop.
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(()); // 0 bytes: the client has closed its direction.
        }
        let data = &buffer[..count];
        println!("{}", data.escape_ascii());
        // write() can accept only a part of the bytes. write_all() repeats it until all are
        // accepted.
        stream.write_all(data)?;
    }
}

/// Formats an address as Python prints it: `('127.0.0.1', 50000)`.
fn as_pair(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Shutdown;
    use std::thread;

    #[test]
    fn echo_returns_all_bytes_then_closes() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let sent: Vec<u8> = (0..=255).cycle().take(65_536).collect();
        let mut writer = client.try_clone()?;
        let (received, served) = thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener));
            scope.spawn(|| {
                writer.write_all(&sent)?;
                writer.shutdown(Shutdown::Write)
            });
            let mut received = Vec::new();
            client.read_to_end(&mut received)?;
            io::Result::Ok((received, server.join()))
        })?;
        assert!(received == sent, "{} bytes came back", received.len());
        assert!(matches!(served, Ok(Ok(()))));
        Ok(())
    }

    #[test]
    fn client_reset_is_not_an_error() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener));
            client.write_all(b"never read")?;
            client.peek(&mut [0])?; // The echo has arrived...
            drop(client); // ...and closing without reading it sends a reset.
            assert!(matches!(server.join(), Ok(Ok(()))));
            Ok(())
        })
    }

    #[test]
    fn address_is_printed_as_in_python() {
        let address = SocketAddr::from(([127, 0, 0, 1], 50_000));
        assert_eq!(as_pair(address), "('127.0.0.1', 50000)");
    }
}
