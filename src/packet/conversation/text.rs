//! A packet of a conversation as it is listed: its place in the capture, its flags by name, numbers relative to the
//! beginning.

use std::fmt;

use super::Side;
use crate::packet::frame::Flags;

/// A packet of a TCP conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpPacket {
    /// When, in nanoseconds since 1970.
    pub at_ns: u64,
    /// The frame's place in the capture, from 0; Wireshark counts from 1.
    pub frame: usize,
    /// Relative to the first sequence number, as Wireshark shows it.
    pub sequence: u32,
    /// Relative to the other end's first sequence number; 0 where the ACK flag is not set.
    pub acknowledgement: u32,
    /// How many bytes it carries.
    pub length: u32,
    /// The window as it stands in the header.
    pub window: u16,
    /// Who sent it.
    pub from: Side,
    /// The flags; shown, they are the packet's kind: `SYN-ACK`.
    pub flags: Flags,
    /// What is special about it.
    pub mark: Mark,
}

/// What is special about a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mark {
    /// Nothing.
    #[default]
    Plain,
    /// All that it carries had been seen before.
    Retransmission,
    /// It fills a hole: what comes behind it had been seen before.
    OutOfOrder,
    /// It leaves a hole before it.
    Ahead,
    /// It asks whether the other end is still there (RFC 9293 section 3.8.4), or whether its window is still closed.
    KeepAlive,
}

impl fmt::Display for TcpPacket {
    /// `client PSH-ACK seq=1 ack=1 len=5`, and the mark where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = match self.from {
            Side::Client => "client",
            Side::Server => "server",
        };
        write!(f, "{from} {} seq={}", self.flags, self.sequence)?;
        if self.flags.has(Flags::ACK) {
            write!(f, " ack={}", self.acknowledgement)?;
        }
        write!(f, " len={}", self.length)?;
        match self.mark {
            Mark::Plain => Ok(()),
            Mark::Retransmission => f.write_str(" retransmission"),
            Mark::OutOfOrder => f.write_str(" out-of-order"),
            Mark::Ahead => f.write_str(" ahead"),
            Mark::KeepAlive => f.write_str(" keep-alive"),
        }
    }
}
