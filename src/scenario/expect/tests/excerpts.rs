//! The excerpts of a difference: the position of the first difference, and that of the caret.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::excerpt::{ascii_only, difference};
use super::evidence_builder::tcp;
use crate::model::bytes::printable;
use crate::model::{Excerpt, Verdict};

/// Generates bytes that are text, almost text, or arbitrary.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        "[a-c\n\0áß€\u{202e}😀]{0,90}".prop_map(String::into_bytes),
        "[áß€😀]{0,90}".prop_map(|text| text.bytes().skip(1).collect()),
    ]
}

fn sound(excerpt: &Excerpt, bytes: &[u8], at: usize) {
    let Excerpt { text, caret, hidden_before, hidden_after } = excerpt;
    assert!(*caret <= text.chars().count(), "{excerpt:?}");
    assert!(*hidden_before <= at && hidden_before + hidden_after <= bytes.len(), "{excerpt:?}");
    // The text is exactly the part that is not hidden, and the caret follows the common part.
    let visible = &bytes[*hidden_before..bytes.len() - hidden_after];
    let (before, after) = visible.split_at(at - hidden_before);
    let is_shown =
        |form: fn(&[u8]) -> String| *text == form(before) + &form(after) && *caret == form(before).chars().count();
    assert!(is_shown(printable) || is_shown(ascii_only), "{excerpt:?}");
    assert!(before.len() <= 27 && after.len() <= 40, "{excerpt:?}");
    assert!(!after.is_empty() || at == bytes.len(), "the first byte that differs is shown");
}

proptest! {
    #[test]
    fn caret_marks_the_first_difference(a in bytes(), b in bytes(), same in bytes()) {
        for (a, b) in [(a.clone(), b.clone()), ([&same[..], &a].concat(), [&same[..], &b].concat()), (a.clone(), a)] {
            let found = difference(&a, &b);
            prop_assert_eq!(&a[..found.at], &b[..found.at]);
            prop_assert!(a == b || a.get(found.at) != b.get(found.at));
            sound(&found.expected, &a, found.at);
            sound(&found.got, &b, found.at);
        }
    }

    #[test]
    fn failing_finding_shows_the_difference(sent in vec(any::<u8>(), 1..80), got in vec(any::<u8>(), 1..80)) {
        let finding = tcp().clients(1).sent(1, &sent).got(1, &got).judged("echo");
        match finding.difference {
            None => prop_assert_eq!(finding.verdict, Verdict::Pass),
            Some(difference) => {
                let at = difference.at;
                prop_assert_eq!(&sent[..at], &got[..at]);
                prop_assert!(sent.get(at) != got.get(at));
            }
        }
    }
}

#[test]
fn hidden_bytes_are_counted() {
    let (a, b) = ("x".repeat(100) + "a" + &"y".repeat(100), "x".repeat(100) + "b" + &"y".repeat(100));
    let found = difference(a.as_bytes(), b.as_bytes());
    assert_eq!((found.at, found.expected.hidden_before, found.expected.hidden_after), (100, 76, 61));
    assert_eq!((found.expected.caret, found.expected.text.len()), (24, 64));
    assert_eq!(&found.got.text[24..26], "by");
}

#[test]
fn escape_is_one_byte_and_several_characters() {
    let found = difference(b"\0\xff\nab", b"\0\xff\nac");
    assert_eq!((found.at, found.got.text.as_str(), found.got.caret), (4, "\\0\\xff\\nac", 9));
}

#[test]
fn caret_may_be_at_the_end() {
    let found = difference(b"abc", b"ab");
    assert_eq!((found.at, found.got.text.as_str(), found.got.caret), (2, "ab", 2));
}

#[test]
fn bytes_of_half_a_character_are_escaped_in_both() {
    let finding = tcp().clients(1).sent(1, "Olá, é").got(1, "OlÃ¡, é").judged("echo");
    let difference = finding.difference.expect("a difference");
    assert_eq!(difference.expected.text, "Ol\\xc3\\xa1, \\xc3\\xa9");
    assert_eq!(difference.got.text, "Ol\\xc3\\x83\\xc2\\xa1, \\xc3\\xa9");
    assert_eq!((difference.expected.caret, difference.got.caret), (6, 6));
}
