//! What every judge of packets works on: the conversations of the capture, and which of them is which client's.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::model::journal::Connection;
use crate::model::{Capture, ClientId, EventId, EventKind, Evidence, Fate, Finding, Message, Protocol};
use crate::packet::{Analysis, Conversations, Frame, Link, TcpConversation};

/// The most bytes of each direction of a conversation that are looked at.
const PAYLOAD: usize = 4 << 20;
/// How many events a finding about all clients names.
const SHOWN: usize = 40;

/// The packets of a scenario, put together.
pub(super) struct Wire<'a> {
    pub(super) seen: &'a Evidence,
    capture: &'a Capture,
    pub(super) all: Conversations,
    /// Which TCP conversation is that of a client and a server, an index; the last one, where a port was used again.
    tcp_of: HashMap<(SocketAddr, SocketAddr), usize>,
    /// What each client was told to send, message by message.
    sent: HashMap<ClientId, Vec<&'a [u8]>>,
}

impl<'a> Wire<'a> {
    /// The conversations, or why nothing can be said of them.
    pub(super) fn of(seen: &'a Evidence) -> Result<Self, Box<Finding>> {
        if let Some(finding) = super::start::nothing_started(seen) {
            return Err(Box::new(finding));
        }
        let Some(capture) = &seen.capture else {
            return Err(Box::new(Finding::not_verified(Message::new("no-capture"))));
        };
        if capture.dropped > 0 {
            let message = Message::new("gap-packets-dropped").with("count", capture.dropped);
            return Err(Box::new(Finding::not_verified(message)));
        }
        let mut analysis = Analysis::new().keep_payload(PAYLOAD);
        for port in seen.journal.server_ports() {
            analysis = analysis.server_port(port);
        }
        let mut sent: HashMap<ClientId, Vec<&[u8]>> = HashMap::new();
        for event in seen.journal.iter() {
            if let EventKind::Sent { client, bytes } = &event.kind {
                sent.entry(*client).or_default().push(&bytes.0);
            }
        }
        for packet in capture.packets() {
            let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes);
            analysis.add(&frame);
        }
        let all = analysis.finish();
        let tcp_of = all.tcp.iter().enumerate().map(|(number, one)| ((one.client, one.server), number)).collect();
        Ok(Self { seen, capture, all, tcp_of, sent })
    }

    /// What became of each packet, in the order of the capture.
    pub(super) fn fates(&self) -> Vec<Fate> {
        self.capture.packets().map(|packet| packet.fate).collect()
    }

    /// The chosen clients' connections over this protocol; or the finding for one that could not connect, or for none.
    pub(super) fn clients(&self, only: Option<&[u32]>, protocol: Protocol) -> Result<Vec<Connection>, Box<Finding>> {
        let chosen = |client: ClientId| only.is_none_or(|only| only.contains(&client.0));
        if let Some((id, client, ending)) = self.seen.journal.failed_connects().find(|(_, client, _)| chosen(*client)) {
            return Err(Box::new(super::process::not_connected(client, ending).shown_by([id])));
        }
        let mut all = self.seen.journal.connections();
        all.retain(|connection| connection.protocol == protocol && chosen(connection.client));
        if all.is_empty() {
            return Err(Box::new(Finding::not_verified(Message::new("nobody-connected"))));
        }
        Ok(all)
    }

    /// The conversation of a client; the last one, where its port was used again.
    pub(super) fn tcp(&self, connection: &Connection) -> Option<&TcpConversation> {
        self.tcp_of.get(&(connection.local, connection.peer)).map(|&number| &self.all.tcp[number])
    }

    /// Judges each chosen client's TCP conversation; the first that is wrong is told.
    pub(super) fn each_tcp(
        &self,
        only: Option<&[u32]>,
        right: &'static str,
        wrong: impl Fn(&Connection, &TcpConversation) -> Option<Finding>,
    ) -> Finding {
        let clients = match self.clients(only, Protocol::Tcp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        for connection in &clients {
            let Some(conversation) = self.tcp(connection) else {
                let message = Message::new("packets-not-seen").with("client", connection.client.0);
                return Finding::not_verified(message).shown_by([connection.id]);
            };
            if let Some(finding) = wrong(connection, conversation) {
                return finding.shown_by([connection.id]);
            }
        }
        Finding::pass(Message::new(right).with("clients", clients.len())).shown_by(first_events(&clients))
    }

    /// What a client was told to send, message by message.
    pub(super) fn sent(&self, client: ClientId) -> &[&'a [u8]] {
        self.sent.get(&client).map_or(&[], Vec::as_slice)
    }
}

/// The events by which the first clients' connections are known: of a crowd a few will do for a reader.
pub(super) fn first_events(clients: &[Connection]) -> impl Iterator<Item = EventId> {
    clients.iter().take(SHOWN).map(|connection| connection.id)
}

/// The packets, or returns early with the finding that says why nothing can be said of them.
macro_rules! wire {
    ($seen:expr) => {
        match $seen.wire() {
            Ok(wire) => wire,
            Err(finding) => return *finding,
        }
    };
}
pub(super) use wire;

/// Expectations that are judged from the packets of chosen clients: structs with them and what else may be asked.
macro_rules! from_packets {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty),* $(,)? }),* $(,)?) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Only these clients, by number from 1; default: all that speak the protocol.
            pub clients: Option<Vec<u32>>,
            $(
                $(#[$field_about])*
                pub $field: Option<$type>,
            )*
        }
        impl $crate::scenario::word::Word for $name {
            const ALONE: bool = true;
        }
    )* };
}
pub(super) use from_packets;

/// What every judge of packets needs.
pub(super) fn needs() -> crate::model::Needs {
    crate::model::Needs::of(&[crate::model::EvidenceKind::Clients, crate::model::EvidenceKind::Packets])
}
