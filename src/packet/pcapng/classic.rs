//! The older pcap format: one header, then packets (draft-ietf-opsawg-pcap). It has one interface
//! and no comments.

use super::block::{ByteOrder, Fields};
use super::interface::{Interface, TimestampUnit};

/// Length of the file's header in bytes.
pub(super) const FILE_HEADER_BYTES: usize = 24;
/// Length of a packet's header in bytes.
const PACKET_HEADER_BYTES: usize = 16;
/// Length of a packet's header in the format of Alexey Kuznetsov's patched libpcap, which old Red
/// Hat systems have: interface, protocol and packet type follow (Wireshark's `wiretap/libpcap.h`).
pub(super) const MAX_PACKET_HEADER_BYTES: usize = 24;

/// The byte order and time unit of a pcap file.
#[derive(Debug, Clone, Copy)]
pub(super) struct PcapFormat {
    order: ByteOrder,
    nanoseconds: bool,
    /// Number of bytes in a packet's header, at most [`MAX_PACKET_HEADER_BYTES`].
    pub(super) packet_header: usize,
}

impl PcapFormat {
    /// Returns the format by the magic number at the beginning of the file (section 4), if it is
    /// one of pcap.
    pub(super) fn from_magic(mark: [u8; 4]) -> Option<Self> {
        let (order, nanoseconds, packet_header) = match u32::from_be_bytes(mark) {
            0xa1b2_c3d4 => (ByteOrder::Big, false, PACKET_HEADER_BYTES),
            0xa1b2_3c4d => (ByteOrder::Big, true, PACKET_HEADER_BYTES),
            0xa1b2_cd34 => (ByteOrder::Big, false, MAX_PACKET_HEADER_BYTES),
            0xd4c3_b2a1 => (ByteOrder::Little, false, PACKET_HEADER_BYTES),
            0x4d3c_b2a1 => (ByteOrder::Little, true, PACKET_HEADER_BYTES),
            0x34cd_b2a1 => (ByteOrder::Little, false, MAX_PACKET_HEADER_BYTES),
            _ => return None,
        };
        Some(Self { order, nanoseconds, packet_header })
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
    pub(super) fn record(self, header: &[u8]) -> (u64, u32, u32) {
        let mut fields = Fields { order: self.order, rest: header };
        let mut word = || fields.read_u32().unwrap_or_default();
        let (seconds, fraction, kept, whole) = (word(), word(), word(), word());
        let fraction = u64::from(fraction) * if self.nanoseconds { 1 } else { 1_000 };
        (u64::from(seconds) * 1_000_000_000 + fraction, kept, whole)
    }
}
