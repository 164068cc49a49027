//! The `udp-simple` server: answers every datagram in upper case, forever.
//!
//! There is no listen, no accept and no connection here. One socket receives from all clients. The
//! address that comes with each datagram is all that the server knows about a client.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io;
use std::net::UdpSocket;

/// Size of the receive buffer. The longest IPv4 datagram has fewer bytes than this. A datagram
/// longer than the buffer would be truncated and the rest lost: UDP keeps nothing for a later read.
const BUFFER_BYTES: usize = 65_536;

/// Binds to `host`:`port` and answers forever.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    // The socket receives as soon as it is bound: UDP has no listening state.
    let socket = UdpSocket::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot bind to {host}:{port}: {error}")))?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        answer_one(&socket, &mut buffer)?;
    }
}

/// Waits for one datagram and answers it with one datagram.
fn answer_one(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<()> {
    // One receive returns one whole datagram: unlike TCP, UDP keeps message boundaries.
    let (count, client) = socket.recv_from(buffer)?;
    let data = buffer[..count].trim_ascii();
    println!("{} wrote:", client.ip());
    println!("{}", data.escape_ascii());
    // The answer goes to the address that the datagram came from. UDP does not report whether it
    // arrives. If one client cannot be answered, the server must still serve the others.
    if let Err(error) = socket.send_to(&data.to_ascii_uppercase(), client) {
        eprintln!("cannot send the answer to {client}: {error}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the server's answer to one datagram.
    fn answer_to(sent: &[u8]) -> io::Result<Vec<u8>> {
        let server = UdpSocket::bind(("127.0.0.1", 0))?;
        let client = UdpSocket::bind(("127.0.0.1", 0))?;
        client.send_to(sent, server.local_addr()?)?;
        answer_one(&server, &mut vec![0; BUFFER_BYTES])?;
        let mut buffer = vec![0; BUFFER_BYTES];
        let (count, from) = client.recv_from(&mut buffer)?;
        assert_eq!(from, server.local_addr()?);
        buffer.truncate(count);
        Ok(buffer)
    }

    #[test]
    fn answer_is_upper_case_and_stripped() -> io::Result<()> {
        assert_eq!(answer_to(b"  abc-1.Z!\xff\r\n")?, b"ABC-1.Z!\xff");
        Ok(())
    }

    #[test]
    fn empty_datagram_gets_empty_answer() -> io::Result<()> {
        assert_eq!(answer_to(b"")?, b"");
        Ok(())
    }

    #[test]
    fn long_datagram_is_not_truncated() -> io::Result<()> {
        assert_eq!(answer_to(&[b'x'; 8_000])?, [b'X'; 8_000]);
        Ok(())
    }
}
