//! Encodes the packets that an agent sends to the runner. 10,000 clients produce 100,000 packets.
//! As numbers and base64 in JSON they would be three times as long, and encoding would take longer
//! than judging. Does no I/O, and rejects bytes in any other format.

use crate::model::{Capture, CapturedPacket, PacketFate};

/// The fates by their number in the encoding.
const FATES: [PacketFate; 7] = [
    PacketFate::Delivered,
    PacketFate::Lost,
    PacketFate::Reordered,
    PacketFate::Duplicated,
    PacketFate::Corrupted,
    PacketFate::Altered,
    PacketFate::Truncated,
];
/// In the place of a fate: the entry is no packet, but the arrival of one. Captures that were stored
/// before have none.
const ARRIVAL: u8 = 255;
/// Size of a packet's header, in bytes: time, interface, fate, both lengths.
const PACKET_HEADER_BYTES: usize = 8 + 2 + 1 + 4 + 4;

/// Encodes a capture: the number of dropped packets, the interface names, then each packet. All
/// numbers are little-endian.
#[must_use]
pub(crate) fn to_bytes(capture: &Capture) -> Vec<u8> {
    let names: usize = capture.interfaces.iter().map(|name| name.len() + 4).sum();
    let mut out = Vec::with_capacity(8 + 4 + names + capture.len() * PACKET_HEADER_BYTES + capture.bytes());
    out.extend(capture.dropped.to_le_bytes());
    out.extend(length(capture.interfaces.len()));
    for name in &capture.interfaces {
        out.extend(length(name.len()));
        out.extend(name.as_bytes());
    }
    for packet in capture.packets() {
        let fate = FATES.iter().position(|&fate| fate == packet.fate).unwrap_or(0);
        out.extend(packet.at_ns.to_le_bytes());
        out.extend(packet.interface.to_le_bytes());
        out.push(fate.to_le_bytes()[0]);
        out.extend(packet.original_length.to_le_bytes());
        out.extend(length(packet.bytes.len()));
        out.extend(packet.bytes);
    }
    for (packet, position) in capture.arrivals() {
        out.extend(packet.to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        out.push(ARRIVAL);
        out.extend(length(0));
        out.extend(length(8));
        out.extend(position.to_le_bytes());
    }
    out
}

/// Encodes a length. No frame may be as long as 4 GiB, so 32 bits suffice.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

/// Decodes a capture. Returns `None` if the bytes are truncated or malformed.
#[must_use]
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Capture> {
    let mut rest = Cursor(bytes);
    let dropped = u64::from_le_bytes(rest.array()?);
    let mut names = Vec::new();
    for _ in 0..rest.length()? {
        let length = rest.length()?;
        names.push(std::str::from_utf8(rest.take(length)?).ok()?);
    }
    let mut capture = Capture::with_interfaces(&names);
    capture.dropped = dropped;
    while !rest.0.is_empty() {
        let at_ns = u64::from_le_bytes(rest.array()?);
        let interface = u16::from_le_bytes(rest.array()?);
        let [fate] = rest.array()?;
        let fate = if fate == ARRIVAL { None } else { Some(*FATES.get(usize::from(fate))?) };
        let original_length = u32::from_le_bytes(rest.array()?);
        let length = rest.length()?;
        let bytes = rest.take(length)?;
        match fate {
            Some(fate) => capture.add(CapturedPacket { at_ns, interface, fate, original_length, bytes }),
            None => capture.note_arrival(at_ns, u64::from_le_bytes(bytes.try_into().ok()?)),
        }
    }
    Some(capture)
}

/// The bytes that are not decoded yet.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn length(&mut self) -> Option<usize> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn capture() -> impl Strategy<Value = Capture> {
        let packet = (any::<u64>(), any::<u16>(), 0..FATES.len(), any::<u32>(), vec(any::<u8>(), 0..80));
        (any::<u64>(), vec("[a-zé0-9]{0,9}", 0..3), vec(packet, 0..20)).prop_map(|(dropped, names, packets)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut capture = Capture::with_interfaces(&names);
            capture.dropped = dropped;
            for (at_ns, interface, fate, original_length, bytes) in &packets {
                let (fate, original_length) = (FATES[*fate], *original_length);
                capture.add(CapturedPacket { at_ns: *at_ns, interface: *interface, fate, original_length, bytes });
            }
            for packet in 0..capture.len() as u64 {
                capture.note_arrival(packet, packet + 1);
            }
            capture
        })
    }

    proptest! {
        #[test]
        fn packets_round_trip(capture in capture()) {
            prop_assert_eq!(from_bytes(&to_bytes(&capture)), Some(capture));
        }

        #[test]
        fn decoding_never_panics(bytes in vec(any::<u8>(), 0..200)) {
            let _ = from_bytes(&bytes);
        }

        #[test]
        fn truncated_packet_is_rejected(capture in capture(), cut in 1..PACKET_HEADER_BYTES) {
            prop_assume!(!capture.is_empty());
            let bytes = to_bytes(&capture);
            prop_assert_eq!(from_bytes(&bytes[..bytes.len() - cut]), None);
        }
    }

    #[test]
    fn fates_are_all_numbered() {
        // The match fails to compile if a fate is added, which must then be added to the list too.
        let known = |fate: PacketFate| match fate {
            PacketFate::Delivered
            | PacketFate::Lost
            | PacketFate::Reordered
            | PacketFate::Duplicated
            | PacketFate::Corrupted
            | PacketFate::Altered
            | PacketFate::Truncated => FATES.contains(&fate),
        };
        assert!(FATES.into_iter().all(known));
    }
}
