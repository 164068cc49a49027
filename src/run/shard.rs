//! Shards of a class: a machine grades one of N disjoint parts. Which submission is in which shard
//! depends on its name only, so machines need not talk to each other.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Maximum number of shards of a class.
pub const MAX_SHARDS: u32 = 100_000;

/// One of the shards of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number: the first is 1.
    pub number: u32,
    /// The number of all shards.
    pub count: u32,
}

impl Shard {
    /// Returns the shard; `None` if there is none of this number.
    #[must_use]
    pub fn new(number: u32, count: u32) -> Option<Self> {
        ((1..=count).contains(&number) && count <= MAX_SHARDS).then_some(Self { number, count })
    }

    /// Parses `3/64`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
        let (own, all) = text.split_once('/')?;
        Self::new(number(own)?, number(all)?)
    }

    /// Returns true if the submission of this name is in the shard.
    #[must_use]
    pub fn contains(self, name: &str) -> bool {
        number_of(name, self.count) == self.number
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.count)
    }
}

/// Returns the number of the shard that a submission is in: the first eight bytes of the BLAKE3
/// hash of its name as an integer in little-endian order, modulo the number of shards, plus one.
///
/// This is part of the format of a part, the same in every version. A submission that is added
/// moves no other one.
#[must_use]
pub fn number_of(name: &str, count: u32) -> u32 {
    let mut first = [0; 8];
    blake3::Hasher::new().update(name.as_bytes()).finalize_xof().fill(&mut first);
    let rest = u64::from_le_bytes(first) % u64::from(count.max(1));
    u32::try_from(rest).unwrap_or_default() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_is_parsed() {
        assert_eq!(Shard::parse("3/64"), Some(Shard { number: 3, count: 64 }));
        assert_eq!(Shard::parse("1/1").map(|shard| shard.to_string()).as_deref(), Some("1/1"));
        for wrong in ["0/4", "5/4", "1/0", "3", "/", "1/", "/1", "-1/4", "+1/4", "1/4/4", "a/b", " 1/4", "1/100001", ""]
        {
            assert_eq!(Shard::parse(wrong), None, "{wrong:?}");
        }
    }

    /// The numbers must not change between versions: parts of two versions would hold some
    /// submissions twice, and others never.
    #[test]
    fn membership_is_stable_across_versions() {
        let names = ["ana", "bia", "José Lima", "student-0001", "", "souzaana_11"];
        let numbers = |count| names.map(|name| number_of(name, count));
        assert_eq!(numbers(1), [1; 6]);
        assert_eq!(numbers(4), [3, 4, 2, 1, 4, 3]);
        assert_eq!((numbers(64), numbers(1000)), ([23, 24, 14, 37, 48, 47], [279, 304, 518, 37, 864, 23]));
    }

    #[test]
    fn every_submission_is_in_exactly_one_shard() {
        let names: Vec<String> = (0..2000).map(|k| format!("student-{k:04}")).collect();
        let mut sizes = Vec::new();
        for number in 1..=8 {
            let shard = Shard::new(number, 8).expect("a shard");
            sizes.push(names.iter().filter(|name| shard.contains(name)).count());
        }
        assert_eq!(sizes.iter().sum::<usize>(), names.len());
        assert!(sizes.iter().all(|size| (200..300).contains(size)), "{sizes:?}");
    }
}
