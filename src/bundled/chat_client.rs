//! The `chat` client: a client for the `line-chat` server.
//!
//! It sends each line that is typed, the first of which is the name, and prints each line that the
//! server sends. Both happen at the same time: one thread waits for the keyboard, another for the
//! server. A program that only does one after the other shows a line of the others only after its
//! own user has typed something.
//!
//! It ends when the typed input ends, after it has printed what the server still sends, and when
//! the server closes the connection, whatever the keyboard does.
#![expect(clippy::print_stdout, reason = "a program of the lab: what it prints is what the student watches")]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::thread;

/// Why the client ends.
enum End {
    /// The server has closed the connection.
    Server,
    /// The connection or the standard input failed.
    Failed(io::Error),
}

/// Connects to the server, and chats until the typed input or the connection ends.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    let stream = TcpStream::connect((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot connect to {host}:{port}: {error}")))?;
    let (ends, end) = mpsc::channel();
    let (from_server, to_server, done) = (stream.try_clone()?, stream, ends.clone());
    thread::spawn(move || done.send(print_lines(from_server)));
    // This thread may wait for the keyboard for ever. It does not keep the program alive.
    thread::spawn(move || {
        if let Err(error) = send_lines(io::stdin().lock(), &to_server) {
            // This fails if the program is about to end: then the error does not matter.
            let _ = ends.send(End::Failed(error));
        }
    });
    match end.recv() {
        Ok(End::Failed(error)) => Err(error),
        Ok(End::Server) | Err(_) => Ok(()),
    }
}

/// Prints what the server sends, line by line, until it closes the connection.
fn print_lines(stream: TcpStream) -> End {
    // The bytes of a line may arrive in any number of parts, even in the middle of a letter, so
    // nothing is printed before its line is complete.
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        match lines.read_until(b'\n', &mut line) {
            Ok(0) => return End::Server,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                println!("{}", text.trim_end_matches(['\r', '\n']));
            }
            Err(error) => return End::Failed(error),
        }
    }
}

/// Sends each typed line with its line ending. When the input ends, ends the sending side only: the
/// server then closes its side too, after its last line.
fn send_lines(mut input: impl BufRead, mut stream: &TcpStream) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return stream.shutdown(Shutdown::Write);
        }
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        stream.write_all(&line)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    #[test]
    fn every_line_is_sent_with_its_ending_and_then_the_end() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        send_lines(&b"ana\nbom dia"[..], &stream)?;
        let mut got = String::new();
        listener.accept()?.0.read_to_string(&mut got)?;
        assert_eq!(got, "ana\nbom dia\n");
        Ok(())
    }
}
