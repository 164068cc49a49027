//! Conversations: the frames of a capture put together by who talks to whom. For TCP the handshake, the bytes each way,
//! what was sent again, and how it ended; for UDP the datagrams, and which of them nobody received. Frames are looked
//! at once, in the order of the capture, and only what was asked for is kept of them. It knows nothing of files.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::frame::{Frame, Unreachable, Unread};

mod analysis;
mod direction;
mod live;
mod orientation;
mod states;
mod text;
mod udp;
mod window;

#[cfg(test)]
mod tests;

pub use analysis::Analysis;
pub use direction::{Direction, Fin};
pub use orientation::OrientedBy;
pub use states::{States, states};
pub use text::{Mark, TcpPacket};
pub use udp::{Datagram, UdpConversation};

/// The two ends of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Who began.
    Client,
    /// Who was asked.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// All that a capture holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversations {
    /// TCP, in the order of their first packets: as Wireshark's `tcp.stream`.
    pub tcp: Vec<TcpConversation>,
    /// UDP, in the order of their first packets: as Wireshark's `udp.stream`.
    pub udp: Vec<UdpConversation>,
    /// How many frames carry something else: not IP, other protocols, messages about nothing that was seen.
    pub other: usize,
    /// How many frames were captured on links that are not read, by the links' numbers.
    pub unknown_links: BTreeMap<u16, usize>,
    /// How many frames could not be read.
    pub malformed: usize,
    /// How many frames hold a later part of an IP packet, which belongs to no conversation by itself.
    pub fragments: usize,
    /// How many frames there are in all.
    pub frames: usize,
}

impl Conversations {
    /// Puts together the frames of a capture, without keeping their payload. [`Analysis`] has choices.
    pub fn of<'f>(frames: impl IntoIterator<Item = Result<Frame<'f>, Unread>>) -> Self {
        let mut analysis = Analysis::new();
        for frame in frames {
            analysis.add(&frame);
        }
        analysis.finish()
    }

    /// Only the conversations with this port at either end, as Wireshark's `tcp.port == N || udp.port == N`. They keep
    /// their stream numbers, and the other counts stay those of the whole capture.
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.tcp.retain(|one| [one.client.port(), one.server.port()].contains(&port));
        self.udp.retain(|one| [one.client.port(), one.server.port()].contains(&port));
        self
    }
}

/// One TCP connection, or the attempt at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpConversation {
    /// Its number among the TCP conversations of the capture, from 0.
    pub stream: usize,
    /// Who began.
    pub client: SocketAddr,
    /// Who was asked.
    pub server: SocketAddr,
    /// How it is known which end is which.
    pub oriented_by: OrientedBy,
    /// How it began.
    pub handshake: Handshake,
    /// What the client sent.
    pub from_client: Direction,
    /// What the server sent.
    pub from_server: Direction,
    /// How it ended.
    pub teardown: Teardown,
    /// A message that one of its packets could not be delivered: the first.
    pub unreachable: Option<(Sighting, Unreachable)>,
    /// Its packets in the order of the capture; empty where they were not to be kept.
    pub packets: Vec<TcpPacket>,
    /// How many packets there are.
    pub packet_count: usize,
    /// The time of the first packet, in nanoseconds since 1970.
    pub first_ns: u64,
    /// The time of the last one.
    pub last_ns: u64,
}

impl TcpConversation {
    /// What one end sent.
    #[must_use]
    pub fn from(&self, side: Side) -> &Direction {
        match side {
            Side::Client => &self.from_client,
            Side::Server => &self.from_server,
        }
    }

    /// Whether all that either end sent, FINs included, was acknowledged by the other.
    #[must_use]
    pub fn is_all_acknowledged(&self) -> bool {
        self.from_client.is_all_acknowledged() && self.from_server.is_all_acknowledged()
    }

    /// Whether the handshake was finished.
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.handshake.state() == HandshakeState::Complete
    }

    /// Whether the server answered the SYN with a RST: nobody listens.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.handshake.syn.is_some()
            && self.handshake.syn_ack.is_none()
            && self.teardown.reset.is_some_and(|reset| reset.by == Side::Server)
    }
}

/// Where and when something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The frame's place in the capture, from 0; Wireshark counts from 1.
    pub frame: usize,
    /// When, in nanoseconds since 1970.
    pub at_ns: u64,
}

/// The three steps of the handshake (RFC 9293 section 3.5), each only where the one before was seen before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Handshake {
    /// The client's SYN.
    pub syn: Option<Sighting>,
    /// The server's SYN-ACK that acknowledges it.
    pub syn_ack: Option<Sighting>,
    /// The client's ACK of that; it may carry data, or a FIN.
    pub ack: Option<Sighting>,
}

/// How far the handshake came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandshakeState {
    /// No SYN was seen: the capture began later.
    None,
    /// A SYN that was not answered by a SYN-ACK.
    SynSent,
    /// SYN and SYN-ACK, and no ACK.
    HalfOpen,
    /// SYN, SYN-ACK, ACK, in this order.
    Complete,
}

impl Handshake {
    /// How far it came.
    #[must_use]
    pub const fn state(&self) -> HandshakeState {
        match (self.syn, self.syn_ack, self.ack) {
            (Some(_), Some(_), Some(_)) => HandshakeState::Complete,
            (Some(_), Some(_), None) => HandshakeState::HalfOpen,
            (Some(_), None, _) => HandshakeState::SynSent,
            (None, ..) => HandshakeState::None,
        }
    }
}

/// How a connection ended. The FINs themselves are each direction's ([`Direction::fin`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Teardown {
    /// Who sent the first FIN.
    pub first_fin: Option<Side>,
    /// Both sent a FIN, neither having seen the other's (RFC 9293 section 3.6, case 3).
    pub simultaneous: bool,
    /// Both sent a FIN, and both were acknowledged.
    pub is_complete: bool,
    /// The first RST.
    pub reset: Option<Reset>,
    /// How many RSTs there were.
    pub resets: usize,
}

/// A connection torn down at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reset {
    /// Who sent it.
    pub by: Side,
    /// Where and when.
    pub seen: Sighting,
    /// What had been closed before.
    pub after: ResetAfter,
}

/// What had been closed when a RST came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetAfter {
    /// Neither end had sent a FIN.
    NoFin,
    /// Only the one that then sent the RST.
    OwnFin,
    /// Only the other one.
    OtherFin,
    /// Both, and not both FINs were acknowledged.
    BothFins,
    /// Both, both FINs acknowledged: the connection was over.
    Closed,
}
