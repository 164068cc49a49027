//! `Text`: text by a lab author, either plain or by language, and the languages of socklab.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as Derived, Serialize};

/// A language of the catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Derived, PartialOrd, Ord)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    Portuguese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// Returns the language tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt-BR",
        }
    }
}

/// Text by a lab author: the same for every reader, or one text per language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum LocalizedText {
    /// The same text for every reader.
    Plain(String),
    /// One text per language.
    ByLanguage(ByLanguage),
}

/// A text in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Derived, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByLanguage {
    /// In English.
    pub en: String,
    /// In Brazilian Portuguese.
    pub pt: String,
}

impl LocalizedText {
    /// Returns the text for a reader of `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match (self, language) {
            (Self::Plain(text), _) => text,
            (Self::ByLanguage(by), Language::English) => &by.en,
            (Self::ByLanguage(by), Language::Portuguese) => &by.pt,
        }
    }
}

impl<'de> Deserialize<'de> for LocalizedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = LocalizedText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-text")
            }
            fn visit_str<E>(self, text: &str) -> Result<LocalizedText, E> {
                Ok(LocalizedText::Plain(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LocalizedText, A::Error> {
                ByLanguage::deserialize(MapAccessDeserializer::new(map)).map(LocalizedText::ByLanguage)
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl JsonSchema for LocalizedText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let by_language = generator.subschema_for::<ByLanguage>();
        json_schema!({
            "description": "An author's words: the same for every reader, or one text in each language.",
            "anyOf": [{ "type": "string" }, by_language]
        })
    }
}
