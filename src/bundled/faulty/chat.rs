//! Servers of the `line-chat` lab with one fault each, and near misses that are correct.
//!
//! Nearly all are the server of `room.rs` with one field of `ChatVariant` changed.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::chat_variants::{Audience, CORRECT, ChatVariant, LineFraming, one_at_a_time, serve};
use super::polling::serve_single_threaded;
use super::scaffold::{block_forever, fault};
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
        |options| serve(options, ChatVariant { joins: Audience::Nobody, ..CORRECT }),
        "Never announces that a client has joined.",
    ),
    chat(
        "chat-tells-who-joined-too",
        JOIN,
        |options| serve(options, ChatVariant { joins: Audience::All, ..CORRECT }),
        "Also announces a joining client to itself.",
    ),
    chat(
        "chat-echoes-to-sender",
        SAY,
        |options| serve(options, ChatVariant { texts: Audience::All, ..CORRECT }),
        "Sends each line to all clients, including its sender.",
    ),
    chat(
        "chat-first-other-only",
        SAY,
        |options| serve(options, ChatVariant { texts: Audience::FirstOther, ..CORRECT }),
        "Sends each line only to the first other client.",
    ),
    chat(
        "chat-without-names",
        SAY,
        |options| serve(options, ChatVariant { names: false, ..CORRECT }),
        "Forwards the text without the sender's name.",
    ),
    chat(
        "chat-says-twice",
        SAY,
        |options| serve(options, ChatVariant { times: 2, ..CORRECT }),
        "Sends every line twice to every client.",
    ),
    chat(
        "chat-greets",
        SAY,
        |options| serve(options, ChatVariant { greets: true, ..CORRECT }),
        "Greets each joining client with an extra line.",
    ),
    chat(
        "chat-reads-are-lines",
        SAY,
        |options| serve(options, ChatVariant { lines: LineFraming::Reads, ..CORRECT }),
        "Treats the data of one recv as one line.",
    ),
    chat(
        "chat-first-line-of-a-read",
        SAY,
        |options| serve(options, ChatVariant { lines: LineFraming::FirstOfRead, ..CORRECT }),
        "Drops what follows the first line in the data of one recv.",
    ),
    chat(
        "chat-one-buffer-for-all",
        SAY,
        |options| serve(options, ChatVariant { lines: LineFraming::OneBuffer, ..CORRECT }),
        "Collects the lines of all clients in one buffer, so that their pieces get mixed.",
    ),
    chat(
        "chat-silent-leaves",
        LEAVE,
        |options| serve(options, ChatVariant { leaves: false, ..CORRECT }),
        "Never announces that a client has left.",
    ),
    chat(
        "chat-dies-of-the-dead",
        LEAVE,
        |options| serve(options, ChatVariant { removes_left: false, ..CORRECT }),
        "Keeps sending to clients that have left, and exits when that fails.",
    ),
    chat(
        "chat-blocks-on-slow-reader",
        SLOW,
        |options| serve(options, ChatVariant { queue: None, ..CORRECT }),
        "Sends to one client at a time, and blocks on one that does not read.",
    ),
    chat("chat-one-at-a-time", ALL_BUT_START, one_at_a_time, "Serves one client until it closes, then the next."),
];

pub(super) const NEAR_MISSES: &[Fault] = &[
    chat("chat-one-thread", &[], serve_single_threaded, "Serves all clients in one thread by polling each of them."),
    chat(
        "chat-late",
        &[],
        |options| serve(options, ChatVariant { first_line_delay: Duration::from_millis(200), ..CORRECT }),
        "Takes 200 ms for the first line.",
    ),
    chat(
        "chat-ends-lines-with-crlf",
        &[],
        |options| serve(options, ChatVariant { end: b"\r\n", ..CORRECT }),
        "Ends each line with a carriage return and a line feed.",
    ),
    chat(
        "chat-sends-ends-apart",
        &[],
        |options| serve(options, ChatVariant { in_pieces: true, ..CORRECT }),
        "Sends each line in pieces, with its line ending separately.",
    ),
    chat(
        "chat-drops-unfinished",
        &[],
        |options| serve(options, ChatVariant { accepts_unfinished: false, ..CORRECT }),
        "Drops an unfinished line when its client closes.",
    ),
    chat(
        "chat-gives-up-slow-readers",
        &[],
        |options| serve(options, ChatVariant { queue: Some(150), ..CORRECT }),
        "Disconnects a client for which 150 lines are queued.",
    ),
    chat(
        "chat-noisy",
        &[],
        |options| serve(options, ChatVariant { noisy: true, ..CORRECT }),
        "Prints 256 KiB of text for each joining client.",
    ),
];

fn binds_only(options: &Options) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let host: IpAddr = options.host.parse().map_err(io::Error::other)?;
    socket.bind(&SocketAddr::new(host, options.port).into())?;
    println!("Bind");
    block_forever()
}
