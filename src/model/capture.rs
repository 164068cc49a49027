//! `Capture`: every packet of a scenario as it went by, and what became of it. Bytes and times; what they say is for
//! the floor of packets.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;

/// The packets of a scenario in the order in which they were seen. Every frame begins with an Ethernet header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The names of the interfaces that were captured on, as `lo`.
    pub interfaces: Vec<String>,
    /// Packets that went by and are not here: with any, nothing can be said of what is not in the capture.
    pub dropped: u64,
    records: Vec<Record>,
    bytes: Bytes,
}

/// A packet's place in the bytes, with what is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    at_ns: u64,
    interface: u16,
    fate: Fate,
    start: u64,
    length: u32,
    original_length: u32,
}

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedPacket<'a> {
    /// When it was seen, in nanoseconds since 1970.
    pub at_ns: u64,
    /// On which interface, an index into [`Capture::interfaces`].
    pub interface: u16,
    /// What became of it.
    pub fate: Fate,
    /// How long it was on the wire; `bytes` may hold less.
    pub original_length: u32,
    /// From its Ethernet header on.
    pub bytes: &'a [u8],
}

/// What the link did to a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It went through.
    #[default]
    Delivered,
    /// It was lost on purpose.
    Lost,
    /// It was held back, so that later ones overtook it.
    Reordered,
    /// It arrived twice.
    Duplicated,
}

/// A host of a scenario with two, and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostAddress {
    /// Its name in the scenario.
    pub name: super::name::HostName,
    /// One of its addresses; a host that was given another one stands here twice.
    pub address: IpAddr,
}

impl Capture {
    /// Nothing yet, on these interfaces.
    #[must_use]
    pub fn on(interfaces: &[&str]) -> Self {
        Self { interfaces: interfaces.iter().map(|&name| name.to_owned()).collect(), ..Self::default() }
    }

    /// Takes in a packet.
    pub fn add(&mut self, packet: CapturedPacket<'_>) {
        let CapturedPacket { at_ns, interface, fate, original_length, bytes } = packet;
        let start = self.bytes.0.len() as u64;
        // A frame is never longer than a block of the kernel's ring.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.bytes.0.extend_from_slice(bytes);
        self.records.push(Record { at_ns, interface, fate, start, length, original_length });
    }

    /// How many packets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes the packets have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.0.len()
    }

    /// The packets in the order in which they were seen. One that claims bytes which are not there has none.
    pub fn packets(&self) -> impl DoubleEndedIterator<Item = CapturedPacket<'_>> {
        self.records.iter().map(|record| {
            let start = usize::try_from(record.start).unwrap_or(usize::MAX);
            let end = start.saturating_add(record.length as usize);
            CapturedPacket {
                at_ns: record.at_ns,
                interface: record.interface,
                fate: record.fate,
                original_length: record.original_length,
                bytes: self.bytes.0.get(start..end).unwrap_or_default(),
            }
        })
    }

    /// The packet with this number, from 0.
    #[must_use]
    pub fn packet(&self, number: usize) -> Option<CapturedPacket<'_>> {
        self.packets().nth(number)
    }

    /// Adds what was seen after this, on the same interfaces.
    pub fn append(&mut self, later: Self) {
        let base = self.bytes.0.len() as u64;
        if self.interfaces.is_empty() {
            self.interfaces = later.interfaces;
        }
        self.dropped += later.dropped;
        self.bytes.0.extend(later.bytes.0);
        let moved = |record: Record| Record { start: record.start.saturating_add(base), ..record };
        self.records.extend(later.records.into_iter().map(moved));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(bytes: &[u8], at_ns: u64, fate: Fate) -> CapturedPacket<'_> {
        CapturedPacket { at_ns, interface: 0, fate, original_length: 60, bytes }
    }

    #[test]
    fn packets_come_back_in_order_also_over_json_and_in_parts() {
        let mut first = Capture::on(&["lo"]);
        first.add(packet(b"one", 1, Fate::Delivered));
        let mut second = Capture::on(&["lo"]);
        second.add(packet(b"", 2, Fate::Lost));
        second.add(packet(b"three", 3, Fate::Delivered));
        second.dropped = 4;
        first.append(second);
        let text = serde_json::to_string(&first).expect("serialises");
        let back: Capture = serde_json::from_str(&text).expect("parses");
        let all: Vec<_> = back.packets().map(|packet| (packet.at_ns, packet.fate, packet.bytes)).collect();
        let wanted: [(u64, Fate, &[u8]); 3] =
            [(1, Fate::Delivered, b"one"), (2, Fate::Lost, b""), (3, Fate::Delivered, b"three")];
        assert_eq!(all, wanted);
        assert_eq!((back.dropped, back.len(), back.interfaces.as_slice()), (4, 3, ["lo".to_owned()].as_slice()));
    }

    #[test]
    fn a_packet_that_claims_bytes_that_are_not_there_has_none() {
        let text = r#"{"interfaces":["lo"],"dropped":0,"bytes":"","records":[
            {"at_ns":1,"interface":0,"fate":"lost","start":18446744073709551615,"length":7,"original_length":7}]}"#;
        let capture: Capture = serde_json::from_str(text).expect("parses");
        assert_eq!(capture.packet(0).map(|packet| packet.bytes), Some(&b""[..]));
    }
}
