//! Copies of the model servers, each with a parameter that injects a fault.
//!
//! They behave and print as `tcp_simple.rs`, `udp_simple.rs` and `tcp_multi.rs` do. Those are
//! written for students to read, so the parameters are here and not there.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;

use super::{Fault, Options};

pub(super) const SIMPLE: &str = "tcp-simple";
pub(super) const UDP: &str = "udp-simple";
pub(super) const MULTI: &str = "tcp-multi";
pub(super) const REMOTE: &str = "remote";

/// Creates an entry of a family's list, for a server that starts correctly.
pub(super) const fn fault(
    name: &'static str,
    role: &'static str,
    fails: &'static [&'static str],
    run: fn(&Options) -> io::Result<()>,
    about: &'static str,
) -> Fault {
    Fault { name, role, about, fails, run }
}

/// Creates the listening socket.
pub(super) fn listen(options: &Options) -> io::Result<TcpListener> {
    let (host, port) = (options.host.as_str(), options.port);
    TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))
}

/// Binds a datagram socket.
pub(super) fn bind(options: &Options) -> io::Result<UdpSocket> {
    let (host, port) = (options.host.as_str(), options.port);
    UdpSocket::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot bind to {host}:{port}: {error}")))
}

/// Blocks forever.
pub(super) fn block_forever() -> ! {
    loop {
        thread::park();
    }
}

/// Listens as `tcp-simple` does, and accepts its only client.
pub(super) fn accept_only_client(options: &Options) -> io::Result<TcpStream> {
    let listener = listen(options)?;
    println!("Bind");
    println!("Listen");
    accept(&listener)
}

/// Accepts a client as `tcp-simple` does.
pub(super) fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let (stream, address) = listener.accept()?;
    println!("Connected");
    println!("Connected by ('{}', {})", address.ip(), address.port());
    Ok(stream)
}

/// Receives and prints the next bytes of the client of `tcp-simple`. Returns `None` at the end of
/// the stream.
pub(super) fn receive<'a>(mut stream: &TcpStream, buffer: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
    let count = stream.read(buffer)?;
    let data = &buffer[..count];
    if data.is_empty() {
        return Ok(None);
    }
    println!("{}", data.escape_ascii());
    Ok(Some(data))
}

/// Answers each chunk with the result of `answer`, until the client closes.
pub(super) fn exchange(mut stream: &TcpStream, mut answer: impl FnMut(&[u8]) -> Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while let Some(data) = receive(stream, &mut buffer)? {
        stream.write_all(&answer(data))?;
    }
    Ok(())
}

/// Runs the complete `tcp-simple` server, with `answer` instead of the echo.
pub(super) fn echo(options: &Options, answer: impl FnMut(&[u8]) -> Vec<u8>) -> io::Result<()> {
    exchange(&accept_only_client(options)?, answer)
}

/// Runs the complete `udp-simple` server, with `answer` instead of the conversion to upper case.
///
/// `answer` receives the stripped datagram. Each item it returns is sent as a separate datagram.
pub(super) fn datagrams(options: &Options, mut answer: impl FnMut(&[u8]) -> Vec<Vec<u8>>) -> io::Result<()> {
    let socket = bind(options)?;
    let mut buffer = vec![0; 65_536];
    loop {
        let (data, client) = receive_from(&socket, &mut buffer)?;
        for datagram in answer(data.trim_ascii()) {
            reply_to(&socket, &datagram, client);
        }
    }
}

/// Receives the next datagram and its sender, and prints them as `udp-simple` does.
pub(super) fn receive_from<'a>(socket: &UdpSocket, buffer: &'a mut [u8]) -> io::Result<(&'a [u8], SocketAddr)> {
    let (count, client) = socket.recv_from(buffer)?;
    let data = &buffer[..count];
    println!("{} wrote:", client.ip());
    println!("{}", data.trim_ascii().escape_ascii());
    Ok((data, client))
}

/// Sends a datagram. An unreachable client must not stop the server.
pub(super) fn reply_to(socket: &UdpSocket, data: &[u8], client: SocketAddr) {
    if let Err(error) = socket.send_to(data, client) {
        eprintln!("cannot send the answer to {client}: {error}");
    }
}

/// Runs the complete `tcp-multi` server, with `answer` instead of the conversion to upper case.
pub(super) fn multi(options: &Options, mut answer: impl FnMut(&[u8]) -> Vec<u8>) -> io::Result<()> {
    connections(options, |mut stream| {
        let data = question(&stream)?;
        stream.write_all(&answer(&data))
    })
}

/// Accepts connections forever as `tcp-multi` does, and passes each one to `serve`.
pub(super) fn connections(options: &Options, mut serve: impl FnMut(TcpStream) -> io::Result<()>) -> io::Result<()> {
    let listener = listen(options)?;
    loop {
        serve_next(&listener, &mut serve)?;
    }
}

/// Accepts one connection as `tcp-multi` does, and passes it to `serve`.
pub(super) fn serve_next(listener: &TcpListener, mut serve: impl FnMut(TcpStream) -> io::Result<()>) -> io::Result<()> {
    let stream = match listener.accept() {
        Ok((stream, _)) => stream,
        Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => return Ok(()),
        Err(error) => return Err(error),
    };
    if let Err(error) = serve(stream) {
        eprintln!("a client could not be served: {error}");
    }
    Ok(())
}

/// Receives once as `tcp-multi` does, prints the bytes and returns them stripped.
pub(super) fn question(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 1024];
    let count = stream.read(&mut buffer)?;
    let data = buffer[..count].trim_ascii();
    println!("{} escreveu:", stream.peer_addr()?.ip());
    println!("{}", data.escape_ascii());
    Ok(data.to_vec())
}

/// Serves one connection as `tcp-multi` should: receives once, answers in upper case, closes.
pub(super) fn answer(mut stream: TcpStream) -> io::Result<()> {
    let data = question(&stream)?;
    stream.write_all(&upper(&data))
}

/// Runs `serve` in a new thread and prints its error.
pub(super) fn spawn(serve: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    let tried = move || {
        if let Err(error) = serve() {
            eprintln!("a client could not be served: {error}");
        }
    };
    thread::Builder::new().spawn(tried).map(drop)
}

/// Returns the answer that `tcp-multi` and `udp-simple` should give.
pub(super) fn upper(data: &[u8]) -> Vec<u8> {
    data.to_ascii_uppercase()
}
