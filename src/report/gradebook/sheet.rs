//! A CSV file in which single cells can be replaced while every other byte stays unchanged.
//!
//! Quoting, line ends, byte order mark and blank lines are kept. This module has no notion of
//! grades.

use std::borrow::Cow;
use std::ops::Range;

/// The byte order mark with which some programs begin UTF-8 files.
const MARK: &str = "\u{feff}";

/// The parsed file.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    text: &'a str,
    /// The separator of the cells.
    pub(super) separator: u8,
    /// The byte range of each cell of each row, quotes included. Blank lines are not rows.
    rows: Vec<Vec<Range<usize>>>,
    /// The new values of cells, by row and column.
    changes: std::collections::BTreeMap<(usize, usize), String>,
}

/// Why a file is not a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SheetError {
    /// It is not UTF-8.
    Encoding,
    /// A quotation mark is never closed.
    Quote,
    /// It has no rows.
    Empty,
}

impl<'a> Sheet<'a> {
    /// Parses a file.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SheetError::Encoding)?;
        let mut start = if text.starts_with(MARK) { MARK.len() } else { 0 };
        // `sep=` is a hint for one spreadsheet program, which does not treat that line as a row.
        let hinted = text[start..].strip_prefix("sep=").and_then(|rest| rest.bytes().next());
        let hinted = hinted.filter(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'));
        if hinted.is_some() {
            start += text[start..].find('\n').map_or(text.len() - start, |end| end + 1);
        }
        let separator = hinted.unwrap_or_else(|| separator(&text[start..]));
        let rows = rows(text, start, separator)?;
        if rows.is_empty() {
            return Err(SheetError::Empty);
        }
        Ok(Self { text, separator, rows, changes: std::collections::BTreeMap::new() })
    }

    /// Returns the number of rows, including the heading.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number of cells in a row.
    pub(super) fn width(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, Vec::len)
    }

    /// Returns the original content of a cell without quotes and surrounding blanks. Empty if the
    /// cell does not exist.
    pub(super) fn cell(&self, row: usize, column: usize) -> Cow<'a, str> {
        let raw = self.rows.get(row).and_then(|row| row.get(column)).map_or("", |range| &self.text[range.clone()]);
        let Some(quoted) = raw.strip_prefix('"') else { return Cow::Borrowed(raw.trim()) };
        // Text after the closing quote belongs to the cell, as in spreadsheets.
        let end = closing(quoted).unwrap_or(quoted.len());
        let inner = quoted[..end].replace("\"\"", "\"") + quoted.get(end + 1..).unwrap_or_default();
        Cow::Owned(inner.trim().to_owned())
    }

    /// Replaces a cell. If the row is too short, the cell and the empty ones before it are added.
    pub(super) fn set(&mut self, row: usize, column: usize, value: String) {
        self.changes.insert((row, column), value);
    }

    /// Returns the file with the changes.
    pub(super) fn to_csv(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for (&(row, column), value) in &self.changes {
            let Some(cells) = self.rows.get(row) else { continue };
            let value = quote_if_needed(value, self.separator);
            if let Some(range) = cells.get(column) {
                out += &self.text[done..range.start];
                done = range.end;
            } else if let Some(last) = cells.last() {
                out += &self.text[done.min(last.end)..last.end];
                done = done.max(last.end);
                let added = self.changes.range((row, cells.len())..(row, column)).next_back();
                let before = added.map_or(cells.len() - 1, |((_, column), _)| *column);
                out.extend(std::iter::repeat_n(char::from(self.separator), column - before));
            }
            out += &value;
        }
        out + &self.text[done..]
    }
}

/// Returns the position of the quotation mark that closes a quoted cell, counted from after its
/// opening one.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// Returns the separator that occurs most often outside quotes in the first non-blank line.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        is_quoted ^= byte == b'"';
        if !is_quoted && let Some((_, count)) = counts.iter_mut().find(|(one, _)| *one == byte) {
            *count += 1;
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(one, _)| one)
}

fn rows(text: &str, start: usize, separator: u8) -> Result<Vec<Vec<Range<usize>>>, SheetError> {
    let bytes = text.as_bytes();
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut at = start;
    while at < bytes.len() || !row.is_empty() {
        let begin = at;
        if bytes.get(at) == Some(&b'"') {
            at += 2 + closing(&text[at + 1..]).ok_or(SheetError::Quote)?;
        }
        while at < bytes.len() && bytes[at] != separator && !matches!(bytes[at], b'\n' | b'\r') {
            at += 1;
        }
        row.push(begin..at);
        if bytes.get(at) == Some(&separator) {
            at += 1;
            continue;
        }
        let cells = std::mem::take(&mut row);
        if !matches!(cells.as_slice(), [only] if only.is_empty()) {
            rows.push(cells);
        }
        at += if bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
        if at >= bytes.len() {
            break;
        }
    }
    Ok(rows)
}

/// Returns a value as it is written between separators.
fn quote_if_needed(value: &str, separator: u8) -> Cow<'_, str> {
    let is_plain = |c: char| c != char::from(separator) && !matches!(c, '"' | '\n' | '\r');
    if value.chars().all(is_plain) && value.trim() == value {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("\"{}\"", value.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::quotes_and_mark(
        "\u{feff}a,\"b c\"\r\n\"x, \"\"y\"\"\",\r\n",
        1,
        1,
        "7",
        "\u{feff}a,\"b c\"\r\n\"x, \"\"y\"\"\",7\r\n"
    )]
    #[case::no_end_of_line("a;b\n1;2", 1, 1, "3", "a;b\n1;3")]
    #[case::a_row_too_short("a\tb\tc\n1\n", 1, 2, "3", "a\tb\tc\n1\t\t3\n")]
    #[case::a_decimal_comma("a,b\n1,2\n", 1, 0, "8,5", "a,b\n\"8,5\",2\n")]
    #[case::blank_lines("a,b\n\n\n1,2\n\n", 1, 0, "9", "a,b\n\n\n9,2\n\n")]
    #[case::a_line_end_in_a_cell("a,b\r\n\"x\ny\",2\r\n", 1, 1, "9", "a,b\r\n\"x\ny\",9\r\n")]
    #[case::a_hint("sep=;\na,x;b\n1;2\n", 1, 1, "9", "sep=;\na,x;b\n1;9\n")]
    #[case::old_line_ends("a,b\r1,2\r", 1, 1, "9", "a,b\r1,9\r")]
    fn changed_cell_leaves_other_bytes_unchanged(
        #[case] text: &str,
        #[case] row: usize,
        #[case] column: usize,
        #[case] value: &str,
        #[case] expected: &str,
    ) {
        let mut sheet = Sheet::parse(text.as_bytes()).expect("a sheet");
        sheet.set(row, column, value.to_owned());
        assert_eq!(sheet.to_csv(), expected);
    }

    #[test]
    fn cells_are_added_to_a_short_row() {
        let mut sheet = Sheet::parse(b"a,b,c,d,e\n1\n2,3,4,5,6\n").expect("a sheet");
        for (row, column) in [(1, 1), (1, 3), (1, 4), (2, 0), (2, 4)] {
            sheet.set(row, column, "x".to_owned());
        }
        assert_eq!(sheet.to_csv(), "a,b,c,d,e\n1,x,,x,x\nx,3,4,5,x\n");
    }

    #[test]
    fn invalid_sheets_are_refused() {
        assert_eq!(Sheet::parse(b"").map(|_| ()), Err(SheetError::Empty));
        assert_eq!(Sheet::parse(b"a,\"b\n").map(|_| ()), Err(SheetError::Quote));
        assert_eq!(Sheet::parse(b"Jos\xe9,b\n").map(|_| ()), Err(SheetError::Encoding));
    }

    proptest! {
        #[test]
        fn sheet_agrees_with_the_csv_crate(rows in vec(vec("[a-c ,;\"\n]{0,5}", 2..5), 1..5)) {
            let mut table = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            table.write_record(["head,ing", "b", "c"]).expect("written");
            for row in &rows {
                table.write_record(row).expect("written");
            }
            let bytes = table.into_inner().expect("a table");
            let sheet = Sheet::parse(&bytes).expect("a sheet");
            prop_assert_eq!(sheet.to_csv().into_bytes(), bytes.clone());
            prop_assert_eq!(sheet.len(), rows.len() + 1);
            for (k, row) in rows.iter().enumerate() {
                prop_assert_eq!(sheet.width(k + 1), row.len());
                for (column, cell) in row.iter().enumerate() {
                    prop_assert_eq!(sheet.cell(k + 1, column), cell.trim());
                }
            }
        }

        #[test]
        fn arbitrary_text_does_not_panic(text in "[a\",;\r\n\t\u{feff}é]{0,20}", row in 0_usize..4, column in 0_usize..4) {
            if let Ok(mut sheet) = Sheet::parse(text.as_bytes()) {
                prop_assert_eq!(sheet.to_csv(), text.clone());
                sheet.set(row, column, "x".to_owned());
                let _ = sheet.to_csv();
            }
        }
    }
}
