//! Answers in another encoding: UTF-16, Latin-1, Java's object streams, a length in front.

use super::{Question, Shown};
use crate::model::{Cause, Hint};
use crate::scenario::expect::answer_rule::Rule;
use crate::scenario::expect::excerpt::quote;

/// Two (or four) bytes for each letter, in either order, with or without a byte order mark.
pub(super) fn wide(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    question.right.iter().flat_map(|right| wide_forms(right)).find_map(|form| beginning(&form, got))
}

/// Returns the wide forms of a text: of its letters, and of its single bytes.
fn wide_forms(text: &[u8]) -> Vec<Vec<u8>> {
    let bytes: Vec<u32> = text.iter().map(|byte| u32::from(*byte)).collect();
    let letters: Vec<u32> = match std::str::from_utf8(text) {
        Ok(text) => text.encode_utf16().map(u32::from).collect(),
        Err(_) => bytes.clone(),
    };
    let mut forms = Vec::new();
    // A NUL byte beside a single letter may be the end of a C string.
    for units in [letters, bytes].into_iter().filter(|units| units.len() > 1) {
        for mark in [&[][..], &[0xFEFF]] {
            let all = || mark.iter().chain(&units).copied();
            forms.push(all().flat_map(|unit| (unit as u16).to_be_bytes()).collect());
            forms.push(all().flat_map(|unit| (unit as u16).to_le_bytes()).collect());
            forms.push(all().flat_map(u32::to_be_bytes).collect());
            forms.push(all().flat_map(u32::to_le_bytes).collect());
        }
    }
    forms
}

/// Returns the length of a form that `got` begins with. The end of the form may be missing.
fn beginning(form: &[u8], got: &[u8]) -> Option<usize> {
    const MIN_BYTES: usize = 4;
    if got.starts_with(form) {
        return Some(form.len());
    }
    (got.len() >= MIN_BYTES && form.starts_with(got)).then_some(got.len())
}

/// One byte for each letter with an accent.
pub(super) fn latin1(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let narrow = |right: &Vec<u8>| -> Option<Vec<u8>> {
        std::str::from_utf8(right).ok()?.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
    };
    let forms = question.right.iter().filter_map(narrow).chain(question.right.iter().cloned());
    forms.filter(|form| got.starts_with(form)).map(|form| form.len()).max()
}

/// Bytes over 127 that were read as Latin-1 and sent as UTF-8: two bytes for each.
pub(super) fn encoded_twice(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let twice = |right: &Vec<u8>| right.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes();
    let forms = question.right.iter().map(twice).chain(question.right.iter().cloned());
    forms.filter(|form| got.starts_with(form)).map(|form| form.len()).max()
}

/// Bytes over 127 that are missing: all, or those that are no UTF-8.
pub(super) fn dropped(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let ascii = |right: &Vec<u8>| right.iter().copied().filter(u8::is_ascii).collect::<Vec<u8>>();
    let valid = |right: &Vec<u8>| String::from_utf8_lossy(right).replace(char::REPLACEMENT_CHARACTER, "").into_bytes();
    let forms = question.right.iter().flat_map(|right| [right.clone(), ascii(right), valid(right)]);
    forms.filter(|form| got.starts_with(form)).map(|form| form.len()).max()
}

/// Question marks in the place of letters with accents, or of each byte over 127: an ASCII encoding.
pub(super) fn question_marks(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let by_byte = |right: &Vec<u8>| right.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect();
    let by_letter = |right: &Vec<u8>| String::from_utf8_lossy(right).replace(|c: char| !c.is_ascii(), "?").into_bytes();
    let forms = question.right.iter().flat_map(|right| [right.clone(), by_byte(right), by_letter(right)]);
    forms.filter(|form| got.starts_with(form)).map(|form| form.len()).max()
}

/// The header of a Java object stream, with or without an object behind it.
pub(super) fn object_stream(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    const HEADER: &[u8] = &[0xAC, 0xED, 0x00, 0x05];
    let is_new = !question.sent.windows(HEADER.len()).any(|window| window == HEADER);
    (is_new && got.starts_with(HEADER)).then_some(got.len())
}

/// The length of the answer in front of it: binary, as of `writeUTF`, or in digits.
pub(super) fn length_prefix(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    question.right.iter().filter(|right| !right.is_empty()).find_map(|right| {
        let binary = binary_lengths(right.len()).into_iter().find(|form| got.starts_with(form));
        let prefix = binary.map_or_else(|| digits(right.len(), got), |form| Some(form.len()))?;
        got[prefix..].starts_with(right).then_some(prefix + right.len())
    })
}

fn binary_lengths(length: usize) -> Vec<Vec<u8>> {
    let number = length as u64;
    let mut forms = vec![number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec()];
    if let Ok(number) = u32::try_from(number) {
        forms.extend([number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec()]);
    }
    if let Ok(number) = u16::try_from(number) {
        forms.extend([number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec()]);
    }
    forms
}

/// Returns the length of a header that holds this number in digits, padded with white space or
/// closed by a colon.
fn digits(length: usize, got: &[u8]) -> Option<usize> {
    const MAX_HEADER_BYTES: usize = 64;
    let head = &got[..got.len().min(MAX_HEADER_BYTES)];
    let is_padding = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b':' | b'|' | b'#' | 0);
    let begin = head.iter().position(|byte| !is_padding(byte))?;
    let end = begin + head[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number: usize = std::str::from_utf8(&head[begin..end]).ok()?.parse().ok()?;
    let padding = head[end..].iter().take_while(|byte| is_padding(byte)).count();
    (number == length && end > begin).then_some(end + padding)
}

/// Small letters in upper case and capitals in lower case.
pub(super) fn swapped_case(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let swap =
        |byte: &u8| if byte.is_ascii_uppercase() { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
    let swap_letter =
        |c: char| -> String { if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() } };
    // An echo has one form; of upper case only white space may be missing.
    let stripped = Rule::Echo.answers(question.sent).into_iter().chain([question.sent.trim_ascii().to_vec()]);
    let forms = stripped.flat_map(|form| {
        let letters = String::from_utf8_lossy(&form).chars().map(swap_letter).collect::<String>();
        [form.iter().map(swap).collect::<Vec<u8>>(), letters.into_bytes()]
    });
    forms.filter(|form| got.starts_with(form)).map(|form| form.len()).max()
}

/// Returns the cause, if the answer has letters of both kinds: otherwise it may simply be in upper
/// or in lower case.
pub(super) fn swapped_case_cause(shown: &Shown) -> Option<Cause> {
    let is_mixed = shown.got.iter().any(u8::is_ascii_lowercase) && shown.got.iter().any(u8::is_ascii_uppercase);
    let hint = if shown.rule == Rule::Upper { Hint::Upper } else { Hint::Exactly };
    is_mixed.then(|| Cause::CaseSwapped { client: shown.client, got: quote(&shown.got), hint })
}
