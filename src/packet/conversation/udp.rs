//! UDP conversations: the datagrams between two ends, each way, and the messages that nobody received one. It puts no IP
//! fragments together: of a fragmented datagram the first fragment counts, and its length field tells the whole.

use std::net::SocketAddr;

use super::{Side, Sighting};
use crate::packet::frame::{Frame, Udp, Unreachable};

/// How many datagrams a message about one of them is looked for among.
const RECENT: usize = 64;

/// The datagrams between two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UdpConversation {
    /// Its number among the UDP conversations of the capture, from 0.
    pub stream: usize,
    /// Who sent the first datagram, unless its port is named as a server's.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// In the order of the capture.
    pub datagrams: Vec<Datagram>,
}

impl UdpConversation {
    /// The datagrams of one end.
    pub fn from(&self, side: Side) -> impl Iterator<Item = &Datagram> {
        self.datagrams.iter().filter(move |datagram| datagram.from == side)
    }
}

/// A datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    /// Where and when.
    pub seen: Sighting,
    /// Who sent it.
    pub from: Side,
    /// How many bytes it carries.
    pub payload_length: u32,
    /// The length field of its header.
    pub length_field: u16,
    /// Whether the length field is 8 plus the payload's length.
    pub is_length_right: bool,
    /// Whether it was sent in several IP fragments.
    pub is_fragmented: bool,
    /// The bytes it carries, where they were asked for and there was room; not more than were captured.
    pub payload: Option<Vec<u8>>,
    /// The message that it could not be delivered.
    pub unreachable: Option<(Sighting, Unreachable)>,
}

/// A conversation while it is looked at: the first sender is taken for the client.
#[derive(Debug)]
pub(super) struct Talk {
    conversation: UdpConversation,
    /// How many bytes may still be kept, of the client and of the server.
    room: [usize; 2],
}

impl Talk {
    pub(super) fn new(stream: usize, client: SocketAddr, server: SocketAddr, limit: usize) -> Self {
        let conversation = UdpConversation { stream, client, server, datagrams: Vec::new() };
        Self { conversation, room: [limit; 2] }
    }

    /// Takes the next datagram.
    pub(super) fn take(&mut self, frame: &Frame<'_>, udp: &Udp<'_>, seen: Sighting, with_payload: bool) {
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

    /// Finds the datagram that a message is about: the first of the recent ones with its length and without a message.
    pub(super) fn take_unreachable(&mut self, message: Unreachable, seen: Sighting) -> bool {
        let is_client = message.source == self.conversation.client;
        let from = if is_client { Side::Client } else { Side::Server };
        let datagrams = &mut self.conversation.datagrams;
        let recent = datagrams.len().saturating_sub(RECENT);
        let found = datagrams[recent..].iter_mut().find(|datagram| {
            datagram.from == from && datagram.unreachable.is_none() && Some(datagram.length_field) == message.length
        });
        found.map(|datagram| datagram.unreachable = Some((seen, message))).is_some()
    }

    /// The conversation as it is told.
    pub(super) fn finish(self, named: &[u16]) -> UdpConversation {
        let mut told = self.conversation;
        if named.contains(&told.client.port()) && !named.contains(&told.server.port()) {
            std::mem::swap(&mut told.client, &mut told.server);
            for datagram in &mut told.datagrams {
                datagram.from = datagram.from.other();
            }
        }
        told
    }
}
