//! The causes of an answer that lacks bytes in its middle: a buffered reader was thrown away with what
//! it had read ahead, or white space was removed from each piece.

use super::answer_rule::{Rule, common_prefix};
use super::mismatch::{Mismatch, find};
use crate::model::Cause;

/// How many bytes after the gap must be those of the message, so that they are not equal by chance.
const MIN_FOLLOWING_BYTES: usize = 16;

/// Returns the cause for an answer that lacks bytes in its middle.
pub(super) fn cause(case: &Mismatch<'_>) -> Option<Cause> {
    bytes_skipped(case).or_else(|| pieces_stripped(case))
}

/// Returns the cause if an echo is complete but for white space, and not only at its end.
fn pieces_stripped(case: &Mismatch<'_>) -> Option<Cause> {
    // Python's strip removes the separators of ASCII as well.
    let is_space = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, 0x0B | 0x1C..=0x1F);
    let mut rest = case.got;
    let mut missing = Vec::new();
    for (at, &byte) in case.expected.iter().enumerate() {
        match rest.split_first() {
            Some((first, later)) if *first == byte => rest = later,
            _ if is_space(byte) => missing.push(at),
            _ => return None,
        }
    }
    // A single one must be at the end of what the client sent at once.
    let is_between = |at: &usize| case.starts.contains(at) || case.starts.contains(&(at + 1));
    let is_stripped = missing.len() > 1 || missing.iter().any(is_between);
    let is_inside = !case.expected.starts_with(case.got) && !case.got.is_empty() && is_stripped;
    let is_found = case.rule == Rule::Echo && rest.is_empty() && is_inside;
    is_found.then_some(Cause::PiecesStripped { client: case.stream.client })
}

/// Returns the cause if an answer goes on later in the same message than where it stopped.
fn bytes_skipped(case: &Mismatch<'_>) -> Option<Cause> {
    let at = common_prefix(case.expected, case.got);
    let k = case.starts.iter().rposition(|&start| start < at)?;
    let (start, end) = (case.starts[k], case.starts.get(k + 1).copied().unwrap_or(case.expected.len()));
    let rest = case.expected.get(at..end).filter(|rest| !rest.is_empty())?;
    let following = case.got.get(at..at + MIN_FOLLOWING_BYTES)?;
    // Of data that repeats itself it is not known what is missing.
    let is_unique = |gap: usize| find(&rest[gap + 1..], following).is_none();
    let gap = find(rest, following).filter(|gap| *gap > 0 && is_unique(*gap))?;
    let [got, bytes] = [at - start, gap].map(|number| number as u64);
    Some(Cause::BytesSkipped { client: case.stream.client, got, bytes })
}
