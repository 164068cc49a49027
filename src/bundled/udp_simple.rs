//! The `udp-simple` server: answers every datagram in upper case, for ever.
//!
//! There is no listen, no accept and no connection here: one socket receives from everybody, and
//! the address that comes with each datagram is all that the server knows of a client.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io;
use std::net::UdpSocket;

/// The longest datagram that IPv4 can carry has fewer bytes than this. A datagram that is longer
/// than the buffer would be cut, and the rest of it thrown away: UDP keeps nothing for a next read.
const LONGEST: usize = 65_536;

/// Binds to `host`:`port` and answers for ever.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    // After the bind the socket receives at once: UDP knows no listening state.
    let socket = UdpSocket::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot bind to {host}:{port}: {error}")))?;
    let mut buffer = vec![0; LONGEST];
    loop {
        answer_one(&socket, &mut buffer)?;
    }
}

/// Waits for one datagram and answers it with one datagram.
fn answer_one(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<()> {
    // One receive is one datagram, whole: here, unlike in TCP, messages have borders.
    let (count, client) = socket.recv_from(buffer)?;
    let data = buffer[..count].trim_ascii();
    println!("{} wrote:", client.ip());
    println!("{}", data.escape_ascii());
    // The answer goes to the address that the datagram came from. Whether it arrives, nobody
    // tells us; and a client that cannot be answered must not keep us from serving the others.
    if let Err(error) = socket.send_to(&data.to_ascii_uppercase(), client) {
        eprintln!("cannot send the answer to {client}: {error}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the server answers to one datagram.
    fn answer_to(sent: &[u8]) -> io::Result<Vec<u8>> {
        let server = UdpSocket::bind(("127.0.0.1", 0))?;
        let client = UdpSocket::bind(("127.0.0.1", 0))?;
        client.send_to(sent, server.local_addr()?)?;
        answer_one(&server, &mut vec![0; LONGEST])?;
        let mut buffer = vec![0; LONGEST];
        let (count, from) = client.recv_from(&mut buffer)?;
        assert_eq!(from, server.local_addr()?);
        buffer.truncate(count);
        Ok(buffer)
    }

    #[test]
    fn the_answer_is_in_upper_case_and_stripped() -> io::Result<()> {
        assert_eq!(answer_to(b"  abc-1.Z!\xff\r\n")?, b"ABC-1.Z!\xff");
        Ok(())
    }

    #[test]
    fn an_empty_datagram_has_an_empty_answer() -> io::Result<()> {
        assert_eq!(answer_to(b"")?, b"");
        Ok(())
    }

    #[test]
    fn a_long_datagram_comes_back_whole() -> io::Result<()> {
        assert_eq!(answer_to(&[b'x'; 8_000])?, [b'X'; 8_000]);
        Ok(())
    }
}
