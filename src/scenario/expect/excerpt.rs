//! Excerpts of expected and received bytes around their first difference.

use super::answer_rule::common_prefix;
use crate::model::bytes::printable;
use crate::model::{Difference, Excerpt};

/// Bytes of an excerpt before and after the first difference.
pub(super) const EXCERPT_CONTEXT: (usize, usize) = (24, 40);

/// Returns the pair of excerpts around the first byte that differs.
pub(super) fn difference(expected: &[u8], got: &[u8]) -> Difference {
    let at = common_prefix(expected, got);
    Difference { at, expected: excerpt(expected, at), got: excerpt(got, at) }
}

fn excerpt(bytes: &[u8], at: usize) -> Excerpt {
    let start = char_boundary(bytes, at.saturating_sub(EXCERPT_CONTEXT.0));
    let end = char_boundary(bytes, (at + EXCERPT_CONTEXT.1).min(bytes.len()));
    let before = printable(&bytes[start..at.min(bytes.len())]);
    let caret = before.chars().count();
    let text = before + &printable(bytes.get(at..end).unwrap_or_default());
    Excerpt { text, caret, hidden_before: start, hidden_after: bytes.len() - end.max(start) }
}

/// Returns the nearest start of a UTF-8 character at or before `at`.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&k| bytes.get(k).is_none_or(|b| b & 0xC0 != 0x80)).unwrap_or(at)
}
