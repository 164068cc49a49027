//! Syntax shared by all keywords: one-key maps, bare keywords, shorthand values, times, percentages
//! and command lines. Knows no particular step or expectation.

mod value;

#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::diagnostic::DiagnosticKind;
pub(crate) use value::{CommandLine, DurationArg, Percent, deserialize_in_order, serialize_in_order};

/// Returns true if a field has its default value, which is then neither written nor part of the
/// schema.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The arguments of a keyword of the language.
pub(crate) trait Keyword: DeserializeOwned {
    /// The field that a bare value is shorthand for: `snapshot: connected` means
    /// `snapshot: { name: connected }`.
    const SHORTHAND_FIELD: Option<&'static str> = None;
    /// True if the keyword needs no value: `- close`.
    const ALLOWS_BARE: bool = false;
}

/// A seed that reads the arguments of a keyword: a map, the bare value of its shorthand field, or
/// nothing.
#[derive(Debug)]
pub(crate) struct ArgumentsSeed<T>(PhantomData<T>);

impl<T> Default for ArgumentsSeed<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Keyword> DeserializeSeed<'de> for ArgumentsSeed<T> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_option(self)
    }
}

/// The newtype name by which the YAML reader knows that the value is a map or a bare value.
pub(crate) const MAP_OR_BARE_VALUE: &str = "$word or map";

impl<'de, T: Keyword> Visitor<'de> for ArgumentsSeed<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-map")
    }
    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        if T::ALLOWS_BARE {
            T::deserialize(MapDeserializer::new(std::iter::empty::<(&str, &str)>()))
        } else {
            Err(E::custom(DiagnosticKind::NeedsValue.id()))
        }
    }
    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        self.visit_none()
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if T::SHORTHAND_FIELD.is_some() {
            deserializer.deserialize_newtype_struct(MAP_OR_BARE_VALUE, self)
        } else {
            deserializer.deserialize_map(self)
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        match T::SHORTHAND_FIELD {
            Some(field) => T::deserialize(MapAccessDeserializer::new(OneEntry(field, Some(deserializer)))),
            None => deserializer.deserialize_map(self),
        }
    }
}

/// A map with a single entry: the field that a bare value is shorthand for.
struct OneEntry<D>(&'static str, Option<D>);

impl<'de, D: Deserializer<'de>> MapAccess<'de> for OneEntry<D> {
    type Error = D::Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, D::Error> {
        match self.1 {
            Some(_) => seed.deserialize(BorrowedStrDeserializer::new(self.0)).map(Some),
            None => Ok(None),
        }
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, D::Error> {
        match self.1.take() {
            Some(value) => seed.deserialize(value),
            None => Err(de::Error::custom("a value was read twice")),
        }
    }
}

/// Returns the schemas of a keyword, one per form, each with the type's description.
pub(crate) fn keyword_schema<T: Keyword + JsonSchema>(word: &str, generator: &mut SchemaGenerator) -> Vec<Schema> {
    let whole = T::json_schema(generator);
    let mut values = vec![generator.subschema_for::<T>()];
    let short = T::SHORTHAND_FIELD.and_then(|field| whole.pointer(&format!("/properties/{field}")));
    if let Some(Ok(value)) = short.cloned().map(Schema::try_from) {
        values.push(value);
    }
    let value = if values.len() == 1 { values.remove(0) } else { json_schema!({ "anyOf": values }) };
    let mut forms = Vec::new();
    if T::ALLOWS_BARE {
        forms.push(json_schema!({ "const": word }));
    }
    forms.push(json_schema!({
        "type": "object",
        "properties": { word: value },
        "required": [word],
        "additionalProperties": false
    }));
    if let Some(about) = whole.get("description") {
        for form in &mut forms {
            form.insert("description".to_owned(), about.clone());
        }
    }
    forms
}

/// Defines an enum from a list of `keyword => Type`. A value is written as a bare keyword or as a
/// map with one key.
///
/// Each type is a [`Keyword`] and implements the trait after `dyn`. Reading buffers nothing, so
/// that errors keep their positions. An unknown keyword is reported with all known ones.
macro_rules! keyword_enum {
    ($(#[doc = $about_text:literal])* $vis:vis enum $name:ident: dyn $act:ident { $($word:ident => $type:ident),* $(,)? }) => {
        $(#[doc = $about_text])*
        #[derive(Debug, Clone, PartialEq)]
        $vis enum $name { $(
            #[doc = concat!("`", stringify!($word), "`")]
            $type($type),
        )* }

        impl $name {
            /// All keywords.
            $vis const KEYWORDS: &'static [&'static str] = &[$(stringify!($word)),*];

            /// Returns the keyword.
            #[must_use]
            $vis fn word(&self) -> &'static str {
                match self { $(Self::$type(_) => stringify!($word),)* }
            }

            /// Returns the value as its trait object.
            #[must_use]
            $vis fn act(&self) -> &dyn $act {
                match self { $(Self::$type(one) => one,)* }
            }

            /// Returns the schema of a keyword's arguments, for the reference documentation.
            #[must_use]
            $vis fn schema_of(word: &str) -> Option<schemars::Schema> {
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
                        f.write_str("expected-word")
                    }
                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<$name, E> {
                        match word {
                            $(stringify!($word) => serde::de::Visitor::visit_unit($crate::scenario::syntax::ArgumentsSeed::<$type>::default()).map($name::$type),)*
                            _ => Err(E::unknown_variant(word, $name::KEYWORDS)),
                        }
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let Some(word) = map.next_key_seed($crate::scenario::syntax::KnownKeyword($name::KEYWORDS))? else {
                            return Err(serde::de::Error::custom($crate::scenario::diagnostic::DiagnosticKind::OneKeyEmpty.id()));
                        };
                        let value = match word {
                            $(stringify!($word) => $name::$type(map.next_value_seed($crate::scenario::syntax::ArgumentsSeed::<$type>::default())?),)*
                            _ => return Err(serde::de::Error::unknown_variant(word, $name::KEYWORDS)),
                        };
                        map.next_key_seed($crate::scenario::syntax::RejectExtraKey)?;
                        Ok(value)
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
                $(forms.extend($crate::scenario::syntax::keyword_schema::<$type>(stringify!($word), generator));)*
                schemars::json_schema!({ "description": concat!($($about_text),*).trim(), "anyOf": forms })
            }
        }
    };
}
pub(crate) use keyword_enum;

/// Reads a key and finds it among the known keywords, so that an unknown one is reported at its own
/// location.
#[derive(Debug)]
pub(crate) struct KnownKeyword(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KnownKeyword {
    type Value = &'static str;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

/// Rejects any further key, at its own location.
#[derive(Debug)]
pub(crate) struct RejectExtraKey;

impl<'de> DeserializeSeed<'de> for RejectExtraKey {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(de::Error::custom(DiagnosticKind::OneKeyMore.id()))
    }
}

impl Visitor<'_> for KnownKeyword {
    type Value = &'static str;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-word")
    }
    fn visit_str<E: de::Error>(self, word: &str) -> Result<&'static str, E> {
        self.0.iter().copied().find(|known| *known == word).ok_or_else(|| E::unknown_variant(word, self.0))
    }
}
