//! Decodes messages: single ones, and those of a stream.

use std::ops::Range;

use super::line::{decode_json, text_value};
use super::{Checksum, Field, FieldKind, FieldRule, Layout, Size};
use crate::model::bytes::printable_prefix;
use crate::model::{Bytes, FieldValue, FieldValues};

/// Bytes of a line that an error quotes.
const MAX_QUOTED_BYTES: usize = 64;

/// The reason why bytes cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The message ends in a field or before it.
    #[error("field {field} at byte {at} needs {needs} bytes, and {has} are left")]
    Cut {
        /// The field.
        field: String,
        /// The first byte of the field, from 0.
        at: usize,
        /// Its size in bytes.
        needs: u64,
        /// How many bytes are left.
        has: usize,
        /// The values before it.
        values: FieldValues,
    },
    /// Bytes follow the last field.
    #[error("{extra} bytes follow the last field, from byte {at} on")]
    Extra {
        /// The first of them, from 0.
        at: usize,
        /// How many.
        extra: usize,
        /// The values before them.
        values: FieldValues,
    },
    /// A line has no line feed.
    #[error("the line does not end")]
    Unterminated,
    /// A line does not match the pattern.
    #[error("the line does not match: {line}")]
    NoMatch {
        /// The line, cut and printable.
        line: String,
    },
    /// A line holds no single JSON object.
    #[error("the line is no JSON object: {line}")]
    NoObject {
        /// The line, cut and printable.
        line: String,
    },
}

/// A field whose value contradicts the rule of its layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault<'a> {
    /// The field.
    pub field: &'a Field,
    /// Its first byte, from 0.
    pub at: usize,
    /// Its value.
    pub got: FieldValue,
    /// The value that it must have.
    pub wanted: FieldValue,
}

/// The messages in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    /// The bytes of each whole message, with its line ending.
    pub whole: Vec<Range<usize>>,
    /// The first byte after the last whole message.
    pub rest: usize,
}

impl Layout {
    /// Decodes one message, such as a datagram. A line may lack its ending.
    ///
    /// # Errors
    /// Returns an error if the bytes are not exactly one message. Values that contradict the rules of
    /// fields are no errors: see [`Layout::faults`].
    pub fn decode(&self, unit: &[u8]) -> Result<FieldValues, DecodeError> {
        match self {
            Self::Fields(fields) => {
                let (values, length) = decode_fields(fields, unit)?;
                match unit.len() - length {
                    0 => Ok(values),
                    extra => Err(DecodeError::Extra { at: length, extra, values }),
                }
            }
            Self::Line(pattern) => {
                let line = without_ending(unit);
                pattern.decode(line).ok_or_else(|| DecodeError::NoMatch { line: quoted(line) })
            }
            Self::Json => {
                let line = without_ending(unit);
                decode_json(line).ok_or_else(|| DecodeError::NoObject { line: quoted(line) })
            }
        }
    }

    /// Decodes the first message of a stream. Returns it with its size in bytes.
    ///
    /// # Errors
    /// Returns an error if the stream does not begin with a whole message.
    pub fn decode_prefix(&self, bytes: &[u8]) -> Result<(FieldValues, usize), DecodeError> {
        match self {
            Self::Fields(fields) => decode_fields(fields, bytes),
            Self::Line(_) | Self::Json => {
                let length = line_length(bytes).ok_or(DecodeError::Unterminated)?;
                Ok((self.decode(&bytes[..length])?, length))
            }
        }
    }

    /// Splits a stream into messages. A layout that takes the rest has one message, the whole
    /// stream. Lines are messages even if they do not match.
    #[must_use]
    pub fn units(&self, bytes: &[u8]) -> Units {
        let mut units = Units { whole: Vec::new(), rest: 0 };
        while units.rest < bytes.len() {
            let Some(length) = self.unit_length(&bytes[units.rest..]).filter(|length| *length > 0) else { break };
            units.whole.push(units.rest..units.rest + length);
            units.rest += length;
        }
        units
    }

    /// Returns the size of the first message of a stream, if it is whole.
    #[must_use]
    pub fn unit_length(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Fields(fields) => decode_fields(fields, bytes).ok().map(|(_, length)| length),
            Self::Line(_) | Self::Json => line_length(bytes),
        }
    }

    /// Returns the fields whose values contradict the layout: constants, lengths and checksums. The
    /// values are those of the message.
    #[must_use]
    pub fn faults(&self, unit: &[u8], values: &FieldValues) -> Vec<FieldFault<'_>> {
        let mut at = 0;
        let mut out = Vec::new();
        for field in self.fields() {
            let begin = at;
            at += size_in(field, values);
            let Some(got) = values.get(&field.name) else { continue };
            let wanted = match &field.rule {
                Some(FieldRule::Constant(value)) => value.clone(),
                Some(FieldRule::LengthOfAll) => FieldValue::Number(unit.len() as i128),
                Some(FieldRule::LengthOf(name)) => FieldValue::Number(length_of(values, name)),
                Some(FieldRule::Checksum(checksum)) => FieldValue::Number(checksum_of(*checksum, unit, begin)),
                None => continue,
            };
            let is_same = *got == wanted || got.as_bytes().is_some() && got.as_bytes() == wanted.as_bytes();
            if !is_same {
                out.push(FieldFault { field, at: begin, got: got.clone(), wanted });
            }
        }
        out
    }

    /// Returns the first byte of a field of a decoded message, from 0; `None` for fields of lines.
    #[must_use]
    pub fn position(&self, values: &FieldValues, name: &str) -> Option<usize> {
        let at = self.fields().iter().position(|field| field.name == name)?;
        Some(self.fields()[..at].iter().map(|field| size_in(field, values)).sum())
    }
}

/// Returns the checksum of a message in which the field at this position counts as zero.
pub(super) fn checksum_of(checksum: Checksum, unit: &[u8], at: usize) -> i128 {
    let mut unit = unit.to_vec();
    if let Some(field) = unit.get_mut(at..at + checksum.bytes()) {
        field.fill(0);
    }
    checksum.of(&unit)
}

fn length_of(values: &FieldValues, name: &str) -> i128 {
    values.get(name).and_then(FieldValue::as_bytes).map_or(0, |bytes| bytes.len() as i128)
}

/// Returns the number of bytes that a field takes in a message with these values.
fn size_in(field: &Field, values: &FieldValues) -> usize {
    let data = values.get(&field.name).and_then(FieldValue::as_bytes).map_or(0, <[u8]>::len);
    match &field.kind {
        FieldKind::Text(Size::Zero) => data + 1,
        _ => field.fixed_size().unwrap_or(data),
    }
}

/// Returns the number of bytes up to and including the first line feed.
fn line_length(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1)
}

fn quoted(line: &[u8]) -> String {
    printable_prefix(line, MAX_QUOTED_BYTES)
}

fn without_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn decode_fields(fields: &[Field], bytes: &[u8]) -> Result<(FieldValues, usize), DecodeError> {
    let mut values = FieldValues::new();
    let mut at = 0;
    for (k, field) in fields.iter().enumerate() {
        let left = &bytes[at..];
        let cut = |needs: u64, values: &FieldValues| DecodeError::Cut {
            field: field.name.clone(),
            at,
            needs,
            has: left.len(),
            values: values.clone(),
        };
        let (value, size) = match &field.kind {
            FieldKind::Number(number) => {
                let part = left.get(..number.bytes).ok_or_else(|| cut(number.bytes as u64, &values))?;
                (FieldValue::Number(number.read(part)), number.bytes)
            }
            FieldKind::Bytes(size) | FieldKind::Text(size) => {
                let is_text = matches!(field.kind, FieldKind::Text(_));
                let needs = match size {
                    Size::Fixed(bytes) => *bytes as u64,
                    Size::Field(name) => size_from(&values, name),
                    Size::Rest => {
                        let after: usize = fields[k + 1..].iter().filter_map(Field::fixed_size).sum();
                        left.len().saturating_sub(after) as u64
                    }
                    Size::Zero => {
                        let end = left.iter().position(|byte| *byte == 0);
                        end.map(|end| end as u64).ok_or_else(|| cut(left.len() as u64 + 1, &values))?
                    }
                };
                let length = usize::try_from(needs).ok().filter(|length| *length <= left.len());
                let part = &left[..length.ok_or_else(|| cut(needs, &values))?];
                let taken = part.len() + usize::from(*size == Size::Zero);
                let is_padded = is_text && matches!(size, Size::Fixed(_));
                let end = part.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                let kept = if is_padded { &part[..end] } else { part };
                (if is_text { text_value(kept) } else { FieldValue::Bytes(Bytes(kept.to_vec())) }, taken)
            }
        };
        values.insert(field.name.clone(), value);
        at += size;
    }
    Ok((values, at))
}

/// Returns the size that a number holds. A negative number counts as 0.
fn size_from(values: &FieldValues, name: &str) -> u64 {
    match values.get(name) {
        Some(FieldValue::Number(number)) => u64::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}
