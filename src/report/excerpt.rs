//! Two excerpts of bytes, one below the other, with a caret under the first byte that differs. Where they are too
//! wide for the page they are cut at their ends, never at the caret, and the bytes left out are counted.

use crate::model::{Difference, Excerpt, Message};
use crate::words::{Words, plain};

use super::page::{FAIL, Page, columns};

/// So many characters from the first that differs on are kept as long as something else can be cut.
const KEPT: usize = 4;

/// One character as it is shown, and of how many bytes it tells.
struct Shown {
    text: String,
    bytes: usize,
}

/// One excerpt, ready to be cut.
struct Row {
    label: String,
    hidden_before: usize,
    before: Vec<Shown>,
    after: Vec<Shown>,
    hidden_after: usize,
}

impl Row {
    fn of(label: String, excerpt: &Excerpt) -> Self {
        let split = excerpt.text.char_indices().nth(excerpt.caret).map_or(excerpt.text.len(), |(at, _)| at);
        let (before, after) = excerpt.text.split_at(split);
        Self {
            label,
            hidden_before: excerpt.hidden_before,
            before: characters(&plain(before)),
            after: characters(&plain(after)),
            hidden_after: excerpt.hidden_after,
        }
    }

    /// What stands left of the first character that differs.
    fn left(&self, words: &Words) -> String {
        let hidden = hidden(words, self.hidden_before);
        let gap = if hidden.is_empty() { "" } else { " " };
        format!("{hidden}{gap}\"{}", joined(&self.before))
    }

    /// The first character that differs and all to its right.
    fn right(&self, words: &Words) -> String {
        let hidden = hidden(words, self.hidden_after);
        let gap = if hidden.is_empty() { "" } else { " " };
        format!("{}\"{gap}{hidden}", joined(&self.after))
    }

    fn width(&self, words: &Words) -> usize {
        columns(&self.left(words)) + columns(&self.right(words))
    }

    /// Leaves one character less at the right, where more than `kept` are there; whether there was one to spare.
    fn cut_right(&mut self, kept: usize) -> bool {
        if self.after.len() <= kept {
            return false;
        }
        self.hidden_after += self.after.pop().map_or(0, |last| last.bytes);
        true
    }

    /// Leaves one character less at the left; whether there was one.
    fn cut_left(&mut self) -> bool {
        if self.before.is_empty() {
            return false;
        }
        self.hidden_before += self.before.remove(0).bytes;
        true
    }
}

/// Writes what was expected and what came, and the caret under the latter.
pub(super) fn write(page: &mut Page, words: &Words, difference: &Difference) {
    let mut rows = [
        Row::of(words.word("report-label-wanted"), &difference.expected),
        Row::of(words.word("report-label-got"), &difference.got),
    ];
    let room = page.width.saturating_sub(columns(&page.label("")));
    fit(&mut rows, room, words);
    let left = rows.iter().map(|row| columns(&row.left(words))).max();
    let left = left.unwrap_or_default();
    for row in &rows {
        let missing = left - columns(&row.left(words)).min(left);
        let text = format!("{:missing$}{}{}", "", row.left(words), row.right(words));
        page.labelled_whole(&row.label, &text);
    }
    let note = words.say(&Message::new("report-caret").with("at", difference.at));
    let at = columns(&page.label("")) + left;
    let caret = page.paint(FAIL, "^");
    if at + 2 + columns(&note) <= page.width {
        page.line(&format!("{:at$}{caret} {note}", ""));
    } else {
        page.line(&format!("{:at$}{caret}", ""));
        let first = (at + 1).saturating_sub(columns(&note));
        page.line(&format!("{:first$}{note}", ""));
    }
}

/// Cuts the rows until both fit; their left ends together, so that they stay one below the other.
fn fit(rows: &mut [Row; 2], room: usize, words: &Words) {
    loop {
        let wide = [0, 1].map(|k: usize| rows[k].width(words) > room);
        if !wide[0] && !wide[1] {
            return;
        }
        let [wanted, got] = &mut *rows;
        let mut cut_right = |kept| (wide[0] && wanted.cut_right(kept)) | (wide[1] && got.cut_right(kept));
        if cut_right(KEPT) {
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

/// What is said of bytes left out.
fn hidden(words: &Words, bytes: usize) -> String {
    if bytes == 0 {
        return String::new();
    }
    words.say(&Message::new("report-hidden").with("n", bytes))
}

fn joined(characters: &[Shown]) -> String {
    characters.iter().map(|shown| shown.text.as_str()).collect()
}

/// Splits escaped text (see `model::bytes::shown`) into characters and escapes, with the bytes of each.
fn characters(text: &str) -> Vec<Shown> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, bytes) = escape(rest).unwrap_or((first.len_utf8(), first.len_utf8()));
        let (shown, behind) = rest.split_at(length);
        all.push(Shown { text: shown.to_owned(), bytes });
        rest = behind;
    }
    all
}

/// The length of the escape that the text begins with, and of how many bytes it tells.
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
    use crate::model::bytes::shown;

    /// The lines for two byte strings that differ, on a page of this width.
    fn lines(expected: &[u8], got: &[u8], width: usize) -> Vec<String> {
        let at = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
        let excerpt = |bytes: &[u8]| Excerpt {
            text: shown(bytes),
            caret: shown(&bytes[..at]).chars().count(),
            hidden_before: 0,
            hidden_after: 0,
        };
        let difference = Difference { at, expected: excerpt(expected), got: excerpt(got) };
        let words = Words::of(Language::English);
        let mut page = Page::new(width, 9, false);
        write(&mut page, &words, &difference);
        page.text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_caret_stands_under_the_first_difference() {
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
    fn what_ends_too_early_has_the_caret_at_its_end() {
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
    fn what_is_too_wide_is_cut_at_its_ends_and_counted() {
        let expected: Vec<u8> = (0..=255).collect();
        let mut got = expected.clone();
        got[200] = b'!';
        for (width, cut) in [(64, true), (100, true), (4000, false)] {
            let lines = lines(&expected, &got, width);
            let caret = lines[2].find('^').expect("a caret");
            assert_eq!(&lines[1][caret..=caret], "!", "{lines:#?}");
            assert!(lines[0][caret..].starts_with("\\xc8"), "{lines:#?}");
            assert_eq!(lines[1].contains("hidden"), cut, "{lines:#?}");
            assert!(lines.iter().all(|line| columns(line) <= width), "{lines:#?}");
        }
    }

    #[test]
    fn escapes_stay_whole() {
        let bytes: Vec<_> = characters("é\\n\\xff\\\\x\\u{202e}\\").iter().map(|c| c.bytes).collect();
        assert_eq!(bytes, [2, 1, 1, 1, 1, 3, 1]);
    }
}
