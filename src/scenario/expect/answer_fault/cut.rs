//! Answers that end too early: at a NUL byte, after the size of a pointer, at an earlier length.

use super::{Question, Shown};
use crate::model::{Cause, Hint, Protocol};
use crate::scenario::expect::answer_rule::Rule;
use crate::scenario::expect::excerpt::quote;

/// Size of a pointer of a 64-bit program.
const POINTER_BYTES: usize = 8;

/// `strlen`: the answer ends before the first NUL byte.
pub(super) fn at_nul(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let cut = |right: &[u8]| right.iter().position(|byte| *byte == 0).unwrap_or(right.len());
    longest_prefix(question, got, cut)
}

/// The value of a comparison in the place of a count (`n = recv(…) > 0`): the answer has at most one
/// byte.
pub(super) fn at_one(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    longest_prefix(question, got, |right| right.len().min(1))
}

/// `operator>>`, `scanf("%s")`, `Scanner.next()`: the answer ends at the first blank.
pub(super) fn at_blank(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0x0B);
    let cut = |right: &[u8]| {
        let begin = right.iter().position(|byte| !is_blank(byte)).unwrap_or(right.len());
        begin + right[begin..].iter().position(is_blank).unwrap_or(right.len() - begin)
    };
    longest_prefix(question, got, cut)
}

/// Words that were read one by one and answered without what was between them.
pub(super) fn without_blanks(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let joined = |right: &Vec<u8>| right.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let forms = question.right.iter().cloned().chain(question.right.iter().map(joined));
    forms.filter(|form: &Vec<u8>| got.starts_with(form)).map(|form| form.len()).max()
}

/// The number of letters in the place of the number of bytes: the answer lacks a byte for each accent.
pub(super) fn at_letter_count(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let letters = |right: &[u8]| std::str::from_utf8(right).map_or(right.len(), |text| text.chars().count());
    longest_prefix(question, got, letters)
}

/// `sizeof` of an `int`, or of a pointer of a 32-bit program: the answer has at most four bytes.
pub(super) fn at_four(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    longest_prefix(question, got, |right| right.len().min(4))
}

/// `sizeof` of a pointer: the answer has at most eight bytes.
pub(super) fn at_eight(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    longest_prefix(question, got, |right| right.len().min(POINTER_BYTES))
}

/// `sizeof` of a pointer as the end of the loop that converts: only the first eight bytes are in upper
/// case, and the rest is as it was sent.
pub(super) fn upper_to_eight(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let form = |sent: &[u8]| -> Vec<u8> {
        let (begin, rest) = sent.split_at(sent.len().min(POINTER_BYTES));
        [&begin.to_ascii_uppercase(), rest].concat()
    };
    let forms = [question.sent, question.sent.trim_ascii_end()].map(form);
    forms.iter().filter(|form| got.starts_with(form)).map(Vec::len).max()
}

/// Returns the cause for answers of which only the first eight bytes are in upper case. A single word
/// of that length may be meant: the next byte must be a letter.
pub(super) fn upper_to_eight_cause(shown: &Shown) -> Option<Cause> {
    let goes_on = shown.got.get(POINTER_BYTES).is_some_and(u8::is_ascii_lowercase);
    let bytes = POINTER_BYTES as u64;
    (shown.rule == Rule::Upper && goes_on).then(|| Cause::UpperOnlyBeginning {
        client: shown.client,
        got: quote(&shown.got),
        bytes,
    })
}

/// A length that is set by each message and limits the next one: the answer is at most as long as
/// the shortest message before.
pub(super) fn at_earlier_length(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let shortest = question.earlier.iter().map(|sent| sent.len()).filter(|length| *length > 0).min();
    longest_prefix(question, got, |right| right.len().min(shortest.unwrap_or(right.len())))
}

/// Returns the length of the longest beginning of a correct answer, of this length, that `got`
/// begins with.
fn longest_prefix(question: &Question<'_>, got: &[u8], length: impl Fn(&[u8]) -> usize) -> Option<usize> {
    let kept = question.right.iter().map(|right| &right[..length(right)]).filter(|kept| got.starts_with(kept));
    kept.map(<[u8]>::len).max()
}

/// Returns the cause for answers that all end after the same few bytes. If only the last byte is
/// missing, another fault is likelier.
pub(super) fn cause(shown: &Shown) -> Option<Cause> {
    let (got, of) = (shown.got.len() as u64, shown.right.len() as u64);
    let hint = match shown.protocol {
        _ if got == 1 => Hint::ComparedCount,
        Some(Protocol::Udp) => Hint::PointerSizeDatagram,
        _ => Hint::PointerSize,
    };
    (got + 1 < of).then_some(Cause::EveryAnswerCut { client: shown.client, got, of, hint })
}
