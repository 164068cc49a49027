//! Data in sentences, and excerpts of the expected and the received bytes around their first
//! difference.

use super::answer_rule::common_prefix;
use crate::model::bytes::{printable, printable_prefix};
use crate::model::{Difference, Excerpt};

/// Bytes of an excerpt before and after the first difference.
pub(super) const EXCERPT_CONTEXT: (usize, usize) = (24, 40);
/// Maximum length of data that is quoted in a sentence, in bytes.
const MAX_QUOTED_BYTES: usize = 32;

/// Formats data for a sentence.
pub(super) fn quote(bytes: &[u8]) -> String {
    printable_prefix(bytes, MAX_QUOTED_BYTES)
}

/// Returns the pair of excerpts around the first byte that differs.
pub(super) fn difference(expected: &[u8], got: &[u8]) -> Difference {
    let at = common_prefix(expected, got);
    // Both in the same manner: half a character is escaped, and so all others are, in both.
    let is_inside = |bytes: &[u8]| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let form = if is_inside(expected) || is_inside(got) { ascii_only } else { printable };
    Difference { at, expected: excerpt(expected, at, form), got: excerpt(got, at, form) }
}

/// Formats bytes as [`printable`] does, but escapes all those above 127.
pub(super) fn ascii_only(bytes: &[u8]) -> String {
    let of = |part: &[u8]| match part {
        [byte] if !byte.is_ascii() => format!("\\x{byte:02x}"),
        ascii => printable(ascii),
    };
    bytes.chunk_by(|a, b| a.is_ascii() && b.is_ascii()).map(of).collect()
}

fn excerpt(bytes: &[u8], at: usize, form: fn(&[u8]) -> String) -> Excerpt {
    let start = char_boundary(bytes, at.saturating_sub(EXCERPT_CONTEXT.0));
    let end = char_boundary(bytes, (at + EXCERPT_CONTEXT.1).min(bytes.len()));
    let before = form(&bytes[start..at.min(bytes.len())]);
    let caret = before.chars().count();
    let text = before + &form(bytes.get(at..end).unwrap_or_default());
    Excerpt { text, caret, hidden_before: start, hidden_after: bytes.len() - end.max(start) }
}

/// Returns the nearest start of a UTF-8 character at or before `at`.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&k| bytes.get(k).is_none_or(|b| b & 0xC0 != 0x80)).unwrap_or(at)
}
