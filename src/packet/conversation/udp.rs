//! UDP conversations: the datagrams between two endpoints, and the ICMP messages about
//! undeliverable ones.
//!
//! Does not reassemble IP fragments: of a fragmented datagram only the first fragment counts, and
//! its length field gives the whole length.

use std::collections::VecDeque;
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
    /// Datagrams in capture order, as many as are listed ([`super::Analysis::list_at_most`]).
    pub datagrams: Vec<Datagram>,
    /// All datagrams of the client.
    pub from_client: DatagramTotals,
    /// All datagrams of the server.
    pub from_server: DatagramTotals,
    /// Number of datagrams that were undeliverable, by ICMP messages.
    pub undeliverable: usize,
}

/// Counts of the datagrams of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DatagramTotals {
    /// Number of datagrams.
    pub count: usize,
    /// Number of payload bytes.
    pub bytes: u64,
}

impl UdpConversation {
    /// Returns the listed datagrams that one end sent.
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
    /// The latest datagrams without an ICMP message.
    recent: VecDeque<RecentDatagram>,
    /// Number of bytes that may still be kept, of the client and of the server.
    room: [usize; 2],
}

/// What an ICMP message shows of the datagram that it is about.
#[derive(Debug, Clone, Copy)]
struct RecentDatagram {
    from: Side,
    length_field: u16,
    /// Index in the list, if it is listed.
    index: usize,
}

impl LiveUdp {
    pub(super) fn new(stream: usize, client: SocketAddr, server: SocketAddr, limit: usize) -> Self {
        let (from_client, from_server) = Default::default();
        let datagrams = Vec::new();
        let conversation =
            UdpConversation { stream, client, server, datagrams, from_client, from_server, undeliverable: 0 };
        Self { conversation, recent: VecDeque::new(), room: [limit; 2] }
    }

    /// Adds the next datagram.
    pub(super) fn add(
        &mut self,
        frame: &Frame<'_>,
        udp: &Udp<'_>,
        seen: Sighting,
        with_payload: bool,
        max_listed: usize,
    ) {
        let is_client = frame.source == self.conversation.client;
        let from = if is_client { Side::Client } else { Side::Server };
        let conversation = &mut self.conversation;
        let totals = if is_client { &mut conversation.from_client } else { &mut conversation.from_server };
        totals.count += 1;
        totals.bytes += u64::from(udp.payload_length);
        if self.recent.len() == MAX_RECENT_DATAGRAMS {
            self.recent.pop_front();
        }
        self.recent.push_back(RecentDatagram { from, length_field: udp.length, index: conversation.datagrams.len() });
        if conversation.datagrams.len() >= max_listed {
            return;
        }
        let room = &mut self.room[usize::from(!is_client)];
        let payload = (with_payload && udp.payload.len() <= *room).then(|| udp.payload.to_vec());
        *room -= payload.as_ref().map_or(0, Vec::len);
        conversation.datagrams.push(Datagram {
            seen,
            from,
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
        let is_it = |datagram: &RecentDatagram| datagram.from == from && Some(datagram.length_field) == message.length;
        let Some(found) = self.recent.iter().position(is_it).and_then(|place| self.recent.remove(place)) else {
            return false;
        };
        self.conversation.undeliverable += 1;
        if let Some(datagram) = self.conversation.datagrams.get_mut(found.index) {
            datagram.unreachable = Some((seen, message));
        }
        true
    }

    /// Returns the finished conversation. Swaps the ends if only the client's port is named as a
    /// server's.
    pub(super) fn finish(self, named: &[u16]) -> UdpConversation {
        let mut conversation = self.conversation;
        if named.contains(&conversation.client.port()) && !named.contains(&conversation.server.port()) {
            std::mem::swap(&mut conversation.client, &mut conversation.server);
            std::mem::swap(&mut conversation.from_client, &mut conversation.from_server);
            for datagram in &mut conversation.datagrams {
                datagram.from = datagram.from.other();
            }
        }
        conversation
    }
}
