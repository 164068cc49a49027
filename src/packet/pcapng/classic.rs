//! The older capture file: one header, then packets (draft-ietf-opsawg-pcap). It has one interface and no comments.

use super::block::{Fields, Order};
use super::interface::{Interface, Ticks};

/// How long the file's header is.
pub(super) const HEADER: usize = 24;
/// How long a packet's header is.
pub(super) const RECORD: usize = 16;

/// A pcap file's order and unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classic {
    order: Order,
    nanoseconds: bool,
}

impl Classic {
    /// Told by the mark at the beginning of the file (section 4), where it is one.
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

    /// What the header tells of the interface; the link's number has other things in its upper half.
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

    /// A packet's time in nanoseconds, how many of its bytes follow, and how long it was.
    pub(super) fn record(self, header: &[u8; RECORD]) -> (u64, u32, u32) {
        let mut fields = Fields { order: self.order, rest: header };
        let mut word = || fields.word().unwrap_or_default();
        let (seconds, fraction, kept, whole) = (word(), word(), word(), word());
        let fraction = u64::from(fraction) * if self.nanoseconds { 1 } else { 1_000 };
        (u64::from(seconds) * 1_000_000_000 + fraction, kept, whole)
    }
}
