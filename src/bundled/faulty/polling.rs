//! The chat server without threads: polls one client after another, forever.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use super::Options;
use super::chat_variants::take_line;
use super::scaffold::listen;

/// A client of the single-threaded server.
struct PolledClient {
    stream: TcpStream,
    name: Option<Vec<u8>>,
    received: Vec<u8>,
    to_send: Vec<u8>,
    is_gone: bool,
}

/// Serves all clients in one thread. No call blocks, and the thread sleeps 1 ms between two rounds.
pub(super) fn serve_single_threaded(options: &Options) -> io::Result<()> {
    let listener = listen(options)?;
    listener.set_nonblocking(true)?;
    let mut seats: Vec<PolledClient> = Vec::new();
    loop {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(true)?;
            seats.push(PolledClient { stream, name: None, received: Vec::new(), to_send: Vec::new(), is_gone: false });
        }
        for k in 0..seats.len() {
            poll_client(&mut seats, k);
        }
        for seat in &mut seats {
            if let Ok(count) = seat.stream.write(&seat.to_send) {
                seat.to_send.drain(..count);
            }
        }
        seats.retain(|seat| !seat.is_gone);
        thread::sleep(Duration::from_millis(1));
    }
}

/// Processes the bytes that client `k` has sent so far.
fn poll_client(seats: &mut [PolledClient], k: usize) {
    let mut buffer = [0; 4096];
    match seats[k].stream.read(&mut buffer) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
        Ok(count) if count > 0 => seats[k].received.extend_from_slice(&buffer[..count]),
        _ => seats[k].is_gone = true,
    }
    let mut lines = Vec::new();
    while let Some(line) = take_line(&mut seats[k].received) {
        match &seats[k].name {
            Some(name) => lines.push([name, &b": "[..], &line].concat()),
            None => {
                lines.push([b"+", &line[..]].concat());
                seats[k].name = Some(line);
            }
        }
    }
    if let (true, Some(name)) = (seats[k].is_gone, &seats[k].name) {
        lines.push([b"-", &name[..]].concat());
    }
    for line in lines {
        for (_, other) in seats.iter_mut().enumerate().filter(|(place, other)| *place != k && other.name.is_some()) {
            other.to_send.extend([&line[..], b"\n"].concat());
        }
    }
}
