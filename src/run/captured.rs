//! A capture that somebody else made, judged against an item: only what packets prove. Connections whose beginning or end
//! is not in the capture are left out, so that a capture that was started late or stopped early proves nothing wrong.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::model::{
    Bytes, Capture, ClientId, Ending, Event, EventId, EventKind, Evidence, EvidenceKind, Gap, Journal, Message, Moment,
    Protocol, Role, ServerId,
};
use crate::packet::conversation::{HandshakeState, ResetAfter};
use crate::packet::{Analysis, Frame, Link, Side, TcpConversation, UdpConversation};

/// The most bytes of each direction of a conversation that are looked at.
const PAYLOAD: usize = 4 << 20;

/// Whose packets are looked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What the server is in the lab.
    pub role: Option<Role>,
    /// The server's transport.
    pub protocol: Protocol,
    /// The server's port.
    pub port: u16,
    /// What the capture is called.
    pub file: String,
}

/// What a capture shows of a scenario: its whole conversations with that port as if clients of ours had had them.
///
/// # Errors
/// Where there is none, which is not the server's fault: why.
pub fn evidence(capture: &Capture, wanted: &Wanted) -> Result<Evidence, Message> {
    let mut analysis = Analysis::new().keep_payload(PAYLOAD).server_port(wanted.port);
    for packet in capture.packets() {
        analysis.add(&Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes));
    }
    let all = analysis.finish();
    let mut telling = Telling::new(wanted);
    let mut frames = BTreeSet::new();
    let mut partial = 0;
    match wanted.protocol {
        Protocol::Tcp => {
            for one in all.tcp.iter().filter(|one| one.server.port() == wanted.port) {
                if !is_whole(one) {
                    partial += 1;
                    continue;
                }
                frames.extend(one.packets.iter().map(|packet| packet.frame));
                telling.tcp(one);
            }
        }
        Protocol::Udp => {
            for one in all.udp.iter().filter(|one| one.server.port() == wanted.port) {
                if !is_answered(one) {
                    partial += 1;
                    continue;
                }
                frames.extend(one.datagrams.iter().map(|datagram| datagram.seen.frame));
                telling.udp(one);
            }
        }
    }
    if telling.clients == 0 {
        let id = if partial > 0 { "capture-nothing-whole" } else { "capture-nothing-there" };
        let port = wanted.port.to_string();
        return Err(Message::new(id).with("port", port).with("protocol", wanted.protocol.to_string()));
    }
    let mut kept = Capture::on(&["capture"]);
    for (frame, packet) in capture.packets().enumerate() {
        if frames.contains(&frame) {
            kept.add(crate::model::CapturedPacket { interface: 0, ..packet });
        }
    }
    let gap = |evidence| Gap { evidence, because: Message::new("gap-capture-only") };
    let seen = [EvidenceKind::Clients, EvidenceKind::Packets];
    let gaps = EvidenceKind::ALL.into_iter().filter(|kind| !seen.contains(kind)).map(gap).collect();
    Ok(Evidence { journal: Journal(telling.events), capture: Some(kept), gaps, ..Evidence::default() })
}

/// Whether the beginning and the end of a connection are there, and all of its data.
fn is_whole(one: &TcpConversation) -> bool {
    let teardown = &one.teardown;
    let is_over = teardown.is_complete || teardown.reset.is_some_and(|reset| reset.after != ResetAfter::Closed);
    let all_there = |side| {
        let direction = one.from(side);
        direction.missing == 0 && !direction.is_payload_cut
    };
    one.handshake.state() == HandshakeState::Complete && is_over && all_there(Side::Client) && all_there(Side::Server)
}

/// Whether the last word was the server's: an exchange that is not over when the capture ends proves nothing.
fn is_answered(one: &UdpConversation) -> bool {
    let is_there = one.datagrams.iter().all(|datagram| datagram.payload.is_some());
    is_there && one.datagrams.last().is_some_and(|last| last.from == Side::Server)
}

/// A journal as it would have been.
struct Telling {
    protocol: Protocol,
    events: Vec<Event>,
    clients: u32,
}

impl Telling {
    fn new(wanted: &Wanted) -> Self {
        let mut telling = Self { protocol: wanted.protocol, events: Vec::new(), clients: 0 };
        telling.add(EventKind::Started {
            server: ServerId(0),
            role: wanted.role.clone(),
            command: wanted.file.clone(),
            pid: 0,
            protocol: Some(wanted.protocol),
            port: Some(wanted.port),
            stands_in: None,
        });
        telling
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
        let client = self.connected(one.client, one.server);
        let bytes = |side| one.from(side).payload.clone().unwrap_or_default();
        let (sent, received) = (bytes(Side::Client), bytes(Side::Server));
        if !sent.is_empty() {
            self.add(EventKind::Sent { client, bytes: Bytes(sent) });
        }
        if !received.is_empty() {
            self.add(EventKind::Received { client, bytes: Bytes(received) });
        }
        let ending = if one.teardown.reset.is_some() { Ending::Reset } else { Ending::End };
        self.add(EventKind::Ended { client, ending });
        self.add(EventKind::Closed { client });
    }

    fn udp(&mut self, one: &UdpConversation) {
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
