//! `ReadError`: the error type of reading, with a variant for each kind of serde error, and the
//! node it is about.
//!
//! Stores a path instead of a line and column: the location is computed only when a mistake is
//! shown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::model::message::Message;
use crate::model::source::{YamlPath, YamlPathPart};

/// Maximum length of the author's text quoted in a message, in characters.
const MAX_QUOTED_CHARS: usize = 60;

/// The token of a node that a mistake is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorToken {
    /// The key of a map entry. The number selects one of the entries with this key, from 0.
    Key(usize),
    /// The value.
    Value,
}

/// The kind of mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ErrorKind {
    UnknownKey { found: String, expected: &'static [&'static str] },
    UnknownWord { found: String, expected: &'static [&'static str] },
    Missing { key: &'static str },
    Duplicate { key: String },
    Value { found: Message, expected: Message },
    Length { found: usize, expected: Message },
    Custom(String),
}

/// An error in a node, and the path to it.
#[derive(Debug)]
pub(super) struct ReadError {
    pub(super) kind: Box<ErrorKind>,
    /// `None` until the innermost enclosing list or map sets it.
    spot: Option<ErrorToken>,
    /// The path to the node, last part first.
    reversed_path: Vec<YamlPathPart>,
}

impl ReadError {
    fn new(what: ErrorKind) -> Self {
        Self { kind: Box::new(what), spot: None, reversed_path: Vec::new() }
    }

    /// Creates the mistake of a duplicate key: entry `nth`, from 0, with this key in the map at
    /// `path`.
    pub(super) fn duplicate(map: &YamlPath, key: &str, nth: usize) -> Self {
        let mut trail = map.key(key).0;
        trail.reverse();
        Self {
            kind: Box::new(ErrorKind::Duplicate { key: key.to_owned() }),
            spot: Some(ErrorToken::Key(nth)),
            reversed_path: trail,
        }
    }

    /// Sets the token that the mistake is about, unless a deeper node has set it already. A custom
    /// error `expected-…` then becomes an error about the value that was found.
    pub(super) fn at_token(mut self, spot: ErrorToken, found: impl FnOnce() -> Message) -> Self {
        if self.spot.is_none() {
            self.spot = Some(spot);
            if let ErrorKind::Custom(text) = &*self.kind
                && text.starts_with("expected-")
            {
                *self.kind = ErrorKind::Value { found: found(), expected: message_with_id(text) };
            }
        }
        self
    }

    /// Adds the part of the path that leads to the current node.
    pub(super) fn below(mut self, part: YamlPathPart) -> Self {
        self.reversed_path.push(part);
        self
    }

    /// Returns the path to the node.
    pub(super) fn path(&self) -> YamlPath {
        YamlPath(self.reversed_path.iter().rev().cloned().collect())
    }

    /// Returns the token that the mistake is about.
    pub(super) fn spot(&self) -> ErrorToken {
        self.spot.unwrap_or(ErrorToken::Value)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path(), self.kind)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(ErrorKind::Custom(text.to_string()))
    }
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(ErrorKind::Value {
            found: found_message(found),
            expected: expected_message(&expected.to_string(), false),
        })
    }
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(ErrorKind::Value {
            found: found_message(found),
            expected: expected_message(&expected.to_string(), true),
        })
    }
    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::new(ErrorKind::Length { found, expected: expected_message(&expected.to_string(), true) })
    }
    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::UnknownWord { found: found.to_owned(), expected })
    }
    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::UnknownKey { found: found.to_owned(), expected })
    }
    fn missing_field(key: &'static str) -> Self {
        Self::new(ErrorKind::Missing { key })
    }
    fn duplicate_field(key: &'static str) -> Self {
        Self::new(ErrorKind::Duplicate { key: key.to_owned() })
    }
}

/// Returns the message whose id is the text of an error.
pub(super) fn message_with_id(id: &str) -> Message {
    Message { id: Cow::Owned(id.to_owned()), args: BTreeMap::new() }
}

/// Shortens the author's text for a quotation.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().nth(MAX_QUOTED_CHARS).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_QUOTED_CHARS - 1).collect();
    short.push('…');
    short
}

/// Returns the message for the value that was found.
fn found_message(found: Unexpected<'_>) -> Message {
    match found {
        Unexpected::Bool(value) => Message::new("found-bool").with("value", value.to_string()),
        Unexpected::Unsigned(number) => number_found(&number.to_string()),
        Unexpected::Signed(number) => number_found(&number.to_string()),
        Unexpected::Float(number) => number_found(&number.to_string()),
        Unexpected::Char(letter) => text_found(&letter.to_string()),
        Unexpected::Str(text) => text_found(text),
        Unexpected::Unit | Unexpected::Option => Message::new("found-nothing"),
        Unexpected::Seq | Unexpected::TupleVariant => Message::new("found-list"),
        Unexpected::Map | Unexpected::StructVariant => Message::new("found-map"),
        Unexpected::UnitVariant | Unexpected::Enum => Message::new("found-word"),
        Unexpected::Other(text) => text_found(text),
        Unexpected::Bytes(_) | Unexpected::NewtypeStruct | Unexpected::NewtypeVariant => Message::new("found-other"),
    }
}

/// Returns the message for a text that was found.
pub(super) fn text_found(text: &str) -> Message {
    Message::new("found-text").with("text", shorten(text))
}

/// Returns the message for a number that was found.
pub(super) fn number_found(number: &str) -> Message {
    Message::new("found-number").with("number", shorten(number))
}

/// Returns the message for the value that serde or a visitor of socklab expected.
///
/// If `out_of_range`, the type was right but not the value, so the message contains a number's
/// limits.
fn expected_message(text: &str, out_of_range: bool) -> Message {
    let limits = match text {
        "u8" => Some((0, i64::from(u8::MAX))),
        "u16" => Some((0, i64::from(u16::MAX))),
        "u32" => Some((0, i64::from(u32::MAX))),
        "u64" | "usize" => Some((0, i64::MAX)),
        "i8" => Some((i64::from(i8::MIN), i64::from(i8::MAX))),
        "i16" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
        "i32" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "i64" | "isize" => Some((i64::MIN, i64::MAX)),
        _ => None,
    };
    if let Some((least, most)) = limits {
        return if out_of_range {
            Message::new("expected-number-between").with("least", least).with("most", most)
        } else {
            Message::new("expected-number")
        };
    }
    if text.starts_with("expected-") {
        return message_with_id(text);
    }
    let first = text.split(' ').next().unwrap_or_default();
    let id = match (text, first) {
        ("f32" | "f64" | "a float", _) => "expected-decimal",
        ("u128" | "i128" | "an integer", _) => "expected-number",
        ("a string" | "a borrowed string" | "a character", _) => "expected-text",
        ("a boolean", _) => "expected-bool",
        ("null" | "unit", _) => "expected-nothing",
        ("variant identifier" | "field identifier", _) | (_, "enum") => "expected-word",
        _ if text.starts_with("unit struct") => "expected-nothing",
        (_, "unit" | "newtype") => "expected-word",
        ("a sequence" | "an array", _) | (_, "tuple") => "expected-list",
        ("a map", _) | (_, "struct") => "expected-map",
        _ if text.starts_with("a tuple") || text.starts_with("an array") => "expected-list",
        _ => return Message::new("expected-other").with("text", shorten(text)),
    };
    Message::new(id)
}
