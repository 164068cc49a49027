//! A short text for a message: the values of its fields that say which message it is.

use super::{Field, FieldKind, FieldRule, Layout};
use crate::model::{FieldValue, FieldValues};

/// Number of fields that a label shows.
const MAX_FIELDS: usize = 6;

/// Length of a label, in characters.
const MAX_CHARACTERS: usize = 80;

impl Layout {
    /// Returns the values of a message in the order of its fields: `type=1 seq=3 length=100`. Data,
    /// checksums and constants are left out, since they do not tell one message from another. Only
    /// printable characters, at most 80.
    #[must_use]
    pub fn label(&self, values: &FieldValues) -> String {
        let names: Vec<&str> = match self {
            Self::Fields(fields) => fields.iter().filter(|field| is_shown(field)).map(|field| &*field.name).collect(),
            Self::Line(pattern) => pattern.names(),
            Self::Json => values.keys().map(String::as_str).collect(),
        };
        let is_value = |value: &&FieldValue| !matches!(value, FieldValue::Bytes(_));
        let shown = names.into_iter().filter_map(|name| {
            let value = values.get(name).filter(|value| matches!(self, Self::Line(_)) || is_value(value))?;
            Some(format!("{}={value}", crate::model::bytes::printable(name.as_bytes())))
        });
        let text = shown.take(MAX_FIELDS).collect::<Vec<_>>().join(" ");
        if text.chars().count() <= MAX_CHARACTERS {
            return text;
        }
        text.chars().take(MAX_CHARACTERS - 1).chain(['…']).collect()
    }
}

fn is_shown(field: &Field) -> bool {
    let is_derived = matches!(field.rule, Some(FieldRule::Constant(_) | FieldRule::Checksum(_)));
    !is_derived && !matches!(field.kind, FieldKind::Bytes(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::layout::LinePattern;

    fn fields(list: &[(&str, &str)]) -> Vec<Field> {
        list.iter().map(|(name, kind)| Field::parse(name, kind).expect("a notation")).collect()
    }

    fn label(layout: &Layout, bytes: &[u8]) -> String {
        layout.label(&layout.decode(bytes).expect("a message"))
    }

    #[test]
    fn label_has_the_fields_that_tell_messages_apart() {
        let layout = Layout::Fields(fields(&[
            ("type", "u8"),
            ("version", "u8 = 2"),
            ("seq", "u16be"),
            ("sum", "u16be = internet16"),
            ("data", "bytes(rest)"),
        ]));
        assert_eq!(label(&layout, &[1, 2, 0, 3, 9, 9, b'a', b'b']), "type=1 seq=3");
    }

    #[test]
    fn label_of_text_is_printable_and_bounded() {
        let line = Layout::Line(LinePattern::new("^(?P<verb>[A-Z]+) (?P<name>.*)$"));
        assert_eq!(label(&line, b"NICK a\x1bb\n"), "verb=\"NICK\" name=\"a\\x1bb\"");
        let json = Layout::Json;
        let long = format!("{{\"{}\": 1, \"n\": 2}}\n", "k".repeat(200));
        assert!(label(&json, long.as_bytes()).chars().count() <= MAX_CHARACTERS);
        assert_eq!(label(&json, b"{\"seq\": 4, \"data\": \"x\"}\n"), "data=\"x\" seq=4");
    }
}
