//! Servers of `tcp-simple` that start, connect and close correctly, but send back other bytes.
//!
//! The echo (item 3) fails. The connection states (item 2) do not.

use std::io::{self, Write};

use super::scaffold::{SIMPLE, accept_only_client, echo, exchange, fault, receive, upper};
use super::{Fault, Options};

const ECHO: &[&str] = &["tcp-simple.3"];

const ECHO_AND_PACKETS: &[&str] = &["tcp-simple.3", "tcp-simple.4"];

/// Creates an entry of the list: only the echo fails.
const fn wrong_echo(name: &'static str, run: fn(&Options) -> io::Result<()>, about: &'static str) -> Fault {
    fault(name, SIMPLE, ECHO, run, about)
}

/// Creates an entry of the list: a single message gets no answer, so the packets contain none
/// either.
const fn no_answer(name: &'static str, run: fn(&Options) -> io::Result<()>, about: &'static str) -> Fault {
    fault(name, SIMPLE, ECHO_AND_PACKETS, run, about)
}

pub(super) const FAULTS: &[Fault] = &[
    wrong_echo(
        "drops-last-byte",
        |options| echo(options, |data| data[..data.len() - 1].to_vec()),
        "Omits the last byte of everything it receives.",
    ),
    wrong_echo("cuts-at-1024", cuts_at_1024, "Answers the first 1024 bytes of each read and ignores the rest."),
    wrong_echo("stops-at-32-kib", stops_at_32_kib, "Answers at most 32 KiB per connection and ignores the rest."),
    wrong_echo("first-message-only", first_message_only, "Receives once, answers, and closes: there is no loop."),
    wrong_echo("ignores-later-messages", ignores_later_messages, "Answers the first message, then only reads."),
    no_answer("one-behind", one_behind, "Answers each message with the one before it, and the first with nothing."),
    wrong_echo(
        "adds-newline",
        |options| echo(options, |data| [data, b"\n"].concat()),
        "Adds a newline to each answer.",
    ),
    wrong_echo(
        "prefix",
        |options| echo(options, |data| [b"Echo: ", data].concat()),
        "Puts 'Echo: ' in front of each answer.",
    ),
    wrong_echo("banner", banner, "Greets the client before the client has sent anything."),
    wrong_echo(
        "trailing-nul",
        |options| echo(options, whole_buffer),
        "Sends its whole buffer of 1024 bytes, NUL bytes included, not only the bytes received.",
    ),
    wrong_echo("doubles-answer", |options| echo(options, |data| data.repeat(2)), "Sends each answer twice."),
    wrong_echo(
        "decodes-as-text",
        |options| echo(options, |data| String::from_utf8_lossy(data).into_owned().into()),
        "Decodes the bytes as text, so bytes above 127 come back changed.",
    ),
    wrong_echo("crashes-on-binary", crashes_on_binary, "Decodes the bytes as text, and crashes on invalid text."),
    wrong_echo(
        "clears-high-bit",
        |options| echo(options, |data| data.iter().map(|byte| byte & 0x7f).collect()),
        "Keeps only seven bits of each byte.",
    ),
    wrong_echo(
        "stops-at-nul",
        |options| echo(options, until_nul),
        "Treats a NUL byte as the end of the message, like strlen.",
    ),
    wrong_echo(
        "translates-newlines",
        |options| echo(options, with_carriage_returns),
        "Turns each newline into a carriage return and a newline.",
    ),
    wrong_echo(
        "upper-for-echo",
        |options| echo(options, upper),
        "Answers in upper case: the behaviour of another role.",
    ),
    wrong_echo(
        "fixed-text",
        |options| echo(options, |_| b"Message received".to_vec()),
        "Answers everything with the same text.",
    ),
    wrong_echo(
        "reversed",
        |options| echo(options, |data| data.iter().rev().copied().collect()),
        "Answers with the bytes in reverse order.",
    ),
    no_answer("never-answers", |options| echo(options, |_| Vec::new()), "Prints what it receives but sends nothing."),
    no_answer("closes-without-answer", closes_without_answer, "Receives once, and closes without an answer."),
    no_answer(
        "waits-for-newline",
        waits_for_newline,
        "Answers only complete lines: it waits for a newline that never arrives.",
    ),
];

/// Returns the content of a zeroed buffer of 1024 bytes after `data` was received into it.
pub(super) fn whole_buffer(data: &[u8]) -> Vec<u8> {
    let mut buffer = data.to_vec();
    buffer.resize(1024, 0);
    buffer
}

fn until_nul(data: &[u8]) -> Vec<u8> {
    data.iter().copied().take_while(|byte| *byte != 0).collect()
}

fn with_carriage_returns(data: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    for byte in data {
        if *byte == b'\n' {
            lines.push(b'\r');
        }
        lines.push(*byte);
    }
    lines
}

fn cuts_at_1024(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    let mut buffer = vec![0; 65_536];
    while let Some(data) = receive(&stream, &mut buffer)? {
        let kept = data.len().min(1024);
        stream.write_all(&buffer[..kept])?;
    }
    Ok(())
}

fn stops_at_32_kib(options: &Options) -> io::Result<()> {
    let mut left = 32 * 1024;
    echo(options, |data| {
        let kept = data.len().min(left);
        left -= kept;
        data[..kept].to_vec()
    })
}

fn first_message_only(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    if let Some(data) = receive(&stream, &mut [0; 1024])? {
        stream.write_all(data)?;
    }
    Ok(())
}

fn ignores_later_messages(options: &Options) -> io::Result<()> {
    let mut answered = false;
    echo(options, |data| {
        let first = !std::mem::replace(&mut answered, true);
        if first { data.to_vec() } else { Vec::new() }
    })
}

fn one_behind(options: &Options) -> io::Result<()> {
    let mut before = Vec::new();
    echo(options, |data| std::mem::replace(&mut before, data.to_vec()))
}

fn banner(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    stream.write_all(b"Welcome to the echo server\n")?;
    exchange(&stream, <[u8]>::to_vec)
}

fn crashes_on_binary(options: &Options) -> io::Result<()> {
    echo(options, |data| {
        if std::str::from_utf8(data).is_err() {
            eprintln!("Traceback (most recent call last):");
            eprintln!("  File \"server.py\", line 17, in <module>");
            eprintln!("    print(data.decode())");
            eprintln!("UnicodeDecodeError: 'utf-8' codec can't decode byte: invalid start byte");
            std::process::exit(1);
        }
        data.to_vec()
    })
}

fn closes_without_answer(options: &Options) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    receive(&stream, &mut [0; 1024])?;
    Ok(())
}

fn waits_for_newline(options: &Options) -> io::Result<()> {
    // Bytes after the last newline are never answered, not even when the client closes.
    let mut line = Vec::new();
    echo(options, |data| {
        line.extend_from_slice(data);
        let end = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        line.drain(..end).collect()
    })
}
