//! Writes the packets of a scenario as a capture file (pcapng) for Wireshark.
//!
//! The file contains host names, nanosecond timestamps and the number of dropped packets. A comment
//! on each packet names its sender, its client and the step during which it was captured.

use std::collections::HashMap;
use std::io;

use super::packet_labels::{LabelledPacket, Traffic};
use crate::i18n::Catalog;
use crate::model::{Capture, Evidence, Message};
use crate::packet::Link;
use crate::packet::pcapng::{Interface, Packet, Statistics, Writer};

/// Writes the capture of the evidence. Writes nothing if no packets were captured.
///
/// # Errors
/// Returns an error if writing to `out` fails.
pub(super) fn write(seen: &Evidence, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
    let (Some(capture), Some(traffic)) = (&seen.capture, Traffic::from_evidence(seen)) else { return Ok(()) };
    let mut writer = Writer::new(out, concat!("socklab ", env!("CARGO_PKG_VERSION")))?;
    for name in &capture.interfaces {
        let mut interface = Interface::new(name, Link::Ethernet);
        interface.system = Some("Linux".to_owned());
        writer.interface(&interface)?;
    }
    writer.names(seen.hosts.iter().map(|host| (host.address, host.name.as_str())))?;
    let passages: HashMap<usize, &LabelledPacket> =
        traffic.packets.iter().map(|packet| (packet.frame, packet)).collect();
    let comments = Comments { seen, words, traffic: &traffic };
    for (frame, packet) in capture.packets().enumerate() {
        let comment = comments.on(passages.get(&frame).copied(), packet.at_ns);
        writer.packet(&Packet {
            interface: u32::from(packet.interface),
            at_ns: packet.at_ns,
            original_length: packet.original_length,
            bytes: packet.bytes,
            comment: (!comment.is_empty()).then_some(&comment),
            ..Packet::default()
        })?;
    }
    write_statistics(&mut writer, capture)?;
    writer.finish().map(|_| ())
}

/// Writes the packet counts of each interface. Drops are counted for all interfaces together, so
/// they are attributed to the first one.
fn write_statistics(writer: &mut Writer<&mut dyn io::Write>, capture: &Capture) -> io::Result<()> {
    let end = capture.packets().map(|packet| packet.at_ns).max().unwrap_or_default();
    for number in 0..u16::try_from(capture.interfaces.len()).unwrap_or(u16::MAX) {
        let kept = capture.packets().filter(|packet| packet.interface == number).count() as u64;
        let dropped = if number == 0 { capture.dropped } else { 0 };
        let counted = Statistics { received: Some(kept + dropped), dropped: Some(dropped), dropped_by_system: None };
        writer.statistics(u32::from(number), end, counted)?;
    }
    Ok(())
}

/// Formats the comments of packets.
struct Comments<'a> {
    seen: &'a Evidence,
    words: &'a Catalog,
    traffic: &'a Traffic,
}

impl Comments<'_> {
    /// Returns the comment of a packet: `client 3: SYN (step 2: connect)`.
    fn on(&self, packet: Option<&LabelledPacket>, at_ns: u64) -> String {
        let since = at_ns.saturating_sub(self.seen.began_ns);
        let steps = self.seen.steps.iter().enumerate();
        let step = steps.take_while(|(_, step)| step.at.0 <= since).last().map(|(number, step)| {
            Message::new("timeline-step").with("number", number + 1).with("step", step.word.as_str())
        });
        let comment = packet.map(|packet| self.who(packet));
        let comment = match (comment, packet.and_then(LabelledPacket::remark)) {
            (Some(comment), Some(special)) => Some(
                Message::new("timeline-comment-special")
                    .with("comment", comment)
                    .with("special", Message::new(special)),
            ),
            (comment, _) => comment,
        };
        self.words.format(&match (comment, step) {
            (Some(comment), Some(step)) => {
                Message::new("timeline-comment-step").with("comment", comment).with("step", step)
            }
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => return String::new(),
        })
    }

    fn who(&self, packet: &LabelledPacket) -> Message {
        let name = |party: usize| self.traffic.parties[party].name.message();
        let what = packet.short();
        if packet.from == packet.client {
            Message::new("timeline-comment-of-client").with("client", name(packet.from)).with("what", what)
        } else {
            let message = Message::new("timeline-comment-of-server").with("server", name(packet.from));
            message.with("client", name(packet.to)).with("what", what)
        }
    }
}
