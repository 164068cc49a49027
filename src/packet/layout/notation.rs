//! The notation of a field: `u16be`, `bytes(length)`, `u8 = 1`, `u16be = len(data)`,
//! `u16be = internet16`.

use super::{Checksum, FieldKind, FieldRule, Number, Size};
use crate::model::{Bytes, FieldValue};

/// The names of all types of fields.
pub const TYPE_NAMES: [&str; 16] = [
    "u8", "i8", "u16be", "u16le", "i16be", "i16le", "u32be", "u32le", "i32be", "i32le", "u64be", "u64le", "i64be",
    "i64le", "bytes", "text",
];

/// The rules that are no constants.
const RULES: [&str; 3] = ["len(…)", "internet16", "crc32"];

/// A mistake in the notation of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotationError {
    /// No such type.
    Type(String),
    /// The parentheses after `bytes` or `text` do not hold a size: a number up to 65,535, the name of a
    /// field, `rest`, or (of a text) `zero`.
    Size(String),
    /// The part after `=` is neither a value of the type nor a rule.
    Rule(String),
}

/// Maximum of a fixed size, in bytes.
const MAX_FIXED_BYTES: usize = 65_535;

impl NotationError {
    /// Returns the part of the notation that is wrong.
    #[must_use]
    pub fn part(&self) -> &str {
        match self {
            Self::Type(part) | Self::Size(part) | Self::Rule(part) => part,
        }
    }

    /// Returns the words that may have been meant.
    #[must_use]
    pub const fn candidates(&self) -> &'static [&'static str] {
        match self {
            Self::Type(_) => &TYPE_NAMES,
            Self::Size(_) => &["rest", "zero"],
            Self::Rule(_) => &RULES,
        }
    }
}

/// Parses the notation of a field.
///
/// # Errors
/// Returns an error with the part that is wrong.
pub(super) fn parse(text: &str) -> Result<(FieldKind, Option<FieldRule>), NotationError> {
    let (kind, rule) = match text.split_once('=') {
        Some((kind, rule)) => (kind.trim(), Some(rule.trim())),
        None => (text.trim(), None),
    };
    let kind = parse_kind(kind)?;
    let rule = rule.map(|rule| parse_rule(&kind, rule).ok_or_else(|| NotationError::Rule(rule.to_owned())));
    Ok((kind, rule.transpose()?))
}

impl super::Field {
    /// Parses a field from its name and its notation.
    ///
    /// # Errors
    /// Returns an error with the part of the notation that is wrong.
    pub fn parse(name: &str, notation: &str) -> Result<Self, NotationError> {
        parse(notation).map(|(kind, rule)| Self { name: name.to_owned(), kind, rule })
    }
}

fn parse_kind(text: &str) -> Result<FieldKind, NotationError> {
    let unknown = || NotationError::Type(text.split('(').next().unwrap_or_default().trim().to_owned());
    let (word, size) = match text.split_once('(') {
        Some((word, rest)) => (word.trim_end(), Some(rest.strip_suffix(')').ok_or_else(unknown)?.trim())),
        None => (text, None),
    };
    match (word, size) {
        ("bytes", size) => Ok(FieldKind::Bytes(parse_size(size, false)?)),
        ("text", size) => Ok(FieldKind::Text(parse_size(size, true)?)),
        (word, None) => parse_number(word).map(FieldKind::Number).ok_or_else(unknown),
        _ => Err(unknown()),
    }
}

fn parse_size(text: Option<&str>, is_text: bool) -> Result<Size, NotationError> {
    let text = text.unwrap_or_default();
    let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match text {
        "rest" => Ok(Size::Rest),
        "zero" if is_text => Ok(Size::Zero),
        name if is_name => Ok(Size::Field(name.to_owned())),
        number => {
            let bytes = number.parse().ok().filter(|bytes| (1..=MAX_FIXED_BYTES).contains(bytes));
            bytes.map(Size::Fixed).ok_or_else(|| NotationError::Size(number.to_owned()))
        }
    }
}

fn parse_number(word: &str) -> Option<Number> {
    if !TYPE_NAMES.contains(&word) {
        return None;
    }
    let signed = word.starts_with('i');
    let little = word.ends_with("le");
    let bits: usize = word[1..].trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    Some(Number { bytes: bits / 8, signed, little })
}

fn parse_rule(kind: &FieldKind, text: &str) -> Option<FieldRule> {
    let inside = |word: &str| text.strip_prefix(word)?.trim_start().strip_prefix('(')?.strip_suffix(')');
    match kind {
        FieldKind::Number(_) => match (text, inside("len")) {
            ("internet16", _) => Some(FieldRule::Checksum(Checksum::Internet16)),
            ("crc32", _) => Some(FieldRule::Checksum(Checksum::Crc32)),
            (_, Some(name)) if name.trim() == "all" => Some(FieldRule::LengthOfAll),
            (_, Some(name)) => Some(FieldRule::LengthOf(name.trim().to_owned())),
            (number, None) => parse_whole(number).map(FieldValue::Number).map(FieldRule::Constant),
        },
        FieldKind::Text(_) => Some(FieldRule::Constant(FieldValue::Text(text.to_owned()))),
        FieldKind::Bytes(_) => {
            let digits = text.strip_prefix("0x")?;
            let is_hex = digits.is_ascii() && digits.len().is_multiple_of(2) && !digits.is_empty();
            let pairs = digits.as_bytes().chunks(2).filter(|_| is_hex);
            let bytes: Option<Vec<u8>> =
                pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
            let bytes = bytes.filter(|bytes| !bytes.is_empty())?;
            Some(FieldRule::Constant(FieldValue::Bytes(Bytes(bytes))))
        }
    }
}

/// Parses a whole number in decimal, or in hexadecimal after `0x`.
fn parse_whole(text: &str) -> Option<i128> {
    match text.strip_prefix("0x") {
        Some(digits) if digits.chars().all(|c| c.is_ascii_hexdigit()) => i128::from_str_radix(digits, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    }
}
