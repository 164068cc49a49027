//! Judges an item against a capture from elsewhere, using packets only. Connections without their
//! beginning or end are left out, so that a capture that starts late or stops early never fails an
//! item.

mod completeness;
mod coverage;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::model::{
    Bytes, Capture, ClientId, Event, EventId, EventKind, Evidence, EvidenceKind, Gap, Journal, Message, Moment,
    Protocol, Role, ServerId, StreamEnd,
};
use crate::packet::{Analysis, Conversations, Frame, Link, Side, TcpConversation, UdpConversation};

use completeness::{Exchange, exchange, is_reset_by_client_alone, shortfall};
pub(crate) use coverage::judge_capture;

/// Maximum payload that is examined per direction of a conversation, in bytes.
const MAX_PAYLOAD_BYTES: usize = 4 << 20;

/// The server whose conversations are extracted from a capture.
#[derive(Debug, Clone)]
pub(crate) struct CaptureFilter {
    /// Role of the server in the lab.
    pub role: Option<Role>,
    /// Transport protocol of the server.
    pub protocol: Protocol,
    /// Port of the server.
    pub port: u16,
    /// Name of the capture.
    pub file: String,
}

/// The evidence in a capture, and what was left out of it.
#[derive(Debug)]
pub(crate) struct CaptureEvidence {
    /// The complete conversations.
    pub evidence: Evidence,
    /// Notes on the conversations with the port that were left out.
    pub notes: Vec<Message>,
    /// The reason why the evidence cannot prove that a server is right, if there is one.
    pub doubt: Option<Message>,
}

/// Returns the evidence in a capture: its complete conversations with the port. They are recorded
/// as if clients of socklab had made them.
///
/// # Errors
/// Returns the reason if there is no complete conversation. This is not the server's fault.
pub(crate) fn evidence(capture: &Capture, wanted: &CaptureFilter) -> Result<CaptureEvidence, Message> {
    let mut analysis = Analysis::new().keep_payload(MAX_PAYLOAD_BYTES).server_port(wanted.port);
    for packet in capture.packets() {
        analysis.add(&Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes));
    }
    let all = analysis.finish();
    let mut builder = JournalBuilder::new(wanted);
    let left_out = match wanted.protocol {
        Protocol::Tcp => add_tcp(&mut builder, &all, wanted.port, capture.dropped),
        Protocol::Udp => add_udp(&mut builder, &all, wanted.port),
    };
    if builder.clients == 0 {
        let id = if left_out.count > 0 { "capture-nothing-whole" } else { "capture-nothing-there" };
        let port = wanted.port.to_string();
        let message = Message::new(id).with("port", port).with("protocol", wanted.protocol.to_string());
        return Err(match left_out.why {
            Some(why) => message.with("why", why),
            None => message,
        });
    }
    let mut kept = Capture::with_interfaces(&["capture"]);
    // A dropped packet of a TCP connection leaves a hole that its numbers show; datagrams have
    // none.
    kept.dropped = if wanted.protocol == Protocol::Udp { capture.dropped } else { 0 };
    for (frame, packet) in capture.packets().enumerate() {
        if builder.frames.contains(&frame) {
            kept.add(crate::model::CapturedPacket { interface: 0, ..packet });
        }
    }
    let gap = |evidence| Gap { evidence, because: crate::model::GapReason::CaptureOnly {} };
    let seen = [EvidenceKind::Clients, EvidenceKind::Packets];
    let gaps = EvidenceKind::ALL.into_iter().filter(|kind| !seen.contains(kind)).map(gap).collect();
    let evidence = Evidence { journal: Journal(builder.events), capture: Some(kept), gaps, ..Evidence::default() };
    let note = left_out.why.map(|why| Message::new("capture-left-out").with("count", left_out.count).with("why", why));
    Ok(CaptureEvidence { evidence, notes: note.into_iter().collect(), doubt: left_out.doubt })
}

/// The conversations with the port that are not part of the evidence.
#[derive(Debug, Default)]
struct LeftOut {
    count: usize,
    /// The reason of the one that is nearest to complete.
    why: Option<Message>,
    doubt: Option<Message>,
}

fn add_tcp(builder: &mut JournalBuilder, all: &Conversations, port: u16, dropped: u64) -> LeftOut {
    let mut lacking = Vec::new();
    for one in all.tcp.iter().filter(|one| one.server.port() == port) {
        match shortfall(one) {
            Some(why) => lacking.push(why),
            None => builder.tcp(one),
        }
    }
    let why = lacking.iter().max().map(|why| why.message(dropped));
    LeftOut { count: lacking.len(), why, doubt: None }
}

fn add_udp(builder: &mut JournalBuilder, all: &Conversations, port: u16) -> LeftOut {
    let on_port = || all.udp.iter().filter(|one| one.server.port() == port);
    let first_answer = on_port().flat_map(|one| one.datagrams_from(Side::Server)).map(|one| one.seen.frame).min();
    let (mut unanswered, mut others) = (Vec::new(), Vec::new());
    for one in on_port() {
        match exchange(one, first_answer) {
            Exchange::Answered => builder.udp(one),
            Exchange::Unanswered => unanswered.push(one.client),
            Exchange::BeforeServer => others.push("capture-why-before-server"),
            Exchange::Partial => others.push("capture-why-partial"),
        }
    }
    let doubt = unanswered.first().map(|client| {
        let message = Message::new("capture-unanswered").with("count", unanswered.len());
        message.with("client", client.to_string())
    });
    let why = doubt.clone().or(others.first().map(|&id| Message::new(id)));
    LeftOut { count: unanswered.len() + others.len(), why, doubt }
}

/// The journal that socklab would have recorded for the captured conversations.
struct JournalBuilder {
    protocol: Protocol,
    events: Vec<Event>,
    clients: u32,
    /// Indices of the frames of the recorded conversations.
    frames: BTreeSet<usize>,
}

impl JournalBuilder {
    fn new(wanted: &CaptureFilter) -> Self {
        let mut builder = Self { protocol: wanted.protocol, events: Vec::new(), clients: 0, frames: BTreeSet::new() };
        builder.add(EventKind::Started {
            server: ServerId(0),
            role: wanted.role.clone(),
            command: wanted.file.clone(),
            pid: 0,
            protocol: Some(wanted.protocol),
            port: Some(wanted.port),
            stands_in: None,
        });
        builder
    }

    fn add(&mut self, kind: EventKind) {
        let id = EventId(u32::try_from(self.events.len()).unwrap_or(u32::MAX));
        self.events.push(Event { id, at: Moment(u64::from(id.0)), step: 0, kind });
    }

    fn connected(&mut self, local: SocketAddr, peer: SocketAddr) -> ClientId {
        self.clients += 1;
        let client = ClientId(self.clients);
        self.add(EventKind::Connected { client, server: ServerId(0), protocol: self.protocol, local, peer });
        client
    }

    fn tcp(&mut self, one: &TcpConversation) {
        self.frames.extend(one.packets.iter().map(|packet| packet.frame));
        let client = self.connected(one.client, one.server);
        let bytes = |side| one.direction(side).payload.clone().unwrap_or_default();
        let (sent, received) = (bytes(Side::Client), bytes(Side::Server));
        if !sent.is_empty() {
            self.add(EventKind::Sent { client, bytes: Bytes(sent) });
        }
        if !received.is_empty() {
            self.add(EventKind::Received { client, bytes: Bytes(received) });
        }
        if is_reset_by_client_alone(one) {
            self.add(EventKind::Aborted { client });
            return;
        }
        let ending = if one.teardown.reset.is_some() { StreamEnd::Reset } else { StreamEnd::End };
        self.add(EventKind::Ended { client, ending });
        self.add(EventKind::Closed { client });
    }

    fn udp(&mut self, one: &UdpConversation) {
        self.frames.extend(one.datagrams.iter().map(|datagram| datagram.seen.frame));
        let client = self.connected(one.client, one.server);
        for datagram in &one.datagrams {
            let bytes = Bytes(datagram.payload.clone().unwrap_or_default());
            self.add(match datagram.from {
                Side::Client => EventKind::Sent { client, bytes },
                Side::Server => EventKind::Received { client, bytes },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CapturedPacket, PacketFate, Verdict};
    use crate::packet::frame::sample::{CaptureBuilder, tcp, udp};
    use crate::run::judge::{Outcome, judge_captured};
    use crate::scenario::lab::{DEFAULT_LAB, Lab};

    fn capture<'f>(frames: impl IntoIterator<Item = &'f Vec<u8>>) -> Capture {
        let mut capture = Capture::with_interfaces(&["any"]);
        for (at_ns, bytes) in (0..).zip(frames) {
            let original_length = u32::try_from(bytes.len()).expect("short");
            capture.add(CapturedPacket { at_ns, interface: 0, fate: PacketFate::Delivered, original_length, bytes });
        }
        capture
    }

    /// Returns the verdict on an item, or `None` if the frames contain no complete conversation.
    fn verdict(item: &str, protocol: Protocol, port: u16, frames: &[Vec<u8>]) -> Option<Verdict> {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("it is right");
        let (scenario, number) = lab
            .scenarios
            .iter()
            .find_map(|one| Some((one, one.items.iter().position(|it| it.id.as_str() == item)?)))
            .expect("an item of the lab");
        let wanted = CaptureFilter { role: None, protocol, port, file: "a.pcapng".to_owned() };
        let seen = evidence(&capture(frames), &wanted).ok()?.evidence;
        Some(judge_captured(scenario, number, &Outcome::Seen(Box::new(seen)), "").verdict)
    }

    fn closed() -> CaptureBuilder {
        CaptureBuilder::connected()
            .client("PA", 1, 1, b"abc")
            .server("PA", 1, 4, b"abc")
            .client("FA", 4, 4, b"")
            .server("FA", 4, 5, b"")
            .client("A", 5, 5, b"")
    }

    #[test]
    fn complete_connection_passes_and_reset_fails() {
        assert_eq!(verdict("tcp-simple.4", Protocol::Tcp, 65432, &closed().frames), Some(Verdict::Pass));
        let reset =
            CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc").server("RA", 4, 4, b"");
        assert_eq!(verdict("tcp-simple.4", Protocol::Tcp, 65432, &reset.frames), Some(Verdict::Fail));
    }

    #[test]
    fn partial_capture_of_correct_server_never_fails() {
        let frames = closed().frames;
        for from in 0..frames.len() {
            for to in from + 1..=frames.len() {
                let found = verdict("tcp-simple.4", Protocol::Tcp, 65432, &frames[from..to]);
                assert_ne!(found, Some(Verdict::Fail), "{from}..{to}");
            }
        }
        let (client, server) = ("10.0.0.1:5000", "10.0.0.2:65431");
        let datagrams: Vec<_> =
            (0..3).flat_map(|_| [udp(client, server, b"abc"), udp(server, client, b"ABC")]).collect();
        assert_eq!(verdict("udp-simple.4", Protocol::Udp, 65431, &datagrams), Some(Verdict::Pass));
        for from in 0..datagrams.len() {
            for to in from + 1..=datagrams.len() {
                let found = verdict("udp-simple.4", Protocol::Udp, 65431, &datagrams[from..to]);
                assert_ne!(found, Some(Verdict::Fail), "{from}..{to}");
            }
        }
    }

    #[test]
    fn other_ports_are_ignored() {
        let mut frames = closed().frames;
        frames.push(tcp("10.0.0.1:7", "10.0.0.2:8", "R", (1, 1, 1), b""));
        assert_eq!(verdict("tcp-simple.4", Protocol::Tcp, 65432, &frames), Some(Verdict::Pass));
        assert_eq!(verdict("tcp-simple.4", Protocol::Tcp, 8, &frames), None);
    }
}
