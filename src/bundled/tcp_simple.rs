//! The `tcp-simple` server: an echo for ONE client.
//!
//! It goes through the life of a TCP server once: socket, bind, listen, accept, receive and send,
//! close. It knows nothing of what the bytes mean: it sends back exactly the bytes that came.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Listens on `host`:`port`, serves one client, and ends.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    // This one call does three things: it makes the socket, binds it to the address (from now on
    // the port is ours), and listens (from now on the kernel accepts connections for us and
    // queues them until we fetch them). In C and Python these are three calls.
    let listener = TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))?;
    println!("Bind");
    println!("Listen");
    serve(&listener)
}

/// Accepts one client and echoes until it ends.
fn serve(listener: &TcpListener) -> io::Result<()> {
    // accept() waits for a client. It gives us a NEW socket, for this one connection;
    // the listening socket only ever listens.
    let (stream, address) = listener.accept()?;
    println!("Connected");
    println!("Connected by {}", as_pair(address));
    match echo(stream) {
        // A client may also end abruptly. That ends the conversation, and is no fault of ours.
        Err(error) if matches!(error.kind(), ConnectionReset | BrokenPipe) => {
            eprintln!("the client has reset the connection");
            Ok(())
        }
        end => end,
    }
    // The connection was closed when `echo` let go of its socket.
}

/// Sends back every byte that comes, until the client has no more to say.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        // TCP is a stream of bytes, not of messages: one read may bring a part of what the
        // client sent in one go, or the bytes of several sends together. So we read on and on.
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(()); // No bytes at all: the client has closed its direction.
        }
        let data = &buffer[..count];
        println!("{}", data.escape_ascii());
        // write() may take only a part of the bytes; write_all() goes on until all are taken.
        stream.write_all(data)?;
    }
}

/// An address the way that Python prints it: `('127.0.0.1', 50000)`.
fn as_pair(address: SocketAddr) -> String {
    format!("('{}', {})", address.ip(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Shutdown;
    use std::thread;

    #[test]
    fn every_byte_comes_back_and_then_the_end() -> io::Result<()> {
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
    fn an_abrupt_client_is_no_failure() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener));
            client.write_all(b"never read")?;
            client.peek(&mut [0])?; // The echo is here...
            drop(client); // ...and closing without reading it is a reset.
            assert!(matches!(server.join(), Ok(Ok(()))));
            Ok(())
        })
    }

    #[test]
    fn the_address_is_printed_as_python_prints_it() {
        let address = SocketAddr::from(([127, 0, 0, 1], 50_000));
        assert_eq!(as_pair(address), "('127.0.0.1', 50000)");
    }
}
