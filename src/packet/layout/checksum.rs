//! Checksums of messages.

use serde::{Deserialize, Serialize};

/// A kind of checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checksum {
    /// The one's complement of the one's complement sum of all 16-bit words (RFC 1071). It is
    /// written in the order of the field's bytes.
    Internet16,
    /// CRC-32 as in Ethernet and zlib (ISO/IEC 8802-3): reflected, polynomial 0x04C11DB7.
    Crc32,
}

impl Checksum {
    /// Returns its name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Internet16 => "internet16",
            Self::Crc32 => "crc32",
        }
    }

    /// Returns the size of its field, in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Internet16 => 2,
            Self::Crc32 => 4,
        }
    }

    /// Returns the checksum of these bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> i128 {
        match self {
            Self::Internet16 => i128::from(!internet_sum(bytes)),
            Self::Crc32 => {
                let mut crc = flate2::Crc::new();
                crc.update(bytes);
                i128::from(crc.sum())
            }
        }
    }
}

/// Returns the one's complement sum of the 16-bit words, most significant byte first (RFC 1071
/// section 1). An odd byte at the end is the upper half of a word.
fn internet_sum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u64 = words.sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_equal_published_examples() {
        // RFC 1071 section 3: the sum of these words is ddf2.
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(Checksum::Internet16.of(&bytes), 0xffff - 0xddf2);
        assert_eq!(Checksum::Internet16.of(&[]), 0xffff);
        assert_eq!(Checksum::Internet16.of(&[1]), 0xfeff);
        assert_eq!(Checksum::Crc32.of(b"123456789"), 0xcbf4_3926, "the check value of CRC-32");
    }
}
