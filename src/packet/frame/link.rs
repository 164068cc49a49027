//! The layer below IP: the link types of captures, and the position of the IP packet in their
//! frames.
//!
//! Numbers are those of <https://www.tcpdump.org/linktypes.html>. Does not read addresses of this
//! layer.

use super::FrameError;
use super::layers::{ip_behind, ip_in_ethernet, read_u16};

/// The link type of a capture, which determines the headers before IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// Ethernet, including VLAN tags, PPPoE and MPLS; also Linux's loopback.
    Ethernet,
    /// Linux "cooked" capture, as on the interface `any` (`LINKTYPE_LINUX_SLL`).
    LinuxCooked,
    /// Second version of Linux "cooked" capture (`LINKTYPE_LINUX_SLL2`).
    LinuxCooked2,
    /// IPv4 or IPv6 without a header before it.
    RawIp,
    /// BSD loopback: the address family in four bytes, in the byte order of either machine.
    Null,
}

impl Link {
    /// Returns its number in capture files.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Null => 0,
            Self::Ethernet => 1,
            Self::RawIp => 101,
            Self::LinuxCooked => 113,
            Self::LinuxCooked2 => 276,
        }
    }

    /// Returns the link type with this number in a capture file.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 | 108 => Self::Null, // 108 is OpenBSD's, in the network's byte order
            1 => Self::Ethernet,
            // LINKTYPE_RAW, both values of DLT_RAW found in files, LINKTYPE_IPV4, LINKTYPE_IPV6
            101 | 12 | 14 | 228 | 229 => Self::RawIp,
            113 => Self::LinuxCooked,
            276 => Self::LinuxCooked2,
            _ => return None,
        })
    }

    /// Returns the offset of the IP packet.
    pub(super) fn ip_offset(self, bytes: &[u8]) -> Result<usize, FrameError> {
        match self {
            Self::RawIp => Ok(0),
            Self::Null => match read_u32(bytes, 0)?.to_be_bytes() {
                // AF_INET; AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
                [0, 0, 0, 2 | 10 | 24 | 28 | 30] | [2 | 10 | 24 | 28 | 30, 0, 0, 0] => Ok(4),
                _ => Err(FrameError::NotIp),
            },
            Self::Ethernet => ip_in_ethernet(bytes, 0),
            Self::LinuxCooked => ip_behind(bytes, (read_u16(bytes, 14)?, 16)),
            Self::LinuxCooked2 => ip_behind(bytes, (read_u16(bytes, 0)?, 20)),
        }
    }
}

/// Returns the name of a link type that is not supported, by its number.
#[must_use]
pub const fn link_name(number: u16) -> Option<&'static str> {
    Some(match number {
        6 => "Token Ring",
        8 => "SLIP",
        9 | 50 => "PPP",
        10 => "FDDI",
        51 => "PPPoE",
        104 => "Cisco HDLC",
        107 => "Frame Relay",
        105 => "IEEE 802.11 (Wi-Fi)",
        119 => "IEEE 802.11 (Wi-Fi) + Prism",
        127 => "IEEE 802.11 (Wi-Fi) + radiotap",
        129 => "ARCNET",
        // Apple writes the number 149, of private use, for PKTAP.
        149 | 258 => "PKTAP, of macOS",
        163 => "IEEE 802.11 (Wi-Fi) + AVS",
        187 | 201 => "Bluetooth HCI",
        189 | 220 | 249 => "USB",
        192 => "PPI",
        195 | 230 => "IEEE 802.15.4",
        239 => "NFLOG",
        253 => "Netlink",
        _ => return None,
    })
}

/// Returns the IP packet of a frame behind an Ethernet header without addresses, for any link type.
///
/// # Errors
/// Returns an error if the frame does not carry IP, or is truncated before it.
pub fn as_ethernet(link: Link, bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let packet = &bytes[link.ip_offset(bytes)?..];
    let kind: u16 = match packet.first().ok_or(FrameError::Malformed)? >> 4 {
        4 => 0x0800,
        6 => 0x86dd,
        _ => return Err(FrameError::Malformed),
    };
    Ok([&[0; 12], &kind.to_be_bytes()[..], packet].concat())
}

fn read_u32(bytes: &[u8], at: usize) -> Result<u32, FrameError> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(FrameError::Malformed)?;
    Ok(u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_numbers_round_trip() {
        for link in [Link::Ethernet, Link::LinuxCooked, Link::LinuxCooked2, Link::RawIp, Link::Null] {
            assert_eq!(Link::from_number(u32::from(link.number())), Some(link));
        }
        assert_eq!(Link::from_number(147), None);
    }

    #[test]
    fn names_exist_only_for_unsupported_links() {
        let named: Vec<u16> = (0..300).filter(|&number| link_name(number).is_some()).collect();
        assert!(named.iter().all(|&number| Link::from_number(u32::from(number)).is_none()), "{named:?}");
        assert_eq!([105, 127, 9].map(|number| link_name(number).is_some()), [true; 3]);
        assert_eq!(link_name(147), None, "147 to 162 are reserved for private use");
    }

    #[test]
    fn frames_are_converted_to_ethernet() {
        let packet = [0x45, 1, 2, 3];
        let expected = [&[0; 12], &[0x08, 0][..], &packet].concat();
        assert_eq!(as_ethernet(Link::Null, &[&[2, 0, 0, 0], &packet[..]].concat()), Ok(expected.clone()));
        assert_eq!(as_ethernet(Link::RawIp, &packet), Ok(expected));
        assert_eq!(as_ethernet(Link::RawIp, &[0x60]).map(|bytes| bytes[12..].to_vec()), Ok(vec![0x86, 0xdd, 0x60]));
        assert_eq!(as_ethernet(Link::RawIp, &[]), Err(FrameError::Malformed));
        assert_eq!(as_ethernet(Link::RawIp, &[0x15]), Err(FrameError::Malformed));
    }

    #[test]
    fn ip_begins_behind_vlan_tags() {
        let mut tagged = vec![0; 12];
        tagged.extend([0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0]);
        assert_eq!(Link::Ethernet.ip_offset(&tagged), Ok(22));
        assert_eq!(Link::Ethernet.ip_offset(&tagged[..20]), Err(FrameError::Malformed));
        assert_eq!(Link::Ethernet.ip_offset(&[[0; 12].as_slice(), &[0x08, 0x06]].concat()), Err(FrameError::NotIp));
        let endless = [0x81, 0].repeat(40);
        assert_eq!(Link::Ethernet.ip_offset(&endless), Err(FrameError::NotIp));
        assert_eq!(Link::Null.ip_offset(&[2, 0, 0, 0]), Ok(4));
        assert_eq!(Link::Null.ip_offset(&[0, 0, 0, 30]), Ok(4));
        assert_eq!(Link::Null.ip_offset(&[7, 0, 0, 0]), Err(FrameError::NotIp));
        assert_eq!(Link::LinuxCooked2.ip_offset(&[8, 0]), Err(FrameError::Malformed));
    }
}
