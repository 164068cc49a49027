//! `SourceExcerpt`: the lines of a submission's file around the location of a cause. Pure: the
//! caller reads the file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source::SourceLocation;

/// Lines before and after that of the cause.
const LINES_AROUND: usize = 4;
/// Longest line, in characters. Of a longer one, the part around the column is kept.
const MAX_LINE_CHARS: usize = 200;
/// Marks the cut of a long line.
const CUT: char = '…';

/// The lines around the location of a cause. At most 9 lines of 202 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceExcerpt {
    /// The file, as in the location.
    pub file: String,
    /// The line of the cause, from 1.
    pub line: u32,
    /// The number of the first of `lines`, from 1.
    pub first: u32,
    /// The lines without line ends. Written by the student: untrusted. A long line is cut, with `…`
    /// at the cut.
    pub lines: Vec<String>,
}

impl SourceExcerpt {
    /// Returns the lines of `text` around a location. Returns `None` if the location names no line
    /// of the text, or if the text is binary data (contains a NUL byte).
    #[must_use]
    pub fn of(text: &str, at: &SourceLocation) -> Option<Self> {
        let place = usize::try_from(at.line).ok()?.checked_sub(1)?;
        if text.contains('\0') {
            return None;
        }
        let from = place.saturating_sub(LINES_AROUND);
        let column = usize::try_from(at.column).unwrap_or_default();
        let around = text.lines().enumerate().skip(from).take(place - from + 1 + LINES_AROUND);
        let lines: Vec<String> = around.map(|(k, line)| shortened(line, if k == place { column } else { 0 })).collect();
        let first = u32::try_from(from + 1).ok()?;
        (lines.len() > place - from).then(|| Self { file: at.file.clone(), line: at.line, first, lines })
    }

    /// Returns true if the excerpt shows this location.
    #[must_use]
    pub fn is_of(&self, at: &SourceLocation) -> bool {
        self.line == at.line && self.file == at.file
    }
}

/// Returns the part of a line around a column (from 1; 0 for the beginning).
fn shortened(line: &str, column: usize) -> String {
    // A character has at least one byte: a shorter line needs no counting.
    if line.len() <= MAX_LINE_CHARS {
        return line.to_owned();
    }
    let length = line.chars().take(column.saturating_add(MAX_LINE_CHARS)).count();
    let from = column.saturating_sub(MAX_LINE_CHARS / 2).min(length.saturating_sub(MAX_LINE_CHARS));
    let mut rest = line.chars().skip(from);
    let mut part: String = rest.by_ref().take(MAX_LINE_CHARS).collect();
    if rest.next().is_some() {
        part.push(CUT);
    }
    if from > 0 {
        part.insert(0, CUT);
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> SourceLocation {
        SourceLocation { file: "s.py".to_owned(), line, column }
    }

    fn numbered(count: usize) -> String {
        (1..=count).map(|k| format!("line {k}\n")).collect()
    }

    #[test]
    fn excerpt_has_lines_before_and_after() {
        let middle = SourceExcerpt::of(&numbered(30), &at(14, 0)).expect("an excerpt");
        assert_eq!((middle.first, middle.lines.len(), middle.line), (10, 9, 14));
        assert_eq!((middle.lines[0].as_str(), middle.lines[4].as_str()), ("line 10", "line 14"));
        let begin = SourceExcerpt::of(&numbered(30), &at(1, 0)).expect("an excerpt");
        assert_eq!((begin.first, begin.lines.len()), (1, 5));
        let end = SourceExcerpt::of(&numbered(30), &at(30, 0)).expect("an excerpt");
        assert_eq!((end.first, end.lines.len()), (26, 5));
        assert!(end.is_of(&at(30, 7)) && !end.is_of(&at(29, 0)));
        let dos = SourceExcerpt::of("a\r\nb\r\n", &at(2, 0)).expect("an excerpt");
        assert_eq!(dos.lines, ["a", "b"]);
    }

    #[test]
    fn location_without_text_has_no_excerpt() {
        for (text, line) in [("", 1), ("a\n", 2), ("a\nb", 0), ("a\nb", u32::MAX), ("\u{7f}ELF\0\n", 1)] {
            assert_eq!(SourceExcerpt::of(text, &at(line, 0)), None, "{text:?}, line {line}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_column() {
        let long = format!("{}X{}", "é".repeat(5000), "a".repeat(1 << 20));
        let excerpt = SourceExcerpt::of(&format!("{long}\n{long}"), &at(1, 5001)).expect("an excerpt");
        let [marked, other] = excerpt.lines.as_slice() else { panic!("two lines") };
        assert!(marked.contains('X') && marked.starts_with(CUT) && marked.ends_with(CUT), "{marked}");
        assert!(!other.contains('X') && other.starts_with('é') && other.ends_with(CUT), "{other}");
        assert!(excerpt.lines.iter().all(|line| line.chars().count() <= MAX_LINE_CHARS + 2));
        let end = SourceExcerpt::of(&long[..10_001], &at(1, 5001)).expect("an excerpt");
        assert!(end.lines[0].ends_with('X') && end.lines[0].starts_with(CUT), "{}", end.lines[0]);
        assert_eq!(SourceExcerpt::of("short", &at(1, u32::MAX)).expect("an excerpt").lines, ["short"]);
        let beyond = SourceExcerpt::of(&"a".repeat(300), &at(1, u32::MAX)).expect("an excerpt");
        assert_eq!(beyond.lines[0].chars().filter(|c| *c == 'a').count(), MAX_LINE_CHARS);
    }
}
