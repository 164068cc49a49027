//! The packets of a diagram as a table: fields, states, payload, and the current step.
//!
//! The diagram's arrows link to these rows. Without a script, the table is the only detailed view.

use std::collections::HashMap;

use super::bilingual::{Bilingual, Catalogs};
use super::bytes::hex;
use crate::i18n::escape_controls;
use crate::model::bytes::printable_prefix;
use crate::model::{CapturedPacket, Evidence, TcpState};
use crate::packet::conversation::TcpPacket;
use crate::packet::{Flags, Frame, Transport};
use crate::report::packet_labels::{LabelledPacket, PacketKind, Traffic, read};
use crate::report::timeline::{RowContent, Timeline, seconds};

/// Maximum payload bytes that are shown. The capture contains all of them.
const MAX_PAYLOAD_BYTES: usize = 24;

/// A packet.
#[derive(Debug)]
pub(super) struct PacketRow {
    /// Its index in the capture, from 0.
    pub(super) frame: usize,
    /// Its style in the diagram.
    pub(super) look: &'static str,
    pub(super) time: String,
    pub(super) step: String,
    /// The source and destination addresses.
    pub(super) way: String,
    pub(super) kind: String,
    pub(super) special: Option<Bilingual>,
    pub(super) fields: String,
    /// The states of client and server after the packet.
    pub(super) states: Option<[&'static str; 2]>,
    pub(super) payload: Option<Payload>,
}

/// The payload of a packet.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) text: String,
    pub(super) hex: String,
    /// The number of bytes that are not shown.
    pub(super) hidden: usize,
}

/// Returns the packets that the diagram shows.
pub(super) fn rows(seen: &Evidence, timeline: &Timeline, catalogs: &Catalogs) -> Vec<PacketRow> {
    let (Some(traffic), Some(capture)) = (Traffic::from_evidence(seen), &seen.capture) else { return Vec::new() };
    let frames: Vec<CapturedPacket<'_>> = capture.packets().collect();
    let passages: HashMap<usize, &LabelledPacket> =
        traffic.packets.iter().map(|packet| (packet.frame, packet)).collect();
    let drawn = timeline.rows.iter().filter_map(|row| match &row.what {
        RowContent::Arrow(arrow) => passages.get(&arrow.frame).copied(),
        RowContent::Call { .. } | RowContent::Step(_) => None,
    });
    let row = |passage: &LabelledPacket| {
        let frame = frames.get(passage.frame).and_then(|packet| read(packet).ok());
        let since = passage.at_ns.saturating_sub(seen.began_ns);
        let states = passage.states.map(|both| [both.client, both.server].map(TcpState::name));
        PacketRow {
            frame: passage.frame,
            look: passage.style().name(),
            time: seconds(since),
            step: current_step(seen, since),
            way: frame.as_ref().map_or_else(String::new, |frame| format!("{} → {}", frame.source, frame.destination)),
            kind: kind(&passage.kind),
            special: passage.remark().map(|id| catalogs.word(id)),
            fields: frame.as_ref().map_or_else(String::new, |frame| fields(frame, passage)),
            states,
            payload: frame.as_ref().and_then(payload),
        }
    };
    drawn.map(row).collect()
}

/// Returns the current step at this time: `2 connect`.
pub(super) fn current_step(seen: &Evidence, since_ns: u64) -> String {
    let begun = seen.steps.iter().enumerate().take_while(|(_, step)| step.at.0 <= since_ns);
    begun.last().map_or_else(String::new, |(number, step)| format!("{} {}", number + 1, escape_controls(&step.word)))
}

fn kind(what: &PacketKind) -> String {
    match what {
        PacketKind::Tcp(packet) => packet.flags.to_string(),
        PacketKind::Udp(_) => "UDP".to_owned(),
        PacketKind::Unreachable => what.label(),
    }
}

/// Returns the header fields with their Wireshark names. Absolute numbers are in parentheses.
fn fields(frame: &Frame<'_>, packet: &LabelledPacket) -> String {
    match (&frame.transport, &packet.kind) {
        (Transport::Tcp(tcp), PacketKind::Tcp(TcpPacket { sequence, acknowledgement, .. })) => {
            let mut fields = format!("seq={sequence} ({})", tcp.sequence);
            if tcp.flags.has(Flags::ACK) {
                fields += &format!(" ack={acknowledgement} ({})", tcp.acknowledgement);
            }
            fields += &format!(" win={} len={}", tcp.window, tcp.payload_length);
            if tcp.flags.has(Flags::SYN) {
                fields += &tcp.segment_limit().map_or_else(String::new, |limit| format!(" mss={limit}"));
                fields += &tcp.window_shift().map_or_else(String::new, |shift| format!(" wscale={shift}"));
            }
            fields
        }
        (Transport::Udp(udp), _) => {
            let message = packet.message.as_ref().map_or_else(String::new, |message| format!(" · {message}"));
            format!("length={} (8 + {}){message}", udp.length, udp.payload_length)
        }
        _ => String::new(),
    }
}

fn payload(frame: &Frame<'_>) -> Option<Payload> {
    let (bytes, all) = match &frame.transport {
        Transport::Tcp(tcp) => (tcp.payload, tcp.payload_length),
        Transport::Udp(udp) => (udp.payload, udp.payload_length),
        _ => return None,
    };
    if bytes.is_empty() {
        return None;
    }
    let kept = &bytes[..bytes.len().min(MAX_PAYLOAD_BYTES)];
    Some(Payload {
        text: printable_prefix(bytes, MAX_PAYLOAD_BYTES),
        hex: hex(kept),
        hidden: usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(kept.len()),
    })
}
