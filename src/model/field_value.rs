//! `FieldValue`: the value of one field of a message, as a layout decodes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::bytes::{Bytes, printable};

/// The values of a message, by the names of its fields.
pub type FieldValues = BTreeMap<String, FieldValue>;

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// A whole number.
    Number(i128),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
    /// A truth value (JSON).
    Flag(bool),
    /// Any other value of JSON, as its compact text.
    Json(String),
}

impl FieldValue {
    /// Returns the value as the text that replaces its name in braces. Bytes that are no UTF-8 are
    /// replaced by U+FFFD.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) | Self::Json(text) => text.clone(),
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes.0).into_owned(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// Returns the bytes of a text or of bytes; `None` for other values.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(&bytes.0),
            _ => None,
        }
    }
}

/// Formats the value for a sentence: numbers and JSON as they are, data in quotes, and only what is
/// printable.
impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Bytes of a value that a sentence shows.
        const MAX_SHOWN_BYTES: usize = 48;
        let shown = |bytes: &[u8]| {
            let cut = super::bytes::printable_prefix(bytes, MAX_SHOWN_BYTES);
            format!("\"{cut}\"")
        };
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(&shown(text.as_bytes())),
            Self::Bytes(bytes) => f.write_str(&shown(&bytes.0)),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Json(text) if text.len() <= MAX_SHOWN_BYTES => f.write_str(&printable(text.as_bytes())),
            Self::Json(text) => f.write_str(&super::bytes::printable_prefix(text.as_bytes(), MAX_SHOWN_BYTES)),
        }
    }
}
