//! Messages of a list in the wrong place: sent again, left out, or one too many.

use super::Connection;
use super::field_fault::{describe, matches};
use super::unit::Unit;
use crate::model::{Cause, EventKind, FieldValues};
use crate::scenario::expect::excerpt::quote;

/// Returns the cause if a message is one of the list, but not the one whose turn it is.
pub(super) fn order_cause(
    connection: &Connection<'_>,
    unit: &Unit,
    values: &FieldValues,
    list: &[FieldValues],
) -> Option<Cause> {
    let layout = connection.layout;
    let at = unit.number - 1;
    if list.get(at).is_some_and(|wanted| matches(layout, wanted, values)) {
        return None;
    }
    let is_like = |k: usize| list.get(k).is_some_and(|wanted| !wanted.is_empty() && matches(layout, wanted, values));
    let (client, number) = (connection.client, unit.number as u64);
    let before = at.checked_sub(1).and_then(|before| connection.units.get(before));
    if let Some(before) = before.filter(|before| before.bytes == unit.bytes && is_like(at - 1)) {
        let text = describe(layout, values);
        return Some(Cause::MessageAgain { client, number, text, answer: answer_between(connection, before, unit) });
    }
    if at >= list.len() {
        return Some(Cause::MessagesMore { client, of: list.len() as u64, text: describe(layout, values) });
    }
    is_like(at + 1).then(|| Cause::MessageLeftOut {
        client,
        number,
        text: describe(layout, values),
        wanted: describe(layout, &list[at]),
    })
}

/// Returns the last message that socklab sent over the connection between two messages, as it is shown.
fn answer_between(connection: &Connection<'_>, first: &Unit, second: &Unit) -> Option<String> {
    let mut sent = connection.seen.journal.events_of_client(connection.client).filter_map(|event| match &event.kind {
        EventKind::Sent { bytes, .. } if event.id > first.event && event.id < second.event => Some(&bytes.0),
        _ => None,
    });
    let bytes = sent.next_back()?;
    let decoded = connection.layout.decode(bytes);
    Some(decoded.map_or_else(|_| quote(bytes), |values| describe(connection.layout, &values)))
}
