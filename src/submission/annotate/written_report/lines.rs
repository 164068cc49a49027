//! Splits a report into lines, each with its role in the document. Tolerates what Markdown does not
//! display as meant: `##Title`, `1.Title`, indented questions, fences that never end.

use super::html::{self, HEADING};
use super::inline::{Inline, definition, definitions, inline};

/// Maximum number of lines that are read.
pub(super) const MAX_LINES: usize = 4_000;
/// Maximum length of a line, in characters.
const MAX_LINE_CHARS: usize = 20_000;
/// Maximum number of words of a heading that is underlined. A longer text is a paragraph.
const MAX_UNDERLINED_WORDS: usize = 12;

/// The role of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// A heading of this level.
    Heading(u8),
    /// Text.
    Text,
    /// A cell of a table. Those of the first column begin a row.
    Cell {
        /// True if it is in the first column.
        is_first: bool,
    },
    /// A block of code.
    Code,
}

/// A line of a document, or a block of code, or a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: LineKind,
    /// The text without marks of Markdown.
    pub(super) text: String,
    /// The pictures, as the document names them.
    pub(super) pictures: Vec<String>,
    /// True if it begins with the bullet of a list.
    pub(super) is_item: bool,
    /// True if it begins with bold text.
    pub(super) is_bold: bool,
    /// Indentation, in columns.
    pub(super) indent: usize,
    /// True if a blank line or another block is before it.
    pub(super) begins_block: bool,
}

impl Line {
    /// Creates a line of text.
    pub(super) fn of_text(text: &str) -> Self {
        Self {
            kind: LineKind::Text,
            text: text.to_owned(),
            pictures: Vec::new(),
            is_item: false,
            is_bold: false,
            indent: 0,
            begins_block: true,
        }
    }
}

impl Line {
    /// Creates a line of text whose marks were parsed.
    fn of_inline(parsed: Inline) -> Self {
        Self { pictures: parsed.pictures, is_bold: parsed.is_bold, ..Self::of_text(&parsed.text) }
    }
}

/// Returns the lines of a document, in order.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text: String = text.chars().filter_map(plain_char).collect();
    let mut out = Vec::new();
    for (is_code, part) in fenced_parts(&text) {
        if is_code {
            out.push(Line { kind: LineKind::Code, ..Line::of_text(&part) });
        } else {
            text_lines(&html::without_tags(&part), &mut out);
        }
    }
    out.truncate(MAX_LINES);
    out
}

/// Removes characters that are marks here, and replaces those that are written instead of numbers.
fn plain_char(c: char) -> Option<char> {
    match c {
        '\u{e000}'..='\u{f8ff}' | '\u{fe0f}' | '\u{200b}' | '\u{feff}' => None,
        // The key around a digit: 1️⃣.
        '\u{20e3}' => Some(')'),
        '\u{a0}' => Some(' '),
        '\t' | '\n' => Some(c),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// Splits a text at fences: true for the code between two of them.
fn fenced_parts(text: &str) -> Vec<(bool, String)> {
    let lines: Vec<&str> = text.lines().take(MAX_LINES).collect();
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    // The signs of fences that have no further end: searched only once.
    let mut open = Vec::new();
    while let Some(line) = lines.get(at) {
        let fence = fence(line);
        let is_open = fence.is_some_and(|fence| open.contains(&fence));
        let end =
            fence.filter(|_| !is_open).and_then(|fence| lines.iter().skip(at + 1).position(|line| closes(line, fence)));
        open.extend(fence.filter(|_| !is_open && end.is_none()));
        match (fence, end) {
            (Some(_), Some(length)) => {
                parts.push((false, std::mem::take(&mut plain)));
                let code = lines.get(at + 1..at + 1 + length).unwrap_or_default();
                parts.push((true, code.join("\n")));
                at += length + 2;
            }
            // A fence without an end would hide the rest of the report.
            (Some(_), None) => {
                plain.push('\n');
                at += 1;
            }
            (None, _) => {
                plain.extend(line.chars().take(MAX_LINE_CHARS));
                plain.push('\n');
                at += 1;
            }
        }
    }
    parts.push((false, plain));
    parts
}

/// Returns the character of a fence.
fn fence(line: &str) -> Option<char> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == sign).count();
    // "```code```" in one line is not a fence.
    (length >= 3 && !line.trim_start_matches(sign).contains(sign)).then_some(sign)
}

/// Returns true if a line ends the code after a fence.
fn closes(line: &str, sign: char) -> bool {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '>');
    line.chars().count() >= 3 && line.chars().all(|c| c == sign)
}

/// Adds the lines of a text without code.
fn text_lines(text: &str, out: &mut Vec<Line>) {
    let raw: Vec<&str> = text.lines().collect();
    let definitions = definitions(&raw);
    let mut begins_block = true;
    let mut in_table = false;
    for (at, whole) in raw.iter().enumerate() {
        let indent: usize =
            whole.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let line = whole.trim().trim_start_matches(['>', ' ']).trim();
        if line.is_empty() {
            (begins_block, in_table) = (true, false);
            continue;
        }
        if let Some(level) = underline(line) {
            if !begins_block && let Some(last) = out.last_mut() {
                let is_short = last.text.split_whitespace().count() <= MAX_UNDERLINED_WORDS;
                if last.kind == LineKind::Text && last.begins_block && is_short && !last.text.is_empty() {
                    last.kind = LineKind::Heading(level);
                }
            }
            begins_block = true;
            continue;
        }
        if is_rule(line) || definition(line).is_some() {
            begins_block = true;
            continue;
        }
        if is_table_rule(line) {
            continue;
        }
        in_table |= line.starts_with('|')
            || raw.get(at + 1).is_some_and(|next| is_table_rule(next.trim())) && line.contains('|');
        if in_table && line.contains('|') {
            out.extend(row(line).into_iter().enumerate().filter_map(|(k, cell)| {
                let kind = LineKind::Cell { is_first: k == 0 };
                Some(Line { kind, ..Line::of_inline(inline(&cell, &definitions)) }).filter(has_content)
            }));
            begins_block = true;
            continue;
        }
        in_table = false;
        let (kind, line) = heading(line, indent, out.last().filter(|_| !begins_block));
        let (is_item, line) = without_bullet(line);
        let found = Line { kind, is_item, indent, begins_block, ..Line::of_inline(inline(line, &definitions)) };
        begins_block = matches!(kind, LineKind::Heading(_));
        if has_content(&found) {
            out.push(found);
        }
    }
}

/// Returns the cells of a row. A number alone in the first one belongs to the second.
fn row(line: &str) -> Vec<String> {
    let mut cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let is_number = |cell: &String| {
        let plain = cell.trim_matches(|c: char| !c.is_alphanumeric());
        matches!(plain.len(), 1 | 2) && plain.chars().all(|c| c.is_ascii_digit())
    };
    if cells.len() > 2 && cells.first().is_some_and(is_number) {
        let number = cells.remove(0);
        let number = number.trim_matches(|c: char| !c.is_alphanumeric());
        if let Some(first) = cells.first_mut() {
            *first = format!("{number}) {first}");
        }
    }
    cells
}

fn has_content(line: &Line) -> bool {
    !line.text.trim().is_empty() || !line.pictures.is_empty()
}

/// Returns the level of the heading that such a line below it makes.
fn underline(line: &str) -> Option<u8> {
    let of = |sign: char| line.len() >= 2 && line.chars().all(|c| c == sign);
    if of('=') { Some(1) } else { (of('-') && line.len() >= 3).then_some(2) }
}

fn is_rule(line: &str) -> bool {
    let mut signs = line.chars().filter(|c| !c.is_whitespace());
    let Some(first) = signs.next().filter(|c| matches!(c, '*' | '-' | '_' | '=')) else { return false };
    signs.clone().count() >= 2 && signs.all(|c| c == first)
}

fn is_table_rule(line: &str) -> bool {
    line.contains('|') && line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// Returns the kind of a line, and its text without the marks of a heading.
fn heading<'a>(line: &'a str, indent: usize, before: Option<&Line>) -> (LineKind, &'a str) {
    if let Some(level) = line.strip_prefix(HEADING).and_then(|line| line.chars().next()) {
        let text = line.get(HEADING.len_utf8() + level.len_utf8()..).unwrap_or_default();
        return (LineKind::Heading(level.to_digit(10).and_then(|level| level.try_into().ok()).unwrap_or(6)), text);
    }
    let level = line.chars().take_while(|c| *c == '#').count();
    let text = line.get(level..).unwrap_or_default();
    let is_directive =
        ["include", "define", "!", "ifdef", "ifndef", "endif", "pragma"].iter().any(|word| text.starts_with(word));
    // A comment in code without a fence.
    let is_comment = level == 1 && before.is_some_and(|before| looks_like_code(&before.text));
    if !(1..=6).contains(&level) || indent >= 4 || is_directive || is_comment || text.trim().is_empty() {
        return (LineKind::Text, line);
    }
    (LineKind::Heading(level.try_into().unwrap_or(6)), text.trim_end_matches('#').trim())
}

/// Returns true if a line of text is probably code.
pub(super) fn looks_like_code(text: &str) -> bool {
    let text = text.trim();
    let begins = ["import ", "from ", "def ", "with ", "while ", "if ", "return ", "class ", "#include", "print("];
    begins.iter().any(|word| text.starts_with(word))
        && text.ends_with([':', ')', ';', '{', '>'])
        && !text.contains(". ")
        || text.starts_with("import ")
        || text.ends_with([';', '{', '}'])
        || text.contains(" = ") && text.contains('(')
        || text.contains('.') && text.ends_with(')') && !text.contains(' ')
}

/// Removes the bullet of a list item, and the box of a task.
fn without_bullet(line: &str) -> (bool, &str) {
    let bullet = line.chars().next().filter(|c| matches!(c, '-' | '*' | '+' | '•' | '–' | '—' | '●' | '▪' | '◦'));
    let rest = bullet.and_then(|bullet| line.get(bullet.len_utf8()..));
    let Some(rest) = rest.filter(|rest| rest.starts_with([' ', '\t'])) else { return (false, line) };
    let rest = rest.trim_start();
    let boxes = ["[ ]", "[x]", "[X]"];
    (true, boxes.iter().find_map(|sign| rest.strip_prefix(sign)).unwrap_or(rest).trim_start())
}

#[cfg(test)]
mod tests;
