//! The older pcap format: one header, then packets (draft-ietf-opsawg-pcap). It has one interface
//! and no comments.

use super::block::{Fields, Order};
use super::interface::{Interface, Ticks};

/// Length of the file's header in bytes.
pub(super) const HEADER: usize = 24;
/// Length of a packet's header in bytes.
pub(super) const RECORD: usize = 16;

/// The byte order and time unit of a pcap file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classic {
    order: Order,
    nanoseconds: bool,
}

impl Classic {
    /// Returns the format by the magic number at the beginning of the file (section 4), if it is
    /// one of pcap.
    pub(super) fn by_mark(mark: [u8; 4]) -> Option<Self> {
        let (order, nanoseconds) = match u32::from_be_bytes(mark) {
            0xa1b2_c3d4 => (Order::Big, false),
            0xa1b2_3c4d => (Order::Big, true),
            0xd4c3_b2a1 => (Order::Little, false),
            0x4d3c_b2a1 => (Order::Little, true),
            _ => return None,
        };
        Some(Self { order, nanoseconds })
    }

    /// Parses the interface from the file's header. The upper half of the link number has other
    /// contents.
    pub(super) fn interface(self, header: &[u8; HEADER]) -> Interface {
        let word = |at: usize| self.order.word([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let resolution = if self.nanoseconds { 9 } else { 6 };
        Interface {
            link: (word(20) & 0xffff) as u16,
            snap_length: word(16),
            ticks: Ticks { resolution, offset: 0 },
            ..Interface::default()
        }
    }

    /// Returns a packet's time in nanoseconds, the number of bytes that follow, and its original
    /// length.
    pub(super) fn record(self, header: &[u8; RECORD]) -> (u64, u32, u32) {
        let mut fields = Fields { order: self.order, rest: header };
        let mut word = || fields.word().unwrap_or_default();
        let (seconds, fraction, kept, whole) = (word(), word(), word(), word());
        let fraction = u64::from(fraction) * if self.nanoseconds { 1 } else { 1_000 };
        (u64::from(seconds) * 1_000_000_000 + fraction, kept, whole)
    }
}
