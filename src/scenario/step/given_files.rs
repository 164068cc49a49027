//! Files that a program finds in its working directory: their paths and contents. Writes nothing.

use std::fmt;
use std::path::{Component, Path};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::payload::{MAX_GIVEN_BYTES, Repeat};
use crate::scenario::syntax::{deserialize_in_order, serialize_in_order};
use crate::scenario::validate::Scope;

/// Maximum number of files of one step.
const MAX_FILES: u32 = 100;
/// Maximum length of a path, in bytes.
const MAX_PATH_BYTES: usize = 200;

/// Files by their path in the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenFiles(pub(super) Vec<(String, FileContent)>);

/// The contents of a file. Exactly one field must be set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileContent {
    /// Those of a file next to the scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// This text.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// A text, repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<Repeat>,
    /// All 256 byte values, once each, in order.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    all_bytes: bool,
}

impl FileContent {
    fn field_count(&self) -> usize {
        let texts = [self.file.is_some(), self.text.is_some(), self.repeat.is_some(), self.all_bytes];
        texts.into_iter().filter(|&given| given).count()
    }

    fn bytes(&self, beside: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<u8> {
        match (&self.file, &self.text, &self.repeat) {
            (Some(name), ..) => beside(name).unwrap_or_default(),
            (_, Some(text), _) => text.clone().into_bytes(),
            (.., Some(repeat)) => repeat.bytes(),
            _ => (0..=255).collect(),
        }
    }
}

impl GivenFiles {
    /// Creates an empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns true if there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the path of each file that is next to the scenario, and its name there.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(path, content)| Some((path.as_str(), content.file.as_deref()?)))
    }

    /// Returns the paths and the contents. `beside` reads files next to the scenario.
    pub fn contents(&self, beside: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
        self.0.iter().map(|(path, content)| (path.clone(), content.bytes(beside))).collect()
    }

    /// Reports the author's mistakes, and declares the paths.
    pub(super) fn check(&self, names: &mut Scope<'_>) {
        if self.0.len() > MAX_FILES as usize {
            let mistake = DiagnosticKind::Between.with("least", 1u32).with("most", MAX_FILES);
            names.report(&["files"], mistake);
        }
        for (path, content) in &self.0 {
            if !is_inside(path) {
                names.report(&["files", path], DiagnosticKind::GivenPath.with("path", path.as_str()));
            }
            if content.field_count() != 1 {
                names.report(&["files", path], DiagnosticKind::OneOf.with("words", "file, text, repeat, all_bytes"));
            }
            let bytes = content.repeat.as_ref().map_or(0, Repeat::length);
            if bytes > MAX_GIVEN_BYTES {
                let mistake = DiagnosticKind::PayloadTooLarge.with("bytes", bytes).with("most", MAX_GIVEN_BYTES);
                names.report(&["files", path], mistake);
            }
            names.declare_given_file(path);
        }
    }
}

/// Returns true if a path names a file inside the working directory.
pub(super) fn is_inside(path: &str) -> bool {
    let all = || path.split('/');
    let is_plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    !path.is_empty()
        && path.len() <= MAX_PATH_BYTES
        && is_plain
        && all().all(|part| !part.is_empty() && part != ".")
        && !path.contains('\0')
}

impl Serialize for GivenFiles {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize_in_order(&self.0, to)
    }
}

impl<'de> Deserialize<'de> for GivenFiles {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = deserialize_in_order(from)?;
        Ok(Self(list.into_iter().map(|(path, NameOrMap(content))| (path, content)).collect()))
    }
}

/// Contents as an author writes them: a file's name is shorthand for `{ file: NAME }`.
struct NameOrMap(FileContent);

impl<'de> Deserialize<'de> for NameOrMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = NameOrMap;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-file-content")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<NameOrMap, E> {
                Ok(NameOrMap(FileContent { file: Some(name.to_owned()), ..FileContent::default() }))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<NameOrMap, A::Error> {
                FileContent::deserialize(MapAccessDeserializer::new(map)).map(NameOrMap)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for GivenFiles {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "GivenFiles".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let content = json_schema!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "file": { "description": "The contents of a file next to the scenario.", "type": "string" },
                "text": { "description": "This text.", "type": "string" },
                "repeat": {
                    "description": "A text, repeated.",
                    "type": "object",
                    "properties": { "text": { "type": "string" }, "times": { "type": "integer", "minimum": 0 } },
                    "required": ["text", "times"],
                    "additionalProperties": false
                },
                "all_bytes": { "description": "All 256 byte values, once each, in order.", "const": true }
            },
            "additionalProperties": false
        });
        json_schema!({
            "description": "Files by their path in the working directory: the name of a file next to the scenario, or other contents.",
            "type": "object",
            "additionalProperties": { "anyOf": [{ "type": "string" }, content] }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_working_directory() {
        for path in ["a", "www/index.html", "www/um dia.txt", "a/..b"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["", "/a", "../a", "a/../b", "./a", "a//b", "a/", "a\0b", &"a".repeat(201)] {
            assert!(!is_inside(path), "{path}");
        }
    }

    #[test]
    fn contents_are_those_of_one_field() {
        let files = r#"{"a": "x.txt", "b": {"repeat": {"text": "ab", "times": 2}}, "c": {"all_bytes": true}}"#;
        let files: GivenFiles = serde_json::from_str(files).expect("right");
        let beside = |name: &str| Some(name.as_bytes().to_vec());
        let contents = files.contents(&beside);
        assert_eq!(contents[0], ("a".to_owned(), b"x.txt".to_vec()));
        assert_eq!(contents[1].1, b"abab");
        assert_eq!(contents[2].1.len(), 256);
        let written = serde_json::to_string(&files).expect("written");
        assert_eq!(serde_json::from_str::<GivenFiles>(&written).expect("read"), files);
    }
}
