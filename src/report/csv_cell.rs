//! Escapes CSV cells so that no spreadsheet evaluates them as formulas, whatever its list
//! separator.
//!
//! A spreadsheet treats a cell as a formula if its first character is one of `= + - @` (OWASP, "CSV
//! Injection"). It treats some compatibility forms of these characters alike. In countries with `;`
//! as list separator, a spreadsheet splits a comma-separated file at other positions. A sign after
//! any separator or line end therefore starts a cell too. An apostrophe before each such sign turns
//! the cell into text. This module does not write files.

use crate::i18n::escape_controls;

/// Returns true if a cell that begins with this character may be a formula.
///
/// These are the ASCII signs, and the characters whose compatibility form (NFKC) is such a sign.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '=' | '+'
            | '-'
            | '@'
            | '\u{207a}'
            | '\u{207c}'
            | '\u{208a}'
            | '\u{208c}'
            | '\u{2212}'
            | '\u{fb29}'
            | '\u{fe62}'
            | '\u{fe63}'
            | '\u{fe66}'
            | '\u{fe6b}'
            | '\u{ff0b}'
            | '\u{ff0d}'
            | '\u{ff1d}'
            | '\u{ff20}'
    )
}

/// Returns true if a program may split a line at this character: list separators and line ends.
fn is_separator(c: char) -> bool {
    matches!(c, ';' | '|' | '\t' | '\u{ff1b}' | '\n' | '\r')
}

/// Escapes `text` for a cell of a file whose separator is `own`.
///
/// Terminal control characters and invisible characters are escaped, and no reader finds a formula
/// in the result. Other text is returned unchanged.
pub(super) fn cell(text: &str, own: u8) -> String {
    let text = escape_controls(text);
    let mut out = String::with_capacity(text.len());
    // In a comma-separated file, a comma inside a quoted cell does not split the cell. Sentences
    // contain many commas, so they are not treated as separators there.
    let splits = |c: char| is_separator(c) || c == ',' && own != b',';
    let mut is_start = true;
    for (at, c) in text.char_indices() {
        if is_start {
            // Some programs skip quotes and spaces before the sign.
            let rest = text[at..].trim_start_matches(|c: char| c == '"' || c.is_whitespace());
            if rest.starts_with(is_sign) || c == '\t' || c == '\r' {
                out.push('\'');
            }
        }
        out.push(c);
        is_start = splits(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::equals("=1+1", "'=1+1")]
    #[case::spaces("  +1", "'  +1")]
    #[case::no_break_space("\u{a0}=1", "'\u{a0}=1")]
    #[case::full_width("\u{ff1d}1\u{ff0b}1", "'\u{ff1d}1\u{ff0b}1")]
    #[case::semicolon("x;=1+1;y", "x;'=1+1;y")]
    #[case::semicolon_and_space("x; @SUM(1)", "x;' @SUM(1)")]
    #[case::semicolon_and_quote("x;\"=1\"", "x;'\"=1\"")]
    #[case::bar("x|-1", "x|'-1")]
    #[case::quote("\"=1", "'\"=1")]
    #[case::tab("\t=1", "\\t=1")]
    #[case::line_end("a\n=1", "a\\n=1")]
    fn formulas_are_escaped(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(cell(text, b','), expected);
    }

    #[rstest]
    #[case("ana")]
    #[case("ana-lima")]
    #[case("a=b; c")]
    #[case("got 3, -1 was due")]
    #[case("user@example.org")]
    #[case("d'Ávila; 2+2")]
    fn ordinary_text_is_unchanged(#[case] text: &str) {
        assert_eq!(cell(text, b','), text);
    }

    #[test]
    fn comma_splits_if_separator_differs() {
        assert_eq!(cell("3, -1", b';'), "3,' -1");
    }

    /// Returns the cells of a line as a reader with this separator sees them. The line itself may
    /// use another separator.
    fn cells(line: &[u8], separator: u8) -> Vec<String> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(line);
        let rows = reader.byte_records().map(|row| row.expect("bytes"));
        rows.flat_map(|row| row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect::<Vec<_>>())
            .collect()
    }

    proptest! {
        #[test]
        fn readers_with_any_separator_find_no_formula(text in "[a=+@;|,\"'\\- \t\r\n\u{ff1d}]{0,12}", other in "[a=;\"\n@]{0,8}") {
            for own in [b',', b';', b'\t'] {
                let mut table = csv::WriterBuilder::new().delimiter(own).from_writer(Vec::new());
                table.write_record([cell(&text, own), "7".to_owned(), cell(&other, own), cell(&text, own)]).expect("written");
                let line = table.into_inner().expect("a line");
                for separator in [b',', b';', b'\t', b'|'] {
                    for found in cells(&line, separator) {
                        let start = found.trim_start();
                        prop_assert!(!start.starts_with(is_sign),
                            "{found:?} of {:?}", String::from_utf8_lossy(&line));
                    }
                }
            }
        }
    }
}
