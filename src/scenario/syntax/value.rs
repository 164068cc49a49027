//! Values written as a short text: `DurationArg` (`500ms`), `Percent` (`20%`), `CommandLine`
//! (`python3 server.py`). Also maps whose order matters.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Maximum of [`DurationArg`].
const MAX_DURATION: Duration = Duration::from_secs(600);

/// A duration, written as `500ms`, `2s` or `1m 30s`; at most ten minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DurationArg(pub Duration);

/// A percentage, written as `20%` or `0.5%` and stored in thousandths of a percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

/// A program and its arguments, written as a list of words or as in a shell. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct CommandLine(Vec<String>);

/// The error of a text that is not a valid value: the message id of the expected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(&'static str);

impl FromStr for DurationArg {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // Stricter than humantime, to match the pattern in the schema.
        let part = |part: &str| {
            let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
            unit.len() < part.len() && matches!(unit, "ns" | "us" | "ms" | "s" | "m")
        };
        let time = text.split(' ').all(part).then(|| humantime::parse_duration(text).ok());
        match time.flatten() {
            Some(time) if time <= MAX_DURATION => Ok(Self(time)),
            _ => Err(InvalidValue("expected-duration")),
        }
    }
}

impl fmt::Display for DurationArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl Percent {
    /// 0%.
    pub const ZERO: Self = Self(0);

    /// Returns the share, from 0 to 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 100_000.0
    }
}

impl FromStr for Percent {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let wrong = InvalidValue("expected-percent");
        let number = text.strip_suffix('%').ok_or(wrong)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 3) || !digits(part, 3) {
            return Err(wrong);
        }
        let whole: u32 = whole.parse().map_err(|_| wrong)?;
        let part: u32 = format!("{part:0<3}").parse().map_err(|_| wrong)?;
        match whole * 1000 + part {
            share @ 0..=100_000 => Ok(Self(share)),
            _ => Err(wrong),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:03}", self.0 % 1000);
        match part.trim_end_matches('0') {
            "" => write!(f, "{}%", self.0 / 1000),
            part => write!(f, "{}.{part}%", self.0 / 1000),
        }
    }
}

impl CommandLine {
    /// Creates a command line from a program and its arguments.
    ///
    /// # Errors
    /// Returns an error if there are no words, the program name is empty, or a word contains a NUL,
    /// which arguments cannot contain.
    pub fn new(words: Vec<String>) -> Result<Self, InvalidValue> {
        let program = words.first().is_some_and(|word| !word.is_empty());
        if program && !words.iter().any(|word| word.contains('\0')) {
            Ok(Self(words))
        } else {
            Err(InvalidValue("expected-command"))
        }
    }

    /// Returns the program, then its arguments.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for CommandLine {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(shell_words::split(text).map_err(|_| InvalidValue("expected-command"))?)
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shell_words::join(&self.0))
    }
}

/// A visitor that parses a text as a value, or else reports the value that was expected.
struct ParseVisitor<T>(&'static str, std::marker::PhantomData<T>);

impl<T: FromStr> Visitor<'_> for ParseVisitor<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for DurationArg {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ParseVisitor("expected-duration", std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ParseVisitor("expected-percent", std::marker::PhantomData))
    }
}

impl Serialize for DurationArg {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = CommandLine;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-command")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<CommandLine, E> {
                text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<CommandLine, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                CommandLine::new(words).map_err(A::Error::custom)
            }
        }
        from.deserialize_any(Words)
    }
}

impl JsonSchema for DurationArg {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A time, ten minutes at most.",
            "type": "string",
            "pattern": "^[0-9]+(ns|us|ms|s|m)( [0-9]+(ns|us|ms|s|m))*$",
            "examples": ["500ms", "2s"],
        })
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Percent".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A part of a hundred, from 0% to 100%.",
            "type": "string",
            "pattern": "^(100(\\.0{1,3})?|0?[0-9]{1,2}(\\.[0-9]{1,3})?)%$",
            "examples": ["20%", "0.5%"],
        })
    }
}

impl JsonSchema for CommandLine {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Argv".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A program and its arguments: a list of words, or one text as a shell would read it.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": ["string", "number"] }, "minItems": 1 },
            ],
            "examples": ["python3 server.py", ["python3", "server.py"]],
        })
    }
}
/// Writes a map in the order of its list.
pub(crate) fn serialize_in_order<V: Serialize, S: Serializer>(list: &[(String, V)], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(list.len()))?;
    for (key, value) in list {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

/// Reads a map as a list, in the order in which it is written.
pub(crate) fn deserialize_in_order<'de, V: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<(String, V)>, D::Error> {
    struct InOrder<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for InOrder<V> {
        type Value = Vec<(String, V)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("expected-map")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = map.next_entry()? {
                list.push(entry);
            }
            Ok(list)
        }
    }
    from.deserialize_map(InOrder(PhantomData))
}
