//! Answers whose bytes were changed or removed one by one: 32 subtracted from each, characters left
//! out, the answer of an HTTP server.

use super::{Question, Shown};
use crate::model::Cause;
use crate::scenario::expect::answer_rule::Rule;
use crate::scenario::expect::excerpt::quote;

/// Distance of a small letter from its capital in ASCII.
const CASE_DISTANCE: u8 = 32;
/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// 32 subtracted from each byte, or cleared in it, and not only from small letters.
pub(super) fn case_distance(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    const CHANGES: [fn(u8) -> u8; 4] = [
        |byte| byte.wrapping_sub(CASE_DISTANCE),
        |byte| if byte.is_ascii_uppercase() { byte } else { byte.wrapping_sub(CASE_DISTANCE) },
        |byte| if byte >= b'a' { byte.wrapping_sub(CASE_DISTANCE) } else { byte },
        |byte| byte & !CASE_DISTANCE,
    ];
    let texts = [question.sent, question.sent.trim_ascii()];
    let forms = texts.iter().flat_map(|text| CHANGES.map(|change| text.iter().copied().map(change).collect()));
    forms.filter(|form: &Vec<u8>| got.starts_with(form)).map(|form| form.len()).max()
}

/// Returns the cause for answers in which other bytes than letters changed.
pub(super) fn case_distance_cause(shown: &Shown) -> Option<Cause> {
    (shown.rule == Rule::Upper).then(|| Cause::CaseOfAllBytes { client: shown.client, got: quote(&shown.got) })
}

/// Only letters and digits of ASCII are left.
pub(super) fn letters_and_digits(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    kept(question, got, |c| c.is_ascii_alphanumeric())
}

/// Only letters of ASCII are left.
pub(super) fn letters(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    kept(question, got, |c| c.is_ascii_alphabetic())
}

/// Only letters, digits and blanks are left.
pub(super) fn words(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    kept(question, got, |c| c.is_alphanumeric() || c == ' ')
}

/// Only letters, digits and blanks of ASCII are left.
pub(super) fn ascii_words(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    kept(question, got, |c| c.is_ascii_alphanumeric() || c == ' ')
}

/// Only letters and blanks are left.
pub(super) fn letters_and_blanks(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    kept(question, got, |c| c.is_alphabetic() || c == ' ')
}

/// Returns the length of a correct answer without the other characters, if `got` begins with it.
fn kept(question: &Question<'_>, got: &[u8], is_kept: fn(char) -> bool) -> Option<usize> {
    let texts = question.right.iter().filter_map(|right| std::str::from_utf8(right).ok());
    let forms = texts.map(|text| text.chars().filter(|c| is_kept(*c)).collect());
    forms.filter(|form: &String| got.starts_with(form.as_bytes())).map(|form| form.len()).max()
}

/// Returns the cause for answers without some of the characters. A single missing one may have another
/// cause.
pub(super) fn removed_cause(shown: &Shown) -> Option<Cause> {
    let [got, right] = [&shown.got, &shown.right].map(|bytes| String::from_utf8_lossy(bytes));
    let mut removed: Vec<char> = right.chars().filter(|c| !got.contains(*c)).collect();
    let is_several = removed.len() > 1;
    removed.sort_unstable();
    removed.dedup();
    let removed: String = removed.into_iter().collect();
    // A cut answer lacks its end, which another fault explains.
    let is_inside = !got.is_empty() && is_several && !right.starts_with(&*got);
    is_inside.then(|| Cause::CharactersRemoved { client: shown.client, removed: quote(removed.as_bytes()) })
}

/// A byte order mark before the text (`new StreamWriter(stream, Encoding.UTF8)`).
pub(super) fn byte_order_mark(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let rest = got.strip_prefix(BYTE_ORDER_MARK).unwrap_or(got);
    let right = question.right.iter().filter(|right| rest.starts_with(right)).map(Vec::len).max()?;
    Some(right + got.len() - rest.len())
}

/// The status line of an HTTP server, whatever was sent.
pub(super) fn http(_: &Question<'_>, got: &[u8]) -> Option<usize> {
    got.starts_with(b"HTTP/1.").then_some(got.len())
}
