//! Servers whose answers reveal the fault by their content, their order or their time.

use std::io::{self, Read, Write};

use super::scaffold::{MULTI, SIMPLE, UDP, accept_only_client, datagrams, echo, fault, multi, upper};
use super::{Fault, Options};

const ECHO: &[&str] = &["tcp-simple.3"];
const DATAGRAMS: &[&str] = &["udp-simple.3"];
const ALL_DATAGRAMS: &[&str] = &["udp-simple.2", "udp-simple.3", "udp-simple.4"];
const UPPER: &[&str] = &["tcp-multi.3", "tcp-multi.4", "tcp-multi.5"];
const UPPER_OF_SEVERAL: &[&str] = &["tcp-multi.3", "tcp-multi.5"];

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "sends-python-literal",
        SIMPLE,
        ECHO,
        |options| echo(options, |data| format!("b'{}'", data.escape_ascii()).into_bytes()),
        "Sends the printed form of the bytes (b'...') instead of the bytes.",
    ),
    fault(
        "sends-utf16",
        SIMPLE,
        ECHO,
        |options| echo(options, |data| data.iter().flat_map(|byte| [0, *byte]).collect()),
        "Sends two bytes for each letter, the first of which is NUL.",
    ),
    fault(
        "sends-length-first",
        SIMPLE,
        ECHO,
        |options| echo(options, |data| [&(data.len() as u16).to_be_bytes()[..], data].concat()),
        "Puts the length of the answer in front of it, in two bytes.",
    ),
    fault("answers-after-end", SIMPLE, ECHO, answers_after_end, "Reads to the end of the stream before it answers."),
    fault(
        "waits-for-short-read",
        SIMPLE,
        ECHO,
        waits_for_short_read,
        "Takes a read that is shorter than its buffer for the end of a message.",
    ),
    fault(
        "multi-cuts-at-8",
        MULTI,
        UPPER,
        |options| multi(options, |data| upper(&data[..data.len().min(8)])),
        "Answers the first eight bytes only, the size of a pointer.",
    ),
    fault(
        "multi-never-emptied",
        MULTI,
        UPPER_OF_SEVERAL,
        never_emptied,
        "Answers with all that all clients have sent so far.",
    ),
    fault("udp-first-unanswered", UDP, ALL_DATAGRAMS, first_unanswered, "Does not answer the first datagram."),
    fault("udp-every-second", UDP, ALL_DATAGRAMS, every_second, "Answers every second datagram only."),
    fault(
        "udp-tail-of-earlier",
        UDP,
        DATAGRAMS,
        tail_of_earlier,
        "Does not end its buffer at the received length: the rest of a longer datagram follows the answer.",
    ),
];

fn answers_after_end(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    stream.write_all(&all)
}

fn waits_for_short_read(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    let (mut buffer, mut message) = ([0; 1024], Vec::new());
    loop {
        let count = stream.read(&mut buffer)?;
        message.extend_from_slice(&buffer[..count]);
        if count < buffer.len() {
            stream.write_all(&message)?;
            message.clear();
        }
        if count == 0 {
            return Ok(());
        }
    }
}

fn never_emptied(options: &Options) -> io::Result<()> {
    let mut all = Vec::new();
    multi(options, |data| {
        all.extend(upper(data));
        all.clone()
    })
}

fn first_unanswered(options: &Options) -> io::Result<()> {
    let mut is_first = true;
    datagrams(options, |data| if std::mem::replace(&mut is_first, false) { Vec::new() } else { vec![upper(data)] })
}

fn every_second(options: &Options) -> io::Result<()> {
    let mut is_odd = false;
    datagrams(options, |data| {
        is_odd = !is_odd;
        if is_odd { Vec::new() } else { vec![upper(data)] }
    })
}

fn tail_of_earlier(options: &Options) -> io::Result<()> {
    let mut buffer: Vec<u8> = Vec::new();
    datagrams(options, |data| {
        let kept = buffer.split_off(buffer.len().min(data.len()));
        buffer = [&upper(data)[..], &kept].concat();
        vec![buffer.clone()]
    })
}
