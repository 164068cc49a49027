//! TCP's flags: one byte of the header, and the names that Wireshark gives to their combinations. It knows nothing of
//! what a combination means in a conversation.

use std::fmt;

/// The flags of a segment (RFC 9293 section 3.1), CWR and ECE included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u8);

impl Flags {
    /// The sender is done sending.
    pub const FIN: Self = Self(0x01);
    /// Sequence numbers are being agreed.
    pub const SYN: Self = Self(0x02);
    /// The connection is torn down at once.
    pub const RST: Self = Self(0x04);
    /// What came so far is to be handed to the program.
    pub const PSH: Self = Self(0x08);
    /// The acknowledgement number counts.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer counts.
    pub const URG: Self = Self(0x20);

    /// The flags as they stand in byte 13 of the header.
    #[must_use]
    pub const fn new(byte: u8) -> Self {
        Self(byte)
    }

    /// The byte of the header.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// Whether all of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is set.
    #[must_use]
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Flags {
    /// `SYN-ACK`, `PSH-ACK`, `FIN-PSH-ACK`: the order in which the bits stand, ACK last. No flag at all is `none`.
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
