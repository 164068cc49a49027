//! Messages that do not have the format: too short, too long, or no line of the pattern.

use super::Connection;
use super::field_fault::{compare, is_swapped, number_of};
use super::unit::Unit;
use crate::model::{Cause, FieldValues};
use crate::packet::layout::{DecodeError, Field, FieldKind, Layout};
use crate::scenario::expect::excerpt::quote;

/// Returns the cause of a message that cannot be decoded.
pub(super) fn decode_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    error: &DecodeError,
    wanted: &FieldValues,
) -> Cause {
    let (client, number) = (connection.client, unit.number as u64);
    match error {
        DecodeError::Cut { field, at, needs, has, values } => swapped_before(connection, unit, values, wanted)
            .unwrap_or_else(|| {
                let sized = connection.layout.field(field).and_then(|field| sized(connection.layout, field, values));
                let length = sized.and_then(|size| length_cause(connection, unit, size, *at, *has));
                length.unwrap_or_else(|| Cause::MessageCut {
                    client,
                    number,
                    bytes: unit.bytes.len() as u64,
                    name: field.clone(),
                    position: *at as u64,
                    needed: *needs,
                    left: *has as u64,
                })
            }),
        DecodeError::Extra { at, extra, values } => {
            swapped_before(connection, unit, values, wanted).unwrap_or_else(|| {
                let last = connection.layout.fields().last();
                let sized = last.and_then(|field| sized(connection.layout, field, values));
                let begin = last.and_then(|field| connection.layout.position(values, &field.name)).unwrap_or(0);
                let has = unit.bytes.len() - begin;
                sized.and_then(|size| length_cause(connection, unit, size, begin, has)).unwrap_or_else(|| {
                    let rest = quote(&unit.bytes[*at..]);
                    Cause::MessageExtra { client, number, position: *at as u64, bytes: *extra as u64, extra: rest }
                })
            })
        }
        DecodeError::NoMatch { line } => {
            let pattern = match connection.layout {
                Layout::Line(pattern) => pattern.as_str().to_owned(),
                _ => String::new(),
            };
            Cause::MessageNoMatch { client, number, line: line.clone(), pattern }
        }
        DecodeError::NoObject { line } => Cause::MessageNoJson { client, number, line: line.clone() },
        DecodeError::Unterminated => Cause::MessageUnterminated { client, line: quote(&unit.bytes) },
    }
}

/// Returns the cause if a field before the fault has its bytes in the opposite order: then so, probably,
/// has the length.
fn swapped_before(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    wanted: &FieldValues,
) -> Option<Cause> {
    connection.layout.fields().iter().find_map(|field| {
        let (got, want) = (values.get(&field.name)?, wanted.get(&field.name)?);
        is_swapped(field, got, want).then(|| compare(connection, unit, values, field, got, want))
    })
}

/// The number that holds the size of the field with a fault, and its value.
fn sized<'a>(layout: &'a Layout, field: &'a Field, values: &FieldValues) -> Option<(&'a Field, i128)> {
    let size = layout.field(field.sized_by()?)?;
    Some((size, number_of(values.get(&size.name)?)?))
}

/// Returns the cause if a length does not agree with a datagram, whose end is certain, in a known way.
/// `at` is where the counted bytes begin, and `has` how many came.
fn length_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    (size, value): (&Field, i128),
    at: usize,
    has: usize,
) -> Option<Cause> {
    let (client, number, name) = (connection.client, unit.number as u64, size.name.clone());
    let FieldKind::Number(form) = &size.kind else { return None };
    let bytes = has as i128;
    let (got, wanted) = (value.to_string(), bytes.to_string());
    if form.bytes > 1 && form.swapped(value) == bytes && value != bytes {
        return Some(Cause::FieldSwapped { client, number, name, value: got, wanted });
    }
    if value == bytes + at as i128 {
        return Some(Cause::LengthWithHeader { client, number, name, value: got, wanted });
    }
    let is_text = |text: &str| !text.is_ascii() && text.chars().count() as i128 == value;
    if std::str::from_utf8(&unit.bytes[at..]).is_ok_and(is_text) {
        return Some(Cause::LengthInCharacters { client, number, name, value: got, wanted });
    }
    // A stream may just have been cut: its end says nothing about the length.
    let is_datagram = connection.stream.protocol == Some(crate::model::Protocol::Udp);
    is_datagram.then_some(Cause::LengthOther { client, number, name, value: got, wanted })
}
