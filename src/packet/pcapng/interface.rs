//! Interfaces of a capture file: name, link type, time unit, and counts of received and dropped
//! packets. Converts times to nanoseconds.

use crate::packet::frame::Link;

/// An interface of a capture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface {
    /// Name, for example `lo`.
    pub name: Option<String>,
    /// Operating system of the capturing host.
    pub system: Option<String>,
    /// Number of the link type (see [`Link::from_number`]).
    pub link: u16,
    /// Maximum number of bytes kept of a packet; 0 means unlimited.
    pub snap_length: u32,
    /// Counts of its last Interface Statistics Block.
    pub statistics: Option<Statistics>,
    pub(super) ticks: TimestampUnit,
}

impl Interface {
    /// Returns an interface with times in nanoseconds, and without a limit on the length of
    /// packets.
    #[must_use]
    pub fn new(name: &str, link: Link) -> Self {
        let ticks = TimestampUnit { resolution: 9, offset: 0 };
        Self { name: Some(name.to_owned()), link: link.number(), ticks, ..Self::default() }
    }
}

/// Packet counts of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Packets received (`isb_ifrecv`).
    pub received: Option<u64>,
    /// Packets dropped by the interface for lack of buffer space (`isb_ifdrop`).
    pub dropped: Option<u64>,
    /// Packets dropped by the operating system (`isb_osdrop`).
    pub dropped_by_system: Option<u64>,
}

/// The unit and offset of the times in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimestampUnit {
    /// `if_tsresol`: a negative power of 10, or of 2 if the highest bit is set.
    pub(super) resolution: u8,
    /// `if_tsoffset`: seconds to add.
    pub(super) offset: i64,
}

impl Default for TimestampUnit {
    /// Returns microseconds, the default if no option is given.
    fn default() -> Self {
        Self { resolution: 6, offset: 0 }
    }
}

impl TimestampUnit {
    /// Returns a time of the file in nanoseconds since 1970. Earlier times become 0, and times
    /// after the year 2554 become the maximum.
    pub(super) fn nanoseconds(self, ticks: u64) -> u64 {
        const SECOND: u128 = 1_000_000_000;
        let power = u32::from(self.resolution & 0x7f);
        let ticks = u128::from(ticks);
        let since = if self.resolution & 0x80 != 0 {
            // At most 64 + 30 bits.
            (ticks * SECOND) >> power
        } else if power <= 9 {
            ticks * 10_u128.pow(9 - power)
        } else {
            10_u128.checked_pow(power - 9).map_or(0, |unit| ticks / unit)
        };
        // At most 64 + 30 bits again, like the offset.
        let whole = i128::try_from(since).unwrap_or(i128::MAX) + i128::from(self.offset) * 1_000_000_000;
        u64::try_from(whole.max(0)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_units_become_nanoseconds() {
        for (resolution, offset, ticks, nanoseconds) in [
            (9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
            (6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
            (0, 0, 7, 7_000_000_000),
            (12, 0, 5_999, 5),
            (0x80 | 10, 0, 1_536, 1_500_000_000),
            (0x80, 0, 3, 3_000_000_000),
            (6, 1_000, 1, 1_000_000_001_000),
            (6, -1_000, 1, 0),
            (0x7f, 0, u64::MAX, 0),
            (0xff, 0, u64::MAX, 0),
            (0, i64::MAX, u64::MAX, u64::MAX),
            (0, i64::MIN, u64::MAX, u64::MAX),
        ] {
            assert_eq!(
                TimestampUnit { resolution, offset }.nanoseconds(ticks),
                nanoseconds,
                "{resolution} {offset} {ticks}"
            );
        }
    }
}
