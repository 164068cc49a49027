//! The `line-chat` server: sends each line of a client to all other clients.
//!
//! The first line of a client is its name: the others receive `+name`. Each later line goes to the
//! others as `name: text`, but not back to its sender. When a client leaves, in whatever way, the
//! others receive `-name`. The server never sends anything else.
//!
//! Each client has two threads and a queue of lines. The first thread receives: it puts each line
//! of its client into the queues of all others, and never blocks. The second thread sends the lines
//! of its client's queue. If that client does not read, this thread blocks, and only for this
//! client.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the lab: what it prints is what the student watches"
)]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Maximum number of lines that may wait for a client that does not read. Beyond it, the server
/// drops the client.
const MAX_QUEUED_LINES: usize = 1000;

/// A client as the others see it.
struct Member {
    address: SocketAddr,
    /// The lines not yet sent to this client.
    queue: SyncSender<Vec<u8>>,
    /// The connection, which the server shuts down if it drops the client.
    stream: TcpStream,
}

/// All clients that have sent their name and have not left.
#[derive(Default)]
struct Room(Mutex<Vec<Member>>);

impl Room {
    /// Locks the members. One thread at a time holds the lock, so all members get all lines in the
    /// same order.
    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces a new member to the others and adds it.
    fn join(&self, member: Member, name: &[u8]) {
        let mut members = self.members();
        broadcast(&members, member.address, &[b"+", name]);
        members.push(member);
    }

    /// Sends a line of one member to the others.
    fn say(&self, from: SocketAddr, name: &[u8], text: &[u8]) {
        broadcast(&self.members(), from, &[name, b": ", text]);
    }

    /// Removes a member, then informs the others. In this order, no line is sent to a client that
    /// left.
    fn leave(&self, who: SocketAddr, name: &[u8]) {
        let mut members = self.members();
        members.retain(|member| member.address != who);
        broadcast(&members, who, &[b"-", name]);
    }
}

/// Puts a line into the queue of every member except its sender. Never blocks.
fn broadcast(members: &[Member], from: SocketAddr, parts: &[&[u8]]) {
    let line = [&parts.concat()[..], b"\n"].concat();
    println!("{}", line.trim_ascii_end().escape_ascii());
    for member in members.iter().filter(|member| member.address != from) {
        if member.queue.try_send(line.clone()).is_err() {
            // This client has not read for a long time. Its receiving thread now reads the end of
            // the stream and removes it.
            let _ = member.stream.shutdown(Shutdown::Both);
        }
    }
}

/// Listens on `host`:`port` and serves forever, all clients at the same time.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))?;
    serve_all(&listener)
}

/// Accepts connections forever, and starts a thread for each client.
fn serve_all(listener: &TcpListener) -> io::Result<()> {
    let room = Arc::new(Room::default());
    loop {
        let (stream, address) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client connected and left before we accepted it. Continue with the next one.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        let room = Arc::clone(&room);
        // An error of one client must not stop the server for the others.
        thread::Builder::new().spawn(move || {
            if let Err(error) = serve(&stream, address, &room) {
                eprintln!("{address}: {error}");
            }
        })?;
    }
}

/// Receives the lines of one client, from its name to the end of its stream.
fn serve(stream: &TcpStream, address: SocketAddr, room: &Room) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    let Some(name) = next_line(&mut lines)? else { return Ok(()) };
    let (queue, waiting) = mpsc::sync_channel(MAX_QUEUED_LINES);
    let sending = stream.try_clone()?;
    thread::Builder::new().spawn(move || send(&sending, &waiting))?;
    room.join(Member { address, queue, stream: stream.try_clone()? }, &name);
    let ending = loop {
        match next_line(&mut lines) {
            Ok(Some(text)) => room.say(address, &name, &text),
            Ok(None) => break Ok(()),
            // For example a reset. The client has left in this case too.
            Err(error) => break Err(error),
        }
    };
    room.leave(address, &name);
    ending
}

/// Returns the next line without its terminator, or `None` at the end of the stream.
///
/// A line can arrive in many pieces, and many lines can arrive in one. `read_until` reads until a
/// line is complete, and keeps the rest.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_ascii_end().to_vec()))
}

/// Sends the queued lines to a client. Ends when the client leaves the room (which drops the other
/// end of the queue) or the connection fails.
fn send(mut stream: &TcpStream, waiting: &Receiver<Vec<u8>>) {
    for line in waiting {
        if stream.write_all(&line).is_err() {
            return; // The receiving thread notices this too.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns both ends of a connection: the server's and the client's.
    fn connection() -> io::Result<(TcpStream, TcpStream)> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        Ok((listener.accept()?.0, client))
    }

    /// Adds a member whose queue is not emptied. Returns its address, its queue, and the client's
    /// end of its connection.
    fn joined(room: &Room, name: &[u8], room_for: usize) -> io::Result<(SocketAddr, Receiver<Vec<u8>>, TcpStream)> {
        let (stream, client) = connection()?;
        let (queue, waiting) = mpsc::sync_channel(room_for);
        let address = stream.peer_addr()?;
        room.join(Member { address, queue, stream }, name);
        Ok((address, waiting, client))
    }

    fn received_text(waiting: &Receiver<Vec<u8>>) -> String {
        String::from_utf8_lossy(&waiting.recv().unwrap_or_default()).into_owned()
    }

    #[test]
    fn line_reaches_the_others_but_not_its_sender() -> io::Result<()> {
        let room = Room::default();
        let (_ana, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (bia, bia_is_told, _) = joined(&room, b"bia", 9)?;
        room.say(bia, b"bia", b"oi");
        room.leave(bia, b"bia");
        room.say(bia, b"bia", b"nobody is told this twice");
        assert_eq!(
            [received_text(&ana_is_told), received_text(&ana_is_told), received_text(&ana_is_told)],
            ["+bia\n", "bia: oi\n", "-bia\n"]
        );
        assert!(bia_is_told.try_recv().is_err(), "the dropped queue was empty");
        Ok(())
    }

    #[test]
    fn slow_reader_is_dropped_without_blocking_others() -> io::Result<()> {
        let room = Room::default();
        let (_slow, _queue, mut slow) = joined(&room, b"slow", 1)?;
        let (_, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (bia, ..) = joined(&room, b"bia", 9)?;
        room.say(bia, b"bia", b"one");
        room.say(bia, b"bia", b"two");
        assert_eq!(
            [received_text(&ana_is_told), received_text(&ana_is_told), received_text(&ana_is_told)],
            ["+bia\n", "bia: one\n", "bia: two\n"]
        );
        assert_eq!(io::Read::read(&mut slow, &mut [0])?, 0, "the connection of the slow reader is shut down");
        Ok(())
    }

    #[test]
    fn lines_in_pieces_and_unterminated_lines_are_served() -> io::Result<()> {
        let room = Room::default();
        let (_ana, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (stream, mut client) = connection()?;
        thread::scope(|scope| {
            let served = scope.spawn(|| serve(&stream, stream.peer_addr()?, &room));
            client.write_all(b"caio\r\no")?;
            assert_eq!(received_text(&ana_is_told), "+caio\n");
            client.write_all(b"i\ntudo bem?")?;
            assert_eq!(received_text(&ana_is_told), "caio: oi\n");
            drop(client);
            assert_eq!([received_text(&ana_is_told), received_text(&ana_is_told)], ["caio: tudo bem?\n", "-caio\n"]);
            assert!(matches!(served.join(), Ok(Ok(()))));
            Ok(())
        })
    }

    #[test]
    fn client_without_name_never_joins() -> io::Result<()> {
        let room = Room::default();
        let (stream, client) = connection()?;
        drop(client);
        serve(&stream, stream.peer_addr().unwrap_or(([127, 0, 0, 1], 1).into()), &room)?;
        assert!(room.members().is_empty());
        Ok(())
    }
}
