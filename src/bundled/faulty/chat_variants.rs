//! A chat server with one thread per client and parameters (`ChatVariant`) that inject faults.
//!
//! With [`CORRECT`] it behaves as `line_chat.rs` does. That file is written for students to read,
//! so the parameters are here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::Options;
use super::scaffold::{listen, spawn};

/// The members that receive a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    Nobody,
    FirstOther,
    Others,
    All,
}

/// How received bytes are split into lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineFraming {
    Lines,
    Reads,
    FirstOfRead,
    OneBuffer,
}

/// The behaviour of a chat server.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChatVariant {
    pub(super) joins: Audience,
    pub(super) texts: Audience,
    pub(super) leaves: bool,
    pub(super) names: bool,
    pub(super) times: usize,
    pub(super) greets: bool,
    pub(super) lines: LineFraming,
    /// If true, a last line without a terminator counts when the client closes.
    pub(super) accepts_unfinished: bool,
    /// If true, clients that left are removed from the members.
    pub(super) removes_left: bool,
    /// Maximum number of lines that may wait for a client. If `None`, lines are sent directly,
    /// which can block forever.
    pub(super) queue: Option<usize>,
    /// Delay before the first line of a client (after its name) is sent on.
    pub(super) first_line_delay: Duration,
    pub(super) end: &'static [u8],
    pub(super) in_pieces: bool,
    pub(super) noisy: bool,
}

pub(super) const CORRECT: ChatVariant = ChatVariant {
    joins: Audience::Others,
    texts: Audience::Others,
    leaves: true,
    names: true,
    times: 1,
    greets: false,
    lines: LineFraming::Lines,
    accepts_unfinished: true,
    removes_left: true,
    queue: Some(10_000),
    first_line_delay: Duration::ZERO,
    end: b"\n",
    in_pieces: false,
    noisy: false,
};

struct Member {
    id: usize,
    queue: Option<SyncSender<Vec<u8>>>,
    stream: TcpStream,
}

struct ChatRoom {
    manners: ChatVariant,
    members: Mutex<Vec<Member>>,
    /// The bytes received from all clients, if they share one buffer ([`LineFraming::OneBuffer`]).
    buffer: Mutex<Vec<u8>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ChatRoom {
    fn broadcast(&self, from: usize, whom: Audience, times: usize, line: &[u8]) {
        println!("{}", line.escape_ascii());
        let line = [line, self.manners.end].concat();
        let members = lock(&self.members);
        let is_meant = |member: &&Member| whom == Audience::All || member.id != from;
        let most = match whom {
            Audience::Nobody => 0,
            Audience::FirstOther => 1,
            Audience::Others | Audience::All => members.len(),
        };
        for member in members.iter().filter(is_meant).take(most) {
            for _ in 0..times {
                member.tell(&line);
            }
        }
    }

    fn say(&self, id: usize, name: &[u8], text: &[u8]) {
        let line = if self.manners.names { [name, b": ", text].concat() } else { text.to_vec() };
        self.broadcast(id, self.manners.texts, self.manners.times, &line);
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
pub(super) fn serve(options: &Options, manners: ChatVariant) -> io::Result<()> {
    let listener = listen(options)?;
    let room = room(manners);
    for id in 0.. {
        let stream = next(&listener)?;
        let room = Arc::clone(&room);
        spawn(move || serve_client(&stream, id, &room))?;
    }
    Ok(())
}

pub(super) fn one_at_a_time(options: &Options) -> io::Result<()> {
    let listener = listen(options)?;
    let room = room(CORRECT);
    for id in 0.. {
        if let Err(error) = serve_client(&next(&listener)?, id, &room) {
            eprintln!("a client could not be served: {error}");
        }
    }
    Ok(())
}

fn room(manners: ChatVariant) -> Arc<ChatRoom> {
    Arc::new(ChatRoom { manners, members: Mutex::default(), buffer: Mutex::default() })
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
fn serve_client(stream: &TcpStream, id: usize, room: &ChatRoom) -> io::Result<()> {
    let manners = room.manners;
    let (mut name, mut late) = (None::<Vec<u8>>, manners.first_line_delay);
    let ended = receive(stream, room, &mut |line| {
        if let Some(name) = &name {
            thread::sleep(std::mem::take(&mut late));
            room.say(id, name, line);
            return Ok(());
        }
        enter(stream, id, room)?;
        room.broadcast(id, manners.joins, 1, &[b"+", line].concat());
        name = Some(line.to_vec());
        Ok(())
    });
    if let Some(name) = &name {
        if manners.removes_left {
            lock(&room.members).retain(|member| member.id != id);
        }
        if manners.leaves {
            room.broadcast(
                id,
                if manners.removes_left { Audience::Others } else { Audience::All },
                1,
                &[b"-", &name[..]].concat(),
            );
        }
    }
    // A client that resets its connection has left like any other: this is not an error.
    ended.or_else(|error| if error.kind() == io::ErrorKind::ConnectionReset { Ok(()) } else { Err(error) })
}

fn enter(stream: &TcpStream, id: usize, room: &ChatRoom) -> io::Result<()> {
    let manners = room.manners;
    if manners.noisy {
        print!("{}", format!("{:-<63}\n", "so much to say ").repeat(4096));
    }
    let queue = match manners.queue {
        None => None,
        Some(most) => {
            let (queue, waiting) = mpsc::sync_channel(most);
            let stream = stream.try_clone()?;
            spawn(move || send(&stream, &waiting, manners))?;
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

fn send(mut stream: &TcpStream, waiting: &Receiver<Vec<u8>>, manners: ChatVariant) -> io::Result<()> {
    if manners.in_pieces {
        stream.set_nodelay(true)?;
    }
    for line in waiting {
        let middle = if manners.in_pieces { line.len() / 2 } else { 0 };
        let end = line.len() - usize::from(manners.in_pieces);
        for piece in [&line[..middle], &line[middle..end], &line[end..]] {
            match stream.write_all(piece) {
                Err(error) if !manners.removes_left => {
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

/// Passes each line, as split by [`LineFraming`], to `each`.
fn receive(mut stream: &TcpStream, room: &ChatRoom, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let cut = room.manners.lines;
    let mut own = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            let rest = own.trim_ascii_end();
            return if rest.is_empty() || !room.manners.accepts_unfinished { Ok(()) } else { each(rest) };
        }
        if cut == LineFraming::Reads {
            each(buffer[..count].trim_ascii_end())?;
            continue;
        }
        if cut == LineFraming::OneBuffer {
            own = std::mem::take(&mut *lock(&room.buffer));
        }
        own.extend_from_slice(&buffer[..count]);
        while let Some(line) = take_line(&mut own) {
            if cut == LineFraming::FirstOfRead {
                own.clear();
            }
            each(&line)?;
        }
        if cut == LineFraming::OneBuffer {
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
