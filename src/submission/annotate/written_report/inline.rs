//! The marks within a line of Markdown: bold text, links and pictures.

use super::html::{PICTURE_END, PICTURE_START};

/// Maximum length of the parts of a link, in characters.
const MAX_LINK_CHARS: usize = 600;
/// Ends bold text.
pub(super) const BOLD_END: char = '\u{e003}';

/// A line without its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Inline {
    pub(super) text: String,
    /// The pictures, as the document names them.
    pub(super) pictures: Vec<String>,
    /// True if it begins with bold text.
    pub(super) is_bold: bool,
}

/// The destination of each reference: `[name]: destination`.
pub(super) type Definitions<'a> = Vec<(&'a str, &'a str)>;

/// Returns the references that lines define.
pub(super) fn definitions<'a>(lines: &[&'a str]) -> Definitions<'a> {
    lines.iter().filter_map(|line| definition(line.trim())).take(500).collect()
}

/// Parses the definition of a reference.
pub(super) fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let destination = rest.split_whitespace().next()?.trim_matches(['<', '>']);
    (!name.contains(']') && name.len() < 100).then_some((name, destination))
}

/// Parses the marks within a line.
pub(super) fn inline(line: &str, definitions: &Definitions<'_>) -> Inline {
    let mut out = Inline::default();
    let start = line.trim_start();
    out.is_bold = start.starts_with("**") || start.starts_with("__");
    let mut rest = start;
    let mut is_bold = false;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let (length, text) = match c {
            '!' if rest.starts_with("![") => match picture(rest, definitions) {
                Some((destination, length)) => {
                    add_picture(&mut out, destination);
                    (length, None)
                }
                None => (1, Some(c)),
            },
            '[' => match link(rest) {
                Some((text, destination, length)) => {
                    // An entry of a table of contents.
                    let is_entry = destination.starts_with('#') && length == rest.trim_end().len();
                    let inner = inline_text(text, definitions, &mut out);
                    let inner = if is_entry { String::new() } else { inner };
                    if is_picture_name(destination) && out.pictures.is_empty() {
                        add_picture(&mut out, destination.to_owned());
                    }
                    out.text.push_str(&inner);
                    (length, None)
                }
                None => (1, Some(c)),
            },
            PICTURE_START => {
                let end = rest.find(PICTURE_END).unwrap_or(rest.len());
                add_picture(&mut out, rest.get(c.len_utf8()..end).unwrap_or_default().to_owned());
                ((end + PICTURE_END.len_utf8()).min(rest.len()), None)
            }
            '*' | '_' if rest.starts_with("**") || rest.starts_with("__") => {
                is_bold = !is_bold;
                (2, (!is_bold).then_some(BOLD_END))
            }
            '*' | '`' => (1, None),
            // Within a name it is a character, at the edge of a word emphasis.
            '_' if !(before.is_alphanumeric() && rest.get(1..).is_some_and(begins_word)) => (1, None),
            '~' if rest.starts_with("~~") => (2, None),
            '\\' if rest.get(1..2).is_some_and(|next| next.chars().all(|c| c.is_ascii_punctuation())) => {
                (2, rest.chars().nth(1))
            }
            '①'..='⑳' => {
                out.text.push_str(&format!("{}", u32::from(c) - u32::from('①') + 1));
                (c.len_utf8(), Some(')'))
            }
            '❶'..='❿' => {
                out.text.push_str(&format!("{}", u32::from(c) - u32::from('❶') + 1));
                (c.len_utf8(), Some(')'))
            }
            c => (c.len_utf8(), Some(c)),
        };
        out.text.extend(text);
        before = c;
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn begins_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Returns the text of a link, and adds the pictures in it.
fn inline_text(text: &str, definitions: &Definitions<'_>, out: &mut Inline) -> String {
    // A link cannot contain links: only pictures.
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("![") {
        plain.push_str(rest.get(..at).unwrap_or_default());
        let from = rest.get(at..).unwrap_or_default();
        match picture(from, definitions) {
            Some((destination, length)) => {
                add_picture(out, destination);
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                plain.push_str("![");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    plain.replace(['*', '`'], "")
}

fn add_picture(line: &mut Inline, destination: String) {
    if !destination.is_empty() && !line.pictures.contains(&destination) {
        line.pictures.push(destination);
    }
}

/// Returns true if a link names a file with a picture.
fn is_picture_name(destination: &str) -> bool {
    let lower = destination.to_lowercase();
    [".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg"].iter().any(|ending| lower.ends_with(ending))
}

/// Returns the index of the bracket that closes the one at the beginning.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take(MAX_LINK_CHARS) {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// Parses a picture at the beginning: its destination, and its length in bytes.
fn picture(text: &str, definitions: &Definitions<'_>) -> Option<(String, usize)> {
    if let Some(name) = text.strip_prefix("![[") {
        let end = name.find("]]")?;
        let destination = name.get(..end)?.split('|').next()?.trim().to_owned();
        return Some((destination, 3 + end + 2));
    }
    let alternative = closing(text.get(1..)?, '[', ']')? + 1;
    let after = text.get(alternative + 1..)?;
    if after.starts_with('(') {
        let end = closing(after, '(', ')')?;
        return Some((destination(after.get(1..end)?), alternative + 1 + end + 1));
    }
    let (name, length) = match after.strip_prefix('[') {
        Some(name) => (name.get(..name.find(']')?)?, name.find(']')? + 2),
        None => ("", 0),
    };
    let name = if name.is_empty() { text.get(2..alternative)? } else { name };
    let found = definitions.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some((found.1.to_owned(), alternative + 1 + length))
}

/// Returns the destination in the parentheses of a picture, without its title. It may contain
/// blanks.
fn destination(inner: &str) -> String {
    let inner = inner.trim();
    if let Some(quoted) = inner.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
        return quoted.0.to_owned();
    }
    let title = [" \"", " '"].iter().filter_map(|sign| inner.find(sign)).min();
    inner.get(..title.unwrap_or(inner.len())).unwrap_or_default().trim().to_owned()
}

/// Parses a link at the beginning: its text, its destination, and its length in bytes.
fn link(text: &str) -> Option<(&str, &str, usize)> {
    let end = closing(text, '[', ']')?;
    let after = text.get(end + 1..)?;
    let close = after.starts_with('(').then(|| closing(after, '(', ')')).flatten()?;
    Some((text.get(1..end)?, after.get(1..close)?.trim(), end + 1 + close + 1))
}
