//! Lines of text: a regular expression whose named groups are the fields, and lines of JSON.

use std::fmt;
use std::sync::OnceLock;

use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

use crate::model::{Bytes, FieldValue, FieldValues};

/// A regular expression for lines, compiled on first use.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinePattern {
    pattern: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

impl LinePattern {
    /// Creates a pattern. One that is no regular expression matches no line.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self { pattern: pattern.to_owned(), compiled: OnceLock::new() }
    }

    /// Returns the regular expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Returns the names of its groups, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.regex().into_iter().flat_map(|regex| regex.capture_names().flatten()).collect()
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()
    }

    /// Decodes a line without its ending. Returns `None` if it does not match.
    pub(super) fn decode(&self, line: &[u8]) -> Option<FieldValues> {
        let regex = self.regex()?;
        let groups = regex.captures(line)?;
        let named = regex.capture_names().flatten();
        Some(named.filter_map(|name| Some((name.to_owned(), text_value(groups.name(name)?.as_bytes())))).collect())
    }
}

impl fmt::Debug for LinePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LinePattern").field(&self.pattern).finish()
    }
}

impl PartialEq for LinePattern {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Eq for LinePattern {}

/// Returns a text if the bytes are UTF-8.
pub(super) fn text_value(bytes: &[u8]) -> FieldValue {
    match std::str::from_utf8(bytes) {
        Ok(text) => FieldValue::Text(text.to_owned()),
        Err(_) => FieldValue::Bytes(Bytes(bytes.to_vec())),
    }
}

/// Decodes a line with one JSON object. Returns `None` if it is none. `serde_json` bounds the depth.
pub(super) fn decode_json(line: &[u8]) -> Option<FieldValues> {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).ok()?;
    Some(members.into_iter().map(|(name, value)| (name, json_value(value))).collect())
}

fn json_value(value: serde_json::Value) -> FieldValue {
    use serde_json::Value;
    match value {
        Value::Bool(flag) => FieldValue::Flag(flag),
        Value::String(text) => FieldValue::Text(text),
        Value::Number(number) => match number.as_i128() {
            Some(whole) => FieldValue::Number(whole),
            None => FieldValue::Json(number.to_string()),
        },
        other => FieldValue::Json(other.to_string()),
    }
}

/// Returns a line with one JSON object, with its line feed.
pub(super) fn encode_json(values: &FieldValues) -> Vec<u8> {
    use serde_json::Value;
    let member = |value: &FieldValue| match value {
        FieldValue::Number(number) => match i64::try_from(*number) {
            Ok(small) => Value::from(small),
            Err(_) => u64::try_from(*number).map_or_else(|_| Value::from(number.to_string()), Value::from),
        },
        FieldValue::Text(text) => Value::from(text.as_str()),
        FieldValue::Bytes(_) => Value::from(value.to_text()),
        FieldValue::Flag(flag) => Value::from(*flag),
        FieldValue::Json(text) => serde_json::from_str(text).unwrap_or(Value::Null),
    };
    let members: serde_json::Map<String, Value> =
        values.iter().map(|(name, value)| (name.clone(), member(value))).collect();
    let mut line = Value::Object(members).to_string().into_bytes();
    line.push(b'\n');
    line
}
