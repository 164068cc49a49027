//! Servers of `udp-simple` that bind correctly but answer incorrectly.
//!
//! They answer from or to the wrong address, do not answer each datagram separately, or do not
//! answer in upper case.

use std::io;
use std::net::{SocketAddr, UdpSocket};

use super::scaffold::{UDP, bind, datagrams, fault, receive_from, reply_to, upper};
use super::stream::whole_buffer;
use super::{Fault, Options};

const ANSWER: &[&str] = &["udp-simple.3"];
const EXCHANGE: &[&str] = &["udp-simple.2"];
const ANSWER_PACKETS_AND_LOSSES: &[&str] = &["udp-simple.3", "udp-simple.4", "tcp-simple.5"];
const EXCHANGE_AND_PACKETS: &[&str] = &["udp-simple.2", "udp-simple.4"];
const ALL: &[&str] = &["udp-simple.2", "udp-simple.3", "udp-simple.4"];

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "udp-never-answers",
        UDP,
        ALL,
        |options| datagrams(options, |_| Vec::new()),
        "Prints what it receives but sends nothing.",
    ),
    fault(
        "udp-replies-from-another-port",
        UDP,
        EXCHANGE,
        replies_from_another_port,
        "Sends each answer from a new socket, and so from another port.",
    ),
    fault(
        "udp-replies-to-fixed-port",
        UDP,
        ALL,
        replies_to_fixed_port,
        "Sends its answers to port 9, not to the client's port.",
    ),
    fault(
        "udp-connects-to-first-client",
        UDP,
        EXCHANGE_AND_PACKETS,
        connects_to_first_client,
        "Connects its socket to the first client, so no other client reaches it.",
    ),
    fault("udp-one-answer-only", UDP, ALL, one_answer_only, "Answers one datagram and exits."),
    fault("udp-merges-datagrams", UDP, ALL, merges_datagrams, "Waits for a second datagram and answers both in one."),
    fault(
        "udp-answers-twice",
        UDP,
        ANSWER_PACKETS_AND_LOSSES,
        |options| datagrams(options, |data| vec![upper(data); 2]),
        "Sends each answer twice.",
    ),
    fault("udp-stops-after-50", UDP, ANSWER, stops_after_50, "Answers fifty datagrams, then only reads."),
    fault("udp-dies-on-empty-datagram", UDP, ANSWER, dies_on_empty, "Crashes on an empty datagram."),
    fault(
        "udp-cuts-at-512",
        UDP,
        ANSWER,
        cuts_at_512,
        "Receives into 512 bytes, so the rest of a longer datagram is lost.",
    ),
    fault(
        "udp-echo-for-upper",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![data.to_vec()]),
        "Sends back what it received: the behaviour of another role.",
    ),
    fault(
        "udp-lower-for-upper",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![data.to_ascii_lowercase()]),
        "Answers in lower case.",
    ),
    fault(
        "udp-prefix",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![[b"UDP: ".to_vec(), upper(data)].concat()]),
        "Puts 'UDP: ' in front of each answer.",
    ),
    fault(
        "udp-adds-newline",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![[upper(data), b"\n".to_vec()].concat()]),
        "Adds a newline to each answer.",
    ),
    fault(
        "udp-trailing-nul",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![whole_buffer(&upper(data))]),
        "Sends its whole buffer of 1024 bytes, NUL bytes included, not only the bytes received.",
    ),
    fault(
        "udp-drops-last-byte",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![upper(without_last(data))]),
        "Omits the last byte of each datagram.",
    ),
    fault(
        "udp-fixed-text",
        UDP,
        ANSWER,
        |options| datagrams(options, |_| vec![b"MESSAGE RECEIVED".to_vec()]),
        "Answers everything with the same text.",
    ),
    fault(
        "udp-reversed",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![upper(data).into_iter().rev().collect()]),
        "Answers in upper case, but with the bytes in reverse order.",
    ),
    fault(
        "udp-nothing-for-digits",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![upper_if_changed(data)]),
        "Sends nothing if upper case changes nothing, as with the nil that upcase! of Ruby returns.",
    ),
    fault(
        "udp-subtracts-32",
        UDP,
        ANSWER,
        |options| datagrams(options, |data| vec![subtract_32(data)]),
        "Subtracts 32 from every byte, so only lower-case letters are converted correctly.",
    ),
];

/// Converts to upper case by a common mistake that works only for lower-case letters.
pub(super) fn subtract_32(data: &[u8]) -> Vec<u8> {
    data.iter().map(|byte| byte.wrapping_sub(32)).collect()
}

/// Converts to upper case, and returns nothing if that changes nothing.
pub(super) fn upper_if_changed(data: &[u8]) -> Vec<u8> {
    let answer = upper(data);
    if answer == data { Vec::new() } else { answer }
}

fn without_last(data: &[u8]) -> &[u8] {
    data.split_last().map_or(data, |(_, rest)| rest)
}

/// Runs the model server's loop. `answer` sends the answers, until it returns false.
fn serve(
    options: &Options,
    mut answer: impl FnMut(&UdpSocket, &[u8], SocketAddr) -> io::Result<bool>,
) -> io::Result<()> {
    let socket = bind(options)?;
    let mut buffer = vec![0; 65_536];
    loop {
        let (data, client) = receive_from(&socket, &mut buffer)?;
        if !answer(&socket, data.trim_ascii(), client)? {
            return Ok(());
        }
    }
}

fn replies_from_another_port(options: &Options) -> io::Result<()> {
    let anywhere = Options { port: 0, ..options.clone() };
    serve(options, |_, data, client| {
        reply_to(&bind(&anywhere)?, &upper(data), client);
        Ok(true)
    })
}

fn replies_to_fixed_port(options: &Options) -> io::Result<()> {
    serve(options, |socket, data, client| {
        reply_to(socket, &upper(data), SocketAddr::new(client.ip(), 9));
        Ok(true)
    })
}

fn connects_to_first_client(options: &Options) -> io::Result<()> {
    let mut connected = false;
    let socket = bind(options)?;
    let mut buffer = vec![0; 65_536];
    loop {
        let (data, client) = match receive_from(&socket, &mut buffer) {
            // The first client has exited. The kernel reports this on a connected UDP socket.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => continue,
            received => received?,
        };
        if !std::mem::replace(&mut connected, true) {
            socket.connect(client)?;
        }
        if let Err(error) = socket.send(&upper(data.trim_ascii())) {
            eprintln!("cannot send the answer to {client}: {error}");
        }
    }
}

fn one_answer_only(options: &Options) -> io::Result<()> {
    serve(options, |socket, data, client| {
        reply_to(socket, &upper(data), client);
        Ok(false)
    })
}

fn merges_datagrams(options: &Options) -> io::Result<()> {
    let mut held: Option<Vec<u8>> = None;
    serve(options, |socket, data, client| {
        match held.take() {
            None => held = Some(upper(data)),
            Some(first) => reply_to(socket, &[first, upper(data)].concat(), client),
        }
        Ok(true)
    })
}

fn stops_after_50(options: &Options) -> io::Result<()> {
    let mut left = 50;
    datagrams(options, |data| {
        if left == 0 {
            return Vec::new();
        }
        left -= 1;
        vec![upper(data)]
    })
}

fn dies_on_empty(options: &Options) -> io::Result<()> {
    serve(options, |socket, data, client| {
        if data.is_empty() {
            eprintln!("Traceback (most recent call last):");
            eprintln!("  File \"server.py\", line 12, in <module>");
            eprintln!("    first = data[0]");
            eprintln!("IndexError: index out of range");
            std::process::exit(1);
        }
        reply_to(socket, &upper(data), client);
        Ok(true)
    })
}

fn cuts_at_512(options: &Options) -> io::Result<()> {
    let socket = bind(options)?;
    loop {
        let mut buffer = [0; 512];
        let (data, client) = receive_from(&socket, &mut buffer)?;
        reply_to(&socket, &upper(data.trim_ascii()), client);
    }
}
