//! `Mistake`: the error type of reading, one typed form for each thing that serde can complain about, and where it is.
//!
//! It keeps no line or column: a path into the document is enough, and is turned into a place only when shown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::model::message::Message;
use crate::model::place::{Path, PathPart};

/// The longest text of the author's that is quoted in a message, in characters.
const QUOTED: usize = 60;

/// Which token of a node a mistake is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// The key of a map's entry; the number tells which entry of that key, from 0.
    Key(usize),
    /// The value.
    Value,
}

/// What is wrong.
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

/// Something that a type could not be read from, and the way to it.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) what: Box<What>,
    /// None until the first list or map that it passes on its way up has said which node it was.
    spot: Option<Spot>,
    /// The way to the node, last part first.
    trail: Vec<PathPart>,
}

impl Mistake {
    fn new(what: What) -> Self {
        Self { what: Box::new(what), spot: None, trail: Vec::new() }
    }

    /// A second entry with the same key: the `nth` one, from 0, of the map at `path`.
    pub(super) fn duplicate(map: &Path, key: &str, nth: usize) -> Self {
        let mut trail = map.key(key).0;
        trail.reverse();
        Self { what: Box::new(What::Duplicate { key: key.to_owned() }), spot: Some(Spot::Key(nth)), trail }
    }

    /// Says that it is about the node at hand, unless something deeper has said so already.
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

    /// Says that the node at hand was reached by `part`.
    pub(super) fn under(mut self, part: PathPart) -> Self {
        self.trail.push(part);
        self
    }

    /// The way to the node.
    pub(super) fn path(&self) -> Path {
        Path(self.trail.iter().rev().cloned().collect())
    }

    /// The token that it is about.
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

/// A message whose id was carried in an error's text.
pub(super) fn named(id: &str) -> Message {
    Message { id: Cow::Owned(id.to_owned()), args: BTreeMap::new() }
}

/// The author's own text, short enough to be quoted.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().nth(QUOTED).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(QUOTED - 1).collect();
    short.push('…');
    short
}

/// What was found, as a message.
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

/// That text was found.
pub(super) fn text_found(text: &str) -> Message {
    Message::new("found-text").with("text", quoted(text))
}

/// That a number was found.
pub(super) fn number_found(number: &str) -> Message {
    Message::new("found-number").with("number", quoted(number))
}

/// What serde or one of our visitors expected, as a message.
///
/// `out_of_range`: the kind was right and the value was not, so a number's limits are what helps.
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
