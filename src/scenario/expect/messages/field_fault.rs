//! Fields of a message with wrong values, and what their values reveal.

use super::Connection;
use super::unit::Unit;
use crate::model::{Cause, FieldValue, FieldValues};
use crate::packet::layout::{Checksum, Field, FieldKind, FieldRule, Layout};

/// Maximum number of fields that a sentence shows.
const MAX_SHOWN_FIELDS: usize = 6;

/// Returns the cause if a field of a decoded message is wrong: the first one in the order of the layout,
/// but checksums last, since they depend on all others.
pub(super) fn field_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    wanted: &FieldValues,
) -> Option<Cause> {
    let layout = connection.layout;
    let faults = layout.faults(&unit.bytes, values);
    let (checksums, others): (Vec<_>, Vec<_>) =
        faults.iter().partition(|fault| matches!(fault.field.rule, Some(FieldRule::Checksum(_))));
    for field in layout.fields() {
        let Some(got) = values.get(&field.name) else { continue };
        let fault = others.iter().find(|fault| fault.field.name == field.name);
        let want = wanted.get(&field.name).or(fault.map(|fault| &fault.wanted));
        if let Some(want) = want.filter(|want| !is_same(layout, want, got)) {
            if let (Some(fault), Some(FieldRule::LengthOf(_) | FieldRule::LengthOfAll)) = (fault, &field.rule) {
                return Some(length_cause(connection, unit, values, field, (&fault.got, &fault.wanted)));
            }
            return Some(compare(connection, unit, values, field, got, want));
        }
    }
    if let Some(fault) = checksums.first() {
        return Some(checksum_cause(connection, unit, fault.field, &fault.got, &fault.wanted));
    }
    if layout.fields().is_empty() {
        return wanted.iter().find_map(|(name, want)| member_cause(connection, unit, values, name, want));
    }
    None
}

/// Returns true if a message has all of these values.
pub(super) fn matches(layout: &Layout, wanted: &FieldValues, values: &FieldValues) -> bool {
    wanted.iter().all(|(name, want)| values.get(name).is_some_and(|got| is_same(layout, want, got)))
}

/// Returns true if a value is the wanted one. The fields of lines are texts: a number is compared with
/// the number in the text.
fn is_same(layout: &Layout, wanted: &FieldValue, got: &FieldValue) -> bool {
    match (layout, wanted) {
        (Layout::Line(_), FieldValue::Number(number)) => got.to_text().parse() == Ok(*number),
        _ => got == wanted || got.as_bytes().is_some() && got.as_bytes() == wanted.as_bytes(),
    }
}

/// Returns the number of a value.
pub(super) const fn number_of(value: &FieldValue) -> Option<i128> {
    match value {
        FieldValue::Number(number) => Some(*number),
        _ => None,
    }
}

/// Returns true if a number has the bytes of the wanted one in the opposite order.
pub(super) fn is_swapped(field: &Field, got: &FieldValue, wanted: &FieldValue) -> bool {
    let FieldKind::Number(form) = &field.kind else { return false };
    let pair = number_of(got).zip(number_of(wanted));
    form.bytes > 1 && pair.is_some_and(|(got, wanted)| got != wanted && form.swapped(got) == wanted)
}

/// Returns the cause of a field of a binary layout with another value.
pub(super) fn compare(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    field: &Field,
    got: &FieldValue,
    wanted: &FieldValue,
) -> Cause {
    let (client, number, name) = (connection.client, unit.number as u64, field.name.clone());
    let (value, wanted_text) = (got.to_string(), wanted.to_string());
    if is_swapped(field, got, wanted) {
        return Cause::FieldSwapped { client, number, name, value, wanted: wanted_text };
    }
    let position = connection.layout.position(values, &field.name).map(|at| at as u64);
    Cause::FieldOther { client, number, name, position, value, wanted: wanted_text }
}

/// Returns the cause of a length that is not the size of the counted field.
fn length_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    field: &Field,
    (got, wanted): (&FieldValue, &FieldValue),
) -> Cause {
    let (client, number, name) = (connection.client, unit.number as u64, field.name.clone());
    let (value, wanted_text) = (got.to_string(), wanted.to_string());
    if is_swapped(field, got, wanted) {
        return Cause::FieldSwapped { client, number, name, value, wanted: wanted_text };
    }
    let counted = match &field.rule {
        Some(FieldRule::LengthOf(counted)) => values.get(counted).and_then(FieldValue::as_bytes),
        _ => None,
    };
    let whole = number_of(got) == Some(unit.bytes.len() as i128);
    let text = counted.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let characters = text.filter(|text| !text.is_ascii()).map(|text| text.chars().count() as i128);
    if counted.is_some() && whole {
        Cause::LengthWithHeader { client, number, name, value, wanted: wanted_text }
    } else if characters.is_some() && characters == number_of(got) {
        Cause::LengthInCharacters { client, number, name, value, wanted: wanted_text }
    } else {
        Cause::LengthOther { client, number, name, value, wanted: wanted_text }
    }
}

/// Returns the cause of a wrong checksum.
fn checksum_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    field: &Field,
    got: &FieldValue,
    wanted: &FieldValue,
) -> Cause {
    let (client, number, name) = (connection.client, unit.number as u64, field.name.clone());
    let digits = field.fixed_size().unwrap_or(0) * 2;
    let hex = |value: &FieldValue| number_of(value).map_or_else(String::new, |number| format!("0x{number:0digits$x}"));
    let (value, wanted_text) = (hex(got), hex(wanted));
    if is_swapped(field, got, wanted) {
        return Cause::FieldSwapped { client, number, name, value, wanted: wanted_text };
    }
    let is_internet = field.rule == Some(FieldRule::Checksum(Checksum::Internet16));
    // RFC 1071 section 1: the checksum is the one's complement of the sum.
    let inverted = number_of(wanted).map(|wanted| 0xFFFF - wanted);
    if is_internet && number_of(got) == inverted {
        return Cause::ChecksumNotInverted { client, number, name, value, wanted: wanted_text };
    }
    Cause::ChecksumOther { client, number, name, value, wanted: wanted_text }
}

/// Returns the cause if a member of a JSON object, or a group of a line, has another value.
fn member_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    name: &str,
    want: &FieldValue,
) -> Option<Cause> {
    let (client, number, name) = (connection.client, unit.number as u64, name.to_owned());
    let wanted = want.to_string();
    let Some(got) = values.get(&name) else {
        let text = describe(connection.layout, values);
        return Some(Cause::MemberMissing { client, number, name, wanted, text });
    };
    if is_same(connection.layout, want, got) {
        return None;
    }
    let value = got.to_string();
    if *connection.layout == Layout::Json && std::mem::discriminant(got) != std::mem::discriminant(want) {
        return Some(Cause::MemberType { client, number, name, value, wanted });
    }
    let number_in = |value: &FieldValue| value.to_text().parse::<i128>().ok();
    let difference = number_in(want).zip(number_in(got)).map(|(want, got)| want.saturating_sub(got));
    // The number was read or written as a signed one of 1, 2 or 4 bytes, or the other way round.
    if difference.is_some_and(|difference| [8, 16, 32].iter().any(|bits| difference.abs() == 1 << bits)) {
        return Some(Cause::FieldSigned { client, number, name, value, wanted });
    }
    Some(Cause::FieldOther { client, number, name, position: None, value, wanted })
}

/// Returns values in the order of the layout, as a sentence shows them: `type=1 seq=3`.
pub(super) fn describe(layout: &Layout, values: &FieldValues) -> String {
    let order: Vec<&str> = match layout {
        Layout::Json => values.keys().map(String::as_str).collect(),
        _ => layout.names().unwrap_or_default(),
    };
    let mut shown: Vec<String> =
        order.iter().filter_map(|name| Some(format!("{name}={}", values.get(*name)?))).collect();
    if shown.len() > MAX_SHOWN_FIELDS {
        shown.truncate(MAX_SHOWN_FIELDS);
        shown.push("…".to_owned());
    }
    shown.join(" ")
}
