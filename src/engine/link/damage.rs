//! Changes the data of a frame on the link: one byte, or its end. Pure: the caller gives the random
//! number.

use crate::packet::{Link as LinkLayer, fill_checksums};
use crate::scenario::link_rule::Checksum;

/// Bytes of an Ethernet header.
const ETHERNET_BYTES: usize = 14;
/// Bytes of a UDP header (RFC 768).
const UDP_BYTES: usize = 8;
/// The numbers of TCP and UDP in the IP header.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Where the parts of a frame are. Only whole IPv4 packets: a part of a packet has no checksum to
/// compute.
#[derive(Debug, Clone, Copy)]
struct Parts {
    transport: usize,
    payload: usize,
    end: usize,
    is_udp: bool,
}

impl Parts {
    fn find(frame: &[u8]) -> Option<Self> {
        let ip = frame.get(ETHERNET_BYTES..)?;
        let (version_length, fragment) = (*ip.first()?, u16::from_be_bytes([*ip.get(6)?, *ip.get(7)?]));
        let header = usize::from(version_length & 0x0f) * 4;
        // The low 13 bits are the offset, and the bit above says that more fragments follow.
        if version_length >> 4 != 4 || header < 20 || fragment & 0x3fff != 0 {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*ip.get(2)?, *ip.get(3)?]));
        let end = ETHERNET_BYTES + length;
        let transport = ETHERNET_BYTES + header;
        let (is_udp, payload) = match *ip.get(9)? {
            UDP => (true, transport + UDP_BYTES),
            TCP => (false, transport + usize::from(*frame.get(transport + 12)? >> 4) * 4),
            _ => return None,
        };
        (payload <= end && end <= frame.len()).then_some(Self { transport, payload, end, is_udp })
    }
}

/// Changes one byte of the data, chosen by `draw`. Returns false, and changes nothing, if the
/// packet has no data.
pub(super) fn corrupt(frame: &mut [u8], draw: u64, checksum: Checksum) -> bool {
    let Some(parts) = Parts::find(frame) else { return false };
    let length = (parts.end - parts.payload) as u64;
    if length == 0 {
        return false;
    }
    if checksum == Checksum::Bad {
        // A sender may omit the checksum, and then nothing would be bad.
        fill_checksums(LinkLayer::Ethernet, frame);
    }
    let at = parts.payload + usize::try_from((draw >> 8) % length).unwrap_or_default();
    let change = u8::try_from(draw & 0xff).unwrap_or_default().max(1);
    frame[at] ^= change;
    if checksum == Checksum::Good {
        fill_checksums(LinkLayer::Ethernet, frame);
    }
    true
}

/// Cuts off the end of a datagram's data; `draw` chooses how many bytes remain. Returns false, and
/// changes nothing, if the packet is no datagram with data.
pub(super) fn truncate(frame: &mut Vec<u8>, draw: u64) -> bool {
    let Some(parts) = Parts::find(frame).filter(|parts| parts.is_udp && parts.payload < parts.end) else {
        return false;
    };
    let length = (parts.end - parts.payload) as u64;
    let end = parts.payload + usize::try_from((draw >> 8) % length).unwrap_or_default();
    let field = |bytes: usize| u16::try_from(bytes).unwrap_or(u16::MAX).to_be_bytes();
    frame.truncate(end);
    frame[ETHERNET_BYTES + 2..ETHERNET_BYTES + 4].copy_from_slice(&field(end - ETHERNET_BYTES));
    frame[parts.transport + 4..parts.transport + 6].copy_from_slice(&field(end - parts.transport));
    fill_checksums(LinkLayer::Ethernet, frame);
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::packet::frame::sample::{CLIENT, SERVER, tcp, udp};
    use crate::packet::{Frame, Transport};

    fn payload(frame: &[u8]) -> Vec<u8> {
        match Frame::read(LinkLayer::Ethernet, 0, 0, frame).expect("a frame").transport {
            Transport::Udp(udp) => {
                assert!(udp.is_length_right(), "{udp:?}");
                udp.payload.to_vec()
            }
            Transport::Tcp(tcp) => tcp.payload.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    fn has_valid_checksum(frame: &[u8]) -> bool {
        let mut filled = frame.to_vec();
        fill_checksums(LinkLayer::Ethernet, &mut filled);
        filled == frame
    }

    proptest! {
        #[test]
        fn corruption_changes_one_byte_of_the_data(data in proptest::collection::vec(any::<u8>(), 1..60), draw: u64) {
            for frame in [udp(CLIENT, SERVER, &data), tcp(CLIENT, SERVER, "PA", (1, 1, 9), &data)] {
                for (checksum, is_valid) in [(Checksum::Good, true), (Checksum::Bad, false)] {
                    let mut changed = frame.clone();
                    prop_assert!(corrupt(&mut changed, draw, checksum));
                    let differing = payload(&changed).iter().zip(&data).filter(|(a, b)| a != b).count();
                    prop_assert_eq!((differing, changed.len()), (1, frame.len()));
                    prop_assert_eq!(has_valid_checksum(&changed), is_valid);
                }
            }
        }

        #[test]
        fn truncation_leaves_a_shorter_valid_datagram(data in proptest::collection::vec(any::<u8>(), 1..60), draw: u64) {
            let mut cut = udp(CLIENT, SERVER, &data);
            prop_assert!(truncate(&mut cut, draw));
            let left = payload(&cut);
            prop_assert!(left.len() < data.len() && data.starts_with(&left) && has_valid_checksum(&cut));
        }

        #[test]
        fn any_bytes_are_handled(bytes: Vec<u8>, draw: u64) {
            corrupt(&mut bytes.clone(), draw, Checksum::Good);
            truncate(&mut bytes.clone(), draw);
        }
    }

    #[test]
    fn packets_without_data_are_left_alone() {
        for mut frame in [udp(CLIENT, SERVER, b""), tcp(CLIENT, SERVER, "A", (1, 1, 9), b"")] {
            let before = frame.clone();
            assert!(!corrupt(&mut frame, 7, Checksum::Bad) && !truncate(&mut frame, 7));
            assert_eq!(frame, before);
        }
        assert!(!truncate(&mut tcp(CLIENT, SERVER, "PA", (1, 1, 9), b"abc"), 7), "a segment would be sent again");
    }
}
