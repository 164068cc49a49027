//! Prints two byte excerpts below each other, with a caret under the first byte that differs.
//!
//! Excerpts wider than the page are cut at their ends, never at the caret, and the bytes left out
//! are counted.

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Difference, Excerpt, Message};

use crate::report::layout::FAIL;
use crate::report::layout::TextLayout;
use crate::report::layout::text_width;

/// Number of characters from the first difference on that are kept if other text can be cut.
const MIN_CHARS_AFTER_CARET: usize = 4;

/// A displayed character or escape, and the number of bytes it represents.
struct DisplayedChar {
    text: String,
    bytes: usize,
}

/// An excerpt that can be cut to fit.
struct ExcerptRow {
    label: String,
    hidden_before: usize,
    before: Vec<DisplayedChar>,
    after: Vec<DisplayedChar>,
    hidden_after: usize,
}

impl ExcerptRow {
    fn of(label: String, excerpt: &Excerpt) -> Self {
        let split = excerpt.text.char_indices().nth(excerpt.caret).map_or(excerpt.text.len(), |(at, _)| at);
        let (before, after) = excerpt.text.split_at(split);
        Self {
            label,
            hidden_before: excerpt.hidden_before,
            before: characters(&escape_controls(before)),
            after: characters(&escape_controls(after)),
            hidden_after: excerpt.hidden_after,
        }
    }

    /// Returns the text left of the first character that differs.
    fn left(&self, words: &Catalog) -> String {
        let hidden = hidden(words, self.hidden_before);
        let gap = if hidden.is_empty() { "" } else { " " };
        format!("{hidden}{gap}\"{}", joined(&self.before))
    }

    /// Returns the first character that differs and all text to its right.
    fn right(&self, words: &Catalog) -> String {
        let hidden = hidden(words, self.hidden_after);
        let gap = if hidden.is_empty() { "" } else { " " };
        format!("{}\"{gap}{hidden}", joined(&self.after))
    }

    fn width(&self, words: &Catalog) -> usize {
        text_width(&self.left(words)) + text_width(&self.right(words))
    }

    /// Removes the last character if more than `kept` are left after the caret. Returns true if one
    /// was removed.
    fn cut_right(&mut self, kept: usize) -> bool {
        if self.after.len() <= kept {
            return false;
        }
        self.hidden_after += self.after.pop().map_or(0, |last| last.bytes);
        true
    }

    /// Removes the first character. Returns true if there was one.
    fn cut_left(&mut self) -> bool {
        if self.before.is_empty() {
            return false;
        }
        self.hidden_before += self.before.remove(0).bytes;
        true
    }
}

/// Writes the expected and the received bytes, and a caret under the first difference.
pub(in crate::report) fn write(page: &mut TextLayout, words: &Catalog, difference: &Difference) {
    let mut rows = [
        ExcerptRow::of(words.sentence("report-label-wanted"), &difference.expected),
        ExcerptRow::of(words.sentence("report-label-got"), &difference.got),
    ];
    let room = page.width.saturating_sub(text_width(&page.label("")));
    fit(&mut rows, room, words);
    let left = rows.iter().map(|row| text_width(&row.left(words))).max();
    let left = left.unwrap_or_default();
    for row in &rows {
        let missing = left - text_width(&row.left(words)).min(left);
        let text = format!("{:missing$}{}{}", "", row.left(words), row.right(words));
        page.labelled_whole(&row.label, &text);
    }
    let note = words.format(&Message::new("report-caret").with("at", difference.at));
    let at = text_width(&page.label("")) + left;
    let caret = page.paint(FAIL, "^");
    if at + 2 + text_width(&note) <= page.width {
        page.line(&format!("{:at$}{caret} {note}", ""));
    } else {
        page.line(&format!("{:at$}{caret}", ""));
        // Below the excerpts, if the page is wide enough.
        let below = text_width(&page.label("")).min(page.width.saturating_sub(text_width(&note)));
        let first = (at + 1).saturating_sub(text_width(&note)).max(below);
        page.line(&format!("{:first$}{note}", ""));
    }
}

/// Cuts the rows until both fit. Left ends are cut in both rows, so that they stay aligned.
fn fit(rows: &mut [ExcerptRow; 2], room: usize, words: &Catalog) {
    loop {
        let wide = [0, 1].map(|k: usize| rows[k].width(words) > room);
        if !wide[0] && !wide[1] {
            return;
        }
        let [wanted, got] = &mut *rows;
        let mut cut_right = |kept| (wide[0] && wanted.cut_right(kept)) | (wide[1] && got.cut_right(kept));
        if cut_right(MIN_CHARS_AFTER_CARET) {
            continue;
        }
        if rows.iter_mut().fold(false, |cut, row| row.cut_left() | cut) {
            continue;
        }
        let [wanted, got] = &mut *rows;
        if !((wide[0] && wanted.cut_right(1)) | (wide[1] && got.cut_right(1))) {
            return;
        }
    }
}

/// Returns the note on the bytes left out, or an empty string if there are none.
fn hidden(words: &Catalog, bytes: usize) -> String {
    if bytes == 0 {
        return String::new();
    }
    words.format(&Message::new("report-hidden").with("n", bytes))
}

fn joined(characters: &[DisplayedChar]) -> String {
    characters.iter().map(|shown| shown.text.as_str()).collect()
}

/// Splits escaped text (see `model::bytes::shown`) into characters and escapes, with the number of
/// bytes of each.
fn characters(text: &str) -> Vec<DisplayedChar> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, bytes) = escape(rest).unwrap_or((first.len_utf8(), first.len_utf8()));
        let (shown, behind) = rest.split_at(length);
        all.push(DisplayedChar { text: shown.to_owned(), bytes });
        rest = behind;
    }
    all
}

/// Returns the length of the escape at the start of `text` and the number of bytes it represents.
fn escape(text: &str) -> Option<(usize, usize)> {
    let behind = text.strip_prefix('\\')?;
    match behind.chars().next()? {
        'n' | 'r' | 't' | '0' | '\\' => Some((2, 1)),
        'x' => {
            let digits = behind.get(1..3)?;
            let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
            is_hex.then_some((4, 1))
        }
        'u' => {
            let (digits, _) = behind.strip_prefix("u{")?.split_once('}')?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((digits.len() + 4, c.len_utf8()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;
    use crate::model::bytes::printable;

    /// Returns the lines printed for two different byte strings on a page of this width.
    fn lines(expected: &[u8], got: &[u8], width: usize) -> Vec<String> {
        let at = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
        let excerpt = |bytes: &[u8]| Excerpt {
            text: printable(bytes),
            caret: printable(&bytes[..at]).chars().count(),
            hidden_before: 0,
            hidden_after: 0,
        };
        let difference = Difference { at, expected: excerpt(expected), got: excerpt(got) };
        let words = Catalog::load(Language::English);
        let mut page = TextLayout::new(width, 9, false);
        write(&mut page, &words, &difference);
        page.text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn caret_is_under_first_difference() {
        assert_eq!(
            lines("olá 日本1".as_bytes(), "olá 日本2".as_bytes(), 80),
            [
                "  expected   \"olá 日本1\"",
                "  received   \"olá 日本2\"",
                "                      ^ first difference at byte 11 (counting from 0)",
            ]
        );
    }

    #[test]
    fn caret_is_at_end_of_truncated_bytes() {
        assert_eq!(
            lines(b"hello", b"", 80),
            [
                "  expected   \"hello\"",
                "  received   \"\"",
                "              ^ first difference at byte 0 (counting from 0)",
            ]
        );
    }

    #[test]
    fn wide_excerpts_are_cut_at_their_ends_and_counted() {
        let expected: Vec<u8> = (0..=255).collect();
        let mut got = expected.clone();
        got[200] = b'!';
        for (width, cut) in [(64, true), (100, true), (4000, false)] {
            let lines = lines(&expected, &got, width);
            let caret = lines[2].find('^').expect("a caret");
            assert_eq!(&lines[1][caret..=caret], "!", "{lines:#?}");
            assert!(lines[0][caret..].starts_with("\\xc8"), "{lines:#?}");
            assert_eq!(lines[1].contains("hidden"), cut, "{lines:#?}");
            assert!(lines.iter().all(|line| text_width(line) <= width), "{lines:#?}");
        }
    }

    #[test]
    fn caret_note_is_below_the_excerpts_of_a_narrow_page() {
        let lines = lines(b"a message of some length", b"a message of other length", 40);
        assert_eq!(lines[2].trim(), "^");
        assert!(lines[3].starts_with(' ') && lines[3].trim().starts_with("first difference"), "{lines:#?}");
        assert!(lines.iter().all(|line| text_width(line) <= 60), "{lines:#?}");
    }

    #[test]
    fn escapes_are_not_split() {
        let bytes: Vec<_> = characters("é\\n\\xff\\\\x\\u{202e}\\").iter().map(|c| c.bytes).collect();
        assert_eq!(bytes, [2, 1, 1, 1, 1, 3, 1]);
    }
}
