//! Stream numbers: conversations are numbered as Wireshark numbers them. Knows endpoints only.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::SocketAddr;

/// Two endpoints, ordered by their addresses.
pub(super) type Pair = (SocketAddr, SocketAddr);

/// Returns the two endpoints of a packet, in the same order for both directions.
pub(super) fn pair(a: SocketAddr, b: SocketAddr) -> Pair {
    if a <= b { (a, b) } else { (b, a) }
}

/// The next stream number, and those that are set aside.
#[derive(Debug, Default)]
pub(super) struct StreamNumbers {
    next: usize,
    reserved: HashMap<Pair, usize>,
}

impl StreamNumbers {
    /// Reserves the next number for two endpoints, unless they have one.
    pub(super) fn reserve(&mut self, ends: Pair) {
        let next = self.next;
        let number = *self.reserved.entry(ends).or_insert(next);
        self.next += usize::from(number == next);
    }

    /// Returns the number of a new conversation: the reserved one of its endpoints, or the next.
    pub(super) fn take(&mut self, ends: Pair) -> usize {
        let reserved = if self.reserved.is_empty() { None } else { self.reserved.remove(&ends) };
        reserved.unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

/// Number of tables: each grows on its own, so that no large one is copied at once.
const TABLES: usize = 256;

/// The stream numbers of conversations that were given away, by a hash of their endpoints: about 20
/// bytes each instead of 100. Two of a million hashes of 64 bits are equal with a probability below
/// 1 in 10⁷, and the key is random.
#[derive(Debug, Default)]
pub(super) struct ReleasedStreams {
    key: RandomState,
    /// Empty, or [`TABLES`] tables. The halves of a hash need 4 bytes less than a `u64`, by its
    /// alignment.
    tables: Vec<HashMap<[u32; 2], u32>>,
}

impl ReleasedStreams {
    pub(super) fn insert(&mut self, ends: Pair, stream: usize) {
        if self.tables.is_empty() {
            self.tables.resize_with(TABLES, HashMap::new);
        }
        if let (Ok(stream), (table, hash)) = (u32::try_from(stream), self.place(ends)) {
            self.tables[table].insert(hash, stream);
        }
    }

    pub(super) fn stream(&self, ends: Pair) -> Option<usize> {
        if self.tables.is_empty() {
            return None;
        }
        let (table, hash) = self.place(ends);
        self.tables[table].get(&hash).map(|&stream| stream as usize)
    }

    /// Returns the table of two endpoints, and their hash.
    fn place(&self, ends: Pair) -> (usize, [u32; 2]) {
        let hash = self.key.hash_one(ends);
        ((hash % TABLES as u64) as usize, [hash as u32, (hash >> 32) as u32])
    }
}
