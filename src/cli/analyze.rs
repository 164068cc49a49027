//! `socklab analyze`: the conversations of a capture file, in words and as a sequence of packets. Draws what the packet
//! floor found; analyses nothing itself.

use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;

use super::Reader;
use super::exit::{Exit, Trouble};
use crate::model::Message;
use crate::packet::conversation::{Direction, HandshakeState, Mark, TcpConversation, TcpPacket, UdpConversation};
use crate::packet::{Analysis, Conversations, Side};
use crate::words::Words;

/// How many packets of one conversation are drawn; the rest is counted.
const MOST_PACKETS: usize = 60;
/// How wide an arrow is, in columns.
const ARROW: usize = 46;

/// Prints the conversations of a capture (pcapng or pcap), all or those with this port.
pub(super) fn analyze(file: &Path, port: Option<u16>, reader: &Reader) -> Result<Exit, Trouble> {
    let words = &reader.words;
    let shown = crate::model::bytes::safe(&file.to_string_lossy());
    let found = conversations(file, &shown, port)?;
    let mut text = words.say(
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
            text += &format!("{}\n", words.say(&Message::new(id).with("count", count)));
        }
    }
    for one in &found.tcp {
        text += &tcp(one, words);
    }
    for one in &found.udp {
        text += &udp(one, words);
    }
    Reader::print(&text);
    Ok(Exit::Passed)
}

fn conversations(file: &Path, shown: &str, port: Option<u16>) -> Result<Conversations, Trouble> {
    let refuse = |problem: String| {
        Trouble::usage(Message::new("analyze-unreadable").with("file", shown).with("problem", problem))
    };
    if !file.is_file() {
        return Err(Trouble::usage(Message::new("file-missing").with("file", shown)));
    }
    let open = std::fs::File::open(file).map_err(|error| refuse(error.to_string()))?;
    let mut capture = crate::packet::Reader::new(BufReader::new(open)).map_err(|error| refuse(error.to_string()))?;
    let mut analysis = Analysis::new().keep_packets(true);
    if let Some(port) = port {
        analysis = analysis.server_port(port);
    }
    while let Some(packet) = capture.packet().map_err(|error| refuse(error.to_string()))? {
        analysis.add(&packet.frame());
    }
    let found = analysis.finish();
    Ok(match port {
        Some(port) => found.on_port(port),
        None => found,
    })
}

/// A conversation's heading.
fn heading(protocol: &str, stream: usize, client: SocketAddr, server: SocketAddr) -> String {
    format!("\n{protocol} {stream}  {client} → {server}\n")
}

fn line(words: &Words, label: &'static str, message: &Message) -> String {
    format!("  {:12} {}\n", words.word(label), words.say(message))
}

fn tcp(one: &TcpConversation, words: &Words) -> String {
    let mut text = heading("TCP", one.stream, one.client, one.server);
    let handshake = match one.handshake.state() {
        HandshakeState::Complete => "analyze-handshake-complete",
        HandshakeState::HalfOpen => "analyze-handshake-half-open",
        HandshakeState::SynSent if one.is_refused() => "analyze-handshake-refused",
        HandshakeState::SynSent => "analyze-handshake-unanswered",
        HandshakeState::None => "analyze-handshake-none",
    };
    text += &line(words, "analyze-label-handshake", &Message::new(handshake));
    text += &line(words, "analyze-label-client", &sent(&one.from_client));
    text += &line(words, "analyze-label-server", &sent(&one.from_server));
    text += &line(words, "analyze-label-end", &Message::new(ending(one)));
    let began = one.packets.first().map_or(0, |packet| packet.at_ns);
    for packet in one.packets.iter().take(MOST_PACKETS) {
        text += &arrow(packet, began);
    }
    let left = one.packets.len().saturating_sub(MOST_PACKETS);
    if left > 0 {
        text += &format!("  {}\n", words.say(&Message::new("analyze-more-packets").with("count", left)));
    }
    text
}

/// What one end sent.
fn sent(direction: &Direction) -> Message {
    Message::new("analyze-sent")
        .with("bytes", direction.bytes)
        .with("segments", direction.data_segments)
        .with("pushed", direction.pushed)
        .with("retransmissions", direction.retransmissions)
}

fn ending(one: &TcpConversation) -> &'static str {
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

/// A packet between the two lanes: the client's on the left, the server's on the right.
fn arrow(packet: &TcpPacket, began_ns: u64) -> String {
    let mut label = format!(" {} seq={}", packet.flags, packet.sequence);
    if packet.flags.has(crate::packet::Flags::ACK) {
        label += &format!(" ack={}", packet.acknowledgement);
    }
    if packet.length > 0 {
        label += &format!(" len={}", packet.length);
    }
    label += match packet.mark {
        Mark::Plain => " ",
        Mark::Retransmission => " [retransmission] ",
        Mark::OutOfOrder => " [out of order] ",
        Mark::Ahead => " [ahead] ",
        Mark::KeepAlive => " [keep-alive] ",
    };
    let rest = ARROW.saturating_sub(label.chars().count() + 1);
    let (left, right) = ("─".repeat(rest / 2), "─".repeat(rest - rest / 2));
    let seconds = std::time::Duration::from_nanos(packet.at_ns.saturating_sub(began_ns)).as_secs_f64();
    match packet.from {
        Side::Client => format!("  {seconds:>11.6}  │{left}{label}{right}▶│\n"),
        Side::Server => format!("  {seconds:>11.6}  │◀{left}{label}{right}│\n"),
    }
}

fn udp(one: &UdpConversation, words: &Words) -> String {
    let mut text = heading("UDP", one.stream, one.client, one.server);
    let count = |side| one.from(side).count();
    let bytes = |side| one.from(side).map(|datagram| u64::from(datagram.payload_length)).sum::<u64>();
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
