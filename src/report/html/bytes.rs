//! Byte differences for a page: as escaped text, as hexadecimal digits and as characters, with the
//! first difference marked. Independent of findings.

use crate::model::bytes::printable;
use crate::model::{Difference, Excerpt};

/// Bytes per line of a dump.
const BYTES_PER_LINE: usize = 8;

/// A run of text that is displayed uniformly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    /// True if it represents a byte or character that cannot be displayed as itself.
    pub(super) escape: bool,
    /// True if it is the first difference.
    pub(super) marked: bool,
}

/// A line of a dump.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The offset of its first byte in all data, in four or more hexadecimal digits.
    pub(super) at: String,
    pub(super) cells: Vec<Cell>,
    /// Number of cells missing to a complete line.
    pub(super) missing: usize,
}

/// A byte.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) hex: String,
    /// Its ASCII character, or a dot if it is not printable.
    pub(super) character: char,
    pub(super) marked: bool,
}

/// The expected or received bytes around the first difference.
#[derive(Debug)]
pub(super) struct HexRow {
    pub(super) runs: Vec<Run>,
    pub(super) lines: Vec<Line>,
    pub(super) hidden_before: usize,
    pub(super) hidden_after: usize,
    /// True if it ends at the difference, while the other row continues.
    pub(super) ends: bool,
}

/// Two rows that differ.
#[derive(Debug)]
pub(super) struct Pair {
    /// The offset of the first byte that differs, from 0.
    pub(super) at: usize,
    pub(super) expected: HexRow,
    pub(super) got: HexRow,
}

impl Pair {
    pub(super) fn of(difference: &Difference) -> Self {
        Self { at: difference.at, expected: HexRow::of(&difference.expected), got: HexRow::of(&difference.got) }
    }

    /// Returns both rows, each with the message id of its label.
    pub(super) const fn rows(&self) -> [(&'static str, &HexRow); 2] {
        [("report-label-wanted", &self.expected), ("report-label-got", &self.got)]
    }
}

impl HexRow {
    fn of(excerpt: &Excerpt) -> Self {
        let units = units(&excerpt.text);
        // The caret counts characters of the escaped text.
        let mut written = 0;
        let at = units.iter().position(|unit| {
            let begins = written >= excerpt.caret;
            written += unit.text.chars().count();
            begins
        });
        let mut runs: Vec<Run> = Vec::new();
        let mut bytes: Vec<(u8, bool)> = Vec::new();
        for (k, unit) in units.iter().enumerate() {
            let (escape, marked) = (unit.escape, at == Some(k));
            // If a character of several bytes differs, its first byte is marked.
            bytes.extend(unit.bytes.iter().enumerate().map(|(j, &byte)| (byte, marked && j == 0)));
            match runs.last_mut() {
                Some(last) if last.escape == escape && !last.marked && !marked => last.text.push_str(&unit.text),
                _ => runs.push(Run { text: unit.text.clone(), escape, marked }),
            }
        }
        let lines = lines(&bytes, excerpt.hidden_before);
        let (hidden_before, hidden_after) = (excerpt.hidden_before, excerpt.hidden_after);
        Self { runs, lines, hidden_before, hidden_after, ends: at.is_none() && hidden_after == 0 }
    }
}

fn lines(bytes: &[(u8, bool)], first: usize) -> Vec<Line> {
    let cell = |&(byte, marked): &(u8, bool)| Cell {
        hex: format!("{byte:02x}"),
        character: if byte == b' ' || byte.is_ascii_graphic() { char::from(byte) } else { '.' },
        marked,
    };
    let chunks = bytes.chunks(BYTES_PER_LINE).enumerate();
    chunks
        .map(|(k, chunk)| Line {
            at: format!("{:04x}", first + k * BYTES_PER_LINE),
            cells: chunk.iter().map(cell).collect(),
            missing: BYTES_PER_LINE - chunk.len(),
        })
        .collect()
}

/// A character or an escape of [`printable`], and the bytes it represents.
struct Unit {
    text: String,
    escape: bool,
    bytes: Vec<u8>,
}

/// Parses the output of [`printable`].
fn units(text: &str) -> Vec<Unit> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, bytes) = escaped(rest).unwrap_or_else(|| (first.len_utf8(), first.to_string().into_bytes()));
        let escape = length > first.len_utf8();
        let (now, behind) = rest.split_at(length);
        // Excerpts from elsewhere may contain unescaped text.
        let text = if escape || first == '\\' { now.to_owned() } else { printable(now.as_bytes()) };
        all.push(Unit { text, escape, bytes });
        rest = behind;
    }
    all
}

/// Returns the length of the escape at the start of `text`, and the bytes it represents.
fn escaped(text: &str) -> Option<(usize, Vec<u8>)> {
    let behind = text.strip_prefix('\\')?;
    let one = |byte| Some((2, vec![byte]));
    match behind.chars().next()? {
        'n' => one(b'\n'),
        'r' => one(b'\r'),
        't' => one(b'\t'),
        '0' => one(0),
        '\\' => one(b'\\'),
        'x' => {
            let digits = behind.get(1..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            Some((4, vec![u8::from_str_radix(digits, 16).ok()?]))
        }
        'u' => {
            let (digits, _) = behind.strip_prefix("u{")?.split_once('}')?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((digits.len() + 4, c.to_string().into_bytes()))
        }
        _ => None,
    }
}

/// Formats bytes as two hexadecimal digits each, separated by spaces.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(text: &str) -> Vec<u8> {
        units(text).into_iter().flat_map(|unit| unit.bytes).collect()
    }

    proptest! {
        #[test]
        fn bytes_survive_escaping(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(read_back(&printable(&bytes)), bytes);
        }

        #[test]
        fn text_survives_escaping(text in ".{0,40}") {
            prop_assert_eq!(read_back(&printable(text.as_bytes())), text.into_bytes());
        }
    }

    #[test]
    fn two_byte_control_character_keeps_both_bytes() {
        assert_eq!(read_back(&printable("\u{9b}\u{ad}".as_bytes())), "\u{9b}\u{ad}".as_bytes());
        assert_eq!(read_back(&printable(&[0x9b])), [0x9b]);
    }

    fn excerpt(bytes: &[u8], at: usize, hidden_before: usize, hidden_after: usize) -> Excerpt {
        let caret = printable(&bytes[..at]).chars().count();
        Excerpt { text: printable(bytes), caret, hidden_before, hidden_after }
    }

    #[test]
    fn first_difference_is_marked_in_text_and_digits() {
        let expected = excerpt(b"a\nCLIENTE 3", 10, 16, 0);
        let got = excerpt("a\nCLIENTE ção\n".as_bytes(), 10, 16, 5);
        let pair = Pair::of(&Difference { at: 26, expected, got });
        assert_eq!(pair.at, 26);
        let marked = |row: &HexRow| {
            let run = row.runs.iter().find(|run| run.marked).map(|run| run.text.clone());
            let cells = row.lines.iter().flat_map(|line| &line.cells);
            (run, cells.filter(|cell| cell.marked).map(|cell| cell.hex.clone()).collect::<Vec<_>>())
        };
        assert_eq!(marked(&pair.expected), (Some("3".to_owned()), vec!["33".to_owned()]));
        assert_eq!(marked(&pair.got), (Some("ç".to_owned()), vec!["c3".to_owned()]));
        assert_eq!(pair.got.lines[0].at, "0010");
        assert_eq!((pair.expected.lines[1].cells.len(), pair.expected.lines[1].missing), (3, 5));
        let texts: Vec<_> = pair.got.runs.iter().map(|run| (run.text.as_str(), run.escape)).collect();
        assert_eq!(
            texts,
            [("a", false), ("\\n", true), ("CLIENTE ", false), ("ç", false), ("ão", false), ("\\n", true)]
        );
        assert!(!pair.expected.ends && !pair.got.ends);
    }

    #[test]
    fn truncated_bytes_have_no_mark() {
        let pair = Pair::of(&Difference { at: 2, expected: excerpt(b"abc", 2, 0, 0), got: excerpt(b"ab", 2, 0, 0) });
        assert!(pair.got.ends && !pair.expected.ends);
        assert!(pair.got.runs.iter().all(|run| !run.marked));
        let empty = HexRow::of(&excerpt(b"", 0, 0, 0));
        assert!(empty.ends && empty.lines.is_empty() && empty.runs.is_empty());
    }

    #[test]
    fn invalid_escape_is_text() {
        for text in ["\\", "\\q", "\\x1", "\\xZZ", "\\u{110000}", "\\u{}", "\\x+1"] {
            assert_eq!(read_back(text), text.as_bytes(), "{text}");
        }
    }
}
