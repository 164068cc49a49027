//! The older pcap format: one header, then packets (draft-ietf-opsawg-pcap). It has one interface
//! and no comments.

use super::block::{ByteOrder, Fields};
use super::interface::{Interface, TimestampUnit};

/// Length of the file's header in bytes.
pub(super) const FILE_HEADER_BYTES: usize = 24;
/// Length of a packet's header in bytes.
pub(super) const PACKET_HEADER_BYTES: usize = 16;

/// The byte order and time unit of a pcap file.
#[derive(Debug, Clone, Copy)]
pub(super) struct PcapFormat {
    order: ByteOrder,
    nanoseconds: bool,
}

impl PcapFormat {
    /// Returns the format by the magic number at the beginning of the file (section 4), if it is
    /// one of pcap.
    pub(super) fn from_magic(mark: [u8; 4]) -> Option<Self> {
        let (order, nanoseconds) = match u32::from_be_bytes(mark) {
            0xa1b2_c3d4 => (ByteOrder::Big, false),
            0xa1b2_3c4d => (ByteOrder::Big, true),
            0xd4c3_b2a1 => (ByteOrder::Little, false),
            0x4d3c_b2a1 => (ByteOrder::Little, true),
            _ => return None,
        };
        Some(Self { order, nanoseconds })
    }

    /// Parses the interface from the file's header. The upper half of the link number has other
    /// contents.
    pub(super) fn interface(self, header: &[u8; FILE_HEADER_BYTES]) -> Interface {
        let word = |at: usize| self.order.u32_from([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let resolution = if self.nanoseconds { 9 } else { 6 };
        Interface {
            link: (word(20) & 0xffff) as u16,
            snap_length: word(16),
            ticks: TimestampUnit { resolution, offset: 0 },
            ..Interface::default()
        }
    }

    /// Returns a packet's time in nanoseconds, the number of bytes that follow, and its original
    /// length.
    pub(super) fn record(self, header: &[u8; PACKET_HEADER_BYTES]) -> (u64, u32, u32) {
        let mut fields = Fields { order: self.order, rest: header };
        let mut word = || fields.read_u32().unwrap_or_default();
        let (seconds, fraction, kept, whole) = (word(), word(), word(), word());
        let fraction = u64::from(fraction) * if self.nanoseconds { 1 } else { 1_000 };
        (u64::from(seconds) * 1_000_000_000 + fraction, kept, whole)
    }
}
