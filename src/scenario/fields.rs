//! The values of fields in steps and expectations: their notation, their mistakes, and their values once
//! the names in braces are known.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::diagnostic::DiagnosticKind;
use super::hexadecimal::parse_hex;
use super::template;
use super::validate::Scope;
use crate::model::{Bytes, FieldValue, FieldValues};
use crate::packet::layout::{Field, FieldKind, Layout};

/// The value of a field as written.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldArg {
    /// A whole number.
    Number(i128),
    /// A truth value (JSON only).
    Flag(bool),
    /// `null` (JSON only).
    Null,
    /// A text with names in braces. If it is one name, it is the captured value, of any type.
    Text(String),
    /// Bytes in hexadecimal.
    Hex(String),
}

/// The values of fields by name.
pub(crate) type FieldArgs = BTreeMap<String, FieldArg>;

/// The values of names in braces, and the captured values in their own types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameValues<'a> {
    /// The text of each name.
    pub(crate) texts: &'a BTreeMap<String, String>,
    /// The captured values.
    pub(crate) captured: &'a FieldValues,
}

impl FieldArg {
    /// Returns the value for a field of this layout. `None` if a name has no value yet, or its value
    /// does not suit the field: both only if a program did not send the value.
    pub(crate) fn resolve(&self, field: Option<&Field>, names: NameValues<'_>) -> Option<FieldValue> {
        let value = match self {
            Self::Number(number) => FieldValue::Number(*number),
            Self::Flag(flag) => FieldValue::Flag(*flag),
            Self::Null => FieldValue::Json("null".to_owned()),
            Self::Hex(digits) => FieldValue::Bytes(Bytes(parse_hex(digits)?)),
            Self::Text(text) => match sole_name(text).and_then(|name| names.captured.get(name)) {
                Some(value) => value.clone(),
                None if !template::is_filled(text, names.texts) => return None,
                None => FieldValue::Text(template::fill(text, names.texts)),
            },
        };
        match field.map(|field| &field.kind) {
            Some(FieldKind::Number(_)) => match value {
                FieldValue::Number(_) => Some(value),
                other => other.to_text().trim().parse().ok().map(FieldValue::Number),
            },
            Some(_) if value.as_bytes().is_none() => Some(FieldValue::Text(value.to_text())),
            _ => Some(value),
        }
    }

    /// Returns the texts in which names in braces are replaced.
    pub(crate) fn template(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Returns the values of all fields, or the name of the first that has none.
pub(crate) fn resolve(args: &FieldArgs, layout: &Layout, names: NameValues<'_>) -> Result<FieldValues, String> {
    let value = |(name, arg): (&String, &FieldArg)| {
        let value = arg.resolve(layout.field(name), names).ok_or_else(|| name.clone())?;
        Ok((name.clone(), value))
    };
    args.iter().map(value).collect()
}

/// Returns the name if a text is one name in braces.
fn sole_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    template::is_variable_name(name).then_some(name)
}

/// Reports the mistakes in fields at `keys`: unknown ones, and values that the layout cannot hold.
pub(crate) fn check(names: &mut Scope<'_>, keys: &[&str], format: &str, args: &FieldArgs) {
    let layout = names.layout(format).cloned();
    for (name, arg) in args {
        let here: Vec<&str> = keys.iter().copied().chain([name.as_str()]).collect();
        if let Some(text) = arg.template() {
            names.check_template(&here, text);
        }
        if matches!(arg, FieldArg::Hex(digits) if parse_hex(digits).is_none()) {
            names.report(&here, DiagnosticKind::Hex);
            continue;
        }
        let Some(layout) = &layout else { continue };
        if !names.check_field(&here, format, layout, name) {
            continue;
        }
        // A name in braces has its value only in the run.
        let is_open = arg.template().is_some_and(|text| text.contains('{'));
        if let Some(field) = layout.field(name).filter(|_| !is_open) {
            let empty = (BTreeMap::new(), FieldValues::new());
            let value = arg.resolve(Some(field), NameValues { texts: &empty.0, captured: &empty.1 });
            if !value.is_some_and(|value| field.accepts(&value)) {
                let mut mistake = DiagnosticKind::FieldValue.with("name", name.as_str());
                if let FieldKind::Number(number) = &field.kind {
                    let (least, most) = number.range();
                    mistake = DiagnosticKind::FieldRange
                        .with("name", name.as_str())
                        .with("least", least.to_string())
                        .with("most", most.to_string());
                }
                names.report_value(&here, mistake);
            }
        }
    }
}

/// Reports the fields of a sent message that have no value, and a format that cannot be sent.
pub(crate) fn check_sent(names: &mut Scope<'_>, format: &str, args: &FieldArgs) {
    check(names, &["fields"], format, args);
    let Some(layout) = names.layout(format).cloned() else { return };
    if matches!(layout, Layout::Line(_)) {
        return names.report_value(&["format"], DiagnosticKind::LineFormatSent.with("name", format));
    }
    let sizes: Vec<&str> = layout.fields().iter().filter_map(Field::sized_by).collect();
    for field in layout.fields() {
        let needs_value = match &field.kind {
            FieldKind::Number(_) => !sizes.contains(&field.name.as_str()),
            FieldKind::Bytes(_) => field.fixed_size().is_some(),
            FieldKind::Text(_) => false,
        };
        if needs_value && field.rule.is_none() && !args.contains_key(&field.name) {
            let key = if args.is_empty() { "format" } else { "fields" };
            names.report(&[key], DiagnosticKind::FieldMissing.with("name", field.name.as_str()));
        }
    }
}

impl<'de> Deserialize<'de> for FieldArg {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Arg;
        impl<'de> Visitor<'de> for Arg {
            type Value = FieldArg;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-field-value")
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<FieldArg, E> {
                Ok(FieldArg::Flag(flag))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<FieldArg, E> {
                Ok(FieldArg::Number(number.into()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<FieldArg, E> {
                Ok(FieldArg::Number(number.into()))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<FieldArg, E> {
                Ok(FieldArg::Text(text.to_owned()))
            }
            fn visit_unit<E: Error>(self) -> Result<FieldArg, E> {
                Ok(FieldArg::Null)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldArg, A::Error> {
                const KEYS: &[&str] = &["hex"];
                if map.next_key_seed(super::syntax::KnownKeyword(KEYS))?.is_none() {
                    return Err(A::Error::custom(DiagnosticKind::OneKeyEmpty.id()));
                }
                let digits = map.next_value()?;
                map.next_key_seed(super::syntax::RejectExtraKey)?;
                Ok(FieldArg::Hex(digits))
            }
        }
        from.deserialize_any(Arg)
    }
}

impl Serialize for FieldArg {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => to.serialize_i128(*number),
            Self::Flag(flag) => to.serialize_bool(*flag),
            Self::Null => to.serialize_unit(),
            Self::Text(text) => to.serialize_str(text),
            Self::Hex(digits) => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("hex", digits)?;
                map.end()
            }
        }
    }
}

impl JsonSchema for FieldArg {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FieldValue".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The value of a field: a number, a text with names in braces, or bytes (`hex`); in JSON also true, false or null.",
            "anyOf": [
                { "type": ["integer", "string", "boolean", "null"] },
                {
                    "type": "object",
                    "properties": { "hex": { "type": "string" } },
                    "required": ["hex"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
