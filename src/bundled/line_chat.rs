//! The `line-chat` server: what one client says in a line, all the others read.
//!
//! The first line of a client is its name: the others are told `+name`. Each later line is told to
//! the others as `name: text`, and not to the one who said it. Who leaves, in whatever way, is told
//! of as `-name`. Nothing else is ever sent.
//!
//! Each client has two threads and a queue of lines. The one thread receives: it puts what its
//! client says into the queues of all others, and that never waits. The other sends what is in
//! its client's queue, and waits where the client does not read: only for that one client.
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

/// So many lines may wait for a client that does not read; then it is given up.
const QUEUE: usize = 1000;

/// A client as the others see it.
struct Member {
    address: SocketAddr,
    /// The lines that still have to be sent to it.
    queue: SyncSender<Vec<u8>>,
    /// Its connection, to be cut where it is given up.
    stream: TcpStream,
}

/// All who have told their name and have not left.
#[derive(Default)]
struct Room(Mutex<Vec<Member>>);

impl Room {
    /// The members, for one thread at a time: so that all of them get all lines in the same order.
    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the others that somebody came, and lets it in.
    fn join(&self, member: Member, name: &[u8]) {
        let mut members = self.members();
        tell(&members, member.address, &[b"+", name]);
        members.push(member);
    }

    /// Tells what one of them said to the others.
    fn say(&self, from: SocketAddr, name: &[u8], text: &[u8]) {
        tell(&self.members(), from, &[name, b": ", text]);
    }

    /// Forgets one of them first, and then tells the others: nothing may be sent to who is gone.
    fn leave(&self, who: SocketAddr, name: &[u8]) {
        let mut members = self.members();
        members.retain(|member| member.address != who);
        tell(&members, who, &[b"-", name]);
    }
}

/// Puts a line into the queue of everybody but the one it comes from. It never waits.
fn tell(members: &[Member], from: SocketAddr, parts: &[&[u8]]) {
    let line = [&parts.concat()[..], b"\n"].concat();
    println!("{}", line.trim_ascii_end().escape_ascii());
    for member in members.iter().filter(|member| member.address != from) {
        if member.queue.try_send(line.clone()).is_err() {
            // It has not read for a long time. Its receiving thread now finds the end, and lets it leave.
            let _ = member.stream.shutdown(Shutdown::Both);
        }
    }
}

/// Listens on `host`:`port` and serves for ever, all clients at the same time.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error}")))?;
    serve_all(&listener)
}

/// Accepts for ever, and gives each client a thread of its own.
fn serve_all(listener: &TcpListener) -> io::Result<()> {
    let room = Arc::new(Room::default());
    loop {
        let (stream, address) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client connected and was gone before we came: the next one, please.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        let room = Arc::clone(&room);
        // Whatever goes wrong with one client must not end the service for the others.
        thread::Builder::new().spawn(move || {
            if let Err(error) = serve(&stream, address, &room) {
                eprintln!("{address}: {error}");
            }
        })?;
    }
}

/// Receives one client's lines, from its name to its end.
fn serve(stream: &TcpStream, address: SocketAddr, room: &Room) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    let Some(name) = next_line(&mut lines)? else { return Ok(()) };
    let (queue, waiting) = mpsc::sync_channel(QUEUE);
    let sending = stream.try_clone()?;
    thread::Builder::new().spawn(move || send(&sending, &waiting))?;
    room.join(Member { address, queue, stream: stream.try_clone()? }, &name);
    let ending = loop {
        match next_line(&mut lines) {
            Ok(Some(text)) => room.say(address, &name, &text),
            Ok(None) => break Ok(()),
            // A reset, for instance: it has left all the same.
            Err(error) => break Err(error),
        }
    };
    room.leave(address, &name);
    ending
}

/// The next line without its end; none when the client has ended. A line may come in many pieces,
/// or many lines in one: `read_until` reads on until there is a whole one, and keeps the rest.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if lines.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_ascii_end().to_vec()))
}

/// Sends a client what waits for it, until it has left the room (nobody holds its queue any more) or is gone.
fn send(mut stream: &TcpStream, waiting: &Receiver<Vec<u8>>) {
    for line in waiting {
        if stream.write_all(&line).is_err() {
            return; // The receiving thread finds that out, too.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends of a connection: the server's, and the client's.
    fn connection() -> io::Result<(TcpStream, TcpStream)> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        Ok((listener.accept()?.0, client))
    }

    /// Lets somebody in whose queue nobody empties; its address, its queue, and the client's end of its connection.
    fn joined(room: &Room, name: &[u8], room_for: usize) -> io::Result<(SocketAddr, Receiver<Vec<u8>>, TcpStream)> {
        let (stream, client) = connection()?;
        let (queue, waiting) = mpsc::sync_channel(room_for);
        let address = stream.peer_addr()?;
        room.join(Member { address, queue, stream }, name);
        Ok((address, waiting, client))
    }

    fn told(waiting: &Receiver<Vec<u8>>) -> String {
        String::from_utf8_lossy(&waiting.recv().unwrap_or_default()).into_owned()
    }

    #[test]
    fn a_line_is_told_to_the_others_and_not_to_who_said_it() -> io::Result<()> {
        let room = Room::default();
        let (_ana, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (bia, bia_is_told, _) = joined(&room, b"bia", 9)?;
        room.say(bia, b"bia", b"oi");
        room.leave(bia, b"bia");
        room.say(bia, b"bia", b"nobody is told this twice");
        assert_eq!([told(&ana_is_told), told(&ana_is_told), told(&ana_is_told)], ["+bia\n", "bia: oi\n", "-bia\n"]);
        assert!(bia_is_told.try_recv().is_err(), "her queue is gone, and there was nothing in it");
        Ok(())
    }

    #[test]
    fn who_does_not_read_is_given_up_and_the_others_are_told_all() -> io::Result<()> {
        let room = Room::default();
        let (_slow, _queue, mut slow) = joined(&room, b"slow", 1)?;
        let (_, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (bia, ..) = joined(&room, b"bia", 9)?;
        room.say(bia, b"bia", b"one");
        room.say(bia, b"bia", b"two");
        assert_eq!(
            [told(&ana_is_told), told(&ana_is_told), told(&ana_is_told)],
            ["+bia\n", "bia: one\n", "bia: two\n"]
        );
        assert_eq!(io::Read::read(&mut slow, &mut [0])?, 0, "its connection was cut");
        Ok(())
    }

    #[test]
    fn lines_in_pieces_and_an_end_of_any_kind_are_served() -> io::Result<()> {
        let room = Room::default();
        let (_ana, ana_is_told, _) = joined(&room, b"ana", 9)?;
        let (stream, mut client) = connection()?;
        thread::scope(|scope| {
            let served = scope.spawn(|| serve(&stream, stream.peer_addr()?, &room));
            client.write_all(b"caio\r\no")?;
            assert_eq!(told(&ana_is_told), "+caio\n");
            client.write_all(b"i\ntudo bem?")?;
            assert_eq!(told(&ana_is_told), "caio: oi\n");
            drop(client);
            assert_eq!([told(&ana_is_told), told(&ana_is_told)], ["caio: tudo bem?\n", "-caio\n"]);
            assert!(matches!(served.join(), Ok(Ok(()))));
            Ok(())
        })
    }

    #[test]
    fn who_never_tells_a_name_was_never_there() -> io::Result<()> {
        let room = Room::default();
        let (stream, client) = connection()?;
        drop(client);
        serve(&stream, stream.peer_addr().unwrap_or(([127, 0, 0, 1], 1).into()), &room)?;
        assert!(room.members().is_empty());
        Ok(())
    }
}
