//! Pieces that the language is made of: one-key maps and bare words, shorthand values, times, percentages,
//! command lines. Only shapes: it knows no step and no expectation.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// What may stand after a word of the language.
pub trait Word: DeserializeOwned {
    /// The field that a bare value is shorthand for: `snapshot: connected` is `snapshot: { name: connected }`.
    const SHORT: Option<&'static str> = None;
    /// Whether the word alone is enough: `- close`.
    const ALONE: bool = false;
}

/// Reads what stands after a word: a map, the bare value of its shorthand field, or nothing.
#[derive(Debug)]
pub struct ValueOf<T>(PhantomData<T>);

impl<T> Default for ValueOf<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Word> DeserializeSeed<'de> for ValueOf<T> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A map of the one entry that a bare value is shorthand for.
fn short<'de, T: Word, E: de::Error, V: de::IntoDeserializer<'de, E>>(value: V, found: de::Unexpected<'_>) -> Result<T, E> {
    match T::SHORT {
        Some(field) => T::deserialize(MapDeserializer::new(std::iter::once((field, value)))),
        None => Err(E::invalid_type(found, &"expected-map")),
    }
}

impl<'de, T: Word> Visitor<'de> for ValueOf<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-map")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        struct Once<A>(&'static str, Option<A>);
        impl<'de, A: SeqAccess<'de>> MapAccess<'de> for Once<A> {
            type Error = A::Error;
            fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
                match self.1 {
                    Some(_) => seed.deserialize(de::value::BorrowedStrDeserializer::new(self.0)).map(Some),
                    None => Ok(None),
                }
            }
            fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
                match self.1.take() {
                    Some(list) => seed.deserialize(SeqAccessDeserializer::new(list)),
                    None => Err(de::Error::custom("mistake-other")),
                }
            }
        }
        match T::SHORT {
            Some(field) => T::deserialize(MapAccessDeserializer::new(Once(field, Some(list)))),
            None => Err(de::Error::invalid_type(de::Unexpected::Seq, &"expected-map")),
        }
    }
    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        if T::ALONE {
            T::deserialize(MapDeserializer::new(std::iter::empty::<(&str, &str)>()))
        } else {
            Err(E::invalid_type(de::Unexpected::Unit, &"expected-map"))
        }
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        short(text, de::Unexpected::Str(text))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        short(number, de::Unexpected::Unsigned(number))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        short(number, de::Unexpected::Signed(number))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        short(number, de::Unexpected::Float(number))
    }
    fn visit_bool<E: de::Error>(self, yes: bool) -> Result<T, E> {
        short(yes, de::Unexpected::Bool(yes))
    }
}

/// The schema of a word and what may stand after it.
pub fn word_schema<T: Word + JsonSchema>(word: &str, generator: &mut SchemaGenerator) -> Vec<Schema> {
    let map = generator.subschema_for::<T>();
    let mut values = vec![map];
    if let Some(field) = T::SHORT {
        let whole = T::json_schema(generator);
        if let Some(value) = whole.pointer(&format!("/properties/{field}")) {
            if let Ok(value) = Schema::try_from(value.clone()) {
                values.push(value);
            }
        }
    }
    let value = if values.len() == 1 { json_schema!(values.remove(0)) } else { json_schema!({ "anyOf": values }) };
    let keyed = json_schema!({
        "type": "object",
        "properties": { word: value },
        "required": [word],
        "additionalProperties": false
    });
    if T::ALONE { vec![json_schema!({ "const": word }), keyed] } else { vec![keyed] }
}

/// An enum whose values are written as a word alone or as a map of one key, from a list of `word => Type`.
///
/// Each type is a [`Word`] and implements the trait after `dyn`. Reading keeps every position, because nothing is
/// buffered; an unknown word is told with all that are known.
macro_rules! one_of {
    ($(#[$about:meta])* pub enum $name:ident: dyn $act:ident { $($word:ident => $type:ident),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $(
            #[doc = concat!("`", stringify!($word), "`")]
            $type($type),
        )* }

        impl $name {
            /// Every word.
            pub const WORDS: &'static [&'static str] = &[$(stringify!($word)),*];

            /// Its word.
            #[must_use]
            pub fn word(&self) -> &'static str {
                match self { $(Self::$type(_) => stringify!($word),)* }
            }

            /// What it does.
            #[must_use]
            pub fn act(&self) -> &dyn $act {
                match self { $(Self::$type(one) => one,)* }
            }

            /// The schema of what may stand after a word, for the reference documentation.
            #[must_use]
            pub fn schema_of(word: &str) -> Option<schemars::Schema> {
                match word {
                    $(stringify!($word) => Some(schemars::schema_for!($type)),)*
                    _ => None,
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct OneKey;
                impl<'de> serde::de::Visitor<'de> for OneKey {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("expected-one-key")
                    }
                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<$name, E> {
                        match word {
                            $(stringify!($word) => serde::de::Visitor::visit_unit($crate::scenario::word::ValueOf::<$type>::default()).map($name::$type),)*
                            _ => Err(E::unknown_variant(word, $name::WORDS)),
                        }
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let Some(word) = map.next_key_seed($crate::scenario::word::KnownWord($name::WORDS))? else {
                            return Err(serde::de::Error::custom("mistake-empty-map"));
                        };
                        let value = match word {
                            $(stringify!($word) => $name::$type(map.next_value_seed($crate::scenario::word::ValueOf::<$type>::default())?),)*
                            _ => return Err(serde::de::Error::unknown_variant(word, $name::WORDS)),
                        };
                        match map.next_key_seed($crate::scenario::word::KnownWord($name::WORDS)) {
                            Ok(None) => Ok(value),
                            _ => Err(serde::de::Error::custom("mistake-two-keys")),
                        }
                    }
                }
                deserializer.deserialize_any(OneKey)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut forms = Vec::new();
                $(forms.extend($crate::scenario::word::word_schema::<$type>(stringify!($word), generator));)*
                schemars::json_schema!({ "oneOf": forms })
            }
        }
    };
}
pub(crate) use one_of;

/// Reads a key and finds it among the known words, so that a wrong one is told at its own place.
#[derive(Debug)]
pub struct KnownWord(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KnownWord {
    type Value = &'static str;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KnownWord {
    type Value = &'static str;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-word")
    }
    fn visit_str<E: de::Error>(self, word: &str) -> Result<&'static str, E> {
        self.0.iter().copied().find(|known| *known == word).ok_or_else(|| E::unknown_variant(word, self.0))
    }
}

/// A length of time, written as `500ms` or `2s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Duration);

/// No wait may be longer.
const LONGEST: Duration = Duration::from_secs(600);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Duration;
        impl Visitor<'_> for Duration {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-duration")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                match humantime::parse_duration(text) {
                    Ok(time) if time <= LONGEST => Ok(Time(time)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Duration)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(self.0))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time with its unit, at most 10 minutes.",
            "pattern": "^([0-9]+ *[a-zA-Z]+ *)+$",
            "examples": ["500ms", "2s"]
        })
    }
}

/// A command line: a list of words, or one string split as a POSIX shell splits words (no shell is started).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Command(pub Vec<String>);

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Command;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-command")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Command, E> {
                match shell_words::split(text) {
                    Ok(words) if words.first().is_some_and(|word| !word.is_empty()) => Ok(Command(words)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Command, A::Error> {
                let words = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
                if words.first().is_none_or(String::is_empty) {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(Command(words))
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl JsonSchema for Command {
    fn schema_name() -> Cow<'static, str> {
        "Command".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A command line: a list of words, or one string split as a shell splits words. No shell is started.",
            "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}
