//! Encodes messages. Lengths and checksums are filled in.

use super::decode::checksum_of;
use super::line::encode_json;
use super::{Field, FieldKind, FieldRule, Layout, Size};
use crate::model::{FieldValue, FieldValues};

/// The reason why values cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The layout is a pattern for lines, from which no line follows.
    #[error("a pattern for lines cannot be written")]
    Pattern,
    /// The layout has no such field.
    #[error("no field {0}")]
    Unknown(String),
    /// A number has no value, and none follows from the layout.
    #[error("field {0} has no value")]
    Missing(String),
    /// The field cannot hold the value.
    #[error("field {field} cannot hold {value}")]
    Value {
        /// The field.
        field: String,
        /// The value.
        value: FieldValue,
    },
}

impl Layout {
    /// Returns the bytes of a message with these values. A text or bytes without a value are empty;
    /// lengths, constants and checksums without a value follow from the layout. A JSON object gets
    /// exactly the given members.
    ///
    /// # Errors
    /// Returns an error if a value is missing, unknown, or does not fit into its field.
    pub fn encode(&self, values: &FieldValues) -> Result<Vec<u8>, EncodeError> {
        let fields = match self {
            Self::Fields(fields) => fields,
            Self::Line(_) => return Err(EncodeError::Pattern),
            Self::Json => return Ok(encode_json(values)),
        };
        if let Some(name) = values.keys().find(|name| self.field(name).is_none()) {
            return Err(EncodeError::Unknown(name.clone()));
        }
        let mut data = Vec::new();
        for field in fields {
            data.push(self.data(field, values)?);
        }
        let size = |(field, data): (&Field, &Vec<u8>)| field.fixed_size().unwrap_or(data.len());
        let total: usize = fields.iter().zip(&data).map(size).sum();
        let mut out = Vec::with_capacity(total);
        let mut checksums = Vec::new();
        for (field, data_of_field) in fields.iter().zip(&data) {
            let FieldKind::Number(number) = &field.kind else {
                out.extend_from_slice(data_of_field);
                continue;
            };
            let value = match (values.get(&field.name), &field.rule) {
                (Some(value), _) | (None, Some(FieldRule::Constant(value))) => value.clone(),
                (None, Some(FieldRule::LengthOfAll)) => FieldValue::Number(total as i128),
                (None, Some(FieldRule::LengthOf(name))) => FieldValue::Number(content_length(fields, values, name)),
                (None, Some(FieldRule::Checksum(checksum))) => {
                    checksums.push((out.len(), *number, *checksum));
                    FieldValue::Number(0)
                }
                (None, None) => {
                    let counted = fields.iter().find(|other| other.sized_by() == Some(&field.name));
                    let counted = counted.ok_or_else(|| EncodeError::Missing(field.name.clone()))?;
                    FieldValue::Number(content_length(fields, values, &counted.name))
                }
            };
            match value {
                FieldValue::Number(one) if field.accepts(&value) => out.extend(number.write(one)),
                value => return Err(EncodeError::Value { field: field.name.clone(), value }),
            }
        }
        let unit = out.clone();
        for (at, number, checksum) in checksums {
            // With several checksums, each counts the others as zero.
            let value = checksum_of(checksum, &unit, at);
            out[at..at + number.bytes].copy_from_slice(&number.write(value));
        }
        Ok(out)
    }

    /// Returns the bytes of a text or of bytes; none for a number.
    fn data(&self, field: &Field, values: &FieldValues) -> Result<Vec<u8>, EncodeError> {
        let (size, is_text) = match &field.kind {
            FieldKind::Number(_) => return Ok(Vec::new()),
            FieldKind::Bytes(size) => (size, false),
            FieldKind::Text(size) => (size, true),
        };
        let value = match (values.get(&field.name), &field.rule) {
            (Some(value), _) | (None, Some(FieldRule::Constant(value))) => value.clone(),
            // Bytes of a fixed size have no empty value.
            (None, _) if !is_text && matches!(size, Size::Fixed(_)) => {
                return Err(EncodeError::Missing(field.name.clone()));
            }
            (None, _) => FieldValue::Text(String::new()),
        };
        if !field.accepts(&value) {
            return Err(EncodeError::Value { field: field.name.clone(), value });
        }
        let mut bytes = value.as_bytes().unwrap_or_default().to_vec();
        match size {
            Size::Fixed(length) => bytes.resize(*length, 0),
            Size::Zero => bytes.push(0),
            Size::Field(_) | Size::Rest => {}
        }
        Ok(bytes)
    }
}

/// Returns the number of bytes of a field's value.
fn content_length(fields: &[Field], values: &FieldValues, name: &str) -> i128 {
    let constant = fields.iter().find(|field| field.name == name).and_then(|field| match &field.rule {
        Some(FieldRule::Constant(value)) => Some(value),
        _ => None,
    });
    let value = values.get(name).or(constant);
    value.and_then(FieldValue::as_bytes).map_or(0, |bytes| bytes.len() as i128)
}
