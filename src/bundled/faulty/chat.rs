//! Servers of the `line-chat` lab with one fault each, and near misses that are correct.
//!
//! Nearly all are the server of `room.rs` with one field of `Manners` changed.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::base::{fault, stay};
use super::polling::one_thread;
use super::room::{Cut, Manners, RIGHT, Told, one_at_a_time, serve};
use super::{Fault, Options};

pub(super) const CHAT: &str = "chat";

const START: &[&str] = &["chat.1"];
const JOIN: &[&str] = &["chat.2"];
const SAY: &[&str] = &["chat.3"];
const LEAVE: &[&str] = &["chat.4"];
const SLOW: &[&str] = &["chat.5"];
const ALL_BUT_START: &[&str] = &["chat.2", "chat.3", "chat.4", "chat.5"];

/// Creates an entry of the list.
const fn chat(name: &'static str, fails: &'static [&'static str], run: Run, about: &'static str) -> Fault {
    fault(name, CHAT, fails, run, about)
}

type Run = fn(&Options) -> io::Result<()>;

pub(super) const FAULTS: &[Fault] = &[
    chat("chat-binds-never-listens", START, binds_only, "Binds its socket but never calls listen."),
    chat(
        "chat-silent-joins",
        JOIN,
        |options| serve(options, Manners { joins: Told::Nobody, ..RIGHT }),
        "Never tells anybody that somebody has joined.",
    ),
    chat(
        "chat-tells-who-joined-too",
        JOIN,
        |options| serve(options, Manners { joins: Told::All, ..RIGHT }),
        "Tells also the one who joins that it has joined.",
    ),
    chat(
        "chat-echoes-to-sender",
        SAY,
        |options| serve(options, Manners { texts: Told::All, ..RIGHT }),
        "Sends each line to all, also back to the one who said it.",
    ),
    chat(
        "chat-first-other-only",
        SAY,
        |options| serve(options, Manners { texts: Told::FirstOther, ..RIGHT }),
        "Sends each line to the first of the others only.",
    ),
    chat(
        "chat-without-names",
        SAY,
        |options| serve(options, Manners { names: false, ..RIGHT }),
        "Passes the text on without saying whose it is.",
    ),
    chat(
        "chat-says-twice",
        SAY,
        |options| serve(options, Manners { times: 2, ..RIGHT }),
        "Says every line twice to everybody.",
    ),
    chat(
        "chat-greets",
        SAY,
        |options| serve(options, Manners { greets: true, ..RIGHT }),
        "Greets everybody who joins with a line that nobody asked for.",
    ),
    chat(
        "chat-reads-are-lines",
        SAY,
        |options| serve(options, Manners { lines: Cut::Reads, ..RIGHT }),
        "Takes what one receive gives for a line.",
    ),
    chat(
        "chat-first-line-of-a-read",
        SAY,
        |options| serve(options, Manners { lines: Cut::FirstOfRead, ..RIGHT }),
        "Forgets what follows the first line in what one receive gives.",
    ),
    chat(
        "chat-one-buffer-for-all",
        SAY,
        |options| serve(options, Manners { lines: Cut::OneBuffer, ..RIGHT }),
        "Collects the lines of all clients in one buffer, so that their pieces get mixed.",
    ),
    chat(
        "chat-silent-leaves",
        LEAVE,
        |options| serve(options, Manners { leaves: false, ..RIGHT }),
        "Never tells anybody that somebody has left.",
    ),
    chat(
        "chat-dies-of-the-dead",
        LEAVE,
        |options| serve(options, Manners { forgets: false, ..RIGHT }),
        "Goes on sending to those who have left, and ends when that fails.",
    ),
    chat(
        "chat-blocks-on-slow-reader",
        SLOW,
        |options| serve(options, Manners { queue: None, ..RIGHT }),
        "Sends to one client after another and waits for the one that does not read.",
    ),
    chat("chat-one-at-a-time", ALL_BUT_START, one_at_a_time, "Serves one client until it ends, and then the next."),
];

pub(super) const NEAR_MISSES: &[Fault] = &[
    chat("chat-one-thread", &[], one_thread, "Serves all clients in one thread, looking at each again and again."),
    chat(
        "chat-late",
        &[],
        |options| serve(options, Manners { late: Duration::from_millis(200), ..RIGHT }),
        "Takes 200 ms over the first line that somebody says.",
    ),
    chat(
        "chat-ends-lines-with-crlf",
        &[],
        |options| serve(options, Manners { end: b"\r\n", ..RIGHT }),
        "Ends each line with a carriage return and a line feed.",
    ),
    chat(
        "chat-sends-ends-apart",
        &[],
        |options| serve(options, Manners { in_pieces: true, ..RIGHT }),
        "Sends each line in pieces, its end by itself.",
    ),
    chat(
        "chat-drops-unfinished",
        &[],
        |options| serve(options, Manners { unfinished: false, ..RIGHT }),
        "Drops what a client that ends has said without an end of line.",
    ),
    chat(
        "chat-gives-up-slow-readers",
        &[],
        |options| serve(options, Manners { queue: Some(150), ..RIGHT }),
        "Cuts the connection of a client for which 150 lines wait.",
    ),
    chat(
        "chat-noisy",
        &[],
        |options| serve(options, Manners { noisy: true, ..RIGHT }),
        "Prints 256 KiB of text for everybody who joins.",
    ),
];

fn binds_only(options: &Options) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let host: IpAddr = options.host.parse().map_err(io::Error::other)?;
    socket.bind(&SocketAddr::new(host, options.port).into())?;
    println!("Bind");
    stay()
}
