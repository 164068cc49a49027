//! The types of the kernel's socket table: protocols, TCP states, and rows.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The loopback address in the wrong byte order: `INADDR_LOOPBACK` (ip(7)) without `htonl`.
pub const SWAPPED_LOOPBACK: Ipv4Addr = Ipv4Addr::new(1, 0, 0, 127);

/// The transport protocols of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Transmission Control Protocol (RFC 9293).
    Tcp,
    /// User Datagram Protocol (RFC 768).
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        })
    }
}

/// The state of a socket, with the kernel's number (`include/net/tcp_states.h`). A bound UDP socket
/// is `Close`, a connected one is `Established`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[repr(u8)]
pub enum TcpState {
    /// Open in both directions.
    Established = 1,
    /// The SYN was sent.
    SynSent = 2,
    /// The SYN was received; the handshake is not finished.
    SynReceived = 3,
    /// This side closed first; its FIN is not acknowledged yet.
    FinWait1 = 4,
    /// This side closed first and waits for the peer's FIN.
    FinWait2 = 5,
    /// Closed; kept for a minute by the side that closed first.
    TimeWait = 6,
    /// Not connected; for UDP: bound.
    Close = 7,
    /// The peer closed, this side has not.
    CloseWait = 8,
    /// The peer closed first; this side's FIN is not acknowledged yet.
    LastAck = 9,
    /// Waiting for connections.
    Listen = 10,
    /// Both sides closed at once.
    Closing = 11,
    /// A handshake that is not finished (a request socket).
    NewSynReceived = 12,
    /// Bound, but neither listening nor connected (reported by Linux 6.8 and later).
    BoundInactive = 13,
}

impl TcpState {
    /// Every state.
    pub const ALL: [Self; 13] = [
        Self::Established,
        Self::SynSent,
        Self::SynReceived,
        Self::FinWait1,
        Self::FinWait2,
        Self::TimeWait,
        Self::Close,
        Self::CloseWait,
        Self::LastAck,
        Self::Listen,
        Self::Closing,
        Self::NewSynReceived,
        Self::BoundInactive,
    ];

    /// Returns the state with this kernel number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&state| state as u8 == number)
    }

    /// Returns the name of the state, as `ss` and RFC 9293 write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived | Self::NewSynReceived => "SYN-RECEIVED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::TimeWait => "TIME-WAIT",
            Self::Close => "CLOSED",
            Self::CloseWait => "CLOSE-WAIT",
            Self::LastAck => "LAST-ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
            Self::BoundInactive => "BOUND",
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row of the kernel's socket table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRow {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The local address and port.
    pub local: SocketAddr,
    /// The peer address and port; all zero if there is none.
    pub peer: SocketAddr,
    /// The state of the socket.
    pub state: TcpState,
    /// The inode, which identifies the socket in its processes. 0 if no process holds it (a
    /// connection in the accept queue, or in TIME-WAIT).
    pub inode: u64,
    /// Bytes not yet read; for a listener: connections not yet accepted.
    pub receive_queue: u32,
    /// Bytes not yet acknowledged; for a listener: the backlog passed to `listen`.
    pub send_queue: u32,
    /// The owner of the socket.
    pub owner: Owner,
}

impl SocketRow {
    /// Returns the number of bytes of a connection that were not read. The kernel counts the end of
    /// the stream as one byte of the queue until it is read (`tcp_diag_get_info` in
    /// net/ipv4/tcp_diag.c).
    #[must_use]
    pub fn unread_bytes(&self) -> u64 {
        let has_ended =
            matches!(self.state, TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait);
        u64::from(self.receive_queue).saturating_sub(u64::from(self.protocol == Protocol::Tcp && has_ended))
    }
}

/// The owner of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// None: a socket in an accept queue, in TIME-WAIT or orphaned.
    Nobody,
    /// A client of the scenario, which the harness runs.
    Harness,
    /// A process of this server.
    Server(super::name::ServerId, Pid),
    /// Another process of the machine.
    Other,
}

/// A process number in the pid namespace of the agent.
pub type Pid = i32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_of_stream_is_no_unread_byte() {
        let at = SocketAddr::from(([127, 0, 0, 1], 65432));
        let row = |protocol, state, receive_queue| SocketRow {
            protocol,
            local: at,
            peer: at,
            state,
            inode: 1,
            receive_queue,
            send_queue: 0,
            owner: Owner::Other,
        };
        let unread = |protocol, state, queue| row(protocol, state, queue).unread_bytes();
        assert_eq!(unread(Protocol::Tcp, TcpState::Established, 10), 10);
        assert_eq!(unread(Protocol::Tcp, TcpState::CloseWait, 11), 10);
        assert_eq!([1, 0].map(|queue| unread(Protocol::Tcp, TcpState::CloseWait, queue)), [0, 0]);
        assert_eq!(unread(Protocol::Udp, TcpState::Close, 10), 10);
    }
}
