//! Decides the fate of each packet on a link, from the seed and the payload, counted from the
//! beginning of its connection.
//!
//! Neither time nor ports nor segmentation matter, so that the same seed gives the same losses.
//! Pure.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use super::rule_count::{RuleCount, RuleNames};
use crate::model::{HostName, PacketFate};
use crate::packet::frame::{Flags, Frame, Tcp, Transport, Udp};
use crate::scenario::link::{Impairments, Link};
use crate::scenario::link_rule::{Checksum, RuleAction};
use crate::scenario::syntax::Percent;

/// A stream is divided into blocks of this many bytes, the payload of a full Ethernet segment with
/// TCP timestamps. The first packet that carries the beginning of a block has the fate of the
/// block.
const BLOCK_BYTES: u64 = 1448;
/// Maximum number of streams, and of distinct datagrams, that are remembered. Packets beyond are
/// delivered.
const MAX_TRACKED: usize = 100_000;

/// The direction of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::engine) enum LinkDirection {
    /// From the first host to the second.
    Forward,
    /// From the second host to the first.
    Backward,
}

/// The fate of a packet on the link, with the details of a delay or a damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Treatment {
    /// The fate of the packet.
    pub(in crate::engine) fate: PacketFate,
    /// Delay beside that of all packets.
    pub(in crate::engine) extra_delay: Duration,
    /// A random number that chooses the bytes of a damage.
    pub(in crate::engine) draw: u64,
}

impl From<PacketFate> for Treatment {
    fn from(fate: PacketFate) -> Self {
        Self { fate, extra_delay: Duration::ZERO, draw: 0 }
    }
}

/// The impairments of one link, with the state to apply them.
#[derive(Debug)]
pub(in crate::engine) struct LinkImpairments {
    /// Of each direction.
    shares: [Impairments; 2],
    rules: [RuleCount; 2],
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
    fn mark_block(&mut self, block: u64) -> bool {
        let is_new = block >= self.begun && self.ahead.insert(block);
        while self.ahead.remove(&self.begun) {
            self.begun += 1;
        }
        is_new
    }
}

impl LinkImpairments {
    /// Creates the impairments of a link between these two hosts. The seed of the run is used if the
    /// link has none.
    pub(in crate::engine) fn new(link: &Link, hosts: [Option<&HostName>; 2], names: &RuleNames, run_seed: u64) -> Self {
        let seed = link.seed.unwrap_or(run_seed);
        Self {
            shares: hosts.map(|host| link.impairments(host)),
            rules: hosts.map(|host| RuleCount::new(link, host, names)),
            lose_first_syn: link.lose_first_syn,
            key: blake3::derive_key("socklab link 1", &seed.to_le_bytes()),
            streams: HashMap::new(),
            connections: 0,
            udp_ports: HashMap::new(),
            udp_seen: HashMap::new(),
        }
    }

    /// Returns the fate of a packet: by the first rule that applies, or else by the shares.
    /// Protocols other than TCP and UDP (ARP, ICMP) are always delivered.
    pub(in crate::engine) fn decide(&mut self, way: LinkDirection, frame: &Frame<'_>) -> Treatment {
        let (by_share, payload) = match &frame.transport {
            Transport::Tcp(tcp) => (self.of_tcp(way, frame.source, frame.destination, tcp), tcp.payload),
            Transport::Udp(udp) => (self.of_udp(way, frame.source, frame.destination, udp), udp.payload),
            _ => return PacketFate::Delivered.into(),
        };
        if payload.is_empty() && matches!(frame.transport, Transport::Tcp(_)) {
            return by_share;
        }
        let Some((number, rule)) = self.rules[way as usize].count(payload) else { return by_share };
        let fate = match rule.action {
            RuleAction::Drop => PacketFate::Lost,
            RuleAction::Corrupt => corrupted(rule.checksum),
            RuleAction::Truncate => PacketFate::Truncated,
            RuleAction::Duplicate => PacketFate::Duplicated,
            RuleAction::Delay => PacketFate::Reordered,
            RuleAction::Deliver => PacketFate::Delivered,
        };
        let extra_delay = rule.by.map_or(Duration::ZERO, |by| by.0);
        let hash = self.hash(&[b"rule", &[way as u8], &number.to_le_bytes()]);
        Treatment { fate, extra_delay, draw: word(&hash, 0) }
    }

    fn of_tcp(&mut self, way: LinkDirection, from: SocketAddr, to: SocketAddr, tcp: &Tcp<'_>) -> Treatment {
        if tcp.flags.has(Flags::SYN) {
            return self.of_syn(way, from, to, tcp);
        }
        let Some(stream) = self.streams.get_mut(&(from, to)) else { return PacketFate::Delivered.into() };
        // The wrapped sequence number, unwrapped near the current position of the stream.
        let at = tcp.sequence.wrapping_sub(stream.initial.wrapping_add(1));
        let behind = (stream.carried as u32).wrapping_sub(at) as i32;
        let start = stream.carried.saturating_add_signed(-i64::from(behind));
        let end = start + u64::from(tcp.payload_length);
        let connection = stream.connection;
        stream.carried = stream.carried.max(end);
        // The first block whose beginning is in this packet and in no packet before. Further blocks
        // share its fate; on Ethernet there are none.
        let blocks = start.div_ceil(BLOCK_BYTES)..end.div_ceil(BLOCK_BYTES);
        let new = blocks.filter(|&block| stream.mark_block(block)).min();
        if let Some(block) = new {
            return self.choose(way, &[b"tcp", &direction_bytes(way, connection), &block.to_le_bytes()]);
        }
        self.unless_all_is_lost(way)
    }

    fn of_syn(&mut self, way: LinkDirection, from: SocketAddr, to: SocketAddr, tcp: &Tcp<'_>) -> Treatment {
        let known = self.streams.get(&(from, to)).is_some_and(|stream| stream.initial == tcp.sequence);
        if known || self.streams.len() >= MAX_TRACKED {
            return self.unless_all_is_lost(way);
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
            true => self.choose(way, &[b"syn", &direction_bytes(way, connection)]),
            false => self.unless_all_is_lost(way),
        }
    }

    fn unless_all_is_lost(&self, way: LinkDirection) -> Treatment {
        let is_lost = self.shares[way as usize].loss.fraction() >= 1.0;
        if is_lost { PacketFate::Lost.into() } else { PacketFate::Delivered.into() }
    }

    fn of_udp(&mut self, way: LinkDirection, from: SocketAddr, to: SocketAddr, udp: &Udp<'_>) -> Treatment {
        let pair = if from <= to { (from, to) } else { (to, from) };
        if self.udp_ports.len() >= MAX_TRACKED || self.udp_seen.len() >= MAX_TRACKED {
            return PacketFate::Delivered.into();
        }
        let port = *self.udp_ports.entry(pair).or_insert(to.port());
        let like = self.hash(&[b"udp", &[way as u8], &port.to_le_bytes(), udp.payload]);
        let seen = self.udp_seen.entry(like).or_default();
        *seen += 1;
        let times = *seen;
        self.choose(way, &[b"udp", &like, &times.to_le_bytes()])
    }

    /// Chooses between loss, reordering, duplication, corruption and truncation, in this order. Each
    /// choice uses its own bits of a hash.
    fn choose(&self, way: LinkDirection, parts: &[&[u8]]) -> Treatment {
        let shares = &self.shares[way as usize];
        let hash = self.hash(parts);
        if chosen(&hash, 0, shares.loss) {
            return PacketFate::Lost.into();
        } else if chosen(&hash, 8, shares.reorder) {
            return PacketFate::Reordered.into();
        } else if chosen(&hash, 16, shares.duplicate) {
            return PacketFate::Duplicated.into();
        }
        let hash = self.hash(&[b"damage", &hash]);
        let fate = if chosen(&hash, 0, shares.corrupt) {
            corrupted(shares.checksum)
        } else if chosen(&hash, 8, shares.truncate) {
            PacketFate::Truncated
        } else {
            PacketFate::Delivered
        };
        Treatment { draw: word(&hash, 16), ..fate.into() }
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

/// Returns a number of a hash, at this byte.
fn word(hash: &[u8; 32], at: usize) -> u64 {
    u64::from_le_bytes(hash[at..at + 8].try_into().unwrap_or_default())
}

/// Returns true for this share of all hashes, by the eight bytes from `at` on.
fn chosen(hash: &[u8; 32], at: usize, share: Percent) -> bool {
    // A double holds 53 bits exactly: the result is in the range from 0 up to, but excluding, 1.
    ((word(hash, at) >> 11) as f64) / ((1_u64 << 53) as f64) < share.fraction()
}

const fn corrupted(checksum: Checksum) -> PacketFate {
    match checksum {
        Checksum::Bad => PacketFate::Corrupted,
        Checksum::Good => PacketFate::Altered,
    }
}

/// Encodes one direction of one connection.
fn direction_bytes(way: LinkDirection, connection: u64) -> [u8; 9] {
    let mut bytes = [way as u8; 9];
    bytes[1..].copy_from_slice(&connection.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests;
