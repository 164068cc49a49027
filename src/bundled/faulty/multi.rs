//! Servers of `tcp-multi` that start correctly but serve their clients incorrectly.
//!
//! They do not serve every client, mix clients up, or do not answer in upper case.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::datagram::{subtract_32, upper_if_changed};
use super::scaffold::{
    MULTI, answer, block_forever, connections, fault, listen, multi, question, serve_next, spawn, upper,
};
use super::stream::whole_buffer;
use super::{Fault, Options};

const ALL_BUT_START: &[&str] = &["tcp-multi.2", "tcp-multi.3", "tcp-multi.5"];
const ANSWERS: &[&str] = &["tcp-multi.3", "tcp-multi.5"];
const UPPER: &[&str] = &["tcp-multi.3"];
const ANSWERS_AND_PACKETS: &[&str] = &["tcp-multi.3", "tcp-multi.4", "tcp-multi.5"];
const UPPER_AND_PACKETS: &[&str] = &["tcp-multi.3", "tcp-multi.4"];
const TOGETHER: &[&str] = &["tcp-multi.5"];

/// Creates an entry of the list.
const fn wrong(
    name: &'static str,
    fails: &'static [&'static str],
    run: fn(&Options) -> io::Result<()>,
    about: &'static str,
) -> Fault {
    fault(name, MULTI, fails, run, about)
}

pub(super) const FAULTS: &[Fault] = &[
    wrong(
        "multi-one-client-only",
        ALL_BUT_START,
        |options| serve_then_exit(options, 1),
        "Serves one client and exits.",
    ),
    wrong(
        "multi-accepts-once",
        ANSWERS,
        |options| serve_then_block(options, 1),
        "Serves one client, keeps listening, but accepts no other client.",
    ),
    wrong(
        "multi-hangs-after-three",
        ANSWERS,
        |options| serve_then_block(options, 3),
        "Accepts no further clients after three connections.",
    ),
    wrong(
        "multi-other-clients-answer",
        TOGETHER,
        other_clients_answer,
        "Keeps one text for all clients connected at once, and answers all with the first.",
    ),
    wrong(
        "multi-turns-others-away",
        TOGETHER,
        turns_others_away,
        "Closes the connection of every client that arrives while another is being served.",
    ),
    wrong(
        "multi-first-text-for-all",
        ANSWERS,
        first_text_for_all,
        "Remembers the first text it received, and answers every client with it.",
    ),
    wrong(
        "multi-keeps-buffer",
        UPPER,
        keeps_buffer,
        "Receives every text into the same buffer, and sends all of it up to the first NUL.",
    ),
    wrong(
        "multi-nothing-for-digits",
        UPPER,
        |options| multi(options, upper_if_changed),
        "Sends nothing if upper case changes nothing, as with the nil that upcase! of Ruby returns.",
    ),
    wrong(
        "multi-echo-for-upper",
        ANSWERS_AND_PACKETS,
        |options| multi(options, <[u8]>::to_vec),
        "Sends back what it received: the behaviour of another role.",
    ),
    wrong(
        "multi-lower-for-upper",
        ANSWERS_AND_PACKETS,
        |options| multi(options, <[u8]>::to_ascii_lowercase),
        "Answers in lower case.",
    ),
    wrong(
        "multi-last-byte-not-upper",
        UPPER_AND_PACKETS,
        |options| multi(options, all_but_last_upper),
        "Stops one byte too early: the last letter stays in lower case.",
    ),
    wrong(
        "multi-drops-punctuation",
        UPPER,
        |options| multi(options, letters_digits_and_blanks),
        "Omits everything except letters, digits and spaces.",
    ),
    wrong(
        "multi-subtracts-32",
        ANSWERS_AND_PACKETS,
        |options| multi(options, subtract_32),
        "Subtracts 32 from every byte, so only lower-case letters are converted correctly.",
    ),
    wrong(
        "multi-never-answers",
        ANSWERS_AND_PACKETS,
        never_answers,
        "Prints what it receives until the client closes, but sends nothing.",
    ),
    wrong(
        "multi-closes-without-answer",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |_| Vec::new()),
        "Receives once, and closes without an answer.",
    ),
    wrong(
        "multi-waits-for-newline",
        ANSWERS_AND_PACKETS,
        waits_for_newline,
        "Answers only complete lines: it waits for a newline that never arrives.",
    ),
    wrong(
        "multi-prefix",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |data| [b"TCP: ".to_vec(), upper(data)].concat()),
        "Puts 'TCP: ' in front of each answer.",
    ),
    wrong(
        "multi-adds-newline",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |data| [upper(data), b"\n".to_vec()].concat()),
        "Adds a newline to each answer.",
    ),
    wrong(
        "multi-trailing-nul",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |data| whole_buffer(&upper(data))),
        "Sends its whole buffer of 1024 bytes, NUL bytes included, not only the bytes received.",
    ),
    wrong(
        "multi-fixed-text",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |_| b"MESSAGE RECEIVED".to_vec()),
        "Answers everything with the same text.",
    ),
    wrong(
        "multi-reversed",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |data| upper(data).into_iter().rev().collect()),
        "Answers in upper case, but with the bytes in reverse order.",
    ),
    wrong(
        "multi-doubles-answer",
        ANSWERS_AND_PACKETS,
        |options| multi(options, |data| upper(data).repeat(2)),
        "Sends each answer twice.",
    ),
];

/// Serves `clients` connections, then exits.
fn serve_then_exit(options: &Options, clients: usize) -> io::Result<()> {
    let listener = listen(options)?;
    for _ in 0..clients {
        serve_next(&listener, answer)?;
    }
    Ok(())
}

/// Serves `clients` connections, then only keeps listening.
fn serve_then_block(options: &Options, clients: usize) -> io::Result<()> {
    let listener = listen(options)?;
    for _ in 0..clients {
        serve_next(&listener, answer)?;
    }
    block_forever()
}

/// State shared by all clients that are connected at the same time.
#[derive(Default)]
struct Shared {
    waiting: usize,
    text: Option<Vec<u8>>,
}

fn other_clients_answer(options: &Options) -> io::Result<()> {
    let shared = Arc::new(Mutex::new(Shared::default()));
    connections(options, move |mut stream| {
        shared.lock().unwrap_or_else(PoisonError::into_inner).waiting += 1;
        let shared = Arc::clone(&shared);
        spawn(move || {
            let asked = question(&stream);
            let mut all = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // Reset before the answer is sent, so that clients that come one after another are
            // served correctly.
            all.waiting -= 1;
            let text = all.text.get_or_insert(asked?).clone();
            if all.waiting == 0 {
                all.text = None;
            }
            drop(all);
            stream.write_all(&upper(&text))
        })
    })
}

fn turns_others_away(options: &Options) -> io::Result<()> {
    let busy = Arc::new(AtomicBool::new(false));
    connections(options, move |mut stream| {
        if busy.swap(true, Ordering::SeqCst) {
            return Ok(()); // The connection is closed here.
        }
        let busy = Arc::clone(&busy);
        spawn(move || {
            let asked = question(&stream);
            busy.store(false, Ordering::SeqCst);
            stream.write_all(&upper(&asked?))
        })
    })
}

fn first_text_for_all(options: &Options) -> io::Result<()> {
    let mut first: Option<Vec<u8>> = None;
    multi(options, move |data| upper(first.get_or_insert_with(|| data.to_vec())))
}

fn keeps_buffer(options: &Options) -> io::Result<()> {
    let mut buffer = [0; 1024];
    connections(options, |mut stream| {
        if stream.read(&mut buffer)? == 0 {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
        stream.write_all(&upper(&buffer[..end]))
    })
}

fn all_but_last_upper(data: &[u8]) -> Vec<u8> {
    match data.split_last() {
        Some((last, rest)) => [upper(rest), vec![*last]].concat(),
        None => Vec::new(),
    }
}

fn letters_digits_and_blanks(data: &[u8]) -> Vec<u8> {
    let kept = data.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
    upper(&kept.collect::<Vec<_>>())
}

fn never_answers(options: &Options) -> io::Result<()> {
    connections(options, |stream| {
        while !question(&stream)?.is_empty() {}
        Ok(())
    })
}

fn waits_for_newline(options: &Options) -> io::Result<()> {
    connections(options, |mut stream| {
        let mut line = Vec::new();
        let mut buffer = [0; 1024];
        while !line.contains(&b'\n') {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Ok(()); // An unfinished line gets no answer.
            }
            line.extend_from_slice(&buffer[..count]);
        }
        println!("{} escreveu:", stream.peer_addr()?.ip());
        println!("{}", line.trim_ascii().escape_ascii());
        stream.write_all(&upper(line.trim_ascii()))
    })
}
