//! Layouts of messages: which fields a message has, and how each is written. Decodes and encodes
//! binary headers, lines that match a regular expression, and lines of JSON.
//!
//! Pure: no input makes it panic, and nothing is allocated that the input does not contain. Does not
//! know where messages come from.

mod checksum;
mod decode;
mod encode;
mod label;
mod line;
mod notation;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::model::FieldValue;

pub use checksum::Checksum;
pub use decode::{DecodeError, FieldFault, Units};
pub use encode::EncodeError;
pub use line::LinePattern;
pub use notation::{NotationError, TYPE_NAMES};

/// The layout of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Binary fields, one after another.
    Fields(Vec<Field>),
    /// A line of text. The named groups of the pattern are the fields.
    Line(LinePattern),
    /// A line with one JSON object (RFC 8259). Its members are the fields.
    Json,
}

/// A field of a binary layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// How its value is written.
    pub kind: FieldKind,
    /// The value that it must have, if that is known.
    pub rule: Option<FieldRule>,
}

/// How the value of a field is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A whole number.
    Number(Number),
    /// Bytes.
    Bytes(Size),
    /// A text in UTF-8. One of a fixed size is padded with zero bytes.
    Text(Size),
}

/// How a whole number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// Its size in bytes: 1, 2, 4 or 8.
    pub bytes: usize,
    /// True for two's complement.
    pub signed: bool,
    /// True if the least significant byte comes first.
    pub little: bool,
}

/// The size of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// This number of bytes.
    Fixed(usize),
    /// The value of this number, which comes before.
    Field(String),
    /// Everything up to the fields after it, which have fixed sizes.
    Rest,
    /// Everything up to a zero byte, which is no part of the value.
    Zero,
}

/// The value that a field must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldRule {
    /// This value.
    Constant(FieldValue),
    /// The size in bytes of this field.
    LengthOf(String),
    /// The size in bytes of the whole message.
    LengthOfAll,
    /// A checksum over the whole message, in which this field is zero.
    Checksum(Checksum),
}

/// A mistake in a list of fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutFault {
    /// The size names a field that is no number before this field.
    Size(String),
    /// `len(…)` names a field that is no text and no bytes.
    Length(String),
    /// The constant does not fit into the field.
    Constant(FieldValue),
    /// A checksum does not fit into a number of this size.
    Checksum(Checksum),
    /// Only fields of a fixed size can come after one that takes the rest.
    AfterRest(String),
}

impl Number {
    /// Returns the least and the greatest value.
    #[must_use]
    pub const fn range(self) -> (i128, i128) {
        let bits = self.bytes * 8;
        if self.signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
    }

    /// Returns the number with its bytes in the opposite order.
    #[must_use]
    pub fn swapped(self, value: i128) -> i128 {
        Self { little: !self.little, ..self }.read(&self.write(value))
    }

    /// Returns the bytes of a number. One that is out of range loses its upper bits.
    #[must_use]
    pub fn write(self, value: i128) -> Vec<u8> {
        let all = value.to_le_bytes();
        let mut bytes = all[..self.bytes.min(all.len())].to_vec();
        if !self.little {
            bytes.reverse();
        }
        bytes
    }

    /// Returns the number in these bytes.
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> i128 {
        let join = |value: i128, byte: &u8| value << 8 | i128::from(*byte);
        let value = if self.little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) };
        let (_, most) = self.range();
        if self.signed && value > most { value - (1 << (self.bytes * 8)) } else { value }
    }
}

impl Field {
    /// Returns the size in bytes, if it does not depend on the message.
    #[must_use]
    pub const fn fixed_size(&self) -> Option<usize> {
        match &self.kind {
            FieldKind::Number(number) => Some(number.bytes),
            FieldKind::Bytes(Size::Fixed(bytes)) | FieldKind::Text(Size::Fixed(bytes)) => Some(*bytes),
            _ => None,
        }
    }

    /// Returns the name of the number that holds its size, if one does.
    #[must_use]
    pub fn sized_by(&self) -> Option<&str> {
        match &self.kind {
            FieldKind::Bytes(Size::Field(name)) | FieldKind::Text(Size::Field(name)) => Some(name),
            _ => None,
        }
    }

    const fn takes_rest(&self) -> bool {
        matches!(&self.kind, FieldKind::Bytes(Size::Rest) | FieldKind::Text(Size::Rest))
    }
}

impl Layout {
    /// Returns the fields of a binary layout; none of other layouts.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Fields(fields) => fields,
            _ => &[],
        }
    }

    /// Returns the field of a binary layout with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// Returns the names of its fields; `None` if a message can have any (JSON).
    #[must_use]
    pub fn names(&self) -> Option<Vec<&str>> {
        match self {
            Self::Fields(fields) => Some(fields.iter().map(|field| field.name.as_str()).collect()),
            Self::Line(pattern) => Some(pattern.names()),
            Self::Json => None,
        }
    }

    /// Returns true if a message of it ends with a line feed.
    #[must_use]
    pub const fn is_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Json)
    }

    /// Returns the mistakes in the fields of a binary layout, each with the index of its field. A
    /// layout without mistakes decodes its own messages.
    #[must_use]
    pub fn faults_of(fields: &[Field]) -> Vec<(usize, LayoutFault)> {
        let mut out = Vec::new();
        for (k, field) in fields.iter().enumerate() {
            let named = |name: &str| fields.iter().position(|other| other.name == name);
            if let Some(size) = field.sized_by() {
                let is_number = |at: usize| at < k && matches!(fields[at].kind, FieldKind::Number(_));
                if !named(size).is_some_and(is_number) {
                    out.push((k, LayoutFault::Size(size.to_owned())));
                }
            }
            match &field.rule {
                Some(FieldRule::LengthOf(name)) => {
                    let is_data = |at: usize| !matches!(fields[at].kind, FieldKind::Number(_));
                    if !named(name).is_some_and(is_data) {
                        out.push((k, LayoutFault::Length(name.clone())));
                    }
                }
                Some(FieldRule::Constant(value)) if !field.accepts(value) => {
                    out.push((k, LayoutFault::Constant(value.clone())));
                }
                Some(FieldRule::Checksum(checksum)) if field.fixed_size() != Some(checksum.bytes()) => {
                    out.push((k, LayoutFault::Checksum(*checksum)));
                }
                _ => {}
            }
            let rest = fields[..k].iter().find(|before| before.takes_rest());
            if let Some(rest) = rest.filter(|_| field.fixed_size().is_none()) {
                out.push((k, LayoutFault::AfterRest(rest.name.clone())));
            }
        }
        out
    }
}

impl Field {
    /// Returns true if the field can hold this value.
    #[must_use]
    pub fn accepts(&self, value: &FieldValue) -> bool {
        match (&self.kind, value) {
            (FieldKind::Number(number), FieldValue::Number(value)) => {
                let (least, most) = number.range();
                (least..=most).contains(value)
            }
            (FieldKind::Number(_), _) => false,
            (FieldKind::Bytes(size), value) => value.as_bytes().is_some_and(|bytes| fits(size, bytes, true)),
            (FieldKind::Text(size), FieldValue::Text(text)) => fits(size, text.as_bytes(), false),
            (FieldKind::Text(size), FieldValue::Bytes(bytes)) => fits(size, &bytes.0, false),
            (FieldKind::Text(_), _) => false,
        }
    }
}

fn fits(size: &Size, bytes: &[u8], exactly: bool) -> bool {
    match size {
        Size::Fixed(most) => bytes.len() == *most || !exactly && bytes.len() < *most,
        Size::Zero => !bytes.contains(&0),
        Size::Field(_) | Size::Rest => true,
    }
}
