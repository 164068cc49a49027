//! The lab's clients: connect (TCP only), send one message, and print the answer.
//!
//! The clients know only the server's address. They print every answer as it is.
#![expect(clippy::print_stdout, reason = "a program of the lab: what it prints is what the student watches")]

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

/// How long to wait for an answer. A lost datagram is never sent again, so without a limit a UDP
/// client could wait forever.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends `message` over a TCP connection and prints everything the server sends back.
pub(super) fn tcp(host: &str, port: u16, message: &str) -> io::Result<()> {
    // We do not choose a port: the kernel gives this end of the connection a free one.
    let mut stream = TcpStream::connect((host, port)).map_err(|error| at("cannot connect to", host, port, &error))?;
    println!("Connected to {} from {}", stream.peer_addr()?, stream.local_addr()?);
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(message.as_bytes())?;
    // We have sent everything: this sends a FIN, and the server's next read returns 0 bytes. The
    // other direction stays open for the answer.
    stream.shutdown(Shutdown::Write)?;
    // The answer can arrive in any number of parts, so read until the server closes too.
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    println!("Received {}", answer.escape_ascii());
    end.map_err(|error| at("incomplete answer from", host, port, &error))?;
    Ok(())
}

/// Sends `message` in one datagram and prints the datagram that comes back.
pub(super) fn udp(host: &str, port: u16, message: &str) -> io::Result<()> {
    let server = (host, port)
        .to_socket_addrs()
        .map_err(|error| at("cannot find", host, port, &error))?
        .next()
        .ok_or_else(|| io::Error::other(format!("{host} has no address")))?;
    // Port 0 asks the kernel for any free port. The server answers to that port.
    let socket = match server {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    // There is no connection. If there is no server, all we notice is that no answer arrives.
    socket.send_to(message.as_bytes(), server).map_err(|error| at("cannot send to", host, port, &error))?;
    let mut buffer = vec![0; 65_536];
    let (count, from) = socket.recv_from(&mut buffer).map_err(|error| at("no answer from", host, port, &error))?;
    println!("Received {} from {from}", buffer[..count].escape_ascii());
    Ok(())
}

/// Adds the failed operation and the server's address to an error.
fn at(doing: &str, host: &str, port: u16, error: &io::Error) -> io::Error {
    // If a read times out, the kernel only reports "try again" (`EAGAIN`).
    let why = match error.kind() {
        io::ErrorKind::WouldBlock => format!("none within {} seconds", ANSWER_TIMEOUT.as_secs()),
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("{doing} {host}:{port}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    #[test]
    fn refused_connection_names_the_address() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        // A connected client occupies this port, so no other program can start listening on it.
        let taken = TcpStream::connect(listener.local_addr()?)?;
        let port = taken.local_addr()?.port();
        let result = tcp("127.0.0.1", port, "x").map_err(|error| error.to_string());
        assert!(matches!(result, Err(why) if why.contains(&format!("127.0.0.1:{port}"))));
        Ok(())
    }

    #[test]
    fn message_is_followed_by_end_of_stream() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let client = thread::spawn(move || tcp("127.0.0.1", port, "a line"));
        let (mut stream, _) = listener.accept()?;
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard)?;
        assert_eq!(heard, b"a line");
        stream.write_all(b"an answer")?;
        drop(stream);
        assert!(matches!(client.join(), Ok(Ok(()))));
        Ok(())
    }
}
