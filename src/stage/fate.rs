//! Decides the fate of each packet on a link, from the seed and the payload, counted from the
//! beginning of its connection.
//!
//! Neither time nor ports nor segmentation matter, so that the same seed gives the same losses.
//! Pure.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use crate::model::Fate;
use crate::packet::frame::{Flags, Frame, Tcp, Transport, Udp};
use crate::scenario::hosts::Link;
use crate::scenario::word::Percent;

/// A stream is divided into blocks of this many bytes, the payload of a full Ethernet segment with
/// TCP timestamps. The first packet that carries the beginning of a block has the fate of the
/// block.
const BLOCK: u64 = 1448;
/// Maximum number of streams, and of distinct datagrams, that are remembered. Packets beyond are
/// delivered.
const MOST: usize = 100_000;

/// The direction of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// From the first host to the second.
    Forth,
    /// From the second host to the first.
    Back,
}

/// The impairments of one link, with the state to apply them.
#[derive(Debug)]
pub(super) struct Fates {
    loss: Percent,
    reorder: Percent,
    duplicate: Percent,
    lose_first_syn: bool,
    key: [u8; 32],
    streams: HashMap<(SocketAddr, SocketAddr), Stream>,
    /// Number of connections so far.
    connections: u64,
    /// The server's port of each pair of endpoints: the port that the first datagram was sent to.
    udp_ports: HashMap<(SocketAddr, SocketAddr), u16>,
    /// How often each datagram was sent in its direction.
    udp_seen: HashMap<[u8; 32], u64>,
}

/// One direction of a TCP connection.
#[derive(Debug, Clone)]
struct Stream {
    connection: u64,
    initial: u32,
    /// The end of the data carried so far, counted from the first byte after the SYN.
    carried: u64,
    /// The beginnings of all blocks before this one were carried.
    begun: u64,
    /// Later blocks whose beginnings were carried too: two CPUs that send at once may reorder
    /// packets.
    ahead: BTreeSet<u64>,
}

impl Stream {
    /// Returns true if the beginning of this block was not carried before, and marks it as carried.
    fn begins(&mut self, block: u64) -> bool {
        let is_new = block >= self.begun && self.ahead.insert(block);
        while self.ahead.remove(&self.begun) {
            self.begun += 1;
        }
        is_new
    }
}

impl Fates {
    /// Creates the impairments of a link. The seed of the run is used if the link has none.
    pub(super) fn new(link: &Link, run_seed: u64) -> Self {
        let seed = link.seed.unwrap_or(run_seed);
        Self {
            loss: link.loss,
            reorder: link.reorder,
            duplicate: link.duplicate,
            lose_first_syn: link.lose_first_syn,
            key: blake3::derive_key("socklab link 1", &seed.to_le_bytes()),
            streams: HashMap::new(),
            connections: 0,
            udp_ports: HashMap::new(),
            udp_seen: HashMap::new(),
        }
    }

    /// Returns the fate of a packet. Protocols other than TCP and UDP (ARP, ICMP) are always
    /// delivered.
    pub(super) fn of(&mut self, way: Way, frame: &Frame<'_>) -> Fate {
        match &frame.transport {
            Transport::Tcp(tcp) => self.of_tcp(way, frame.source, frame.destination, tcp),
            Transport::Udp(udp) => self.of_udp(way, frame.source, frame.destination, udp),
            _ => Fate::Delivered,
        }
    }

    fn of_tcp(&mut self, way: Way, from: SocketAddr, to: SocketAddr, tcp: &Tcp<'_>) -> Fate {
        if tcp.flags.has(Flags::SYN) {
            return self.of_syn(way, from, to, tcp);
        }
        let Some(stream) = self.streams.get_mut(&(from, to)) else { return Fate::Delivered };
        // The wrapped sequence number, unwrapped near the current position of the stream.
        let at = tcp.sequence.wrapping_sub(stream.initial.wrapping_add(1));
        let behind = (stream.carried as u32).wrapping_sub(at) as i32;
        let start = stream.carried.saturating_add_signed(-i64::from(behind));
        let end = start + u64::from(tcp.payload_length);
        let connection = stream.connection;
        stream.carried = stream.carried.max(end);
        // The first block whose beginning is in this packet and in no packet before. Further blocks
        // share its fate; on Ethernet there are none.
        let blocks = start.div_ceil(BLOCK)..end.div_ceil(BLOCK);
        let new = blocks.filter(|&block| stream.begins(block)).min();
        if let Some(block) = new {
            return self.choose(&[b"tcp", &place(way, connection), &block.to_le_bytes()]);
        }
        if self.loss.fraction() >= 1.0 { Fate::Lost } else { Fate::Delivered }
    }

    fn of_syn(&mut self, way: Way, from: SocketAddr, to: SocketAddr, tcp: &Tcp<'_>) -> Fate {
        let known = self.streams.get(&(from, to)).is_some_and(|stream| stream.initial == tcp.sequence);
        if known || self.streams.len() >= MOST {
            return if self.loss.fraction() >= 1.0 { Fate::Lost } else { Fate::Delivered };
        }
        let connection = match self.streams.get(&(to, from)) {
            Some(other) if tcp.flags.has(Flags::ACK) => other.connection,
            _ => {
                self.connections += 1;
                self.connections
            }
        };
        let stream = Stream { connection, initial: tcp.sequence, carried: 0, begun: 0, ahead: BTreeSet::new() };
        self.streams.insert((from, to), stream);
        match self.lose_first_syn {
            true => self.choose(&[b"syn", &place(way, connection)]),
            false if self.loss.fraction() >= 1.0 => Fate::Lost,
            false => Fate::Delivered,
        }
    }

    fn of_udp(&mut self, way: Way, from: SocketAddr, to: SocketAddr, udp: &Udp<'_>) -> Fate {
        let pair = if from <= to { (from, to) } else { (to, from) };
        if self.udp_ports.len() >= MOST || self.udp_seen.len() >= MOST {
            return Fate::Delivered;
        }
        let port = *self.udp_ports.entry(pair).or_insert(to.port());
        let like = self.hash(&[b"udp", &[way as u8], &port.to_le_bytes(), udp.payload]);
        let seen = self.udp_seen.entry(like).or_default();
        *seen += 1;
        let times = *seen;
        self.choose(&[b"udp", &like, &times.to_le_bytes()])
    }

    /// Chooses between loss, reordering and duplication, in this order. Each choice uses its own
    /// bits of the hash.
    fn choose(&self, parts: &[&[u8]]) -> Fate {
        let hash = self.hash(parts);
        let chosen = |from: usize, share: Percent| {
            let bytes: [u8; 8] = hash[from..from + 8].try_into().unwrap_or_default();
            // A double holds 53 bits exactly: the result is in the range from 0 up to, but
            // excluding, 1.
            ((u64::from_le_bytes(bytes) >> 11) as f64) / ((1_u64 << 53) as f64) < share.fraction()
        };
        if chosen(0, self.loss) {
            Fate::Lost
        } else if chosen(8, self.reorder) {
            Fate::Reordered
        } else if chosen(16, self.duplicate) {
            Fate::Duplicated
        } else {
            Fate::Delivered
        }
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }
}

/// Encodes one direction of one connection.
fn place(way: Way, connection: u64) -> [u8; 9] {
    let mut bytes = [way as u8; 9];
    bytes[1..].copy_from_slice(&connection.to_le_bytes());
    bytes
}

#[cfg(test)]
#[path = "fate_tests.rs"]
mod tests;
