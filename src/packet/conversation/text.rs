//! A packet of a conversation for listings: its index in the capture, its flags by name, and
//! numbers relative to the beginning.

use std::fmt;

use super::Side;
use crate::packet::frame::Flags;

/// A packet of a TCP conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpPacket {
    /// Capture time, in nanoseconds since 1970.
    pub at_ns: u64,
    /// Index of the frame in the capture, 0-based; Wireshark counts from 1.
    pub frame: usize,
    /// Sequence number relative to the first, as Wireshark shows it.
    pub sequence: u32,
    /// Acknowledgement number relative to the other end's first sequence number; 0 if the ACK flag
    /// is not set.
    pub acknowledgement: u32,
    /// Payload length in bytes.
    pub length: u32,
    /// Window from the header, not scaled.
    pub window: u16,
    /// End that sent it.
    pub from: Side,
    /// Flags; displayed, they name the kind of the packet: `SYN-ACK`.
    pub flags: Flags,
    /// Its special property.
    pub mark: PacketMark,
}

/// The special property of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PacketMark {
    /// None.
    #[default]
    Plain,
    /// Everything that it carries was seen before.
    Retransmission,
    /// It fills a hole: the data behind it was seen before.
    OutOfOrder,
    /// It leaves a hole before it.
    Ahead,
    /// It probes whether the other end is still alive (RFC 9293 section 3.8.4), or its window still
    /// closed.
    KeepAlive,
}

impl fmt::Display for TcpPacket {
    /// Writes `client PSH-ACK seq=1 ack=1 len=5`, and the mark if there is one.
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
            PacketMark::Plain => Ok(()),
            PacketMark::Retransmission => f.write_str(" retransmission"),
            PacketMark::OutOfOrder => f.write_str(" out-of-order"),
            PacketMark::Ahead => f.write_str(" ahead"),
            PacketMark::KeepAlive => f.write_str(" keep-alive"),
        }
    }
}
