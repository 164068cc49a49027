//! `Mistake`: the error type of reading, with a variant for each kind of serde error, and the node
//! it is about.
//!
//! Stores a path instead of a line and column: the location is computed only when a mistake is
//! shown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::model::message::Message;
use crate::model::place::{Path, PathPart};

/// Maximum length of the author's text quoted in a message, in characters.
const QUOTED: usize = 60;

/// The token of a node that a mistake is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// The key of a map entry. The number selects one of the entries with this key, from 0.
    Key(usize),
    /// The value.
    Value,
}

/// The kind of mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
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
pub(super) struct Mistake {
    pub(super) what: Box<What>,
    /// `None` until the innermost enclosing list or map sets it.
    spot: Option<Spot>,
    /// The path to the node, last part first.
    trail: Vec<PathPart>,
}

impl Mistake {
    fn new(what: What) -> Self {
        Self { what: Box::new(what), spot: None, trail: Vec::new() }
    }

    /// Creates the mistake of a duplicate key: entry `nth`, from 0, with this key in the map at
    /// `path`.
    pub(super) fn duplicate(map: &Path, key: &str, nth: usize) -> Self {
        let mut trail = map.key(key).0;
        trail.reverse();
        Self { what: Box::new(What::Duplicate { key: key.to_owned() }), spot: Some(Spot::Key(nth)), trail }
    }

    /// Sets the token that the mistake is about, unless a deeper node has set it already. A custom
    /// error `expected-…` then becomes an error about the value that was found.
    pub(super) fn about(mut self, spot: Spot, found: impl FnOnce() -> Message) -> Self {
        if self.spot.is_none() {
            self.spot = Some(spot);
            if let What::Custom(text) = &*self.what
                && text.starts_with("expected-")
            {
                *self.what = What::Value { found: found(), expected: named(text) };
            }
        }
        self
    }

    /// Adds the part of the path that leads to the current node.
    pub(super) fn under(mut self, part: PathPart) -> Self {
        self.trail.push(part);
        self
    }

    /// Returns the path to the node.
    pub(super) fn path(&self) -> Path {
        Path(self.trail.iter().rev().cloned().collect())
    }

    /// Returns the token that the mistake is about.
    pub(super) fn spot(&self) -> Spot {
        self.spot.unwrap_or(Spot::Value)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path(), self.what)
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(What::Custom(text.to_string()))
    }
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Value { found: unexpected(found), expected: phrase(&expected.to_string(), false) })
    }
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(What::Value { found: unexpected(found), expected: phrase(&expected.to_string(), true) })
    }
    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::new(What::Length { found, expected: phrase(&expected.to_string(), true) })
    }
    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::UnknownWord { found: found.to_owned(), expected })
    }
    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::UnknownKey { found: found.to_owned(), expected })
    }
    fn missing_field(key: &'static str) -> Self {
        Self::new(What::Missing { key })
    }
    fn duplicate_field(key: &'static str) -> Self {
        Self::new(What::Duplicate { key: key.to_owned() })
    }
}

/// Returns the message whose id is the text of an error.
pub(super) fn named(id: &str) -> Message {
    Message { id: Cow::Owned(id.to_owned()), args: BTreeMap::new() }
}

/// Shortens the author's text for a quotation.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().nth(QUOTED).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(QUOTED - 1).collect();
    short.push('…');
    short
}

/// Returns the message for the value that was found.
fn unexpected(found: Unexpected<'_>) -> Message {
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
    Message::new("found-text").with("text", quoted(text))
}

/// Returns the message for a number that was found.
pub(super) fn number_found(number: &str) -> Message {
    Message::new("found-number").with("number", quoted(number))
}

/// Returns the message for the value that serde or a visitor of socklab expected.
///
/// If `out_of_range`, the type was right but not the value, so the message contains a number's
/// limits.
fn phrase(text: &str, out_of_range: bool) -> Message {
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
        return named(text);
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
        _ => return Message::new("expected-other").with("text", quoted(text)),
    };
    Message::new(id)
}
