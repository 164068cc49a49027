//! The cause of an answer that lacks bytes in its middle: a buffered reader was thrown away with what
//! it had read ahead.

use super::answer_rule::common_prefix;
use super::mismatch::{Mismatch, find};
use crate::model::Cause;

/// How many bytes after the gap must be those of the message, so that they are not equal by chance.
const MIN_FOLLOWING_BYTES: usize = 16;

/// Returns the cause if an answer goes on later in the same message than where it stopped.
pub(super) fn cause(case: &Mismatch<'_>) -> Option<Cause> {
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
