//! `socklab analyze`: prints the conversations of a capture file as text and sequence diagrams.
//!
//! `proof` judges a capture against an item. The analysis itself is in `packet`.

mod bytes_progress;
mod closed_lines;
mod file;
mod input;
mod item;
mod summary_lines;

use std::net::SocketAddr;
use std::path::Path;

use closed_lines::ClosedLines;
use file::{CaptureFile, ReadOutcome, unknown_links};
use summary_lines::SummaryLines;

pub(super) use item::judge_item;

use super::Ui;
use super::exit::{CliError, ExitStatus};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::packet::conversation::{Direction, HandshakeState, TcpConversation, UdpConversation};
use crate::packet::{Analysis, Conversations, Side};
use crate::report::Timeline;

/// Size of the text that is collected before it is printed, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Prints the conversations of a capture (pcapng or pcap), optionally only those that use `port`. A
/// summary has one line per conversation.
pub(super) fn analyze(file: &Path, port: Option<u16>, summary: bool, reader: &Ui) -> Result<ExitStatus, CliError> {
    let file = CaptureFile::new(file);
    let mut analysis = Analysis::new().list_at_most(if summary { 0 } else { Timeline::MAX_ROWS });
    if let Some(port) = port {
        analysis = analysis.server_port(port).list_only_port(port);
    }
    if summary {
        return summarize(&file, analysis.release_closed(), port, reader);
    }
    let outcome = file.for_each_packet(|packet| {
        analysis.add(&packet.frame());
        Ok(())
    })?;
    let found = on_port(analysis.finish(), port);
    let exit = exit_status(&found, &outcome);
    let words = &reader.words;
    let mut go_on = Ui::try_print(&head(&file, &found, found.tcp.len(), outcome, words));
    // One after another: the text of all conversations can be larger than the capture.
    for one in found.tcp {
        let text = tcp(&one, words);
        let diagram = sequence_diagram(Conversations { tcp: vec![one], ..Conversations::default() }, reader);
        go_on = go_on && Ui::try_print(&(text + &diagram));
    }
    for one in found.udp {
        let text = udp(&one, words);
        let diagram = sequence_diagram(Conversations { udp: vec![one], ..Conversations::default() }, reader);
        go_on = go_on && Ui::try_print(&(text + &diagram));
    }
    Ok(exit)
}

/// Prints one line per conversation. Connections that are over wait in a temporary file for their
/// turn, so that their number does not matter.
fn summarize(
    file: &CaptureFile<'_>,
    mut analysis: Analysis,
    port: Option<u16>,
    reader: &Ui,
) -> Result<ExitStatus, CliError> {
    let lines = SummaryLines::new(&reader.words);
    let is_on_port = |one: &TcpConversation| port.is_none_or(|port| one.is_on_port(port));
    let mut closed = ClosedLines::new();
    let trouble = |error: std::io::Error| CliError::Internal(anyhow::Error::new(error).context("storing lines"));
    let outcome = file.for_each_packet(|packet| {
        analysis.add(&packet.frame());
        while let Some(one) = analysis.take_closed() {
            if is_on_port(&one) {
                closed.store(one.stream, &lines.tcp(&one)).map_err(trouble)?;
            }
        }
        Ok(())
    })?;
    let mut found = on_port(analysis.finish(), port);
    let mut open = Vec::new();
    for one in std::mem::take(&mut found.tcp) {
        if !closed.contains(one.stream) {
            open.push(one);
        } else if let Some(line) = closed.line(one.stream).map_err(trouble)? {
            closed.add_late(one.stream, lines.late_packets(&one, &line));
        }
    }
    let exit = exit_status(&found, &outcome);
    let mut text = head(file, &found, open.len() + closed.count, outcome, &reader.words);
    let mut open = open.iter().peekable();
    let streams = closed.streams().max(open.clone().last().map_or(0, |one| one.stream + 1));
    for stream in 0..streams {
        if let Some(one) = open.next_if(|one| one.stream == stream) {
            text += &lines.tcp(one).render();
        } else if let Some(line) = closed.line(stream).map_err(trouble)? {
            text += &line.render();
        }
        if text.len() > MAX_TEXT_BYTES {
            if !Ui::try_print(&text) {
                return Ok(exit);
            }
            text.clear();
        }
    }
    for one in &found.udp {
        text += &SummaryLines::udp(one);
    }
    Ui::print(&text);
    Ok(exit)
}

fn on_port(found: Conversations, port: Option<u16>) -> Conversations {
    match port {
        Some(port) => found.on_port(port),
        None => found,
    }
}

/// Returns the status 2 if the capture is damaged, or if no packet is on a supported link.
fn exit_status(found: &Conversations, outcome: &ReadOutcome) -> ExitStatus {
    let is_all_unsupported = found.frames > 0 && found.unknown_links.values().sum::<usize>() == found.frames;
    if outcome.is_damaged || is_all_unsupported { ExitStatus::Usage } else { ExitStatus::Passed }
}

/// Returns the first lines: counts of the whole capture, and notes on what could not be read.
fn head(
    file: &CaptureFile<'_>,
    found: &Conversations,
    connections: usize,
    outcome: ReadOutcome,
    words: &Catalog,
) -> String {
    let mut text = words.format(
        &Message::new("analyze-summary")
            .with("file", file.shown.as_str())
            .with("frames", found.frames)
            .with("tcp", connections)
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
    text
}

/// Renders the sequence diagram of one conversation.
fn sequence_diagram(one: Conversations, reader: &Ui) -> String {
    Timeline::from_conversations(&one, &reader.words).text(reader.width, reader.colour)
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
    for (label, totals) in [("analyze-label-client", one.from_client), ("analyze-label-server", one.from_server)] {
        let message = Message::new("analyze-datagrams").with("count", totals.count).with("bytes", totals.bytes);
        text += &line(words, label, &message);
    }
    if one.undeliverable > 0 {
        text +=
            &line(words, "analyze-label-end", &Message::new("analyze-unreachable").with("count", one.undeliverable));
    }
    text
}
