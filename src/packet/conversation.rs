//! Conversations: groups the frames of a capture by their two endpoints.
//!
//! For TCP, reports the handshake, the bytes of each direction, retransmissions and teardown. For
//! UDP, reports the datagrams, and which of them were undeliverable. Each frame is processed once,
//! in capture order, and only the requested data is kept. Does not depend on files.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::frame::{Frame, FrameError, Unreachable};

mod analysis;
mod direction;
mod live;
mod orientation;
mod states;
mod streams;
mod text;
mod udp;
mod window;

#[cfg(test)]
mod tests;

pub use analysis::Analysis;
pub use direction::{Direction, Fin};
pub use orientation::OrientedBy;
pub use states::{States, states};
pub use text::{PacketMark, TcpPacket};
pub use udp::{Datagram, DatagramTotals, UdpConversation};

/// The two ends of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The end that opened the conversation.
    Client,
    /// The end that was contacted.
    Server,
}

impl Side {
    /// Returns the other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The conversations of a capture, and counts of its other frames.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversations {
    /// TCP conversations, in the order of their first packets, like Wireshark's `tcp.stream`.
    pub tcp: Vec<TcpConversation>,
    /// UDP conversations, in the order of their first packets, like Wireshark's `udp.stream`.
    pub udp: Vec<UdpConversation>,
    /// Number of frames with other contents: not IP, other protocols, ICMP messages about unseen
    /// packets.
    pub other: usize,
    /// Number of frames on unsupported links, by the link's number.
    pub unknown_links: BTreeMap<u16, usize>,
    /// Number of malformed frames.
    pub malformed: usize,
    /// Number of frames with a later part of an IP packet, which belongs to no conversation by
    /// itself.
    pub fragments: usize,
    /// Number of all frames.
    pub frames: usize,
}

impl Conversations {
    /// Analyses the frames of a capture without keeping their payload. [`Analysis`] has options.
    pub fn analyse<'f>(frames: impl IntoIterator<Item = Result<Frame<'f>, FrameError>>) -> Self {
        let mut analysis = Analysis::new();
        for frame in frames {
            analysis.add(&frame);
        }
        analysis.finish()
    }

    /// Keeps only the conversations with this port at either end, like Wireshark's
    /// `tcp.port == N || udp.port == N`.
    ///
    /// Stream numbers and other counts remain those of the whole capture.
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.tcp.retain(|one| one.is_on_port(port));
        self.udp.retain(|one| [one.client.port(), one.server.port()].contains(&port));
        self
    }
}

/// One TCP connection, or an attempt at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpConversation {
    /// Number of the conversation, from 0, as Wireshark's `tcp.stream`. Packets that ICMP errors
    /// quote have numbers too.
    pub stream: usize,
    /// Address of the end that opened the connection.
    pub client: SocketAddr,
    /// Address of the end that was contacted.
    pub server: SocketAddr,
    /// Evidence by which the client was identified.
    pub oriented_by: OrientedBy,
    /// Steps of the handshake.
    pub handshake: Handshake,
    /// Data sent by the client.
    pub from_client: Direction,
    /// Data sent by the server.
    pub from_server: Direction,
    /// FINs and resets.
    pub teardown: Teardown,
    /// First ICMP message that one of its packets was undeliverable.
    pub unreachable: Option<(Sighting, Unreachable)>,
    /// Packets in capture order, as many as are listed ([`Analysis::list_at_most`]).
    pub packets: Vec<TcpPacket>,
    /// Number of packets.
    pub packet_count: usize,
    /// Time of the first packet, in nanoseconds since 1970.
    pub first_ns: u64,
    /// Time of the last packet, in nanoseconds since 1970.
    pub last_ns: u64,
}

impl TcpConversation {
    /// Returns true if either end uses this port.
    #[must_use]
    pub fn is_on_port(&self, port: u16) -> bool {
        [self.client.port(), self.server.port()].contains(&port)
    }

    /// Returns the direction of the data that one end sent.
    #[must_use]
    pub fn direction(&self, side: Side) -> &Direction {
        match side {
            Side::Client => &self.from_client,
            Side::Server => &self.from_server,
        }
    }

    /// Returns true if each end acknowledged everything that the other sent, FINs included.
    #[must_use]
    pub fn is_all_acknowledged(&self) -> bool {
        self.from_client.is_all_acknowledged() && self.from_server.is_all_acknowledged()
    }

    /// Returns true if the handshake was completed.
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.handshake.state() == HandshakeState::Complete
    }

    /// Returns true if the server answered the SYN with a RST: no socket listens.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.handshake.state() == HandshakeState::SynSent
            && self.teardown.reset.is_some_and(|reset| reset.by == Side::Server)
    }
}

/// Position and time of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Index of the frame in the capture, 0-based; Wireshark counts from 1.
    pub frame: usize,
    /// Capture time, in nanoseconds since 1970.
    pub at_ns: u64,
}

/// The three steps of the handshake (RFC 9293 section 3.5). A step counts only if the one before
/// was seen first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Handshake {
    /// The client's SYN.
    pub syn: Option<Sighting>,
    /// The server's SYN-ACK that acknowledges it.
    pub syn_ack: Option<Sighting>,
    /// The client's ACK of the SYN-ACK; it may carry data, or a FIN.
    pub ack: Option<Sighting>,
    /// True if the SYN-ACK was not captured, although later segments show that it arrived.
    pub is_syn_ack_implied: bool,
    /// True if the SYN-ACK was captured before the SYN.
    pub is_reordered: bool,
}

/// Progress of a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandshakeState {
    /// No SYN was seen: the capture began later.
    None,
    /// A SYN that was not answered by a SYN-ACK.
    SynSent,
    /// A SYN, and later segments of an open connection: the SYN-ACK was not captured.
    SynAckMissing,
    /// SYN, SYN-ACK and ACK, but the capture has the SYN-ACK before the SYN.
    Reordered,
    /// SYN and SYN-ACK, but no ACK.
    HalfOpen,
    /// SYN, SYN-ACK, ACK, in this order.
    Complete,
}

impl Handshake {
    /// Returns the progress of the handshake.
    #[must_use]
    pub const fn state(&self) -> HandshakeState {
        match (self.syn, self.syn_ack, self.ack) {
            (Some(_), Some(_), Some(_)) if self.is_reordered => HandshakeState::Reordered,
            (Some(_), Some(_), Some(_)) => HandshakeState::Complete,
            (Some(_), Some(_), None) => HandshakeState::HalfOpen,
            (Some(_), None, _) if self.is_syn_ack_implied => HandshakeState::SynAckMissing,
            (Some(_), None, _) => HandshakeState::SynSent,
            (None, ..) => HandshakeState::None,
        }
    }
}

/// The end of a connection. FINs belong to their direction ([`Direction::fin`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Teardown {
    /// End that sent the first FIN.
    pub first_fin: Option<Side>,
    /// True if both ends sent a FIN before they saw the other's (RFC 9293 section 3.6, case 3).
    pub simultaneous: bool,
    /// True if both ends sent a FIN, and both FINs were acknowledged.
    pub is_complete: bool,
    /// The first RST.
    pub reset: Option<Reset>,
    /// Number of RSTs.
    pub resets: usize,
}

/// A RST segment, which aborts a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reset {
    /// End that sent it.
    pub by: Side,
    /// Position and time.
    pub seen: Sighting,
    /// FINs that were sent before it.
    pub after: ResetAfter,
}

/// The FINs that were sent before a RST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetAfter {
    /// Neither end had sent a FIN.
    NoFin,
    /// Only the sender of the RST had sent a FIN.
    OwnFin,
    /// Only the receiver of the RST had sent a FIN.
    OtherFin,
    /// Both ends had sent a FIN, but not both FINs were acknowledged.
    BothFins,
    /// Both FINs were acknowledged: the connection was over.
    Closed,
}
