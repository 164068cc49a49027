//! `socklab analyze`: the conversations of a capture file, in words and as a sequence diagram, or what they prove of an
//! item. It tells what other floors found; analyses and judges nothing itself.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;

use super::Reader;
use super::exit::{Exit, Trouble};
use super::gather;
use crate::model::report::FORMAT;
use crate::model::{
    Capture, CapturedPacket, Evidence, EvidenceKind, Fate, Gap, Machine, Message, Report, StageKind, SubmissionId,
    SubmissionResult,
};
use crate::packet::conversation::{Direction, HandshakeState, TcpConversation, UdpConversation};
use crate::packet::{Analysis, Conversations, Side, as_ethernet};
use crate::report::{Render, Terminal, Timeline};
use crate::run::captured::{self, Wanted};
use crate::run::judge::{Outcome, judge_captured};
use crate::scenario::{Scenario, lab};
use crate::words::Words;

/// The most bytes of packets that are held to be judged: as many as a run of our own holds.
const MOST_BYTES: usize = 128 << 20;

/// Prints the conversations of a capture (pcapng or pcap), all or those with this port; in a summary, a line each.
pub(super) fn analyze(file: &Path, port: Option<u16>, summary: bool, reader: &Reader) -> Result<Exit, Trouble> {
    let words = &reader.words;
    let file = Named::of(file);
    let found = conversations(&file, port, !summary)?;
    let shown = file.shown;
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
    if summary {
        summarise(&found, words, &mut text);
        Reader::print(&text);
        return Ok(Exit::Passed);
    }
    for one in found.tcp {
        text += &tcp(&one, words);
        text += &drawn(Conversations { tcp: vec![one], ..Conversations::default() }, reader);
    }
    for one in found.udp {
        text += &udp(&one, words);
        text += &drawn(Conversations { udp: vec![one], ..Conversations::default() }, reader);
    }
    Reader::print(&text);
    Ok(Exit::Passed)
}

/// A line for each conversation: its ends, what went each way, how it began and how it ended.
fn summarise(found: &Conversations, words: &Words, text: &mut String) {
    let ended: HashMap<&str, String> = ENDINGS.into_iter().map(|id| (id, words.word(id))).collect();
    let began: HashMap<&str, String> = BEGINNINGS.into_iter().map(|id| (id, words.word(id))).collect();
    for one in &found.tcp {
        let (to, back) = (&one.from_client, &one.from_server);
        let (began, ended) = (&began[beginning(one)], &ended[ending(one)]);
        let _ = writeln!(
            text,
            "TCP {}  {} → {}  {}/{} → {}/{} ←  {began}; {ended}",
            one.stream, one.client, one.server, to.packets, to.bytes, back.packets, back.bytes
        );
    }
    for one in &found.udp {
        let told = |side| {
            let all = one.from(side).map(|datagram| u64::from(datagram.payload_length));
            all.fold((0_u64, 0_u64), |(count, bytes), length| (count + 1, bytes + length))
        };
        let ((to, to_bytes), (back, back_bytes)) = (told(Side::Client), told(Side::Server));
        let _ = writeln!(
            text,
            "UDP {}  {} → {}  {to}/{to_bytes} → {back}/{back_bytes} ←",
            one.stream, one.client, one.server
        );
    }
}

/// The sequence diagram of one conversation.
fn drawn(one: Conversations, reader: &Reader) -> String {
    let colour = reader.colour && reader.terminal;
    Timeline::of_conversations(&one, &reader.words).text(reader.width, colour)
}

/// Judges a capture against an item of the bundled lab: what packets prove of it.
pub(super) fn expect(file: &Path, port: Option<u16>, item: &str, reader: &Reader) -> Result<Exit, Trouble> {
    let lab = gather::lab(lab::DEFAULT, &gather::Variables::new())?;
    let named = |scenario: &Scenario| scenario.items.iter().position(|one| one.id.as_str() == item);
    let found = lab.scenarios.iter().find_map(|scenario| Some((scenario, named(scenario)?)));
    let Some((scenario, number)) = found else { return Err(super::run::unknown_item(&lab, item)) };
    let role = scenario.role().and_then(|role| Some((role, lab.roles.get(role)?)));
    let Some((role, entry)) = role else { return Err(super::run::unknown_item(&lab, item)) };
    let file = Named::of(file);
    let wanted = Wanted {
        role: Some(role.clone()),
        protocol: entry.protocol,
        port: port.unwrap_or(entry.port),
        file: file.shown.clone(),
    };
    let outcome = match captured::evidence(&capture(&file)?, &wanted) {
        Ok(seen) => Outcome::Seen(Box::new(seen)),
        Err(because) => {
            let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() });
            Outcome::Seen(Box::new(Evidence { gaps: gaps.to_vec(), ..Evidence::default() }))
        }
    };
    let mut result = judge_captured(scenario, number, &outcome, "");
    result.repeat = shell_words::join(["socklab", "analyze", &file.shown, "--expect", item]);
    let report = Report {
        around: std::collections::BTreeMap::new(),
        format: FORMAT,
        socklab: env!("CARGO_PKG_VERSION").to_owned(),
        lab: lab.name.clone(),
        // Nothing was run: nothing is to be said of how.
        machine: Machine { stage: StageKind::Isolated, cannot: Vec::new() },
        seed: 0,
        interrupted: false,
        submissions: vec![SubmissionResult::new(SubmissionId(file.shown), vec![result], 0)],
    };
    let mut bytes = Vec::new();
    let terminal = Terminal { colour: reader.colour && reader.terminal, width: reader.width };
    terminal.render(&report, &reader.words, &mut bytes).context("drawing a report")?;
    Reader::print(&String::from_utf8_lossy(&bytes));
    Ok(Exit::of(&report, false))
}

/// A capture file, and its name as it is printed.
struct Named<'a> {
    path: &'a Path,
    shown: String,
}

impl<'a> Named<'a> {
    fn of(path: &'a Path) -> Self {
        Self { path, shown: crate::model::bytes::safe(&path.to_string_lossy()) }
    }

    fn refused(&self, problem: &impl ToString) -> Trouble {
        let message = Message::new("analyze-unreadable").with("file", self.shown.as_str());
        Trouble::usage(message.with("problem", problem.to_string()))
    }

    fn open(&self) -> Result<crate::packet::Reader<BufReader<File>>, Trouble> {
        if !self.path.is_file() {
            return Err(Trouble::usage(Message::new("file-missing").with("file", self.shown.as_str())));
        }
        let file = File::open(self.path).map_err(|error| self.refused(&error))?;
        crate::packet::Reader::new(BufReader::new(file)).map_err(|error| self.refused(&error))
    }
}

/// The packets of a capture that carry IP, behind Ethernet headers.
fn capture(file: &Named<'_>) -> Result<Capture, Trouble> {
    let mut reader = file.open()?;
    let mut capture = Capture::on(&["capture"]);
    while let Some(packet) = reader.packet().map_err(|error| file.refused(&error))? {
        let Some(Ok(bytes)) = packet.link.map(|link| as_ethernet(link, &packet.bytes)) else { continue };
        if capture.bytes() + bytes.len() > MOST_BYTES {
            return Err(file.refused(&words_of_size()));
        }
        // The link's header has another length now.
        let longer = (packet.original_length as usize).saturating_sub(packet.bytes.len());
        let original_length = u32::try_from(bytes.len() + longer).unwrap_or(u32::MAX);
        let (at_ns, fate) = (packet.at_ns, Fate::Delivered);
        capture.add(CapturedPacket { at_ns, interface: 0, fate, original_length, bytes: &bytes });
    }
    Ok(capture)
}

fn words_of_size() -> String {
    format!("more than {} MiB of packets", MOST_BYTES >> 20)
}

fn conversations(file: &Named<'_>, port: Option<u16>, keep_packets: bool) -> Result<Conversations, Trouble> {
    let mut capture = file.open()?;
    let mut analysis = Analysis::new().keep_packets(keep_packets);
    if let Some(port) = port {
        analysis = analysis.server_port(port);
    }
    while let Some(packet) = capture.packet().map_err(|error| file.refused(&error))? {
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
    text += &line(words, "analyze-label-handshake", &Message::new(beginning(one)));
    text += &line(words, "analyze-label-client", &sent(&one.from_client));
    text += &line(words, "analyze-label-server", &sent(&one.from_server));
    text += &line(words, "analyze-label-end", &Message::new(ending(one)));
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

/// All that [`beginning`] can say.
const BEGINNINGS: [&str; 5] = [
    "analyze-handshake-complete",
    "analyze-handshake-half-open",
    "analyze-handshake-refused",
    "analyze-handshake-unanswered",
    "analyze-handshake-none",
];

fn beginning(one: &TcpConversation) -> &'static str {
    match one.handshake.state() {
        HandshakeState::Complete => "analyze-handshake-complete",
        HandshakeState::HalfOpen => "analyze-handshake-half-open",
        HandshakeState::SynSent if one.is_refused() => "analyze-handshake-refused",
        HandshakeState::SynSent => "analyze-handshake-unanswered",
        HandshakeState::None => "analyze-handshake-none",
    }
}

/// All that [`ending`] can say.
const ENDINGS: [&str; 8] = [
    "analyze-end-refused",
    "analyze-end-reset-by-client",
    "analyze-end-reset-by-server",
    "analyze-end-together",
    "analyze-end-client-first",
    "analyze-end-server-first",
    "analyze-end-half",
    "analyze-end-open",
];

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
