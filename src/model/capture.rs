//! `Capture`: the packets of a scenario, and the fate of each on the link. It holds bytes and
//! times; the packet floor decodes them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;

/// The packets of a scenario in the order in which they were captured. Every frame begins with an
/// Ethernet header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The names of the captured interfaces, such as `lo`.
    pub interfaces: Vec<String>,
    /// Number of packets that are missing from the capture. If there are any, the absence of a
    /// packet proves nothing.
    pub dropped: u64,
    /// Of packets on an emulated link that arrived: the packet, and the position from which on the
    /// packets of the host that it went to were sent after it had arrived there. Of a packet that was
    /// delivered twice, its first arrival comes first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arrivals: Vec<(u64, u64)>,
    records: Vec<Record>,
    bytes: Bytes,
}

/// The location of a packet in the bytes, with its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    at_ns: u64,
    interface: u16,
    fate: PacketFate,
    start: u64,
    length: u32,
    original_length: u32,
}

/// A captured packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedPacket<'a> {
    /// Capture time, in nanoseconds since 1970.
    pub at_ns: u64,
    /// The interface, as an index into [`Capture::interfaces`].
    pub interface: u16,
    /// Its fate on the link.
    pub fate: PacketFate,
    /// Its length on the link. `bytes` may hold less.
    pub original_length: u32,
    /// The frame, from its Ethernet header on.
    pub bytes: &'a [u8],
}

/// The fate of a packet on the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PacketFate {
    /// Delivered normally.
    #[default]
    Delivered,
    /// Lost on purpose.
    Lost,
    /// Delayed, so that later packets overtook it.
    Reordered,
    /// Delivered twice.
    Duplicated,
    /// Delivered with changed data and a bad checksum: the receiver's kernel drops it.
    Corrupted,
    /// Delivered with changed data and a valid checksum.
    Altered,
    /// Delivered without the end of its data.
    Truncated,
}

impl PacketFate {
    /// Returns true if the packet reaches a program, in whatever form.
    #[must_use]
    pub const fn arrives(self) -> bool {
        !matches!(self, Self::Lost | Self::Corrupted)
    }
}

/// A host of a scenario with two hosts, and one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostAddress {
    /// The name of the host in the scenario.
    pub name: super::name::HostName,
    /// The address. A host with a second address has two entries.
    pub address: IpAddr,
}

impl Capture {
    /// Creates an empty capture of these interfaces.
    #[must_use]
    pub fn with_interfaces(interfaces: &[&str]) -> Self {
        Self { interfaces: interfaces.iter().map(|&name| name.to_owned()).collect(), ..Self::default() }
    }

    /// Adds a packet.
    pub fn add(&mut self, packet: CapturedPacket<'_>) {
        let CapturedPacket { at_ns, interface, fate, original_length, bytes } = packet;
        let start = self.bytes.0.len() as u64;
        // A frame is never longer than a block of the kernel's ring.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.bytes.0.extend_from_slice(bytes);
        self.records.push(Record { at_ns, interface, fate, start, length, original_length });
    }

    /// Notes that a packet has arrived, before any packet from `position` on was sent by its receiver.
    pub fn note_arrival(&mut self, packet: u64, position: u64) {
        self.arrivals.push((packet, position));
    }

    /// Returns the packets that are known to have arrived, by index, each with the position from which
    /// on its receiver's packets were sent later.
    #[must_use]
    pub fn arrivals(&self) -> &[(u64, u64)] {
        &self.arrivals
    }

    /// Returns the number of packets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns true if there are no packets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the total length of the packets, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.0.len()
    }

    /// Returns the packets in the order in which they were captured. A record that refers to
    /// missing bytes yields an empty packet.
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

    /// Returns the packet with this index, from 0.
    #[must_use]
    pub fn packet(&self, number: usize) -> Option<CapturedPacket<'_>> {
        self.packets().nth(number)
    }

    /// Appends a later capture of the same interfaces.
    pub fn append(&mut self, later: Self) {
        let base = self.bytes.0.len() as u64;
        if self.interfaces.is_empty() {
            self.interfaces = later.interfaces;
        }
        self.dropped += later.dropped;
        self.bytes.0.extend(later.bytes.0);
        let before = self.records.len() as u64;
        self.arrivals.extend(later.arrivals.iter().map(|(packet, position)| (packet + before, position + before)));
        let moved = |record: Record| Record { start: record.start.saturating_add(base), ..record };
        self.records.extend(later.records.into_iter().map(moved));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(bytes: &[u8], at_ns: u64, fate: PacketFate) -> CapturedPacket<'_> {
        CapturedPacket { at_ns, interface: 0, fate, original_length: 60, bytes }
    }

    #[test]
    fn packets_keep_their_order_across_append_and_json() {
        let mut first = Capture::with_interfaces(&["lo"]);
        first.add(packet(b"one", 1, PacketFate::Delivered));
        let mut second = Capture::with_interfaces(&["lo"]);
        second.add(packet(b"", 2, PacketFate::Lost));
        second.add(packet(b"three", 3, PacketFate::Delivered));
        second.dropped = 4;
        second.note_arrival(0, 1);
        first.append(second);
        let text = serde_json::to_string(&first).expect("serialises");
        let back: Capture = serde_json::from_str(&text).expect("parses");
        let all: Vec<_> = back.packets().map(|packet| (packet.at_ns, packet.fate, packet.bytes)).collect();
        let wanted: [(u64, PacketFate, &[u8]); 3] =
            [(1, PacketFate::Delivered, b"one"), (2, PacketFate::Lost, b""), (3, PacketFate::Delivered, b"three")];
        assert_eq!(all, wanted);
        assert_eq!(back.arrivals(), [(1, 2)]);
        assert_eq!((back.dropped, back.len(), back.interfaces.as_slice()), (4, 3, ["lo".to_owned()].as_slice()));
    }

    #[test]
    fn record_of_missing_bytes_yields_an_empty_packet() {
        let text = r#"{"interfaces":["lo"],"dropped":0,"bytes":"","records":[
            {"at_ns":1,"interface":0,"fate":"lost","start":18446744073709551615,"length":7,"original_length":7}]}"#;
        let capture: Capture = serde_json::from_str(text).expect("parses");
        assert_eq!(capture.packet(0).map(|packet| packet.bytes), Some(&b""[..]));
    }
}
