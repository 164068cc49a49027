//! TCP flags: one byte of the header, and Wireshark's names for their combinations. Does not
//! interpret a combination within a conversation.

use std::fmt;

/// The flags of a segment (RFC 9293 section 3.1), including CWR and ECE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u8);

impl Flags {
    /// The sender has finished sending.
    pub const FIN: Self = Self(0x01);
    /// Synchronises sequence numbers.
    pub const SYN: Self = Self(0x02);
    /// Aborts the connection.
    pub const RST: Self = Self(0x04);
    /// The data received so far should be passed to the program.
    pub const PSH: Self = Self(0x08);
    /// The acknowledgement number is valid.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer is valid.
    pub const URG: Self = Self(0x20);

    /// Returns the flags in byte 13 of the header.
    #[must_use]
    pub const fn new(byte: u8) -> Self {
        Self(byte)
    }

    /// Returns the byte of the header.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// Returns true if all of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns true if any of `other` is set.
    #[must_use]
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Flags {
    /// Writes `SYN-ACK`, `PSH-ACK`, `FIN-PSH-ACK`: in the order of the bits, ACK last. Writes
    /// `none` if no flag is set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(Flags, &str); 6] = [
            (Flags::FIN, "FIN"),
            (Flags::SYN, "SYN"),
            (Flags::RST, "RST"),
            (Flags::PSH, "PSH"),
            (Flags::URG, "URG"),
            (Flags::ACK, "ACK"),
        ];
        let names: Vec<&str> = NAMES.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| *name).collect();
        f.pad(&if names.is_empty() { "none".to_owned() } else { names.join("-") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_have_the_usual_names() {
        for (byte, name) in [
            (0x02, "SYN"),
            (0x12, "SYN-ACK"),
            (0x10, "ACK"),
            (0x18, "PSH-ACK"),
            (0x11, "FIN-ACK"),
            (0x19, "FIN-PSH-ACK"),
            (0x04, "RST"),
            (0x14, "RST-ACK"),
            (0xc2, "SYN"),
            (0x00, "none"),
        ] {
            assert_eq!(Flags::new(byte).to_string(), name);
        }
        assert!(Flags::SYN.and(Flags::ACK).has(Flags::ACK) && !Flags::SYN.any(Flags::ACK));
    }
}
