//! The input for finding the cause of a difference in an exchange.

use super::answer_rule::Rule;
use super::stream::Stream;
use crate::model::Evidence;

/// An exchange whose answers differ.
pub(super) struct Mismatch<'a> {
    pub(super) seen: &'a Evidence,
    pub(super) rule: Rule,
    pub(super) stream: &'a Stream<'a>,
    /// All bytes sent, expected and received.
    pub(super) sent: &'a [u8],
    pub(super) expected: &'a [u8],
    pub(super) got: &'a [u8],
    /// The messages that make up `sent`, and the offset in `expected` at which the answer to each
    /// begins.
    pub(super) messages: &'a [&'a [u8]],
    pub(super) starts: &'a [usize],
    /// Expected answers of the other clients.
    pub(super) others: &'a [Vec<u8>],
    /// The exchanges of all clients; empty if the answers have no rule.
    pub(super) all: &'a [Stream<'a>],
}

impl Mismatch<'_> {
    /// Returns the expected answers, one per message.
    pub(super) fn answers(&self) -> Vec<&[u8]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.expected.len()]);
        self.starts.iter().zip(ends).map(|(&start, end)| &self.expected[start..end]).collect()
    }
}

/// Returns the first position of `needle` in `hay`.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    (!needle.is_empty()).then(|| hay.windows(needle.len()).position(|window| window == needle)).flatten()
}
