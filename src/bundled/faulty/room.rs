//! A chat server with one thread per client and parameters (`Manners`) that inject faults.
//!
//! With [`RIGHT`] it behaves as `line_chat.rs` does. That file is written for students to read, so
//! the parameters are here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::Options;
use super::base::{in_thread, listen};

/// The members that receive a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nobody,
    FirstOther,
    Others,
    All,
}

/// How received bytes are split into lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Lines,
    Reads,
    FirstOfRead,
    OneBuffer,
}

/// The behaviour of a chat server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    pub(super) joins: Told,
    pub(super) texts: Told,
    pub(super) leaves: bool,
    pub(super) names: bool,
    pub(super) times: usize,
    pub(super) greets: bool,
    pub(super) lines: Cut,
    /// If true, a last line without a terminator counts when the client closes.
    pub(super) unfinished: bool,
    /// If true, clients that left are removed from the members.
    pub(super) forgets: bool,
    /// Maximum number of lines that may wait for a client. If `None`, lines are sent directly,
    /// which can block forever.
    pub(super) queue: Option<usize>,
    /// Delay before the first line of a client (after its name) is sent on.
    pub(super) late: Duration,
    pub(super) end: &'static [u8],
    pub(super) in_pieces: bool,
    pub(super) noisy: bool,
}

pub(super) const RIGHT: Manners = Manners {
    joins: Told::Others,
    texts: Told::Others,
    leaves: true,
    names: true,
    times: 1,
    greets: false,
    lines: Cut::Lines,
    unfinished: true,
    forgets: true,
    queue: Some(10_000),
    late: Duration::ZERO,
    end: b"\n",
    in_pieces: false,
    noisy: false,
};

struct Member {
    id: usize,
    queue: Option<SyncSender<Vec<u8>>>,
    stream: TcpStream,
}

struct Room {
    manners: Manners,
    members: Mutex<Vec<Member>>,
    /// The bytes received from all clients, if they share one buffer ([`Cut::OneBuffer`]).
    buffer: Mutex<Vec<u8>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    fn tell(&self, from: usize, whom: Told, times: usize, line: &[u8]) {
        println!("{}", line.escape_ascii());
        let line = [line, self.manners.end].concat();
        let members = lock(&self.members);
        let is_meant = |member: &&Member| whom == Told::All || member.id != from;
        let most = match whom {
            Told::Nobody => 0,
            Told::FirstOther => 1,
            Told::Others | Told::All => members.len(),
        };
        for member in members.iter().filter(is_meant).take(most) {
            for _ in 0..times {
                member.tell(&line);
            }
        }
    }

    fn say(&self, id: usize, name: &[u8], text: &[u8]) {
        let line = if self.manners.names { [name, b": ", text].concat() } else { text.to_vec() };
        self.tell(id, self.manners.texts, self.manners.times, &line);
    }
}

impl Member {
    fn tell(&self, line: &[u8]) {
        let Some(queue) = &self.queue else {
            let _ = (&self.stream).write_all(line);
            return;
        };
        if queue.try_send(line.to_vec()).is_err() {
            let _ = self.stream.shutdown(Shutdown::Both);
        }
    }
}

/// Runs the complete server: all clients at the same time.
pub(super) fn serve(options: &Options, manners: Manners) -> io::Result<()> {
    let listener = listen(options)?;
    let room = room(manners);
    for id in 0.. {
        let stream = next(&listener)?;
        let room = Arc::clone(&room);
        in_thread(move || attend(&stream, id, &room))?;
    }
    Ok(())
}

pub(super) fn one_at_a_time(options: &Options) -> io::Result<()> {
    let listener = listen(options)?;
    let room = room(RIGHT);
    for id in 0.. {
        if let Err(error) = attend(&next(&listener)?, id, &room) {
            eprintln!("a client could not be served: {error}");
        }
    }
    Ok(())
}

fn room(manners: Manners) -> Arc<Room> {
    Arc::new(Room { manners, members: Mutex::default(), buffer: Mutex::default() })
}

fn next(listener: &TcpListener) -> io::Result<TcpStream> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Serves one client from its name to the end of its stream.
fn attend(stream: &TcpStream, id: usize, room: &Room) -> io::Result<()> {
    let manners = room.manners;
    let (mut name, mut late) = (None::<Vec<u8>>, manners.late);
    let ended = receive(stream, room, &mut |line| {
        if let Some(name) = &name {
            thread::sleep(std::mem::take(&mut late));
            room.say(id, name, line);
            return Ok(());
        }
        enter(stream, id, room)?;
        room.tell(id, manners.joins, 1, &[b"+", line].concat());
        name = Some(line.to_vec());
        Ok(())
    });
    if let Some(name) = &name {
        if manners.forgets {
            lock(&room.members).retain(|member| member.id != id);
        }
        if manners.leaves {
            room.tell(id, if manners.forgets { Told::Others } else { Told::All }, 1, &[b"-", &name[..]].concat());
        }
    }
    // A client that resets its connection has left like any other: this is not an error.
    ended.or_else(|error| if error.kind() == io::ErrorKind::ConnectionReset { Ok(()) } else { Err(error) })
}

fn enter(stream: &TcpStream, id: usize, room: &Room) -> io::Result<()> {
    let manners = room.manners;
    if manners.noisy {
        print!("{}", format!("{:-<63}\n", "so much to say ").repeat(4096));
    }
    let queue = match manners.queue {
        None => None,
        Some(most) => {
            let (queue, waiting) = mpsc::sync_channel(most);
            let stream = stream.try_clone()?;
            in_thread(move || send(&stream, &waiting, manners))?;
            Some(queue)
        }
    };
    let member = Member { id, queue, stream: stream.try_clone()? };
    if manners.greets {
        member.tell(b"welcome to the chat\n");
    }
    lock(&room.members).push(member);
    Ok(())
}

fn send(mut stream: &TcpStream, waiting: &Receiver<Vec<u8>>, manners: Manners) -> io::Result<()> {
    if manners.in_pieces {
        stream.set_nodelay(true)?;
    }
    for line in waiting {
        let middle = if manners.in_pieces { line.len() / 2 } else { 0 };
        let end = line.len() - usize::from(manners.in_pieces);
        for piece in [&line[..middle], &line[middle..end], &line[end..]] {
            match stream.write_all(piece) {
                Err(error) if !manners.forgets => {
                    // In one write, because other threads print too.
                    let _ = io::stderr().write_all(format!("BrokenPipeError: {error}\n").as_bytes());
                    std::process::exit(1);
                }
                sent => sent?,
            }
        }
    }
    Ok(())
}

/// Passes each line, as split by [`Cut`], to `each`.
fn receive(mut stream: &TcpStream, room: &Room, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let cut = room.manners.lines;
    let mut own = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            let rest = own.trim_ascii_end();
            return if rest.is_empty() || !room.manners.unfinished { Ok(()) } else { each(rest) };
        }
        if cut == Cut::Reads {
            each(buffer[..count].trim_ascii_end())?;
            continue;
        }
        if cut == Cut::OneBuffer {
            own = std::mem::take(&mut *lock(&room.buffer));
        }
        own.extend_from_slice(&buffer[..count]);
        while let Some(line) = take_line(&mut own) {
            if cut == Cut::FirstOfRead {
                own.clear();
            }
            each(&line)?;
        }
        if cut == Cut::OneBuffer {
            *lock(&room.buffer) = std::mem::take(&mut own);
        }
    }
}

/// Removes the first line from the received bytes and returns it without its terminator.
pub(super) fn take_line(received: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = received.iter().position(|&byte| byte == b'\n')?;
    let line: Vec<u8> = received.drain(..=end).collect();
    Some(line.trim_ascii_end().to_vec())
}
