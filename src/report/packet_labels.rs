//! The packets of a scenario as they are shown to people.
//!
//! For each packet: its sender and receiver, its kind, its fate, and the states of both ends. The
//! diagrams, packet lists and capture files all use this module, so they describe a packet alike.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::model::{CapturedPacket, ClientId, EventKind, Evidence, Message, PacketFate, Protocol, Role, ServerId};
use crate::packet::conversation::{PacketMark, States, TcpPacket, states};
use crate::packet::{Analysis, Conversations, Flags, Frame, Link, Side};

/// The packets exchanged between clients and servers, and these parties.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Clients by number, then unknown clients, then servers.
    pub(super) parties: Vec<PacketParty>,
    /// The number of parties that are clients.
    pub(super) clients: usize,
    /// The packets, in the order of the capture.
    pub(super) packets: Vec<LabelledPacket>,
}

/// A client or server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PacketParty {
    pub(super) name: PartyName,
    /// For a client, the address it was first seen with. For a known server, the address that
    /// clients last connected to, or its listening address if there was no connection.
    pub(super) address: Option<SocketAddr>,
}

/// The name of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartyName {
    /// A client of the scenario.
    Client(ClientId),
    /// A server of the scenario, with its role.
    Server(ServerId, Option<Role>),
    /// An unknown party, and the side of the conversation it was on.
    Unknown(Side),
}

impl PartyName {
    /// Returns the name in the reader's language: `client 3`, `tcp-multi`.
    pub(super) fn message(&self) -> Message {
        match self {
            Self::Client(client) => Message::new("timeline-client").with("client", client.0),
            Self::Server(_, Some(role)) => Message::new("timeline-role").with("role", role.as_str()),
            Self::Server(server, None) => Message::new("timeline-server").with("server", server.0 + 1),
            Self::Unknown(Side::Client) => Message::new("timeline-a-client"),
            Self::Unknown(Side::Server) => Message::new("timeline-a-server"),
        }
    }
}

/// A packet with its sender and receiver.
#[derive(Debug, Clone)]
pub(super) struct LabelledPacket {
    /// Its index in the capture, from 0.
    pub(super) frame: usize,
    /// Its time, in nanoseconds since 1970.
    pub(super) at_ns: u64,
    /// The sender, an index into the parties.
    pub(super) from: usize,
    /// The receiver, an index into the parties.
    pub(super) to: usize,
    /// The client of the conversation, an index into the parties.
    pub(super) client: usize,
    pub(super) kind: PacketKind,
    pub(super) fate: PacketFate,
    /// The states of both ends after the packet. TCP only.
    pub(super) states: Option<States>,
    /// The fields of the message in it, if the scenario declares its format: `data seq=3`.
    pub(super) message: Option<String>,
}

/// The kind of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) enum PacketKind {
    Tcp(TcpPacket),
    /// A datagram with this number of payload bytes.
    Udp(u32),
    /// The ICMP message that a datagram or a connection's packet could not be delivered.
    Unreachable,
}

impl PacketKind {
    /// Returns the label of an arrow, in standard notation: `PSH-ACK seq=1 ack=1 len=5`.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Tcp(packet) => {
                let mut label = format!("{} seq={}", packet.flags, packet.sequence);
                if packet.flags.has(Flags::ACK) {
                    label += &format!(" ack={}", packet.acknowledgement);
                }
                if packet.length > 0 {
                    label += &format!(" len={}", packet.length);
                }
                label
            }
            Self::Udp(length) => format!("UDP len={length}"),
            Self::Unreachable => "ICMP port unreachable".to_owned(),
        }
    }

    /// Returns forms shorter than [`Self::label`] for narrow pages. The least informative fields
    /// are left out first, and the length never.
    pub(super) fn shorter(&self) -> Vec<String> {
        match self {
            Self::Tcp(packet) if packet.length > 0 => {
                vec![format!("{} seq={} len={}", packet.flags, packet.sequence, packet.length), self.short()]
            }
            Self::Tcp(packet) if packet.flags.has(Flags::ACK) && !packet.flags.any(Flags::SYN.and(Flags::FIN)) => {
                vec![format!("{} ack={}", packet.flags, packet.acknowledgement), self.short()]
            }
            Self::Tcp(packet) => vec![format!("{} seq={}", packet.flags, packet.sequence), self.short()],
            Self::Udp(_) | Self::Unreachable => Vec::new(),
        }
    }

    /// Returns true if the sender announces a full receive buffer, like Wireshark's `zero window`.
    fn is_zero_window(&self) -> bool {
        let no_room =
            |packet: &TcpPacket| packet.window == 0 && !packet.flags.any(Flags::SYN.and(Flags::FIN).and(Flags::RST));
        matches!(self, Self::Tcp(packet) if no_room(packet))
    }

    /// Returns the flags alone, and the length if there is payload: `PSH-ACK len=5`.
    pub(super) fn short(&self) -> String {
        match self {
            Self::Tcp(packet) if packet.length > 0 => format!("{} len={}", packet.flags, packet.length),
            Self::Tcp(packet) => packet.flags.to_string(),
            other => other.label(),
        }
    }
}

impl LabelledPacket {
    /// Returns the label of an arrow: the header's fields, and those of the message.
    pub(super) fn label(&self) -> String {
        self.with_message(self.kind.label())
    }

    /// Returns forms shorter than [`Self::label`], longest first.
    pub(super) fn shorter(&self) -> Vec<String> {
        self.message.clone().into_iter().chain(self.kind.shorter()).collect()
    }

    /// Returns the short form of the header's fields, with those of the message.
    pub(super) fn short(&self) -> String {
        self.with_message(self.kind.short())
    }

    fn with_message(&self, header: String) -> String {
        match &self.message {
            Some(message) => format!("{header} {message}"),
            None => header,
        }
    }

    /// Returns the message id of a remark on the packet, or `None` if it is ordinary.
    pub(super) fn remark(&self) -> Option<&'static str> {
        let mark = match self.kind {
            PacketKind::Tcp(packet) => packet.mark,
            _ => PacketMark::Plain,
        };
        match (self.fate, mark) {
            (PacketFate::Lost, PacketMark::Retransmission) => Some("timeline-lost-again"),
            (PacketFate::Lost, _) => Some("timeline-lost"),
            (PacketFate::Reordered, _) => Some("timeline-reordered"),
            (PacketFate::Duplicated, _) => Some("timeline-duplicated"),
            (PacketFate::Corrupted, _) => Some("timeline-corrupted"),
            (PacketFate::Altered, _) => Some("timeline-altered"),
            (PacketFate::Truncated, _) => Some("timeline-truncated"),
            (PacketFate::Delivered, PacketMark::Retransmission) => Some("timeline-retransmission"),
            (PacketFate::Delivered, PacketMark::OutOfOrder) => Some("timeline-out-of-order"),
            (PacketFate::Delivered, PacketMark::Ahead) => Some("timeline-ahead"),
            (PacketFate::Delivered, PacketMark::KeepAlive) => Some("timeline-keep-alive"),
            (PacketFate::Delivered, PacketMark::Plain) => self.kind.is_zero_window().then_some("timeline-zero-window"),
        }
    }

    /// Returns how the packet is drawn.
    pub(super) fn style(&self) -> PacketStyle {
        match (self.fate, &self.kind) {
            (fate, _) if !fate.arrives() => PacketStyle::Lost,
            (_, PacketKind::Tcp(packet)) if packet.flags.has(Flags::RST) => PacketStyle::Refused,
            (_, PacketKind::Unreachable) => PacketStyle::Refused,
            (_, PacketKind::Tcp(TcpPacket { mark: PacketMark::Plain, .. }) | PacketKind::Udp(_))
                if self.fate == PacketFate::Delivered =>
            {
                PacketStyle::Plain
            }
            _ => PacketStyle::Unusual,
        }
    }
}

/// The style in which a packet is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PacketStyle {
    /// An ordinary packet.
    Plain,
    /// A packet that was retransmitted, reordered, duplicated or out of order.
    Unusual,
    /// A packet that did not arrive.
    Lost,
    /// A packet that resets or refuses a connection.
    Refused,
}

impl PacketStyle {
    /// Returns the CSS class of the style.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Unusual => "again",
            Self::Lost => "lost",
            Self::Refused => "refused",
        }
    }
}

impl Traffic {
    /// Returns the packets of the evidence, or `None` if they were not captured.
    pub(super) fn from_evidence(seen: &Evidence) -> Option<Self> {
        let capture = seen.capture.as_ref()?;
        let mut analysis = Analysis::new();
        for port in seen.journal.server_ports() {
            analysis = analysis.server_port(port);
        }
        for packet in capture.packets() {
            analysis.add(&read(&packet));
        }
        let fates: Vec<PacketFate> = capture.packets().map(|packet| packet.fate).collect();
        let mut traffic = Self::put_together(&analysis.finish(), &KnownParties::of(seen), &fates);
        for packet in traffic.packets.iter_mut().filter(|packet| matches!(packet.kind, PacketKind::Udp(_))) {
            packet.message = seen.message_labels.get(&packet.frame).cloned();
        }
        Some(traffic)
    }

    /// Returns the packets of conversations from elsewhere, about which nothing else is known.
    pub(super) fn from_conversations(all: &Conversations) -> Self {
        Self::put_together(all, &KnownParties::default(), &[])
    }

    fn put_together(all: &Conversations, known: &KnownParties, fates: &[PacketFate]) -> Self {
        let fate = |frame: usize| fates.get(frame).copied().unwrap_or_default();
        let mut gathering = PartyCollector { known, clients: known.clients.clone(), servers: known.servers.clone() };
        let mut packets: Vec<(LabelledPacket, usize, usize, Side)> = Vec::new();
        let mut add = |frame, at_ns, what, states, (client, server, from)| {
            let passage = LabelledPacket {
                frame,
                at_ns,
                from: 0,
                to: 0,
                client: 0,
                kind: what,
                fate: fate(frame),
                states,
                message: None,
            };
            packets.push((passage, client, server, from));
        };
        for one in &all.tcp {
            let (client, server) = gathering.ends(Protocol::Tcp, one.client, one.server);
            let after = states(&one.packets, |packet| fate(packet.frame).arrives());
            for (packet, states) in one.packets.iter().zip(after) {
                let who = (client, server, packet.from);
                add(packet.frame, packet.at_ns, PacketKind::Tcp(*packet), Some(states), who);
            }
            if let Some((seen, _)) = one.unreachable {
                add(seen.frame, seen.at_ns, PacketKind::Unreachable, None, (client, server, Side::Server));
            }
        }
        for one in &all.udp {
            let (client, server) = gathering.ends(Protocol::Udp, one.client, one.server);
            for datagram in &one.datagrams {
                let (seen, from) = (datagram.seen, datagram.from);
                add(seen.frame, seen.at_ns, PacketKind::Udp(datagram.payload_length), None, (client, server, from));
                if let Some((passage, _)) = datagram.unreachable {
                    let back = (client, server, from.other());
                    add(passage.frame, passage.at_ns, PacketKind::Unreachable, None, back);
                }
            }
        }
        packets.sort_by_key(|(passage, ..)| passage.frame);
        let PartyCollector { clients, servers, .. } = gathering;
        let first_server = clients.len();
        let packets = packets.into_iter().map(|(passage, client, server, from)| {
            let server = first_server + server;
            let (from, to) = if from == Side::Client { (client, server) } else { (server, client) };
            LabelledPacket { from, to, client, ..passage }
        });
        Self { packets: packets.collect(), clients: first_server, parties: [clients, servers].concat() }
    }
}

/// Decodes the frame of a captured packet.
pub(super) fn read<'a>(packet: &CapturedPacket<'a>) -> Result<Frame<'a>, crate::packet::FrameError> {
    Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes)
}

/// The parties known from the journal.
#[derive(Debug, Default)]
struct KnownParties {
    clients: Vec<PacketParty>,
    servers: Vec<PacketParty>,
    /// The indices of a client and a server in these lists, by the client's address.
    by_local: HashMap<(Protocol, SocketAddr), (usize, usize)>,
}

impl KnownParties {
    fn of(seen: &Evidence) -> Self {
        let mut known = Self::default();
        for event in seen.journal.iter() {
            match &event.kind {
                EventKind::Started { server, role, .. } if known.server(*server).is_none() => {
                    known.servers.push(PacketParty { name: PartyName::Server(*server, role.clone()), address: None });
                }
                EventKind::Ready { server, row } => {
                    if let Some(place) = known.server(*server) {
                        known.servers[place].address = Some(row.local);
                    }
                }
                _ => {}
            }
        }
        for connection in seen.journal.connections() {
            let Some(server) = known.server(connection.server) else { continue };
            known.servers[server].address = Some(connection.peer);
            let name = PartyName::Client(connection.client);
            let place = known.clients.iter().position(|party| party.name == name);
            let client = place.unwrap_or_else(|| {
                known.clients.push(PacketParty { name, address: Some(connection.local) });
                known.clients.len() - 1
            });
            known.by_local.insert((connection.protocol, connection.local), (client, server));
        }
        known
    }

    fn server(&self, wanted: ServerId) -> Option<usize> {
        self.servers.iter().position(|party| matches!(party.name, PartyName::Server(server, _) if server == wanted))
    }
}

/// The parties collected so far.
struct PartyCollector<'k> {
    known: &'k KnownParties,
    clients: Vec<PacketParty>,
    servers: Vec<PacketParty>,
}

impl PartyCollector<'_> {
    /// Returns the indices of a conversation's two ends, and adds unknown parties.
    fn ends(&mut self, protocol: Protocol, client: SocketAddr, server: SocketAddr) -> (usize, usize) {
        if let Some(&places) = self.known.by_local.get(&(protocol, client)) {
            return places;
        }
        let stranger = |all: &mut Vec<PacketParty>, side, address: SocketAddr| {
            let is_it =
                |at: SocketAddr| at.port() == address.port() && (at.ip() == address.ip() || at.ip().is_unspecified());
            all.iter().position(|one| one.address.is_some_and(is_it)).unwrap_or_else(|| {
                all.push(PacketParty { name: PartyName::Unknown(side), address: Some(address) });
                all.len() - 1
            })
        };
        (stranger(&mut self.clients, Side::Client, client), stranger(&mut self.servers, Side::Server, server))
    }
}
