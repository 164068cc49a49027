//! `socklab analyze`: prints the conversations of a capture file as text and sequence diagrams.
//!
//! `proof` judges a capture against an item. The analysis itself is in `packet`.

mod bytes_progress;
mod file;
mod input;
mod item;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use file::{CaptureFile, ReadOutcome, unknown_links};

pub(super) use item::judge_item;

use super::Ui;
use super::exit::{CliError, ExitStatus};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::packet::conversation::{Direction, HandshakeState, TcpConversation, UdpConversation};
use crate::packet::{Analysis, Conversations, Side};
use crate::report::Timeline;

/// Prints the conversations of a capture (pcapng or pcap), optionally only those that use `port`. A
/// summary has one line per conversation.
pub(super) fn analyze(file: &Path, port: Option<u16>, summary: bool, reader: &Ui) -> Result<ExitStatus, CliError> {
    let words = &reader.words;
    let file = CaptureFile::new(file);
    let (found, outcome) = conversations(&file, port, !summary)?;
    let shown = file.shown;
    let mut text = words.format(
        &Message::new("analyze-summary")
            .with("file", shown)
            .with("frames", found.frames)
            .with("tcp", found.tcp.len())
            .with("udp", found.udp.len()),
    );
    text.push('\n');
    for (id, count) in
        [("analyze-other", found.other), ("analyze-malformed", found.malformed), ("analyze-fragments", found.fragments)]
    {
        if count > 0 {
            text += &format!("{}\n", words.format(&Message::new(id).with("count", count)));
        }
    }
    for note in unknown_links(&found.unknown_links).chain(outcome.notes) {
        text += &format!("{}\n", words.format(&note));
    }
    let is_all_unsupported = found.frames > 0 && found.unknown_links.values().sum::<usize>() == found.frames;
    let exit = if outcome.is_damaged || is_all_unsupported { ExitStatus::Usage } else { ExitStatus::Passed };
    if summary {
        summarise(&found, words, &mut text);
        Ui::print(&text);
        return Ok(exit);
    }
    for one in found.tcp {
        text += &tcp(&one, words);
        text += &sequence_diagram(Conversations { tcp: vec![one], ..Conversations::default() }, reader);
    }
    for one in found.udp {
        text += &udp(&one, words);
        text += &sequence_diagram(Conversations { udp: vec![one], ..Conversations::default() }, reader);
    }
    Ui::print(&text);
    Ok(exit)
}

/// Writes one line per conversation: endpoints, packets and bytes in each direction, handshake and
/// teardown.
fn summarise(found: &Conversations, words: &Catalog, text: &mut String) {
    let ended: HashMap<&str, String> = TEARDOWN_IDS.into_iter().map(|id| (id, words.sentence(id))).collect();
    let began: HashMap<&str, String> = HANDSHAKE_IDS.into_iter().map(|id| (id, words.sentence(id))).collect();
    for one in &found.tcp {
        let (to, back) = (&one.from_client, &one.from_server);
        let (began, ended) = (&began[handshake_id(one)], &ended[teardown_id(one)]);
        let _ = writeln!(
            text,
            "TCP {}  {} → {}  {}/{} → {}/{} ←  {began}; {ended}{}{}",
            one.stream,
            one.client,
            one.server,
            to.packets,
            to.bytes,
            back.packets,
            back.bytes,
            count_text("analyze-zero-windows", (to.zero_windows + back.zero_windows) as u64, words),
            count_text("analyze-not-captured", to.missing + to.unseen + back.missing + back.unseen, words)
        );
    }
    for one in &found.udp {
        let totals = |side| {
            let all = one.datagrams_from(side).map(|datagram| u64::from(datagram.payload_length));
            all.fold((0_u64, 0_u64), |(count, bytes), length| (count + 1, bytes + length))
        };
        let ((to, to_bytes), (back, back_bytes)) = (totals(Side::Client), totals(Side::Server));
        let _ = writeln!(
            text,
            "UDP {}  {} → {}  {to}/{to_bytes} → {back}/{back_bytes} ←",
            one.stream, one.client, one.server
        );
    }
}

/// Formats a count with a message; empty if it is 0.
fn count_text(id: &'static str, count: u64, words: &Catalog) -> String {
    if count == 0 {
        return String::new();
    }
    format!("; {}", words.format(&Message::new(id).with("count", count)))
}

/// Renders the sequence diagram of one conversation.
fn sequence_diagram(one: Conversations, reader: &Ui) -> String {
    let colour = reader.colour && reader.terminal;
    Timeline::from_conversations(&one, &reader.words).text(reader.width, colour)
}

/// Returns the conversations, and how reading ended.
fn conversations(
    file: &CaptureFile<'_>,
    port: Option<u16>,
    keep_packets: bool,
) -> Result<(Conversations, ReadOutcome), CliError> {
    let mut analysis = Analysis::new().keep_packets(keep_packets);
    if let Some(port) = port {
        analysis = analysis.server_port(port);
    }
    let outcome = file.for_each_packet(|packet| {
        analysis.add(&packet.frame());
        Ok(())
    })?;
    let found = analysis.finish();
    let found = match port {
        Some(port) => found.on_port(port),
        None => found,
    };
    Ok((found, outcome))
}

/// Formats the heading of a conversation.
fn heading(protocol: &str, stream: usize, client: SocketAddr, server: SocketAddr) -> String {
    format!("\n{protocol} {stream}  {client} → {server}\n")
}

fn line(words: &Catalog, label: &'static str, message: &Message) -> String {
    format!("  {:12} {}\n", words.sentence(label), words.format(message))
}

fn tcp(one: &TcpConversation, words: &Catalog) -> String {
    let mut text = heading("TCP", one.stream, one.client, one.server);
    text += &line(words, "analyze-label-handshake", &Message::new(handshake_id(one)));
    text += &line(words, "analyze-label-client", &sent_message(&one.from_client));
    text += &line(words, "analyze-label-server", &sent_message(&one.from_server));
    text += &line(words, "analyze-label-end", &Message::new(teardown_id(one)));
    text
}

/// Describes the data that one end sent.
fn sent_message(direction: &Direction) -> Message {
    Message::new("analyze-sent")
        .with("bytes", direction.bytes)
        .with("segments", direction.data_segments)
        .with("pushed", direction.pushed)
        .with("retransmissions", direction.retransmissions)
        .with("zero", direction.zero_windows)
        .with("missing", direction.missing + direction.unseen)
}

/// Every message that [`handshake_id`] can return.
const HANDSHAKE_IDS: [&str; 7] = [
    "analyze-handshake-complete",
    "analyze-handshake-reordered",
    "analyze-handshake-no-syn-ack",
    "analyze-handshake-half-open",
    "analyze-handshake-refused",
    "analyze-handshake-unanswered",
    "analyze-handshake-none",
];

fn handshake_id(one: &TcpConversation) -> &'static str {
    match one.handshake.state() {
        HandshakeState::Complete => "analyze-handshake-complete",
        HandshakeState::Reordered => "analyze-handshake-reordered",
        HandshakeState::SynAckMissing => "analyze-handshake-no-syn-ack",
        HandshakeState::HalfOpen => "analyze-handshake-half-open",
        HandshakeState::SynSent if one.is_refused() => "analyze-handshake-refused",
        HandshakeState::SynSent => "analyze-handshake-unanswered",
        HandshakeState::None => "analyze-handshake-none",
    }
}

/// Every message that [`teardown_id`] can return.
const TEARDOWN_IDS: [&str; 8] = [
    "analyze-end-refused",
    "analyze-end-reset-by-client",
    "analyze-end-reset-by-server",
    "analyze-end-together",
    "analyze-end-client-first",
    "analyze-end-server-first",
    "analyze-end-half",
    "analyze-end-open",
];

fn teardown_id(one: &TcpConversation) -> &'static str {
    let teardown = &one.teardown;
    match (teardown.reset, teardown.is_complete, teardown.first_fin) {
        _ if one.is_refused() => "analyze-end-refused",
        (Some(reset), false, _) if reset.by == Side::Client => "analyze-end-reset-by-client",
        (Some(_), false, _) => "analyze-end-reset-by-server",
        (_, true, _) if teardown.simultaneous => "analyze-end-together",
        (_, true, Some(Side::Client)) => "analyze-end-client-first",
        (_, true, _) => "analyze-end-server-first",
        (None, false, Some(_)) => "analyze-end-half",
        (None, false, None) => "analyze-end-open",
    }
}

fn udp(one: &UdpConversation, words: &Catalog) -> String {
    let mut text = heading("UDP", one.stream, one.client, one.server);
    let count = |side| one.datagrams_from(side).count();
    let bytes = |side| one.datagrams_from(side).map(|datagram| u64::from(datagram.payload_length)).sum::<u64>();
    for (label, side) in [("analyze-label-client", Side::Client), ("analyze-label-server", Side::Server)] {
        let message = Message::new("analyze-datagrams").with("count", count(side)).with("bytes", bytes(side));
        text += &line(words, label, &message);
    }
    let refused = one.datagrams.iter().filter(|datagram| datagram.unreachable.is_some()).count();
    if refused > 0 {
        text += &line(words, "analyze-label-end", &Message::new("analyze-unreachable").with("count", refused));
    }
    text
}
