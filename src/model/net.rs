//! The kernel's socket table in words: protocols, TCP's states, a row.

use std::fmt;
use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The two transports of the lab.
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

/// A socket's state as the kernel numbers it (`include/net/tcp_states.h`). A UDP socket that is only bound is
/// `Close`, one that is connected is `Established`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[repr(u8)]
pub enum TcpState {
    /// Open on both sides.
    Established = 1,
    /// The SYN was sent.
    SynSent = 2,
    /// The SYN came, the handshake is not finished.
    SynReceived = 3,
    /// Closed here first; the FIN is not acknowledged yet.
    FinWait1 = 4,
    /// Closed here first; waiting for the other end's FIN.
    FinWait2 = 5,
    /// Over; kept for a minute by the end that closed first.
    TimeWait = 6,
    /// No connection; for UDP: bound.
    Close = 7,
    /// The other end closed, this program has not.
    CloseWait = 8,
    /// The other end closed first, this end's FIN is under way.
    LastAck = 9,
    /// Waiting for connections.
    Listen = 10,
    /// Both closed at once.
    Closing = 11,
    /// A handshake that is not finished (a request socket).
    NewSynReceived = 12,
    /// Bound, but neither listening nor connected (Linux 6.8 and later tell of it).
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

    /// The state with the kernel's number `number`.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&state| state as u8 == number)
    }

    /// The name as `ss` and RFC 9293 write it.
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

/// A socket as the kernel's table shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRow {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Its own address and port.
    pub local: SocketAddr,
    /// The other end's; all zero where there is none.
    pub peer: SocketAddr,
    /// Its state.
    pub state: TcpState,
    /// The inode by which a process holds it; 0 where no process does (a connection still in the accept queue,
    /// or one in TIME-WAIT).
    pub inode: u64,
    /// Bytes waiting to be read; for a listener: connections waiting to be accepted.
    pub receive_queue: u32,
    /// Bytes not yet acknowledged; for a listener: the backlog that `listen` was given.
    pub send_queue: u32,
    /// Who holds it.
    pub owner: Owner,
}

/// Who holds a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// Nobody: queued, orphaned or in TIME-WAIT.
    Nobody,
    /// One of the scenario's clients, which the harness drives.
    Harness,
    /// A process of this server's tree.
    Server(super::name::ServerId, Pid),
    /// Some other process of the machine.
    Other,
}

/// A process number as the harness sees it.
pub type Pid = i32;
