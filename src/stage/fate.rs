//! What becomes of each packet on a link: a function of the seed and of what the packet carries, counted from its
//! connection's beginning. Neither time nor ports nor the way in which TCP cuts its stream matter, so the same seed gives
//! the same losses. Pure.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use crate::model::Fate;
use crate::packet::frame::{Flags, Frame, Tcp, Transport, Udp};
use crate::scenario::hosts::Link;
use crate::scenario::word::Percent;

/// A stream is a row of blocks of so many bytes (a whole segment's on Ethernet, with time stamps): what carries the
/// beginning of a block for the first time has the block's fate.
const BLOCK: u64 = 1448;
/// No more connections and no more kinds of datagrams are remembered; what comes beyond is delivered.
const MOST: usize = 100_000;

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// From the first host to the second.
    Forth,
    /// From the second to the first.
    Back,
}

/// Decides what becomes of packets.
#[derive(Debug)]
pub(super) struct Fates {
    loss: Percent,
    reorder: Percent,
    duplicate: Percent,
    lose_first_syn: bool,
    key: [u8; 32],
    streams: HashMap<(SocketAddr, SocketAddr), Stream>,
    /// How many connections there were.
    connections: u64,
    /// The server's port of each pair of ends: that which the first datagram went to.
    udp_ports: HashMap<(SocketAddr, SocketAddr), u16>,
    /// How often a datagram like this one went this way.
    udp_seen: HashMap<[u8; 32], u64>,
}

/// One direction of a TCP connection.
#[derive(Debug, Clone)]
struct Stream {
    connection: u64,
    initial: u32,
    /// Up to where it was carried, from the byte after the SYN on.
    carried: u64,
    /// The beginnings of all blocks before this one were carried.
    begun: u64,
    /// So were these: two processors that send at once may send in the other order.
    ahead: BTreeSet<u64>,
}

impl Stream {
    /// Whether the beginning of this block was not carried before; from now on it was.
    fn begins(&mut self, block: u64) -> bool {
        let is_new = block >= self.begun && self.ahead.insert(block);
        while self.ahead.remove(&self.begun) {
            self.begun += 1;
        }
        is_new
    }
}

impl Fates {
    /// The fates of a link; the run's seed counts where the link has none of its own.
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

    /// What becomes of a packet. Other protocols than TCP and UDP (ARP, ICMP) are always delivered.
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
        // The wrapped difference, unwrapped near to where the stream is.
        let at = tcp.sequence.wrapping_sub(stream.initial.wrapping_add(1));
        let behind = (stream.carried as u32).wrapping_sub(at) as i32;
        let start = stream.carried.saturating_add_signed(-i64::from(behind));
        let end = start + u64::from(tcp.payload_length);
        let connection = stream.connection;
        stream.carried = stream.carried.max(end);
        // The first block that begins in it and did so in no packet before. The others have their fate from it too: on
        // Ethernet there are none.
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

    /// Loss first, then being held back, then arriving twice; each by a choice of its own.
    fn choose(&self, parts: &[&[u8]]) -> Fate {
        let hash = self.hash(parts);
        let chosen = |from: usize, share: Percent| {
            let bytes: [u8; 8] = hash[from..from + 8].try_into().unwrap_or_default();
            // 53 bits are what a double holds exactly: from 0 up to, and without, 1.
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

/// One direction of one connection, as bytes.
fn place(way: Way, connection: u64) -> [u8; 9] {
    let mut bytes = [way as u8; 9];
    bytes[1..].copy_from_slice(&connection.to_le_bytes());
    bytes
}

#[cfg(test)]
#[path = "fate_tests.rs"]
mod tests;
