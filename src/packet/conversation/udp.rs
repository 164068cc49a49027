//! UDP conversations: the datagrams between two endpoints, and the ICMP messages about
//! undeliverable ones.
//!
//! Does not reassemble IP fragments: of a fragmented datagram only the first fragment counts, and
//! its length field gives the whole length.

use std::net::SocketAddr;

use super::{Side, Sighting};
use crate::packet::frame::{Frame, Udp, Unreachable};

/// Number of recent datagrams among which the subject of an ICMP message is searched.
const MAX_RECENT_DATAGRAMS: usize = 64;

/// The datagrams between two endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UdpConversation {
    /// Number of the conversation, from 0, as Wireshark's `udp.stream`.
    pub stream: usize,
    /// Sender of the first datagram, unless only its port is named as a server's.
    pub client: SocketAddr,
    /// The other endpoint.
    pub server: SocketAddr,
    /// Datagrams in capture order.
    pub datagrams: Vec<Datagram>,
}

impl UdpConversation {
    /// Returns the datagrams that one end sent.
    pub fn datagrams_from(&self, side: Side) -> impl Iterator<Item = &Datagram> {
        self.datagrams.iter().filter(move |datagram| datagram.from == side)
    }
}

/// A datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// Position and time.
    pub seen: Sighting,
    /// End that sent it.
    pub from: Side,
    /// Payload length in bytes.
    pub payload_length: u32,
    /// Length field of the header.
    pub length_field: u16,
    /// True if the length field is 8 plus the payload length.
    pub is_length_right: bool,
    /// True if it was sent in several IP fragments.
    pub is_fragmented: bool,
    /// Payload, if it was requested and fits the limit; at most the captured bytes.
    pub payload: Option<Vec<u8>>,
    /// ICMP message that it was undeliverable.
    pub unreachable: Option<(Sighting, Unreachable)>,
}

/// A conversation under analysis. The first sender counts as the client.
#[derive(Debug)]
pub(super) struct LiveUdp {
    conversation: UdpConversation,
    /// Number of bytes that may still be kept, of the client and of the server.
    room: [usize; 2],
}

impl LiveUdp {
    pub(super) fn new(stream: usize, client: SocketAddr, server: SocketAddr, limit: usize) -> Self {
        let conversation = UdpConversation { stream, client, server, datagrams: Vec::new() };
        Self { conversation, room: [limit; 2] }
    }

    /// Adds the next datagram.
    pub(super) fn add(&mut self, frame: &Frame<'_>, udp: &Udp<'_>, seen: Sighting, with_payload: bool) {
        let is_client = frame.source == self.conversation.client;
        let room = &mut self.room[usize::from(!is_client)];
        let payload = (with_payload && udp.payload.len() <= *room).then(|| udp.payload.to_vec());
        *room -= payload.as_ref().map_or(0, Vec::len);
        self.conversation.datagrams.push(Datagram {
            seen,
            from: if is_client { Side::Client } else { Side::Server },
            payload_length: udp.payload_length,
            length_field: udp.length,
            is_length_right: udp.is_length_right(),
            is_fragmented: frame.fragment.is_some(),
            payload,
            unreachable: None,
        });
    }

    /// Assigns an ICMP message to its datagram: the first recent one with its length and without a
    /// message. Returns false if there is none.
    pub(super) fn assign_unreachable(&mut self, message: Unreachable, seen: Sighting) -> bool {
        let is_client = message.source == self.conversation.client;
        let from = if is_client { Side::Client } else { Side::Server };
        let datagrams = &mut self.conversation.datagrams;
        let recent = datagrams.len().saturating_sub(MAX_RECENT_DATAGRAMS);
        let found = datagrams[recent..].iter_mut().find(|datagram| {
            datagram.from == from && datagram.unreachable.is_none() && Some(datagram.length_field) == message.length
        });
        found.map(|datagram| datagram.unreachable = Some((seen, message))).is_some()
    }

    /// Returns the finished conversation. Swaps the ends if only the client's port is named as a
    /// server's.
    pub(super) fn finish(self, named: &[u16]) -> UdpConversation {
        let mut conversation = self.conversation;
        if named.contains(&conversation.client.port()) && !named.contains(&conversation.server.port()) {
            std::mem::swap(&mut conversation.client, &mut conversation.server);
            for datagram in &mut conversation.datagrams {
                datagram.from = datagram.from.other();
            }
        }
        conversation
    }
}
