//! The input of every packet judge: the conversations of the capture, and the client of each.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::model::journal::Connection;
use crate::model::{
    Capture, ClientId, EventId, EventKind, Evidence, Finding, Message, NotVerified, PacketFate, Protocol,
};
use crate::packet::{Analysis, Conversations, Frame, Link, TcpConversation};

/// Maximum payload that is kept of each direction of a conversation, in bytes.
const MAX_PAYLOAD_BYTES: usize = 4 << 20;
/// Maximum number of events that a finding about all clients refers to.
const MAX_SHOWN_EVENTS: usize = 40;

/// The analysed packets of a scenario.
pub(super) struct PacketView<'a> {
    pub(super) seen: &'a Evidence,
    capture: &'a Capture,
    pub(super) conversations: Conversations,
    /// Index of the TCP conversation of a client and a server; the last one if a port was reused.
    tcp_of: HashMap<(SocketAddr, SocketAddr), usize>,
    /// Data that each client was instructed to send, message by message.
    sent: HashMap<ClientId, Vec<&'a [u8]>>,
}

impl<'a> PacketView<'a> {
    /// Analyses the capture, or returns the finding that explains why it cannot be judged.
    pub(super) fn analyse(seen: &'a Evidence) -> Result<Self, Box<Finding>> {
        if let Some(finding) = super::start::start_failure(seen) {
            return Err(Box::new(finding));
        }
        let Some(capture) = &seen.capture else {
            return Err(Box::new(Finding::not_verified(NotVerified::NoCapture {})));
        };
        if capture.dropped > 0 {
            let reason = crate::model::GapReason::PacketsDropped { count: capture.dropped };
            return Err(Box::new(Finding::not_verified(reason)));
        }
        let mut analysis = Analysis::new().keep_payload(MAX_PAYLOAD_BYTES);
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
        Ok(Self { seen, capture, conversations: all, tcp_of, sent })
    }

    /// Returns the fate of each packet, in capture order.
    pub(super) fn fates(&self) -> Vec<PacketFate> {
        self.capture.packets().map(|packet| packet.fate).collect()
    }

    /// Returns the chosen clients' connections over this protocol. Returns a finding instead if a
    /// client could not connect or none did.
    pub(super) fn connections(
        &self,
        only: Option<&[u32]>,
        protocol: Protocol,
    ) -> Result<Vec<Connection>, Box<Finding>> {
        let chosen = |client: ClientId| only.is_none_or(|only| only.contains(&client.0));
        if let Some((id, client, ending)) = self.seen.journal.failed_connects().find(|(_, client, _)| chosen(*client)) {
            return Err(Box::new(super::diff_cause::not_connected(client, ending).shown_by([id])));
        }
        let mut all = self.seen.journal.connections();
        all.retain(|connection| connection.protocol == protocol && chosen(connection.client));
        if all.is_empty() {
            return Err(Box::new(Finding::not_verified(NotVerified::NobodyConnected {})));
        }
        Ok(all)
    }

    /// Returns the conversation of a client; the last one if its port was reused.
    pub(super) fn tcp_conversation(&self, connection: &Connection) -> Option<&TcpConversation> {
        self.tcp_of.get(&(connection.local, connection.peer)).map(|&number| &self.conversations.tcp[number])
    }

    /// Judges each chosen client's TCP conversation and reports the first wrong one.
    pub(super) fn each_tcp(
        &self,
        only: Option<&[u32]>,
        right: &'static str,
        wrong: impl Fn(&Connection, &TcpConversation) -> Option<Finding>,
    ) -> Finding {
        let clients = match self.connections(only, Protocol::Tcp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        for connection in &clients {
            let Some(conversation) = self.tcp_conversation(connection) else {
                let reason = NotVerified::PacketsNotSeen { client: connection.client };
                return Finding::not_verified(reason).shown_by([connection.id]);
            };
            if let Some(finding) = wrong(connection, conversation) {
                return finding.shown_by([connection.id]);
            }
        }
        Finding::pass(Message::new(right).with("clients", clients.len())).shown_by(first_events(&clients))
    }

    /// Returns the data that a client was instructed to send, message by message.
    pub(super) fn sent(&self, client: ClientId) -> &[&'a [u8]] {
        self.sent.get(&client).map_or(&[], Vec::as_slice)
    }
}

/// Returns the events of the first clients' connections: a few suffice for a reader.
pub(super) fn first_events(clients: &[Connection]) -> impl Iterator<Item = EventId> {
    clients.iter().take(MAX_SHOWN_EVENTS).map(|connection| connection.id)
}

/// Returns the packets, or returns early with the finding that explains why they cannot be judged.
macro_rules! packets_or_return {
    ($seen:expr) => {
        match $seen.packet_view() {
            Ok(view) => view,
            Err(finding) => return *finding,
        }
    };
}
pub(super) use packets_or_return;

/// Defines expectations that are judged from the packets of chosen clients: structs with these
/// clients and optional fields.
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
        impl $crate::scenario::syntax::Keyword for $name {
            const ALLOWS_BARE: bool = true;
        }
    )* };
}
pub(super) use from_packets;

/// Returns the evidence that every packet judge needs.
pub(super) fn needs() -> crate::model::Needs {
    crate::model::Needs::new(&[crate::model::EvidenceKind::Clients, crate::model::EvidenceKind::Packets])
}
