//! `Bytes`: data as it was sent or received, and its printable form.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that serialise as base64.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// Appends a character: printable text as it is, everything else as a Rust-like escape. Terminal
/// escapes, line ends and characters that change the writing direction are always escaped.
pub(crate) fn escape(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        '\\' => out.push_str("\\\\"),
        c if is_plain(c) => out.push(c),
        // Two digits mean one byte. A control character that takes two bytes is written as its code
        // point.
        c if c.is_ascii() => {
            let _ = write!(out, "\\x{:02x}", c as u32);
        }
        c => {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
    }
}

/// Returns true if a character can be printed as it is: not a control (C0, C1), not invisible, and
/// without effect on the writing direction (Unicode UAX 9).
fn is_plain(c: char) -> bool {
    let hidden = matches!(c as u32,
        0x00AD | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
        | 0xE000..=0xF8FF | 0xE0000..=0x10FFFF);
    !c.is_control() && !hidden
}

/// Returns bytes in printable form: valid UTF-8 as text, the rest escaped. Never shortened.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            escape(&mut out, c);
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// As [`printable`], cut at a character boundary within the first `most` bytes. An ellipsis marks
/// the cut.
#[must_use]
pub fn printable_prefix(bytes: &[u8], most: usize) -> String {
    if bytes.len() <= most {
        return printable(bytes);
    }
    let edge =
        (most.saturating_sub(3)..=most).rev().find(|&k| bytes.get(k).is_none_or(|b| b & 0xC0 != 0x80)).unwrap_or(most);
    printable(&bytes[..edge]) + "…"
}

/// Returns a line that a program printed, as [`printable_prefix`] does, except that a backslash is
/// shown once: characters that the program escaped itself (`'\x00'`) are quoted as they were
/// printed.
#[must_use]
pub fn quoted_line(line: &[u8], most: usize) -> String {
    printable_prefix(line, most).replace("\\\\", "\\")
}

/// Returns text of unknown origin (a file name, a line of output) in printable form: see
/// [`printable`].
#[must_use]
pub fn printable_text(text: &str) -> String {
    printable(text.as_bytes())
}

/// Returns a path in printable form, for messages: see [`printable_text`]. Bytes that are not valid
/// UTF-8 become replacement characters.
#[must_use]
pub fn safe_path(path: &Path) -> String {
    printable_text(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_text_stays_and_the_rest_is_escaped() {
        assert_eq!(printable("olá\n\u{1b}[31m\u{202e}x".as_bytes()), "olá\\n\\x1b[31m\\u{202e}x");
        assert_eq!(printable("\u{9b}\u{ad}".as_bytes()), "\\u{9b}\\u{ad}");
        assert_eq!(printable(&[0x9b]), "\\x9b");
        assert_eq!(printable(&[0, 0xff, b'a', b'\\']), "\\0\\xffa\\\\");
    }

    #[test]
    fn shortening_keeps_characters_whole() {
        assert_eq!(printable_prefix("ééé".as_bytes(), 3), "é…");
        assert_eq!(printable_prefix(b"abc", 3), "abc");
    }

    #[test]
    fn quoted_line_shows_a_backslash_once() {
        assert_eq!(quoted_line(br"illegal character: '\ufeff' C:\Users", 99), r"illegal character: '\ufeff' C:\Users");
        assert_eq!(quoted_line(br"'C:\\Users'", 99), r"'C:\\Users'", "as it was printed");
        assert_eq!(quoted_line(b"\x1b[1m\xff\r", 99), r"\x1b[1m\xff\r");
    }
}
